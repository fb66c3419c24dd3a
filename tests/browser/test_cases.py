"""Cases from handed in to closed and published, as the club, the coordination and whoever confirms
go about it: each in a browser of their own, with and without scripts.
"""

import io
import re
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .cases import (
    IBAN,
    answer,
    follow,
    open_case,
    open_own,
    person,
    put_in,
    send,
    take,
)
from .proposals import cell, fill_row, rows_of, save
from .test_advice import press, tab_to


@pytest.fixture
def browser_context_args(browser_context_args, own_sender):
    return browser_context_args | own_sender


@pytest.fixture
def people(browser, browser_context_args, base_url):
    """Opens the pages of people by their roles; `scripts` says whether JavaScript runs."""
    with ExitStack() as opened:

        def open_for(*roles, scripts=True):
            arguments = browser_context_args | {"java_script_enabled": scripts}
            return [
                opened.enter_context(person(browser, arguments, base_url, role)) for role in roles
            ]

        yield open_for


# --- The formal check -----------------------------------------------------------------------------
def find_and_take_over(office, title):
    """In the queue, among what nobody looks after."""
    office.goto("/verwaltung/")
    follow(office, "/verwaltung/antraege/")
    follow(office, "?show=unassigned")
    answer(office, q=title)
    office.locator("form.queue-filter button[type=submit]").click()
    office.locator("#content tbody th a", has_text=title).click()
    office.locator("form[action$='/uebernehmen/'] button").click()
    expect(office.locator("form[action$='/uebernehmen/']")).to_have_count(0)


def supply_what_is_asked(club, title):
    """Only the open section can be changed; what is new is shown before it is handed in."""
    address = open_own(club, title)
    expect(club.locator("main")).to_contain_text("Bitte schreiben Sie, wen Sie erreichen wollen.")
    expect(club.locator("main .section-list a")).to_have_count(1)
    follow(club, "/idee/")
    answer(club, aims="Zwanzig Kinder lesen gern vor.")
    save(club)
    club.goto(address)
    follow(club, "/nachreichen/")
    expect(club.locator("main")).to_contain_text("Zwanzig Kinder lesen gern vor.")
    club.locator("main .hand-in form button[type=submit]").click()
    expect(club).to_have_url(re.compile("/quittung/$"))


def check_and_finish(office, case):
    """The difference is read, the points answered, the statement written, the check finished."""
    office.goto(case)
    follow(office, "/fassungen/1/2/")
    expect(office.locator("#content")).to_contain_text("Zwanzig Kinder lesen gern vor.")
    office.goto(case)
    follow(office, "/formale-pruefung/")
    for yes in office.locator("#content [name^=verdict_][value=yes]").all():
        yes.check()
    send(office)
    office.goto(case)
    declare_free(office)
    office.goto(case)
    follow(office, "/stellungnahme/")
    answer(office, verdict="supports", text="Die Stadt begrüßt das Vorhaben.")
    send(office)
    office.goto(case)
    take(office, "finish_check")


def declare_free(page):
    follow(page, "/befangenheit/")
    answer(page, answer="free")
    send(page)


# --- The grant ------------------------------------------------------------------------------------
def decide_by_two(office, approver, title, case):
    office.goto(case)
    follow(office, "/schritt/prepare_decision/")
    fund = office.locator("#content [name=fund] option", has_text=f"Topf für: {title}")
    answer(office, kind="approval", amount="500", fund=fund.get_attribute("value"))
    answer(office, conditions="Bitte nennen Sie die Stadt.", naming_duty="Mit dem Logo der Stadt.")
    send(office)
    follow(office, "/schritt/confirm_approval/")
    expect(office.locator("#content .notice")).to_contain_text("Bestätigen muss sie jemand")
    expect(office.locator("#content form.form")).to_have_count(0)
    approver.goto(f"/verwaltung/antraege/?show=confirm&q={title}")
    approver.locator("#content tbody th a", has_text=title).click()
    declare_free(approver)
    approver.goto(case)
    take(approver, "confirm_approval")


def accept_and_ask_for_money(club, title):
    open_own(club, title)
    expect(club.locator("main")).to_contain_text("500,00")
    take(club, "accept_grant", account_holder="Granatapfel e. V.", iban=IBAN, accepts=True)
    open_own(club, title)
    follow(club, "/foerderung/")
    follow(club, "/foerderung/geld/")
    answer(club, amount="500", purpose="Honorare für zwei Monate")
    send(club)


def pay_and_make_a_project(office, case):
    office.goto(case)
    follow(office, "/zahlen/")
    send(office)
    office.goto(case)
    office.locator("form[action$='/projekt/'] button").click()
    take_the_picture_over(office)
    expect(office).to_have_url(re.compile(r"/projects/project/\d+/change/"))


def take_the_picture_over(office):
    """With whom to thank and what it shows; the project has it then."""
    expect(office).to_have_url(re.compile("/projekt/bilder/$"))
    field = "#content [name$='-{}']"
    office.locator(field.format("take")).check()
    office.locator(field.format("alt")).fill("Ein Aushang am Hoftor.")
    office.locator(field.format("author")).fill("Ada Beispiel")
    office.locator(field.format("rights")).fill("CC BY 4.0")
    office.locator(field.format("consent")).select_option("nobody")
    send(office)


# --- The proof of use -----------------------------------------------------------------------------
def prove_the_use(club, title):
    open_own(club, title)
    follow(club, "/foerderung/")
    follow(club, "/foerderung/nachweis/")
    answer(club, narrative="Wir haben zwölfmal vorgelesen.")
    for spent in club.locator("main [name^=planned-costs-]").all():
        spent.fill("1000")
    for received in club.locator("main [name^=planned-incomes-]").all():
        received.fill("500")
    voucher = rows_of(club, "vouchers").nth(0)
    fill_row(voucher, payee="Grace Beispiel", reason="Honorar", amount="1000")
    cell(voucher, "paid_on").fill("2026-01-15")
    club.locator("main .plan-form button[type=submit]:visible").last.click()
    expect(club.locator(".message-success")).to_be_visible()
    take(club, "hand_in_proof", confirms=True)


def check_and_close(office, case):
    office.goto(case)
    take(office, "check_proof")
    office.goto(case)
    take(office, "close")


def publish(editor, title):
    """The editor completes the draft; afterwards everybody can read it."""
    editor.goto(f"/verwaltung/projects/project/?q={title}")
    editor.locator("#result_list tbody a", has_text=title).click()
    editor.locator("button[name=_state][value=published]").last.click()
    expect(editor.locator(".messagelist .success")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_case_on_the_city_s_money_from_handed_in_to_closed_and_published(scripts, portal, people):
    title = f"Vorlesen im Hof, {'mit' if scripts else 'ohne'} Skript"
    put_in(portal, "handed_in", title)
    office, club, approver, editor = people(
        *("coordinator", "club-owner", "approver", "editor"), scripts=scripts
    )
    find_and_take_over(office, title)
    case = office.url
    take(office, "begin_check")
    office.goto(case)
    asked = "Bitte schreiben Sie, wen Sie erreichen wollen."
    take(office, "request_supplement", message=asked, sections=["idee"])
    supply_what_is_asked(club, title)
    check_and_finish(office, case)
    decide_by_two(office, approver, title, case)
    accept_and_ask_for_money(club, title)
    pay_and_make_a_project(office, case)
    put_in(portal, "pass_the_grant_period", title)
    prove_the_use(club, title)
    check_and_close(office, case)
    publish(editor, title)
    club.goto(f"/de/projekte/?q={title}")
    club.locator("main .card a", has_text=title).click()
    expect(club.get_by_role("heading", level=1)).to_have_text(title)
    expect(club.locator("main img[alt='Ein Aushang am Hoftor.']")).to_be_visible()


# --- The state's money ----------------------------------------------------------------------------
def downloaded(page, ending):
    """The bytes behind the link whose address ends like this."""
    with page.expect_download() as download:
        page.locator(f"#content a[href$='{ending}']").first.click()
    return Path(download.value.path()).read_bytes()


def test_a_case_is_handed_over_and_its_rejection_read_by_the_club(portal, people):
    title = "Ein Platz zum Reden"
    put_in(portal, "in_state", title, "reviewed")
    office, club = people("coordinator", "club-owner")
    case = open_case(office, title)
    follow(office, "/uebergabe/")
    assert downloaded(office, "/anschreiben-vorschau.pdf").startswith(b"%PDF")
    office.goto(case)
    take(office, "hand_over", recipient="Behörde Beispiel\nAm Markt 1\n64283 Darmstadt")
    office.goto(case)
    sent = zipfile.ZipFile(io.BytesIO(downloaded(office, "/uebergeben.zip")))
    assert sent.testzip() is None
    assert [name for name in sent.namelist() if name.endswith(".json")]
    office.goto(case)
    reasons = "Die Mittel des Landes reichen in diesem Jahr nicht."
    take(office, "record_rejection", reasons=reasons, ways_on="Sprechen Sie mit uns.")
    open_own(club, title)
    expect(club.locator("main")).to_contain_text(reasons)
    expect(club.locator("main")).to_contain_text("Sprechen Sie mit uns.")


# --- Two at once ----------------------------------------------------------------------------------
def test_an_old_button_explains_who_was_faster(portal, people):
    title = "Zwei an einem Fall"
    put_in(portal, "handed_in", title, "state")
    first, second = people("coordinator", "coordinator")
    case = open_case(first, title)
    second.goto(case)
    for page in (first, second):
        follow(page, "/schritt/begin_check/")
    send(first)
    take(first, "request_supplement", message="Bitte ergänzen Sie das Ziel.", sections=["idee"])
    with second.expect_navigation() as answered:
        second.locator("#content form.form button.default").click()
    assert answered.value.status == 409
    explained = second.locator("#content [role=alert]")
    expect(explained).to_contain_text("Die Koordination hat etwas nachgefordert.")
    expect(explained).to_be_focused()
    expect(second.locator("#content form.form button.default")).to_have_count(0)


# --- By keyboard ----------------------------------------------------------------------------------
def test_a_step_is_taken_by_keyboard_and_a_refusal_moves_the_focus(portal, people):
    title = "Nur mit der Tastatur"
    put_in(portal, "in_state", title, "formal_check")
    (office,) = people("coordinator")
    open_case(office, title)
    press(office, "#content a[href$='/schritt/request_supplement/']")
    press(office, "#content form.form button.default")
    expect(office.locator("[data-error-summary]")).to_be_focused()
    tab_to(office, "#content [name=message]")
    office.keyboard.type("Bitte ergänzen Sie das Ziel.")
    tab_to(office, "#content [name=sections]")
    office.keyboard.press("Space")
    press(office, "#content form.form button.default")
    expect(office.locator(".messagelist .success")).to_be_visible()
