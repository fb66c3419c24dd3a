"""A morning in the back office, for each role of the demo."""

import itertools
import re

import pytest
from playwright.sync_api import expect

from .test_accounts import newest_mail_to
from .test_back_office import step_in

numbers = itertools.count(1)


def press(page, name):
    """The buttons stand above and below the form; the first will do."""
    page.get_by_role("button", name=name).first.click()
    expect(page.locator(".messagelist .success").first).to_be_visible()


def new_project(page):
    """An open form for a project with what it needs; returns its title."""
    n = next(numbers)
    page.goto("/verwaltung/projects/project/add/")
    page.get_by_label("Titel:").first.fill(f"Nachbarschaft kocht {n}")
    page.get_by_label("Kurztext:").fill("Wir kochen zusammen, jede Woche ein anderes Land.")
    page.get_by_label("Organisation:", exact=True).select_option(index=1)
    page.get_by_label("Projektnummer:").fill(f"WIR-T-{n}")
    page.get_by_label("Kurzname in der Adresse:").fill(f"nachbarschaft-kocht-{n}")
    return f"Nachbarschaft kocht {n}"


def open_project(page, title):
    page.goto("/verwaltung/projects/project/")
    page.get_by_role("link", name=title, exact=True).first.click()


def address_of(title):
    return f"/de/projekte/{title.lower().replace(' ', '-')}/"


def test_an_editor_changes_a_published_text_and_sees_it_on_the_public_page(page):
    step_in(page, "Redaktion")
    page.goto("/verwaltung/programs/page/")
    page.get_by_role("link", name="Mitmachen", exact=True).click()
    page.get_by_label("Einleitungssatz:").fill("Jede Stunde zählt, auch Ihre.")
    press(page, "Speichern, sofort sichtbar")
    page.goto("/de/mitmachen/")
    expect(page.get_by_role("main")).to_contain_text("Jede Stunde zählt, auch Ihre.")


def test_a_draft_of_an_editor_is_not_public(page):
    step_in(page, "Redaktion")
    title = new_project(page)
    press(page, "Entwurf speichern")
    assert page.goto(address_of(title)).status == 404


def test_a_text_sent_for_review_is_not_public_yet(page):
    step_in(page, "Redaktion")
    title = new_project(page)
    press(page, "Zur Prüfung geben")
    assert page.goto(address_of(title)).status == 404


def test_an_editor_publishes_a_text_and_the_public_reads_it(page):
    step_in(page, "Redaktion")
    title = new_project(page)
    press(page, "Veröffentlichen")
    page.goto(address_of(title))
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)


@pytest.fixture
def waiting(page):
    """The title of a text that an editor has just sent for review."""
    step_in(page, "Redaktion")
    title = new_project(page)
    press(page, "Zur Prüfung geben")
    return title


def test_a_coordinator_follows_the_start_page_to_what_waits(page, waiting):
    step_in(page, "Koordination")
    page.get_by_role("link", name=re.compile(r"\d+ Texte? warte")).click()
    expect(page.get_by_role("link", name=waiting, exact=True)).to_be_visible()


def test_the_start_page_counts_what_the_list_shows(page, waiting):
    step_in(page, "Koordination")
    entry = page.get_by_role("link", name=re.compile(r"\d+ Texte? warte"))
    promised = int(re.search(r"\d+", entry.inner_text())[0])
    entry.click()
    expect(page.locator("#content a[href$='/change/']")).to_have_count(promised)


def test_a_coordinator_publishes_what_waited(page, waiting):
    step_in(page, "Koordination")
    page.get_by_role("link", name=re.compile(r"\d+ Texte? warte")).click()
    page.get_by_role("link", name=waiting, exact=True).click()
    press(page, "Veröffentlichen")
    page.goto(address_of(waiting))
    expect(page.get_by_role("heading", level=1)).to_contain_text(waiting)


def test_an_editor_opens_the_list_of_open_translations(page):
    step_in(page, "Redaktion")
    page.get_by_role("link", name=re.compile("in einer Sprache")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Übersetzungen")


def invite(page):
    """Returns the address; the list of invitations is open then."""
    email = f"neu{next(numbers)}@example.org"
    page.goto("/verwaltung/offenbach_wir/invitation/add/")
    page.get_by_label("E-Mail-Adresse").fill(email)
    page.get_by_label("Name:", exact=True).fill("Neue Kollegin")
    page.get_by_label(re.compile("Koordination:")).check()
    press(page, "Einladung verschicken")
    return email


def take_back(page, email):
    page.get_by_role("link", name=email, exact=True).click()
    page.get_by_role("link", name="Einladung zurückziehen").click()
    page.get_by_role("button", name="Zurückziehen").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_an_administrator_invites_a_colleague_by_mail(page):
    step_in(page, "Administration")
    email = invite(page)
    assert "/konto/einladung/" in newest_mail_to(email, page)


def test_an_invitation_that_was_taken_back_opens_nothing(page, plain_page):
    step_in(page, "Administration")
    email = invite(page)
    link = re.search(r"https?://\S+/einladung/\S+", newest_mail_to(email, page))[0]
    take_back(page, email)
    assert plain_page.goto(link).status == 404


def test_the_list_says_that_an_invitation_was_taken_back(page):
    step_in(page, "Administration")
    email = invite(page)
    take_back(page, email)
    expect(page.get_by_role("row", name=re.compile(email))).to_contain_text("urückgezogen")


def test_an_administrator_finds_the_invitation_in_the_audit_trail(page):
    step_in(page, "Administration")
    invite(page)
    page.goto("/verwaltung/")
    page.get_by_role("link", name="Protokoll").first.click()
    expect(page.locator("#result_list tbody tr").first).to_contain_text("eingeladen")
    expect(page.locator("#result_list tbody tr").first).to_contain_text("Demo: Administration")


def test_an_administrator_opens_an_entry_of_the_audit_trail(page):
    step_in(page, "Administration")
    invite(page)
    page.goto("/verwaltung/offenbach_wir/event/")
    page.locator("#result_list tbody th a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("[name=_save]")).to_have_count(0)


def test_an_editor_does_not_see_the_audit_trail(page):
    step_in(page, "Redaktion")
    expect(page.get_by_role("link", name="Protokoll", exact=True)).to_have_count(0)
