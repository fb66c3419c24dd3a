"""Public holidays of Hesse: closed by themselves, opened and closed again with a button."""

import datetime

import pytest
from django.utils import timezone

from consultations.models import OpenedHoliday, OpeningHours
from offenbach_wir.models import User
from offenbach_wir.roles import ROLES

from .conftest import at

pytestmark = pytest.mark.django_db
P = "/verwaltung/beratung/feiertage/"
GOOD_FRIDAY = datetime.date(2027, 3, 26)


@pytest.fixture
def office(client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at(12, day=datetime.date(2027, 3, 1)))
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    return client


def shown(office):
    rows = [row for rows in office.get(P).context["years"].values() for row in rows]
    return {row["day"]: row for row in rows}


def test_this_and_the_next_year_are_shown(office):
    assert list(office.get(P).context["years"]) == [2027, 2028]


@pytest.mark.parametrize(
    "day", [(1, 1), (3, 26), (3, 29), (5, 1), (5, 6), (5, 17), (5, 27), (10, 3), (12, 25), (12, 26)]
)
def test_holidays_of_hesse_are_closed(office, day):
    assert not shown(office)[datetime.date(2027, *day)]["is_open"]


def test_holidays_of_other_states_are_not_shown(office):
    assert datetime.date(2027, 1, 6) not in shown(office)


def test_a_holiday_is_opened_on_purpose(office):
    office.post(f"{P}{GOOD_FRIDAY}/oeffnen/", {"ok": "1"})
    assert shown(office)[GOOD_FRIDAY]["is_open"]


def test_opening_twice_is_opening_once(office):
    for _time in range(2):
        office.post(f"{P}{GOOD_FRIDAY}/oeffnen/", {"ok": "1"})
    assert OpenedHoliday.objects.count() == 1


def test_an_opened_holiday_is_closed_again(office):
    OpenedHoliday.objects.create(date=GOOD_FRIDAY)
    office.post(f"{P}{GOOD_FRIDAY}/schliessen/", {"ok": "1"})
    assert not OpenedHoliday.objects.exists()


def test_closing_shows_the_talks_of_the_day_first(office, make_booking):
    OpeningHours.objects.update(weekday=4)
    OpenedHoliday.objects.create(date=GOOD_FRIDAY)
    talk = make_booking(at(9, day=GOOD_FRIDAY))
    page = office.post(f"{P}{GOOD_FRIDAY}/schliessen/", {"ok": "1"})
    assert (page.status_code, OpenedHoliday.objects.count()) == (409, 1)
    assert talk.reference in page.text
    office.post(f"{P}{GOOD_FRIDAY}/schliessen/", {"ok": "1", "touched_seen": page.context["seen"]})
    talk.refresh_from_db()
    assert (OpenedHoliday.objects.count(), talk.is_confirmed) == (0, True)


@pytest.mark.parametrize("day", ["2027-03-25", "2031-12-25", "heute", "2027-02-30"])
def test_a_day_that_is_no_holiday_is_not_found(office, day):
    assert office.post(f"{P}{day}/oeffnen/", {"ok": "1"}).status_code == 404


def test_a_link_opens_nothing(office):
    assert office.get(f"{P}{GOOD_FRIDAY}/oeffnen/").status_code == 405


@pytest.mark.parametrize(
    ("language", "name", "named_in"),
    [("de", "Karfreitag", ""), ("en", "Good Friday", ""), ("ar", "Karfreitag", "de")],
)
def test_names_are_in_the_language_of_the_reader_where_there_are_any(
    office, language, name, named_in
):
    User.objects.filter(email=ROLES["coordinator"].demo_email).update(language=language)
    assert shown(office)[GOOD_FRIDAY]["name"] == name
    assert office.get(P).context["named_in"] == named_in
