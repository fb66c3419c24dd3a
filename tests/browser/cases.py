"""What the tests of cases share: people who step in, what is made beforehand, steps that are taken.

Pages are found the way people find them, buttons by where they lead, so that nothing hangs on the
language.
"""

import re
from contextlib import contextmanager

from playwright.sync_api import expect

from .conftest import watched

IBAN = "DE89 3704 0044 0532 0130 00"
SEND = "main form.form button[type=submit], #content form.form button[type=submit]"
DONE = ".messagelist .success, .message-success"


def put_in(portal, function, *values):
    """Calls that function of case_data in a process of the portal."""
    portal.run(f"from tests.browser import case_data; case_data.{function}(*{values!r})")


@contextmanager
def person(browser, arguments, base_url, role):
    """The page of somebody in that role, in a browser of their own, which may not complain."""
    context = browser.new_context(**arguments)
    page = watched(context.new_page(), base_url)
    page.goto("/de/demo/")
    page.locator(f"form[action$='/demo/{role}/einsteigen/'] button").click()
    expect(page).to_have_url(re.compile("/verwaltung/$|/antraege/meine/$"))
    yield page
    assert page.complaints == []
    context.close()


# --- Where people go ------------------------------------------------------------------------------
def open_case(page, title):
    """The case on one page, found in the queue of those that nobody or anybody looks after."""
    page.goto(f"/verwaltung/antraege/?show=all&q={title}")
    page.locator("#content tbody th a", has_text=title).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    return page.url


def open_own(page, title):
    """The club's page of its proposal, on whichever page of its list it stands."""
    page.goto("/de/antraege/meine/")
    wanted, more = page.locator("main a", has_text=title), page.locator("main a[rel=next]")
    while not wanted.count() and more.count():
        page.goto(more.get_attribute("href"))
    wanted.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page.url


def follow(page, ending):
    """Follows the link of the open page whose address ends like this; opens what hides it."""
    link = page.locator(f"#content a[href$='{ending}'], main a[href$='{ending}']").first
    expect(link).to_be_attached()
    if not link.is_visible():
        link.locator("xpath=ancestor::details/summary").click()
    with page.expect_navigation():
        link.click()


def answer(page, **answers):
    """Fills the form of the page: text, a choice by its value, a list of ticks, True for one."""
    for name, given in answers.items():
        field = page.locator(f"main [name='{name}'], #content [name='{name}']")
        if given is True:
            field.check()
        elif isinstance(given, list):
            for value in given:
                field.and_(page.locator(f"[value='{value}']")).check()
        elif field.first.get_attribute("type") == "radio":
            field.and_(page.locator(f"[value='{given}']")).check()
        elif field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(given)
        else:
            field.fill(given)


def send(page):
    """The button of the form on the page; the next page says that it is done."""
    page.locator(
        "main form.form button[type=submit], #content form.form [type=submit]"
    ).last.click()
    expect(page.locator(DONE).first).to_be_visible()


def take(page, key, **answers):
    """Takes that step from the page of the case or of the proposal."""
    follow(page, f"/schritt/{key}/")
    answer(page, **answers)
    send(page)
