"""What was typed stays: while a page saves by itself, without a connection, in two tabs."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import watched
from .proposals import (
    PAPERS,
    begin,
    cell,
    expect_saved_by_itself,
    fill,
    fill_row,
    rows_of,
    save,
    step_into_the_club,
)
from .test_accounts import sign_out


@pytest.fixture(scope="module")
def club(browser, browser_context_args):
    """The owner of the invented club, signed in once for all tests of this module."""
    context = browser.new_context(**browser_context_args)
    step_into_the_club(context.new_page())
    yield context
    context.close()


@pytest.fixture(scope="module")
def draft(club):
    page = club.pages[0]
    return begin(page, "Nichts geht verloren")


@pytest.fixture
def page(club, base_url):
    made = watched(club.new_page(), base_url)
    yield made
    club.set_offline(False)
    made.close()
    assert made.complaints == []


@pytest.fixture
def second_tab(club, base_url):
    made = watched(club.new_page(), base_url)
    yield made
    made.close()
    assert made.complaints == []


def state_of(page):
    return page.locator("[data-saving]")


def cut(page):
    """No connection; what Chromium itself writes about that to the console is no fault of ours."""
    page.on("console", lambda _message: forget_failed_requests(page))
    page.context.set_offline(True)


def forget_failed_requests(page):
    page.complaints[:] = [text for text in page.complaints if "ERR_INTERNET" not in text]


def test_page_without_a_connection_says_so_and_saves_when_it_is_back(page, draft):
    page.goto(f"{draft}idee/")
    cut(page)
    fill(page, need="Der Platz ist leer.")
    expect(state_of(page)).to_contain_text("Nicht gespeichert. Wir versuchen es weiter")
    expect(state_of(page)).to_have_class(re.compile("saving-failed"))
    fill(page, aims="Er wird ein Treffpunkt.")
    page.context.set_offline(False)
    expect_saved_by_itself(page)
    expect(state_of(page)).not_to_have_class(re.compile("saving-failed"))
    page.reload()
    expect(page.locator("[name=need]")).to_have_value("Der Platz ist leer.")
    expect(page.locator("[name=aims]")).to_have_value("Er wird ein Treffpunkt.")


def test_button_leads_nowhere_without_a_connection(page, draft):
    page.goto(f"{draft}partner/")
    cut(page)
    fill(page, partners="Die Bücherei.")
    page.get_by_role("button", name="Speichern und weiter").click()
    expect(state_of(page)).to_contain_text("Nicht gespeichert")
    expect(page.locator("[name=partners]")).to_have_value("Die Bücherei.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Speichern und weiter").click()
    expect(page).to_have_url(re.compile("/zeitplan/$"))
    page.goto(f"{draft}partner/")
    expect(page.locator("[name=partners]")).to_have_value("Die Bücherei.")


def test_words_that_arrived_without_an_answer_are_no_conflict(page, draft):
    page.goto(f"{draft}zeitplan/")
    arrived = []

    def lose_the_answer(route):
        if arrived:
            return route.fallback()
        arrived.append(route.fetch().status)
        return route.abort("connectionreset")

    page.route("**/zeitplan/", lose_the_answer)
    fill(page, steps="Juni: planen.")
    expect(state_of(page)).to_contain_text("Nicht gespeichert")
    page.complaints[:] = [text for text in page.complaints if "ERR_CONNECTION_RESET" not in text]
    fill(page, steps="Juni: planen. Juli: bauen.")
    expect_saved_by_itself(page)
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.locator(".message-success")).to_be_visible()
    expect(page.locator("[name=steps]")).to_have_value("Juni: planen. Juli: bauen.")
    assert arrived == [200]


def test_saving_while_the_page_saves_by_itself_is_no_conflict(page, draft):
    page.goto(f"{draft}zielgruppe/")
    held = []

    def hold(route):
        if route.request.headers.get("x-saves-itself") and not held:
            held.append(route)
        else:
            route.fallback()

    page.route("**/zielgruppe/", hold)
    with page.expect_request("**/zielgruppe/"):
        fill(page, reaching="Mit Aushängen.")
    fill(page, reaching="Mit Aushängen und Briefen.")
    page.get_by_role("button", name="Speichern", exact=True).click()
    held[0].continue_()
    expect(page.locator(".message-success")).to_be_visible()
    expect(page.locator("[name=reaching]")).to_have_value("Mit Aushängen und Briefen.")


def test_leaving_what_is_not_saved_asks_first(page, draft):
    page.goto(f"{draft}idee/")
    cut(page)
    page.locator("[name=activities]").press_sequentially("Ein Fest.")
    expect(state_of(page)).to_contain_text("Nicht gespeichert")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(page.locator("[name=activities]")).to_have_value("Ein Fest.")
    page.context.set_offline(False)
    expect_saved_by_itself(page)


def test_two_tabs_of_one_person_lose_nothing(page, second_tab, draft):
    page.goto(f"{draft}idee/")
    second_tab.goto(f"{draft}idee/")
    fill(page, success="Zwanzig Leute kommen.", summary="Im ersten Fenster.")
    save(page)
    fill(second_tab, summary="Im zweiten Fenster.")
    second_tab.get_by_role("button", name="Speichern", exact=True).click()
    expect(second_tab.locator(".versions")).to_have_count(1)
    second_tab.get_by_label("Diese Fassung nehmen").check()
    save(second_tab)
    expect(second_tab.locator("[name=summary]")).to_have_value("Im ersten Fenster.")
    expect(second_tab.locator("[name=success]")).to_have_value("Zwanzig Leute kommen.")


def test_plan_in_two_tabs_keeps_the_block_that_only_one_changed(page, second_tab, draft):
    page.goto(f"{draft}kosten/")
    second_tab.goto(f"{draft}kosten/")
    fill_row(rows_of(second_tab, "incomes").nth(0), description="Kasse", amount="100")
    save(second_tab)
    fill_row(rows_of(page, "costs").nth(0), description="Erde", unit_amount="40")
    expect_saved_by_itself(page)
    fill_row(rows_of(page, "costs").nth(0), unit_amount="50")
    with page.expect_response(re.compile("/kosten/$")):
        pass
    page.reload()
    expect(cell(rows_of(page, "costs").nth(0), "unit_amount")).to_have_value("50")
    expect(cell(rows_of(page, "incomes").nth(0), "amount")).to_have_value("100")


def test_plan_changed_in_both_tabs_shows_what_is_stored(page, second_tab, draft):
    page.goto(f"{draft}kosten/")
    second_tab.goto(f"{draft}kosten/")
    fill_row(rows_of(page, "in_kind").nth(0), description="Aufbau", hours="10", rate="12")
    save(page)
    fill_row(rows_of(second_tab, "in_kind").nth(0), description="Fest", hours="5", rate="12")
    second_tab.get_by_role("button", name="Speichern", exact=True).click()
    expect(second_tab.locator("[data-error-summary]")).to_contain_text("Aufbau")
    expect(second_tab.locator("[data-error-summary]")).to_be_focused()
    save(second_tab)
    second_tab.reload()
    expect(cell(rows_of(second_tab, "in_kind").nth(0), "description")).to_have_value("Fest")


def test_upload_without_a_connection_says_so_and_works_afterwards(page, draft):
    page.goto(f"{draft}anlagen/")
    page.locator("main [name=files]").set_input_files(
        {"name": "notiz.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    cut(page)
    page.get_by_role("button", name="Hochladen").click()
    expect(page.get_by_role("alert")).to_contain_text("Die Dateien sind nicht angekommen.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Hochladen").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("notiz.png")


def test_upload_shows_how_far_it_is_and_is_sent_once(page, draft):
    page.goto(f"{draft}anlagen/")
    page.locator("main [name=files]").set_input_files(PAPERS / "konzept.pdf")
    sent = []
    page.route("**/anlagen/", lambda route: sent.append(route))
    with page.expect_request(lambda request: request.method == "POST"):
        page.get_by_role("button", name="Hochladen").click()
    expect(page.locator("main progress")).to_be_visible()
    page.get_by_role("button", name="Hochladen").click()
    for _look in range(500):  # what the browser tells of a request comes after the request
        if sent:
            break
        page.evaluate("null")
    assert len(sent) == 1
    sent[0].continue_()
    expect(page.locator("main .file", has_text="konzept.pdf")).to_have_count(1)


def test_words_stay_when_somebody_was_signed_out_and_signs_in_again(page, second_tab, draft):
    page.goto(f"{draft}erklaerungen/")
    sign_out(second_tab)
    fill(page, contact_name="Amal Beispiel")
    expect(state_of(page)).to_have_class(re.compile("saving-failed"))
    step_into_the_club(second_tab)
    save(page)
    expect(page.locator("[name=contact_name]")).to_have_value("Amal Beispiel")


def test_member_who_may_write_no_longer_is_led_to_the_reason(page, draft):
    page.goto(f"{draft}erklaerungen/")
    page.route("**/erklaerungen/", lambda route: route.fulfill(status=403, body="<p>closed</p>"))
    fill(page, contact_name="Amal Muster")
    expect(state_of(page)).to_contain_text("die nächste Seite sagt, warum")
    page.unroute("**/erklaerungen/")
