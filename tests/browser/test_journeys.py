"""What residents come to do, with and without JavaScript, with and without a mouse."""

import re

from playwright.sync_api import expect


def test_a_resident_finds_a_project_from_the_home_page(page):
    page.goto("/de/")
    page.get_by_role("link", name=re.compile("^Projekt finden")).first.click()
    page.get_by_label("Was suchen Sie?").fill("Sprachkurs")
    page.get_by_role("main").get_by_role("button", name="Suchen").click()
    page.get_by_role("link", name=re.compile("Sprachkurse am Vormittag")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sprachkurse am Vormittag")


def test_the_list_follows_its_filters_without_a_reload(page):
    page.goto("/de/projekte/")
    page.evaluate("window.stays = true")
    page.get_by_label(re.compile("^Nordend")).check()
    expect(page).to_have_url(re.compile("district=nordend"))
    expect(page.get_by_label("Gewählte Filter")).to_contain_text("Nordend")
    assert page.evaluate("window.stays")


def test_the_focus_stays_on_the_filter_that_was_used(page):
    page.goto("/de/projekte/")
    page.get_by_label(re.compile("^Nordend")).check()
    expect(page).to_have_url(re.compile("district=nordend"))
    expect(page.get_by_label(re.compile("^Nordend"))).to_be_focused()


def test_the_number_of_hits_is_announced_in_a_region_that_stays(page):
    page.goto("/de/projekte/")
    region = page.locator("[data-announce]")
    all_of_them = region.inner_text()
    region.evaluate("node => { node.isTheSame = true }")
    page.get_by_label(re.compile("^Nordend")).check()
    expect(page).to_have_url(re.compile("district=nordend"))
    expect(region).not_to_have_text(all_of_them)
    assert region.evaluate("node => node.isTheSame")


def test_going_back_brings_the_earlier_filters_back(page):
    page.goto("/de/projekte/")
    # Other tests publish projects on the same portal, so the page says how many there are.
    all_of_them = page.locator("[data-announce]").inner_text()
    page.get_by_label(re.compile("^Nordend")).check()
    expect(page.locator("[data-announce]")).not_to_have_text(all_of_them)
    page.go_back()
    expect(page.get_by_label(re.compile("^Nordend"))).not_to_be_checked()
    expect(page.locator("[data-announce]")).to_have_text(all_of_them)


def test_the_filters_work_without_javascript(plain_page):
    plain_page.goto("/de/projekte/")
    plain_page.locator("summary", has_text="Filter").click()
    plain_page.get_by_label(re.compile("^Nordend")).check()
    plain_page.get_by_role("button", name="Projekte zeigen").click()
    expect(plain_page).to_have_url(re.compile("district=nordend"))
    expect(plain_page.get_by_label("Gewählte Filter")).to_contain_text("Nordend")


def test_the_language_switch_keeps_the_page_and_its_filters(page):
    page.goto("/de/projekte/?district=nordend")
    page.get_by_role("link", name="العربية").click()
    expect(page).to_have_url(re.compile("/ar/projekte/\\?district=nordend"))
    assert page.locator("html").get_attribute("dir") == "rtl"


def answer_the_questions(page):
    page.goto("/de/foerderung/")
    page.get_by_role("link", name=re.compile("Welche Förderlinie passt")).first.click()
    page.get_by_label("Migrantenorganisation", exact=False).first.check()
    page.get_by_label(re.compile("Modellprojekt")).check()
    page.get_by_role("button", name=re.compile("linien zeigen")).click()


def test_the_questionnaire_leads_to_fitting_lines(page):
    answer_the_questions(page)
    expect(page.get_by_role("heading", level=2).first).to_contain_text("pass")
    expect(page).to_have_url(re.compile("organisation=migrant-organisation"))


def test_the_questionnaire_works_without_javascript(plain_page):
    answer_the_questions(plain_page)
    expect(plain_page).to_have_url(re.compile("measure=pilot-project"))


def test_refused_answers_lead_the_focus_to_the_summary(page):
    page.goto("/de/foerderung/welche-linie/?start=irgendwann")
    expect(page.locator("[data-error-summary]")).to_be_focused()


def report_a_barrier(page):
    page.goto("/de/barriere-melden/")
    page.get_by_label(re.compile("Was ist passiert")).fill("Die Schrift ist zu klein.")
    page.get_by_role("button", name=re.compile("Meldung")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("angekommen")


def test_a_barrier_is_reported(page):
    report_a_barrier(page)
    expect(page.get_by_role("main")).to_contain_text("B-")


def test_a_barrier_is_reported_without_javascript(plain_page):
    report_a_barrier(plain_page)


def test_a_message_to_an_organisation_is_seen_among_the_mails_of_the_demo(page):
    page.goto("/de/organisationen/granatapfel/schreiben/")
    page.get_by_label("Ihr Name").fill("Nour Beispiel")
    page.get_by_label("Ihre E-Mail-Adresse").fill("nour@example.org")
    page.get_by_label("Ihre Nachricht").fill("Kann ich am Samstag mithelfen?")
    page.get_by_role("button", name=re.compile("Nachricht")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("unterwegs")
    page.goto("/de/demo/mails/")
    page.get_by_role("link", name=re.compile("Granatapfel")).first.click()
    expect(page.get_by_role("main")).to_contain_text("Kann ich am Samstag mithelfen?")
