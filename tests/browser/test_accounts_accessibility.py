"""axe finds nothing on pages of the account: three languages, light and dark, narrow and wide."""

import pytest
from playwright.sync_api import expect

from .axe import looked_at
from .conftest import watched
from .test_accounts import CODE, new_address, register, set_up_app
from .test_back_office import step_in

LANGUAGES = ["de", "en", "ar"]
ANONYMOUS = {
    "sign in": "anmelden/",
    "register": "registrieren/",
    "invitation that is over": "einladung/",
}
SIGNED_IN = {
    "overview": "",
    "address": "adresse/",
    "security": "sicherheit/",
    "emergency codes": "sicherheit/notfallcodes/",
    "new emergency codes": "sicherheit/notfallcodes/neu/",
    "passkeys": "sicherheit/passkeys/",
    "new passkey": "sicherheit/passkeys/neu/",
    "confirm again": "bestaetigen/",
    "sessions": "sitzungen/",
    "delete": "loeschen/",
    "sign out": "abmelden/",
}
STAFF = {
    "overview of staff": "",
    "app set-up": "sicherheit/app/",
    "security of staff": "sicherheit/",
    "delete of staff": "loeschen/",
}


@pytest.fixture(scope="module")
def applicant(browser, browser_context_args):
    """Somebody with app codes, signed in once for all pages."""
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    register(page)
    set_up_app(page)
    yield context
    context.close()


@pytest.mark.axe
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ANONYMOUS)
def test_axe_finds_nothing_before_signing_in(name, language, page):
    page.goto(f"/{language}/konto/{ANONYMOUS[name]}")
    assert looked_at(page) == {}


@pytest.mark.axe
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_where_the_code_is_entered(language, page):
    page.goto(f"/{language}/konto/anmelden/")
    page.locator("main [name=email]").fill(new_address())
    page.locator("main form.form").get_by_role("button").click()
    page.wait_for_url(CODE)
    page.locator("summary").click()
    assert looked_at(page) == {}


@pytest.mark.axe
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_after_a_wrong_code(language, page):
    page.goto(f"/{language}/konto/anmelden/")
    page.locator("main [name=email]").fill(new_address())
    page.locator("main form.form").get_by_role("button").click()
    page.wait_for_url(CODE)
    page.locator("main [name=code]").fill("XXXXXX")
    page.locator("main form.form").get_by_role("button").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    assert looked_at(page) == {}


@pytest.mark.axe
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SIGNED_IN)
def test_axe_finds_nothing_in_the_account(name, language, applicant, base_url):
    page = watched(applicant.new_page(), base_url)
    response = page.goto(f"/{language}/konto/{SIGNED_IN[name]}")
    found = looked_at(page)
    page.close()
    assert (response.status, found, page.complaints) == (200, {}, [])


@pytest.mark.axe
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", STAFF)
def test_axe_finds_nothing_in_the_account_of_staff(name, language, page):
    step_in(page, "Redaktion")
    page.goto(f"/{language}/konto/{STAFF[name]}")
    assert looked_at(page) == {}
