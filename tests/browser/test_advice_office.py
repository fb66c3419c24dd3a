"""The coordinator's pages of advice: axe finds nothing, and the work of a day by keyboard."""

import datetime

import pytest
from playwright.sync_api import expect

from consultations.slots import OFFENBACH

from .axe import looked_at
from .test_advice import press, tab_to
from .test_back_office import step_in

WISH = "concern=erstberatung&language=de&channel=phone"
PAGES = {
    "day": "beratung/",
    "week": "beratung/woche/",
    "list": "beratung/liste/",
    "list of those ahead": "beratung/liste/?show=ahead",
    "list that is empty": "beratung/liste/?q=gibtesnicht",
    "printed day": "beratung/drucken/",
    "call": "beratung/neu/",
    "call with times": f"beratung/neu/?{WISH}",
    "waiting list": "beratung/warteliste/",
    "calendar": "beratung/kalender/",
    "holidays": "beratung/feiertage/",
    "figures": "beratung/zahlen/",
    "weekly hours": "consultations/openinghours/add/",
    "special hours": "consultations/specialhours/add/",
    "absence": "consultations/absence/add/",
    "rules": "consultations/advicerules/1/change/",
}


def pages_of_a_talk(page):
    """The first talk ahead, with everything that can be done with it."""
    page.goto("/verwaltung/beratung/liste/?show=ahead")
    address = page.locator("#content table a[href*='/beratung/termin/']").first.get_attribute(
        "href"
    )
    return {
        "talk": address,
        "moving": f"{address}verschieben/",
        "cancelling": f"{address}absagen/",
    }


def reads(portal, language):
    """The language of the coordinator's account, as chosen there."""
    portal.run(
        "from offenbach_wir.models import User; from offenbach_wir.roles import ROLES;"
        f"User.objects.filter(email=ROLES['coordinator'].demo_email).update(language={language!r})"
    )


def look_at_all(page):
    pages = {name: f"/verwaltung/{place}" for name, place in PAGES.items()} | pages_of_a_talk(page)
    found = {}
    for name, place in pages.items():
        page.goto(place)
        if problems := looked_at(page):
            found[name] = problems
    return found


@pytest.mark.axe
@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_axe_finds_nothing(language, page, portal):
    step_in(page, "Koordination")
    reads(portal, language)
    try:
        page.goto("/verwaltung/beratung/")
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert look_at_all(page) == {}
    finally:
        reads(portal, "de")


def in_days(days):
    return (datetime.datetime.now(OFFENBACH) + datetime.timedelta(days=days)).strftime(
        "%Y-%m-%dT%H:%M"
    )


@pytest.mark.axe
def test_the_page_before_an_absence_is_saved_shows_the_talks(page):
    step_in(page, "Koordination")
    page.goto("/verwaltung/consultations/absence/add/")
    page.locator("[name=starts_at]").fill(in_days(0))
    page.locator("[name=ends_at]").fill(in_days(28))
    page.locator("[name=_save]").first.click()
    expect(page.locator("#content")).to_contain_text("Grace Beispiel")
    assert looked_at(page) == {}


def test_a_caller_is_booked_by_keyboard_alone(page):
    step_in(page, "Koordination")
    page.goto(f"/verwaltung/beratung/neu/?{WISH}")
    for name, words in (("name", "Ada Muster"), ("phone", "069 90009-555")):
        tab_to(page, f"input[name={name}]")
        page.keyboard.type(words)
    press(page, ".days .times button")
    expect(page.locator("#content")).to_contain_text("Ada Muster")
    expect(page.locator("#content")).to_contain_text("069 90009-555")
