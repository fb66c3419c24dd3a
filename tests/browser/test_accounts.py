"""Registering, signing in and the second factor, as people do it in a browser."""

import itertools
import re
import time
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from .test_back_office import step_in

BACK_OFFICE = re.compile("/verwaltung/$")
OWN_ACCOUNT = re.compile("/konto/$")
CODE = re.compile("/code/")
numbers = itertools.count(1)


def new_address():
    return f"person{next(numbers)}@example.org"


def newest_mail_to(email, page):
    """Its text, read in a second tab of the same browser as a visitor of the demo would."""
    tab = page.context.new_page()
    tab.goto("/de/demo/mails/")
    tab.locator("article.mail", has_text=email).first.get_by_role("link").click()
    text = tab.locator("article.mail pre").inner_text()
    tab.close()
    return text


def enter_mailed_code(page, email, submit="Weiter"):
    """The code of a mail stands alone on a line."""
    page.wait_for_url(CODE)
    code = re.search(r"^ {4}(\S+)$", newest_mail_to(email, page), re.M)[1]
    page.locator("main [name=code]").fill(code)
    page.get_by_role("button", name=submit).click()


def ask_for_code(page, email):
    page.goto("/de/konto/anmelden/")
    page.get_by_label("Ihre E-Mail-Adresse").fill(email)
    page.get_by_role("button", name="Code zuschicken").click()


def register(page):
    email = new_address()
    page.goto("/de/konto/registrieren/")
    page.get_by_label("Ihre E-Mail-Adresse").fill(email)
    page.get_by_role("button", name="Code zuschicken").click()
    enter_mailed_code(page, email)
    expect(page).to_have_url(OWN_ACCOUNT)
    return email


def sign_out(page):
    page.goto("/de/konto/")
    page.get_by_role("main").get_by_role("button", name="Abmelden").click()
    expect(page).to_have_url(re.compile("/de/$"))


def app_code(key, later=0):
    """What an app with this key shows now, or after so many half minutes."""
    return format_hotp_value(hotp_value(key, int(time.time()) // 30 + later))


def set_up_app(page):
    """Returns the key; the page of emergency codes is open then."""
    page.goto("/de/konto/sicherheit/app/")
    key = page.locator(".secret").inner_text()
    page.locator("main [name=code]").fill(app_code(key))
    page.get_by_role("button", name="Fertig").click()
    page.wait_for_url(re.compile("/notfallcodes/$"))
    return key


def set_up_passkey(page):
    page.goto("/de/konto/sicherheit/")
    page.get_by_role("link", name="Passkey hinzufügen").click()
    page.get_by_role("button", name="Passkey hinzufügen").click()
    expect(page).to_have_url(re.compile("/notfallcodes/$"))


def give_fingerprint_reader(page):
    """The device of this page makes passkeys and agrees to everything."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        **{"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True},
        **{"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True},
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.fixture
def browser_context_args(browser_context_args, own_sender):
    return browser_context_args | own_sender


@pytest.fixture
def invited(browser, browser_context_args):
    """An editor whom an administrator has just invited: (address, link of the mail)."""
    context = browser.new_context(**browser_context_args)
    office = context.new_page()
    email = new_address()
    step_in(office, "Administration")
    office.goto("/verwaltung/offenbach_wir/invitation/add/")
    office.get_by_label("E-Mail-Adresse").fill(email)
    office.get_by_label("Name", exact=False).first.fill("Kim Kollege")
    office.get_by_label(re.compile("Redaktion:")).check()
    office.locator("[name=_save]").first.click()
    expect(office).to_have_url(re.compile("/invitation/$"))
    link = re.search(r"https?://\S+/einladung/\S+", newest_mail_to(email, office))[0]
    context.close()
    return email, link


def start(page, link):
    page.goto(link)
    page.get_by_role("main").get_by_role("button").click()
    expect(page).to_have_url(re.compile("/konto/sicherheit/$"))


def test_somebody_registers_with_a_code_from_the_mail(page):
    email = register(page)
    expect(page.get_by_role("main")).to_contain_text(email)


def test_somebody_signs_out_and_in_again_with_a_code(page):
    email = register(page)
    sign_out(page)
    ask_for_code(page, email)
    enter_mailed_code(page, email)
    expect(page).to_have_url(OWN_ACCOUNT)


def test_somebody_registers_and_signs_in_without_javascript(plain_page):
    email = register(plain_page)
    sign_out(plain_page)
    ask_for_code(plain_page, email)
    enter_mailed_code(plain_page, email)
    expect(plain_page).to_have_url(OWN_ACCOUNT)


def test_wrong_code_leads_the_focus_to_the_reason(page):
    ask_for_code(page, new_address())
    page.locator("main [name=code]").fill("XXXXXX")
    page.get_by_role("button", name="Weiter").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()


def test_signed_out_visitor_is_led_back_to_the_page_after_signing_in(page):
    email = register(page)
    sign_out(page)
    page.goto("/de/konto/sitzungen/")
    page.get_by_label("Ihre E-Mail-Adresse").fill(email)
    page.get_by_role("button", name="Code zuschicken").click()
    page.wait_for_url(CODE)
    code = re.search(r"^ {4}(\S+)$", newest_mail_to(email, page), re.M)[1]
    page.locator("main [name=code]").fill(code)
    page.get_by_role("button", name="Weiter").click()
    expect(page).to_have_url(re.compile("/konto/sitzungen/$"))


def test_passkey_opens_the_back_office_to_an_invited_colleague(page, invited):
    give_fingerprint_reader(page)
    start(page, invited[1])
    set_up_passkey(page)
    page.get_by_role("link", name="Zur Verwaltung").click()
    expect(page).to_have_url(BACK_OFFICE)


def test_colleague_signs_in_with_the_passkey_alone(page, invited):
    give_fingerprint_reader(page)
    start(page, invited[1])
    set_up_passkey(page)
    sign_out(page)
    page.goto("/de/konto/anmelden/")
    page.get_by_role("button", name="Mit einem Passkey anmelden").click()
    expect(page).to_have_url(BACK_OFFICE)


def test_passkey_is_the_second_factor_after_a_code_from_the_mail(page, invited):
    give_fingerprint_reader(page)
    start(page, invited[1])
    set_up_passkey(page)
    sign_out(page)
    ask_for_code(page, invited[0])
    enter_mailed_code(page, invited[0])
    page.get_by_role("button", name="Passkey verwenden").click()
    expect(page).to_have_url(BACK_OFFICE)


def test_back_office_stays_closed_until_there_is_a_second_factor(page, invited):
    start(page, invited[1])
    page.goto("/verwaltung/")
    expect(page).to_have_url(re.compile("/konto/sicherheit/$"))


def test_app_opens_the_back_office_without_javascript(plain_page, invited):
    start(plain_page, invited[1])
    set_up_app(plain_page)
    plain_page.get_by_role("link", name="Zur Verwaltung").click()
    expect(plain_page).to_have_url(BACK_OFFICE)


def test_colleague_signs_in_with_mail_and_app_without_javascript(plain_page, invited):
    start(plain_page, invited[1])
    key = set_up_app(plain_page)
    sign_out(plain_page)
    ask_for_code(plain_page, invited[0])
    enter_mailed_code(plain_page, invited[0])
    plain_page.locator("main [name=code]").fill(app_code(key, later=1))
    plain_page.get_by_role("button", name="Anmelden").click()
    expect(plain_page).to_have_url(BACK_OFFICE)


def test_emergency_codes_are_shown_once_the_app_is_set_up(page):
    register(page)
    set_up_app(page)
    expect(page.locator(".codes li")).to_have_count(10)


def test_downloaded_file_holds_the_emergency_codes_of_the_page(page):
    register(page)
    set_up_app(page)
    shown = page.locator(".codes code").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="Als Datei herunterladen").click()
    assert set(shown) <= set(Path(download.value.path()).read_text().split())


def test_colleague_with_a_lost_phone_gets_in_with_an_emergency_code(page, invited):
    start(page, invited[1])
    set_up_app(page)
    emergency_code = page.locator(".codes code").first.inner_text()
    sign_out(page)
    ask_for_code(page, invited[0])
    enter_mailed_code(page, invited[0])
    page.locator("main [name=code]").fill(emergency_code)
    page.get_by_role("button", name="Anmelden").click()
    expect(page).to_have_url(BACK_OFFICE)


def test_another_device_is_signed_out_from_the_list_of_sessions(page, plain_page):
    email = register(plain_page)
    ask_for_code(page, email)
    enter_mailed_code(page, email)
    page.goto("/de/konto/sitzungen/")
    page.get_by_role("button", name="Dort abmelden").click()
    plain_page.goto("/de/konto/")
    expect(plain_page).to_have_url(re.compile("/konto/anmelden/"))


def test_account_is_deleted_by_its_owner(page):
    register(page)
    page.goto("/de/konto/loeschen/")
    page.get_by_label(re.compile("endgültig")).check()
    page.get_by_role("button", name="Endgültig löschen").click()
    page.goto("/de/konto/")
    expect(page).to_have_url(re.compile("/konto/anmelden/"))


def tab_to(page, wanted):
    """Past the header by its first link, then on until the wanted element has the focus."""
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _stop in range(10):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError("The focus does not get there")


def test_signing_in_needs_no_mouse(page):
    email = register(page)
    sign_out(page)
    page.goto("/de/konto/anmelden/")
    tab_to(page, page.get_by_label("Ihre E-Mail-Adresse"))
    page.keyboard.type(email)
    page.keyboard.press("Enter")
    page.wait_for_url(CODE)
    code = re.search(r"^ {4}(\S+)$", newest_mail_to(email, page), re.M)[1]
    tab_to(page, page.locator("main [name=code]"))
    page.keyboard.type(code)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(OWN_ACCOUNT)


def test_passkey_button_of_the_sign_in_page_is_reached_by_keyboard(page):
    page.goto("/de/konto/anmelden/")
    tab_to(page, page.get_by_role("button", name="Mit einem Passkey anmelden"))


def test_sign_in_page_runs_from_right_to_left_in_arabic(page):
    page.goto("/ar/konto/anmelden/")
    form = page.locator("main form.form")
    label, button = form.locator("label"), form.get_by_role("button")
    ends = [part.bounding_box()["x"] + part.bounding_box()["width"] for part in (label, button)]
    assert form.evaluate("node => getComputedStyle(node).direction") == "rtl"
    assert ends[0] == pytest.approx(ends[1], abs=2)


def test_address_is_written_from_left_to_right_in_arabic(page):
    page.goto("/ar/konto/anmelden/")
    field = page.locator("main [name=email]")
    assert field.evaluate("node => getComputedStyle(node).direction") == "ltr"


def test_somebody_registers_in_arabic(page):
    email = new_address()
    page.goto("/ar/konto/registrieren/")
    page.locator("main [name=email]").fill(email)
    page.locator("main form.form").get_by_role("button").click()
    page.wait_for_url(CODE)
    code = re.search(r"^ {4}(\S+)$", newest_mail_to(email, page), re.M)[1]
    page.locator("main [name=code]").fill(code)
    page.locator("main form.form").get_by_role("button").click()
    expect(page).to_have_url(re.compile("/ar/konto/$"))


PASSKEY_PLACES = ["anmelden/", "sicherheit/", "sicherheit/passkeys/neu/"]


@pytest.mark.parametrize("place", PASSKEY_PLACES)
def test_passkeys_are_offered_where_the_browser_knows_them(place, page):
    if place != "anmelden/":
        step_in(page, "Redaktion")
    page.goto(f"/de/konto/{place}")
    expect(page.locator("[data-passkey]").first).to_be_visible()


@pytest.mark.parametrize("place", PASSKEY_PLACES)
def test_passkeys_are_not_offered_without_javascript(place, plain_page):
    if place != "anmelden/":
        step_in(plain_page, "Redaktion")
    plain_page.goto(f"/de/konto/{place}")
    expect(plain_page.get_by_role("heading", level=1)).to_be_visible()
    for part in plain_page.locator("[data-passkey]").all():
        expect(part).to_be_hidden()


def test_page_of_a_new_passkey_leads_to_the_app_without_javascript(plain_page):
    step_in(plain_page, "Redaktion")
    plain_page.goto("/de/konto/sicherheit/passkeys/neu/")
    plain_page.get_by_role("link", name="App einrichten").click()
    expect(plain_page.locator(".qr")).to_be_visible()


def test_passkey_that_fails_says_so_beside_the_button(page):
    refuse = "Promise.reject(new DOMException('refused', 'NotAllowedError'))"
    page.add_init_script(f"navigator.credentials.get = () => {refuse}")
    page.goto("/de/konto/anmelden/")
    page.locator("#passkey_login").click()
    expect(page.get_by_role("alert")).to_contain_text("Der Passkey wurde nicht gefunden")
