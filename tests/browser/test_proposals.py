"""A project outline from the first account to the receipt, as volunteers of a club go about it:
together and with scripts in German, alone and without scripts in Arabic.
"""

import io
import re
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import expect

from .conftest import watched
from .proposals import (
    FULL,
    HALF,
    PAPERS,
    begin,
    choose_files,
    expect_saved_by_itself,
    fill,
    fill_row,
    rows_of,
    save,
    step_into_the_club,
    write_all_texts,
)
from .test_accounts import CODE, new_address, newest_mail_to, register
from .test_advice import press, tab_to


@pytest.fixture
def browser_context_args(browser_context_args, own_sender):
    return browser_context_args | own_sender


@pytest.fixture
def colleague(browser, browser_context_args, base_url):
    """The page of a second person, in a browser of their own."""
    context = browser.new_context(**browser_context_args)
    page = watched(context.new_page(), base_url)
    yield page
    assert page.complaints == []
    context.close()


def register_organisation(page, name, language="de"):
    page.goto(f"/{language}/antraege/organisation/neu/")
    fill(page, name=name, street="Beispielweg 1", postcode="63065", city="Offenbach am Main")
    page.locator("main [name=legal_form]").select_option("registered_association")
    page.locator("main .choice", has_text=re.compile("^Migranten|مهاجر")).first.locator(
        "input"
    ).check()
    fill(page, register_number="VR 90999", contact_name="Amal Beispiel")
    fill(page, contact_email="amal@example.org")
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return page.url


def invite_and_accept(page, organisation, colleague):
    """The owner invites; the colleague follows the link of the mail, registers and says yes."""
    email = new_address()
    page.goto(f"{organisation}mitglieder/")
    page.get_by_label("E-Mail-Adresse").fill(email)
    page.get_by_role("button", name="Einladung verschicken").click()
    expect(page.locator(".message-success")).to_contain_text(email)
    colleague.goto(re.search(r"https?://\S+/einladung/\S+", newest_mail_to(email, page))[0])
    colleague.get_by_role("link", name="Konto anlegen").click()
    colleague.get_by_label("Ihre E-Mail-Adresse").fill(email)
    colleague.get_by_role("button", name="Code zuschicken").click()
    colleague.wait_for_url(CODE)
    code = re.search(r"^ {4}(\S+)$", newest_mail_to(email, colleague), re.M)[1]
    colleague.locator("main [name=code]").fill(code)
    colleague.get_by_role("button", name="Weiter").click()
    colleague.get_by_role("button", name="Einladung annehmen").click()
    expect(colleague.locator(".message-success")).to_be_visible()


def write_together(page, colleague, address):
    """Both change one answer: the second one sees both versions and puts them together."""
    page.goto(f"{address}idee/")
    colleague.goto(f"{address}idee/")
    fill(page, summary="Wir bauen Beete.")
    expect_saved_by_itself(page)
    fill(colleague, summary="Wir pflanzen Tomaten.", aims="Alle kennen sich.")
    expect(colleague.locator("[data-saving]")).to_contain_text("jemand anderes")
    colleague.locator("main button[name=stay]:visible").click()
    versions = colleague.locator(".versions")
    expect(versions).to_contain_text("Wir bauen Beete.")
    expect(versions).to_contain_text("Wir pflanzen Tomaten.")
    expect(colleague.locator("[data-error-summary]")).to_be_focused()
    fill(colleague, summary="Wir bauen Beete und pflanzen Tomaten.")
    save(colleague)
    page.reload()
    expect(page.locator("[name=summary]")).to_have_value("Wir bauen Beete und pflanzen Tomaten.")
    expect(page.locator("[name=aims]")).to_have_value("Alle kennen sich.")


def fail_and_mend_the_share(page, address):
    """The line pays half of 1.000 euros; 700 are asked for."""
    page.goto(f"{address}kosten/")
    fill_row(rows_of(page, "costs").nth(0), description="Erde", quantity="10", unit_amount="50")
    fill_row(rows_of(page, "costs").nth(1), description="Holz", unit_amount="500")
    own, state = rows_of(page, "incomes").nth(0), rows_of(page, "incomes").nth(1)
    fill_row(own, kind="own_funds", description="Kasse", amount="300")
    fill_row(state, kind="state_funds", description="Land", amount="700")
    result = page.locator("[data-plan-result]")
    expect(result).to_contain_text("200,00 EUR")
    expect(page.locator("[data-plan-said]")).to_contain_text("200,00 EUR")
    fill_row(state, amount="500")
    fill_row(own, amount="500,00")
    expect(result).to_contain_text("Der Plan geht auf.")
    expect_saved_by_itself(page)


def enclose_in_german(page, address):
    """Two files at once, a wrong one refused with its reason, then everything the line wants."""
    page.goto(f"{address}anlagen/")
    upload = page.get_by_role("button", name="Hochladen")
    wrong = {"name": "liste.pdf", "mimeType": "application/pdf", "buffer": b"no PDF at all"}
    choose_files(page, "Konzept", wrong)
    upload.click()
    expect(page.locator("[data-error-summary]")).to_contain_text("liste.pdf")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    choose_files(page, "Konzept", PAPERS / "konzept.pdf", PAPERS / "angebot.png")
    upload.click()
    expect(page.locator(".message-success")).to_contain_text("2 Dateien")
    for kind in ("Satzung", "Registerauszug", "Freistellungsbescheid"):
        choose_files(page, kind, PAPERS / f"{kind.lower()}.pdf")
        upload.click()
        expect(page.locator("main .file", has_text=f"{kind.lower()}.pdf")).to_be_visible()
    expect(page.locator("main .missing")).to_have_count(0)


def follow_a_gap(page, address):
    """The check names what is missing; its link leads to the field."""
    page.goto(f"{address}pruefen/")
    expect(page.get_by_role("button", name="Jetzt einreichen")).to_have_count(0)
    page.locator("main .error-summary a[href$='#id_need']").click()
    expect(page).to_have_url(re.compile("/idee/#id_need$"))
    expect(page.locator("#id_need")).to_be_in_viewport()


def hand_in(page, address):
    page.goto(f"{address}pruefen/")
    expect(page.locator("main .error-summary")).to_have_count(0)
    page.locator("main .hand-in button[type=submit]").click()
    expect(page).to_have_url(re.compile("/quittung/$"))
    reference = page.locator("main .reference strong").inner_text()
    assert re.fullmatch(r"WIR-\d{4}-\d{4}", reference)
    return reference


def text_of_the_pdf(page):
    with page.expect_download() as download:
        page.locator("main a[href$='/antrag.pdf']").click()
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"%PDF")
    return "\n".join(part.extract_text() for part in pypdf.PdfReader(io.BytesIO(content)).pages)


def cannot_go_back_to_a_form(page):
    """What the browser kept of the check may be pressed; it only says that it is over."""
    page.go_back()
    button = page.locator("main .hand-in button[type=submit]")
    if button.count():
        button.click()
    expect(page.locator("main .hand-in")).to_have_count(0)
    expect(page).to_have_url(re.compile("/antraege/[a-z2-7]{26}/$"))


def withdraw(page, address):
    page.goto(address)
    page.locator("main details summary").last.click()
    page.locator("main [name=sure]").check()
    page.locator("main form[action$='/zurueckziehen/'] button").click()
    expect(page.locator(".message-success")).to_be_visible()
    expect(page.locator("main form[action$='/zurueckziehen/']")).to_have_count(0)


def test_two_people_write_mend_the_share_and_hand_in(page, colleague):
    register(page)
    organisation = register_organisation(page, "Beete für alle e. V.")
    invite_and_accept(page, organisation, colleague)
    title = "Tomaten auf dem Platz"
    address = begin(page, title, line=HALF)
    write_together(page, colleague, address)
    follow_a_gap(page, address)
    write_all_texts(page, address)
    fail_and_mend_the_share(page, address)
    enclose_in_german(colleague, address)
    reference = hand_in(page, address)
    text = text_of_the_pdf(page)
    assert title in text
    assert reference in text
    cannot_go_back_to_a_form(page)
    withdraw(page, address)


TITLES = {"de": "Obstgarten im Viertel", "ar": "بستان الحي"}


def alone_from_the_account_to_the_receipt(page, language, write_plan):
    email = new_address()
    page.goto(f"/{language}/konto/registrieren/")
    fill(page, email=email)
    page.locator("main form.form").get_by_role("button").click()
    page.wait_for_url(CODE)
    fill(page, code=re.search(r"^ {4}(\S+)$", newest_mail_to(email, page), re.M)[1])
    page.locator("main form.form").get_by_role("button").click()
    register_organisation(page, "Nachbarn am Main e. V.", language)
    address = begin(page, TITLES[language], language, line=FULL)
    write_all_texts(page, address)
    write_plan(page, address)
    page.goto(f"{address}anlagen/")
    choose_files(page, None, PAPERS / "konzept.pdf")
    page.locator("main form[data-upload] button[type=submit]").click()
    expect(page.locator("main .missing")).to_have_count(0)
    reference = hand_in(page, address)
    assert reference in text_of_the_pdf(page)
    cannot_go_back_to_a_form(page)
    withdraw(page, address)


@pytest.mark.parametrize("language", ["de", "ar"])
def test_one_person_writes_and_hands_in_without_javascript(language, plain_page):
    alone_from_the_account_to_the_receipt(plain_page, language, plan_without_scripts)


def test_one_person_writes_and_hands_in_with_javascript_in_arabic(page):
    alone_from_the_account_to_the_receipt(page, "ar", plan_with_scripts)


def plan_with_scripts(page, address):
    """The sums follow while somebody types, in the digits of the reader's own script."""
    page.goto(f"{address}kosten/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    fill_row(rows_of(page, "costs").nth(0), description="تربة", quantity="٢", unit_amount="٥٠")
    grant = rows_of(page, "incomes").nth(0)
    fill_row(grant, kind="state_funds", description="x", amount="900")
    expect(page.locator("main .findings-errors")).to_contain_text("800,00 EUR")
    fill_row(grant, amount="١٠٠")
    expect(page.locator("main .plan-fine")).to_be_visible()
    save(page)


def plan_without_scripts(page, address):
    """Checked by button before it is saved, more rows by button, others pasted."""
    page.goto(f"{address}kosten/")
    fill_row(rows_of(page, "costs").nth(0), description="تربة", quantity="٢", unit_amount="٥٠")
    fill_row(rows_of(page, "incomes").nth(0), kind="state_funds", description="x", amount="900")
    page.locator("main button[formaction*='pruefen']").click()
    expect(page.locator("main .findings-errors")).to_contain_text("800,00 EUR")
    before = rows_of(page, "costs").count()
    page.locator("main button[name=more][value=costs]").click()
    expect(rows_of(page, "costs")).to_have_count(before + 5)
    expect(rows_of(page, "costs").nth(0).locator("[name$=-description]")).to_have_value("تربة")
    save(page)
    page.locator("main .plan-extras summary").click()
    page.locator("main [name=pasted]").fill("Holz\t4\tBretter\t25,50\nFarbe\t1,2,3")
    page.locator("main .plan-extras button").click()
    expect(page.locator("main .plan-extras .error-summary")).to_contain_text("1,2,3")
    page.locator("main [name=pasted]").fill("Holz\t4\tBretter\t25,50\nFarbe\t98")
    page.locator("main .plan-extras button").click()
    expect(page.locator(".message-success")).to_be_visible()
    fill_row(rows_of(page, "incomes").nth(0), amount="300")
    save(page)
    expect(page.locator("main .plan-fine")).to_be_visible()


def retype(page, selector, text):
    tab_to(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_next_project_from_an_earlier_one_by_keyboard_alone(page):
    step_into_the_club(page)
    press(page, "main a.button[href$='/antraege/neu/']")
    tab_to(page, "#id_title")
    page.keyboard.type("Noch einmal auf zwei Rädern")
    tab_to(page, "#id_earlier")
    page.keyboard.type("Auf zwei")
    tab_to(page, "#id_another")
    page.keyboard.press("Space")
    press(page, "main form button[type=submit]")
    expect(page.get_by_role("heading", level=1)).to_have_text("Noch einmal auf zwei Rädern")
    press(page, "main .section-list a[href$='/kosten/']")
    amount = page.locator("#id_costs-0-unit_amount").input_value()
    retype(page, "#id_costs-0-unit_amount", "99999")
    expect(page.locator("[data-plan-result] .findings-errors")).to_be_visible()
    page.keyboard.press("Control+A")
    page.keyboard.type(amount)
    expect(page.locator("[data-plan-result] .plan-fine")).to_be_visible()
    press(page, "main .actions button[type=submit]")
    expect(page).to_have_url(re.compile("/anlagen/$"))
    tab_to(page, "main [name=files]")
    # The window that chooses files belongs to the system, not to the page.
    page.locator("main [name=files]").set_input_files(PAPERS / "konzept.pdf")
    tab_to(page, "main form[data-upload] button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("main .missing")).to_have_count(0)
    press(page, "main .actions a[href$='/erklaerungen/']")
    for declaration in ("true", "not_begun", "not_twice", "may_sign", "not_the_state"):
        tab_to(page, f"main [name=declared][value={declaration}]")
        page.keyboard.press("Space")
    press(page, "main .actions button[type=submit]")
    press(page, "main .hand-in button[type=submit]")
    expect(page).to_have_url(re.compile("/quittung/$"))
    tab_to(page, "main a[href$='/antrag.pdf']")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
