"""Booking, moving and cancelling a talk as residents do it: with and without scripts, in German
and Arabic, by keyboard; axe finds nothing on the way.
"""

import itertools
import re
from pathlib import Path

import pytest
import vobject
from playwright.sync_api import expect

from .axe import looked_at
from .test_keyboard import walk

NAMES = (f"grace-{n}@example.org" for n in itertools.count(1))


def choose_a_time(page, language="de", concern=0):
    page.goto(f"/{language}/beratung/")
    page.locator("a.button[href$='/beratung/anliegen/']").first.click()
    page.locator(".choice-list a").nth(concern).click()
    page.locator(".form button[type=submit]").click()
    page.locator(".times button").first.click()
    expect(page.locator("input[name=name]")).to_be_visible()


def fill_in(page, email="", phone=""):
    page.locator("input[name=name]").fill("Grace Beispiel")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=phone]").fill(phone)
    page.locator(".form button[type=submit]").click()
    expect(page.locator("button[name=book]")).to_be_visible()


def book(page, language="de", email="", phone=""):
    choose_a_time(page, language)
    fill_in(page, email=email, phone=phone)
    page.locator("button[name=book]").click()
    expect(page.locator(".reference")).to_be_visible()
    return page.locator(".reference strong").inner_text().strip()


def open_link_in_mail(page, email):
    """Opens the secret link of the newest mail to that address, as kept by the demo."""
    page.goto("/de/demo/mails/")
    row = page.locator("article, li, tr").filter(has_text=email).last
    row.get_by_role("link").first.click()
    link = page.locator("a[href*='/beratung/termin/']").first
    page.goto(link.get_attribute("href"))


def whole_journey(page, language):
    email = next(NAMES)
    reference = book(page, language, email=email)
    open_link_in_mail(page, email)
    expect(page).to_have_url(re.compile(f"/{language}/beratung/termin/{reference}/$"))
    page.locator("button[name=confirm]").click()
    expect(page.locator("button[name=confirm]")).to_have_count(0)
    page.locator("a[href$='/verschieben/']").click()
    page.locator(".times button").last.click()
    expect(page.locator("a[href$='/absagen/']")).to_be_visible()
    page.locator("a[href$='/absagen/']").click()
    page.locator("button[name=cancel]").click()
    expect(page.locator("a[href$='/absagen/']")).to_have_count(0)


@pytest.mark.parametrize("language", ["de", "ar"])
def test_a_resident_books_confirms_moves_and_cancels(language, page):
    whole_journey(page, language)


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_same_works_without_javascript(language, plain_page):
    whole_journey(plain_page, language)


def test_somebody_without_e_mail_gets_a_slip_with_a_code(page):
    book(page, phone="069 90009-111")
    page.locator("a[href$='/zettel/']").click()
    expect(page.locator("svg.qr")).to_be_visible()


def test_going_back_and_forward_loses_nothing(page):
    choose_a_time(page)
    fill_in(page, email=next(NAMES))
    page.go_back()
    expect(page.locator("input[name=name]")).to_have_value("Grace Beispiel")
    page.go_forward()
    expect(page.get_by_text("Grace Beispiel")).to_be_visible()


def test_pressing_book_twice_in_a_row_books_once(page):
    choose_a_time(page)
    fill_in(page, email=next(NAMES))
    page.locator("button[name=book]").dblclick()
    expect(page.locator(".reference strong")).to_have_count(1)


def test_whoever_is_slower_gets_other_times_and_keeps_the_answers(
    page, browser, browser_context_args
):
    page.goto("/de/beratung/termine/?concern=erstberatung&language=de&interpreter=no&channel=phone")
    others = browser.new_context(**browser_context_args)
    other = others.new_page()
    other.goto(page.url)
    times = other.locator(".days .times button").last
    wanted = times.get_attribute("value")
    times.click()
    expect(other.locator("input[name=name]")).to_be_visible()
    page.locator(f".days .times button[value='{wanted}']").click()
    page.wait_for_load_state()
    # A second coordinator may be free at the same time; then both get it.
    if page.locator("[data-error-summary]").count():
        expect(page.locator("[data-error-summary] .times button")).to_have_count(3)
        expect(page.locator("[data-error-summary]")).to_be_focused()
    others.close()


def test_every_stop_of_the_free_times_shows_its_focus(page):
    page.goto(
        "/de/beratung/termine/?concern=erstberatung&language=de&interpreter=no&channel=on_site"
    )
    stops = walk(page)
    assert any("Uhr" in stop["name"] for stop in stops)
    assert [stop["name"] for stop in stops if not stop["ring"] or not stop["visible"]] == []


def tab_to(page, selector):
    """Presses Tab until that element has the focus; nothing else is touched."""
    wanted = page.locator(selector).first
    for _stop in range(120):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{selector} is not reached by Tab on {page.url}")


def press(page, selector):
    """Goes to that link or button by Tab and on to the next page by Enter."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_whole_journey_by_keyboard_alone(language, page):
    email = next(NAMES)
    page.goto(f"/{language}/beratung/")
    press(page, "main a.button[href$='/beratung/anliegen/']")
    press(page, ".choice-list a")
    press(page, ".form button[type=submit]")
    press(page, ".days .times button")
    tab_to(page, "input[name=name]")
    page.keyboard.type("Grace Beispiel")
    tab_to(page, "input[name=email]")
    page.keyboard.type(email)
    tab_to(page, "input[name=access_needs]")
    page.keyboard.press("Space")
    press(page, ".form button[type=submit]")
    press(page, "button[name=book]")
    open_link_in_mail(page, email)
    press(page, "button[name=confirm]")
    press(page, "a[href$='/verschieben/']")
    press(page, ".days .times button")
    press(page, "a[href$='/absagen/']")
    press(page, "button[name=cancel]")
    expect(page.locator("a[href$='/absagen/']")).to_have_count(0)


def test_the_secret_of_a_link_is_neither_in_the_address_nor_in_the_log(page, portal):
    email = next(NAMES)
    book(page, email=email)
    page.goto("/de/demo/mails/")
    page.locator("article, li, tr").filter(has_text=email).last.get_by_role("link").first.click()
    link = page.locator("a[href*='/beratung/termin/']").first.get_attribute("href")
    secret = link.rstrip("/").rpartition("/")[2]
    page.goto(link)
    for step in ("verschieben/", "absagen/"):
        page.goto(f"{page.url.partition('/termin/')[0]}/termin/{page.url.split('/')[6]}/{step}")
        assert secret not in page.url
    page.goto(f"/de/beratung/termin/{secret[:-2]}xx/")
    assert secret not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    log = Path(portal.environment["VAR_DIR"], "server.log").read_text()
    assert secret[:40] not in log


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_mail_is_seen_in_the_demo_with_its_calendar_file(language, page):
    email = next(NAMES)
    reference = book(page, language, email=email)
    open_link_in_mail(page, email)
    page.locator("button[name=confirm]").click()
    page.goto("/de/demo/mails/")
    page.locator("article, li, tr").filter(has_text=email).first.get_by_role("link").first.click()
    text = page.locator(".mail pre").inner_text()
    assert reference in text
    assert ("\u0645" in text) == (language == "ar")
    with page.expect_download() as download:
        page.locator("a[download]").click()
    event = vobject.readOne(Path(download.value.path()).read_text()).vevent
    assert event.uid.value.startswith("talk-")
    assert event.dtstart.value.minute % 30 == 0


def found_by_axe(page):
    return {f"{page.url} {view}": problems for view, problems in looked_at(page).items()}


@pytest.mark.axe
@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_axe_finds_nothing_on_the_way_to_a_talk(language, page):
    found = {}
    wish = "?concern=erstberatung&language=de&interpreter=no&channel=on_site"
    for path in (
        "gespraech/?concern=erstberatung&language=ti&interpreter=no&channel=on_site",
        "termine/?concern=projekt-und-foerderung&language=uk&interpreter=no&channel=video",
        f"warteliste/{wish}",
        "links/",
        "links/gesendet/",
        "buchen/",
        "termin/falscher-link/",
    ):
        page.goto(f"/{language}/beratung/{path}")
        found |= found_by_axe(page)
    choose_a_time(page, language)
    found |= found_by_axe(page)
    page.locator(".form button[type=submit]").click()
    found |= found_by_axe(page)
    fill_in(page, phone="069 90009-112")
    found |= found_by_axe(page)
    page.locator("button[name=book]").click()
    for name in ("", "verschieben/", "absagen/", "zettel/"):
        page.goto(re.sub("gebucht/$", name, page.url) if "gebucht" in page.url else page.url)
        found |= found_by_axe(page)
        page.go_back()
    assert found == {}
