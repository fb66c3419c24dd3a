"""axe finds nothing where clubs write and the office reads: in three languages, light and dark,
narrow and wide.
"""

import re

import pytest
from playwright.sync_api import expect

from .axe import looked_at
from .conftest import watched
from .proposals import begin, choose_files, fill, fill_row, rows_of, step_into_the_club
from .test_back_office import step_in

LANGUAGES = ["de", "en", "ar"]
DRAFT = "Ein Fest, viele Küchen"
HANDED_IN = "Hausaufgaben mit Rückenwind"
OF_AN_ORGANISATION = ("", "bearbeiten/", "mitglieder/", "unterlagen/", "loeschen/")
OF_A_DRAFT = (
    *("", "idee/", "foerderlinie/", "zielgruppe/", "partner/", "zeitplan/", "erklaerungen/"),
    *("kosten/", "anlagen/", "pruefen/", "loeschen/"),
)


@pytest.fixture(scope="module")
def club(browser, browser_context_args):
    """The owner of the invented club, signed in once for all pages."""
    context = browser.new_context(**browser_context_args)
    step_into_the_club(context.new_page())
    yield context
    context.close()


@pytest.fixture(scope="module")
def addresses(club):
    """{title: path below the language} of what the club wrote, and of the club itself."""
    page, found, address = club.pages[0], {}, "/de/antraege/meine/"
    while address:
        page.goto(address)
        links = page.locator("main a[href^='/de/antraege/']").all()
        found |= {link.inner_text(): link.get_attribute("href") for link in links}
        more = page.locator("main a[rel=next]")
        address = more.get_attribute("href") if more.count() else ""
    return {title: path.removeprefix("/de/") for title, path in found.items()}


@pytest.fixture(scope="module")
def begun(club):
    """The path of a draft in which nothing is right yet."""
    address = begin(club.pages[0], "Noch ganz am Anfang")
    return address.partition("/de/")[2]


@pytest.fixture
def page(club, base_url):
    made = watched(club.new_page(), base_url)
    yield made
    made.close()
    assert made.complaints == []


def found_on(page, paths, language):
    """Goes through the pages; returns what is wrong, page by page."""
    found = {}
    for path in paths:
        response = page.goto(f"/{language}/{path}")
        assert response.status == 200, path
        found |= found_here(page)
    return found


def found_here(page):
    return {f"{page.url} {view}": problems for view, problems in looked_at(page).items()}


@pytest.mark.axe
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_the_own_list_and_the_organisation(language, page, addresses):
    organisation = next(path for path in addresses.values() if "/organisation/" in path)
    paths = ["antraege/meine/", "antraege/neu/", "antraege/organisation/neu/"]
    paths += [organisation + name for name in OF_AN_ORGANISATION]
    assert found_on(page, paths, language) == {}


@pytest.mark.axe
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_a_draft(language, page, addresses):
    assert found_on(page, [addresses[DRAFT] + name for name in OF_A_DRAFT], language) == {}


@pytest.mark.axe
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_what_was_handed_in(language, page, addresses):
    paths = [addresses[HANDED_IN] + name for name in ("", "quittung/")]
    assert found_on(page, paths, language) == {}


@pytest.mark.axe
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_pages_that_refuse_something(language, page, begun):
    found = found_on(page, [f"{begun}pruefen/"], language)
    page.goto(f"/{language}/{begun}kosten/")
    fill_row(rows_of(page, "costs").nth(0), description="Erde", unit_amount="1,2,3")
    fill_row(rows_of(page, "incomes").nth(0), kind="state_funds", amount="900")
    expect(page.locator("[data-live-error]").first).to_be_visible()
    expect(page.locator("[data-plan-result] .findings-errors")).to_be_visible()
    found |= found_here(page)
    page.locator("main button[name=stay]:visible").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    found |= found_here(page)
    page.goto(f"/{language}/{begun}anlagen/")
    wrong = {"name": "liste.pdf", "mimeType": "application/pdf", "buffer": b"no PDF at all"}
    choose_files(page, None, wrong)
    page.locator("main form[data-upload] button[type=submit]").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    found |= found_here(page)
    page.goto(f"/{language}/antraege/organisation/neu/")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    assert found | found_here(page) == {}


@pytest.mark.axe
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_pages_of_a_conflict(language, page, club, begun):
    other = club.new_page()
    for tab, words in ((other, f"Erste Fassung, {language}"), (page, f"Zweite, {language}")):
        tab.goto(f"/{language}/{begun}idee/")
        fill(tab, aims=words)
    save_and_expect(other, ".message-success")
    save_and_expect(page, ".versions")
    found = found_here(page)
    for tab in (other, page):
        tab.goto(f"/{language}/{begun}kosten/")
    for tab, hours in ((other, "10"), (page, "20")):
        row = rows_of(tab, "in_kind").nth(0)
        fill_row(row, description=f"Aufbau, {language}", hours=hours, rate="12")
    save_and_expect(other, ".message-success")
    save_and_expect(page, "[data-error-summary] table")
    other.close()
    assert found | found_here(page) == {}


def save_and_expect(page, wanted):
    page.locator("main button[name=stay]:visible").click()
    expect(page.locator(wanted).first).to_be_visible()


@pytest.mark.axe
def test_axe_finds_nothing_where_the_office_reads(browser, browser_context_args, base_url):
    context = browser.new_context(**browser_context_args)
    page = watched(context.new_page(), base_url)
    step_in(page, "Koordination")
    page.goto("/verwaltung/")
    page.get_by_role("link", name=re.compile("^Projektskizzen$")).first.click()
    found = found_here(page)
    page.locator("main tbody th a, #content tbody th a").first.click()
    expect(page.locator("#letters")).to_be_visible()
    found |= found_here(page)
    context.close()
    assert found == {}
