"""axe finds nothing in the back office: in each language, light and dark, narrow and wide."""

import re

import pytest
from playwright.sync_api import expect

from .axe import looked_at
from .test_back_office import step_in

LISTS = {
    "projects": "projects/project/",
    "list that is empty": "projects/project/?q=gibtesnicht",
    "pages": "programs/page/",
    "pictures": "programs/picture/",
    "documents": "programs/document/",
    "terms": "programs/fundingterms/",
    "links": "offenbach_wir/foundlink/?state=all",
    "reports": "offenbach_wir/barrierreport/",
    "accounts": "offenbach_wir/user/",
    "audit trail": "offenbach_wir/event/",
    "outbox": "offenbach_wir/queuedmail/",
}
FORMS = {
    "new project": "projects/project/add/",
    "new page": "programs/page/add/",
    "new picture": "programs/picture/add/",
    "new terms": "programs/fundingterms/add/",
    "new organisation": "projects/organisation/add/",
    "program with its periods": "programs/program/1/change/",
    "translation": "programs/page/1/change/?language=en",
}
OTHERS = {
    "start": "",
    "search": "suche/?q=projekt",
    "search without hits": "suche/?q=gibtesnicht",
    "history": "projects/project/1/history/",
    "bin": "projects/project/1/delete/",
    "state of the portal": "zustand/",
}


def work_in(page, language):
    """The language of the account, as chosen there."""
    page.goto("/verwaltung/offenbach_wir/user/?q=verwaltung@")
    page.locator("#result_list tbody th a").first.click()
    page.locator("select[name=language], input[name=language]").first.wait_for()
    field = page.locator("[name=language]").first
    if field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(language)
    else:
        field.fill(language)
    page.locator("[name=_save]").first.click()
    page.goto("/verwaltung/")
    expect(page.locator("html")).to_have_attribute("lang", language)


@pytest.mark.axe
@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_axe_finds_nothing(language, page):
    step_in(page, "Administration")
    work_in(page, language)
    found = {}
    try:
        for name, place in (LISTS | FORMS | OTHERS).items():
            page.goto(f"/verwaltung/{place}")
            if problems := looked_at(page):
                found[name] = problems
    finally:
        work_in(page, "de")
    assert found == {}


@pytest.mark.axe
def test_axe_finds_nothing_before_many_records_are_changed(page):
    step_in(page, "Administration")
    page.goto("/verwaltung/projects/project/")
    for n in range(3):
        page.locator("input[name=_selected_action]").nth(n).check()
    page.locator("select[name=action]").select_option("archive")
    page.locator(".actions button[type=submit]").click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("#will-change")).to_be_visible()
    assert looked_at(page) == {}


def test_first_tab_leads_past_the_header(page):
    step_in(page, "Administration")
    page.goto("/verwaltung/projects/project/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#content-start$"))


def test_focus_can_be_seen_on_every_stop(page):
    step_in(page, "Administration")
    page.goto("/verwaltung/projects/project/?q=gibtesnicht")
    unseen = []
    for _stop in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return [document.activeElement.outerHTML.slice(0, 80), s.outlineStyle,"
            " s.boxShadow] })()"
        )
        if style[1] == "none" and style[2] == "none":
            unseen.append(style[0])
    assert unseen == []


def test_search_over_everything_works_by_keyboard(page):
    step_in(page, "Administration")
    page.locator("#office-search-words").fill("Sprachkurse")
    page.keyboard.press("Enter")
    expect(page.locator(".search-group").first).to_be_visible()
