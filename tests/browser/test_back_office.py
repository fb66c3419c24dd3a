"""Editors at work, in the browser, under the same strict policy as everybody."""

import re

import pytest
from playwright.sync_api import expect

from .axe import violations


def step_in(page, role):
    page.goto("/de/demo/")
    page.get_by_role("button", name=re.compile(f": {role}$")).click()
    expect(page).to_have_url(re.compile("/verwaltung/"))


def test_an_editor_changes_a_text_and_the_public_sees_it(page):
    step_in(page, "Redaktion")
    page.goto("/verwaltung/programs/page/")
    page.get_by_role("link", name=re.compile("Impressum")).first.click()
    page.get_by_label(re.compile("Einleitungssatz|Einleitung|Eröffnungssatz")).fill(
        "Wer für diese Seiten verantwortlich ist."
    )
    page.get_by_role("button", name="Speichern, sofort sichtbar").first.click()
    page.goto("/de/impressum/")
    expect(page.get_by_role("main")).to_contain_text("Wer für diese Seiten verantwortlich ist.")


def test_the_rich_text_editor_starts_under_the_strict_policy(page):
    step_in(page, "Redaktion")
    page.goto("/verwaltung/projects/project/")
    page.locator("#result_list tbody th a").first.click()
    expect(page.locator(".tiptap[contenteditable]").first).to_be_visible()


def test_the_rich_text_editor_speaks_the_language_of_the_back_office(page):
    step_in(page, "Redaktion")
    page.goto("/verwaltung/programs/page/add/")
    menu = page.locator(".prose-menubar").first
    expect(menu.get_by_role("button", name="Fett", exact=True)).to_be_visible()
    expect(menu.get_by_role("button", name="Absatz", exact=True)).to_be_visible()


def test_a_draft_is_previewed_as_the_public_will_see_it(page):
    step_in(page, "Redaktion")
    page.goto("/verwaltung/projects/project/")
    page.locator("#result_list tbody th a").first.click()
    address = page.get_by_role("link", name="Vorschau").first.get_attribute("href")
    page.goto(address)
    expect(page.locator(".preview-strip")).to_be_visible()
    page.get_by_role("link", name="العربية").click()
    assert page.locator("html").get_attribute("dir") == "rtl"


def test_headings_pasted_from_word_stay_headings(page):
    step_in(page, "Redaktion")
    page.goto("/verwaltung/programs/page/add/")
    editor = page.locator(".tiptap[contenteditable]").first
    editor.click()
    page.evaluate(
        """html => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            const paste = {clipboardData: data, bubbles: true, cancelable: true};
            document.querySelector(".tiptap").dispatchEvent(new ClipboardEvent("paste", paste));
        }""",
        "<h1 style='color:red'>Ankommen</h1><h2>Hilfe</h2><p class=MsoNormal>Wir sind da.</p>",
    )
    expect(editor.locator("h2")).to_have_text("Ankommen")
    expect(editor.locator("h3")).to_have_text("Hilfe")


PLACES = {
    "start": "",
    "list": "projects/project/",
    "form": "projects/project/add/",
    "picture": "programs/picture/add/",
    "terms": "programs/fundingterms/add/",
}


@pytest.mark.axe
@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_nothing_in_the_back_office(place, page):
    step_in(page, "Administration")
    page.goto(f"/verwaltung/{PLACES[place]}")
    complaints = list(page.complaints)
    found = violations(page)
    page.complaints[:] = complaints
    assert found == []
