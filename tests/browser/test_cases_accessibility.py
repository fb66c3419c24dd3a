"""axe finds nothing where a case goes its way: the pages of the city in German, those of the club
in three languages; narrow and wide, light and dark.
"""

import pytest
from playwright.sync_api import expect

from .axe import looked_at
from .cases import SEND, open_case, open_own, person, put_in

STATES = {
    f"Für alle lesbar: {state}": state
    for state in (
        *("formal_check", "supplement_requested", "reviewed", "approved", "accepted"),
        *("running", "proof_due", "proof_submitted", "rejected", "repayment"),
    )
}
DECIDED = "Für alle lesbar: decided_by_city"
TITLE_OF = {state: title for title, state in STATES.items()}
LANGUAGES = ["de", "en", "ar"]


@pytest.fixture
def browser_context_args(browser_context_args, own_sender):
    return browser_context_args | own_sender


@pytest.fixture(scope="module")
def made(portal):
    put_in(portal, "in_states", STATES)
    put_in(portal, "in_states", {DECIDED: "decided_by_city"}, "city")


@pytest.fixture
def office(made, browser, browser_context_args, base_url):
    with person(browser, browser_context_args, base_url, "coordinator") as page:
        yield page


@pytest.fixture
def club(made, browser, browser_context_args, base_url):
    with person(browser, browser_context_args, base_url, "club-owner") as page:
        yield page


def found_here(page):
    return {f"{page.url} {view}": problems for view, problems in looked_at(page).items()}


def found_on(page, addresses, language="de"):
    """Goes through the pages; returns what is wrong, page by page."""
    found = {}
    for address in addresses:
        response = page.goto(address.replace("/de/", f"/{language}/"))
        assert response.status == 200, address
        found |= found_here(page)
    return found


def found_when_refused(page, address, language="de"):
    """The same, and once more when the form was sent as it is and refused."""
    found = found_on(page, [address], language)
    with page.expect_navigation() as answered:
        page.locator(SEND).last.click()
    assert answered.value.status == 422
    expect(page.locator("[data-error-summary]")).to_be_visible()
    return found | found_here(page)


# --- The city -------------------------------------------------------------------------------------
@pytest.mark.axe
def test_axe_finds_nothing_in_the_queue_and_what_is_done_to_many(office):
    queue = "/verwaltung/antraege/?show=all"
    found = found_on(office, [queue, f"{queue}&state=running&q=lesbar"])
    office.goto(f"{queue}&q=lesbar")
    office.locator("#bulk [name=chosen]").first.check()
    action = office.locator("#bulk [name=action] option[value]:not([value=''])").first
    office.locator("#bulk [name=action]").select_option(action.get_attribute("value"))
    with office.expect_navigation():
        office.locator("#bulk button[type=submit]").click()
    assert found | found_here(office) == {}


@pytest.mark.axe
def test_axe_finds_nothing_in_lists_over_all_cases(office):
    lists = ("kalender", "toepfe", "zahlen")
    assert found_on(office, [f"/verwaltung/antraege/{name}/" for name in lists]) == {}


@pytest.mark.axe
@pytest.mark.parametrize(
    "state", ["formal_check", "supplement_requested", "reviewed", "running", "proof_submitted"]
)
def test_axe_finds_nothing_on_the_page_of_a_case(state, office):
    open_case(office, TITLE_OF[state])
    assert found_here(office) == {}


@pytest.mark.axe
def test_axe_finds_nothing_where_a_case_is_checked(office):
    case = open_case(office, TITLE_OF["formal_check"])
    pages = ("formale-pruefung", "befangenheit", "stellungnahme", "verlauf", "fassungen")
    found = found_on(office, [f"{case}{name}/" for name in pages])
    found |= found_when_refused(office, f"{case}schritt/request_supplement/")
    assert found == {}


@pytest.mark.axe
def test_axe_finds_nothing_where_a_case_is_decided(office):
    case = open_case(office, TITLE_OF["reviewed"])
    found = found_when_refused(office, f"{case}schritt/check_again/")
    found |= found_on(office, [f"{case}uebergabe/", f"{case}schritt/hand_over/"])
    case = open_case(office, DECIDED)
    assert found | found_on(office, [case, f"{case}schritt/confirm_approval/"]) == {}


@pytest.mark.axe
def test_axe_finds_nothing_where_pictures_are_taken_over(portal, office):
    put_in(portal, "with_a_picture", "Bild am Tor")
    case = open_case(office, "Bild am Tor")
    office.locator("form[action$='/projekt/'] button").click()
    found = found_here(office)
    office.locator("#content [name$='-take']").check()
    with office.expect_navigation() as answered:
        office.locator(SEND).last.click()
    assert answered.value.status == 422
    expect(office.locator("[data-error-summary]")).to_be_focused()
    assert found | found_here(office) | found_on(office, [case]) == {}


@pytest.mark.axe
def test_axe_finds_nothing_where_a_proof_is_checked(office):
    case = open_case(office, TITLE_OF["proof_submitted"])
    pages = ("bericht/nachweis/", "schritt/check_proof/", "schritt/return_proof/")
    assert found_on(office, [case + name for name in pages]) == {}


@pytest.mark.axe
def test_axe_finds_nothing_where_others_assess_and_confirm(
    made, browser, browser_context_args, base_url
):
    with person(browser, browser_context_args, base_url, "assessor") as page:
        case = open_case(page, TITLE_OF["formal_check"])
        found = found_on(page, [f"{case}befangenheit/", f"{case}bewertung/"])
    with person(browser, browser_context_args, base_url, "approver") as page:
        case = open_case(page, DECIDED)
        found |= found_on(page, [case, f"{case}schritt/confirm_approval/"])
        found |= found_when_refused(page, f"{case}schritt/send_back_decision/")
    assert found == {}


# --- The club -------------------------------------------------------------------------------------
@pytest.mark.axe
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_where_a_club_reads_what_it_did_not_hand_in(portal, club, language):
    title = f"Ohne Nachreichung: {language}"
    put_in(portal, "gone_on_without", title)
    proposal = open_own(club, title)
    found = found_on(club, [proposal], language)
    club.locator("main a[href*='/nicht-eingereicht/']").click()
    assert found | found_here(club) == {}


@pytest.mark.axe
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_where_a_club_supplies_and_accepts(language, club):
    asked = open_own(club, TITLE_OF["supplement_requested"])
    found = found_on(club, [asked, f"{asked}nachreichen/", f"{asked}idee/"], language)
    refused = open_own(club, TITLE_OF["rejected"])
    found |= found_on(club, [refused], language)
    granted = open_own(club, TITLE_OF["approved"])
    found |= found_on(club, [granted, f"{granted}foerderung/"], language)
    assert found | found_when_refused(club, f"{granted}schritt/accept_grant/", language) == {}


@pytest.mark.axe
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_where_a_club_uses_its_grant(language, club):
    grant = f"{open_own(club, TITLE_OF['running'])}foerderung/"
    found = found_on(club, [grant, f"{grant}aenderung/"], language)
    found |= found_when_refused(club, f"{grant}geld/", language)
    proof = f"{open_own(club, TITLE_OF['proof_due'])}foerderung/nachweis/"
    found |= found_on(club, [proof], language)
    read = f"{open_own(club, TITLE_OF['proof_submitted'])}foerderung/nachweis/"
    assert found | found_on(club, [read], language) == {}
