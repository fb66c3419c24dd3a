"""Many at once, against the real server with several processes, on a copy of the tests' database.

Whether a lock works shows only where it is needed; the control takes it away.
"""

import datetime
import itertools
import re
from collections import Counter
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection

from consultations import slots
from tests.crowd import Visitor, at_once
from tests.server import Server, ask, copy_of_database

pytestmark = pytest.mark.django_db
# One person of the demo speaks Turkish: for this wish every time is there once.
TIMES = "/de/beratung/termine/?concern=erstberatung&language=tr&interpreter=no&channel=on_site"
CROWD = 40
# Each visitor comes from an address of its own.
NUMBERS = itertools.count(1)
VARIABLES = {
    "WEB_PROCESSES": "3",
    "LIMIT_BOOKING": "100000",
    "LIMIT_BOOKING_CONTACT": "100000",
}
# SQLite makes the table anew, with what the model says of itself then.
WITHOUT_CONSTRAINT = """
from django.db import connection
from consultations.models import OccupiedStep
(constraint,), OccupiedStep._meta.constraints = OccupiedStep._meta.constraints, []
with connection.schema_editor() as editor:
    editor.remove_constraint(OccupiedStep, constraint)
"""
WITH_CONSTRAINT = """
from django.db import connection
from consultations.models import OccupiedStep
with connection.schema_editor() as editor:
    editor.add_constraint(OccupiedStep, OccupiedStep._meta.constraints[0])
"""
TABLES = ("occupiedstep", "waitingentry", "booking")


class Portal(Server):
    """Asks its own database past Django, and knows when all of advice fits together."""

    @property
    def database(self):
        return self.environment["DATABASE_URL"]

    def forget_bookings(self):
        for table in TABLES:
            ask(self.database, f"DELETE FROM consultations_{table}")

    @contextmanager
    def without_constraint(self):
        self.run(WITHOUT_CONSTRAINT)
        try:
            yield
        finally:
            self.forget_bookings()
            self.run(WITH_CONSTRAINT)

    def states(self):
        return [row[0] for row in ask(self.database, "SELECT status FROM consultations_booking")]

    def assert_consistent(self):
        """What stands occupies its own time, all of it and once; nothing else occupies any."""
        occupied = {}
        for booking, coordinator, step in ask(
            self.database,
            "SELECT booking_id, coordinator_id, step FROM consultations_occupiedstep",
        ):
            occupied.setdefault(booking, []).append((coordinator, step))
        given_away = Counter(step for steps in occupied.values() for step in steps)
        assert max(given_away.values(), default=1) == 1
        for key, status, coordinator, starts_at, until in ask(
            self.database,
            "SELECT id, status, coordinator_id, starts_at, occupied_until"
            " FROM consultations_booking",
        ):
            starts_at, until = moment(starts_at), moment(until)
            minutes = int((until - starts_at).total_seconds()) // 60
            stands = status in ("held", "requested", "confirmed")
            span = slots.steps(starts_at, minutes) if stands else ()
            assert sorted(occupied.pop(key, [])) == [(coordinator, step) for step in span]
        assert occupied == {}


def moment(value):
    """What a database says of a moment; SQLite gives a text in UTC."""
    found = datetime.datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def running(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("races")
    with django_db_blocker.unblock(), copy_of_database(connection, folder) as database:
        server = Portal(folder, database, **VARIABLES)
        server.manage("createcachetable")
        server.manage("collectstatic", "--no-input", "-v0")
        try:
            yield server.start()
        finally:
            server.stop()


@pytest.fixture
def portal(running):
    """Without bookings."""
    running.forget_bookings()
    return running


@pytest.fixture
def times(portal):
    """Free times, none of which touches the next."""
    return sorted(set(Visitor(portal.port).get(TIMES).times))[::2]


def choose(portal, time, number):
    return Visitor(portal.port, number).post(TIMES, time=time)


def race_for(portal, time, size=CROWD):
    """What so many visitors with addresses of their own get who choose that time at once."""
    numbers = [next(NUMBERS) for _n in range(size)]
    return at_once([partial(choose, portal, time, number) for number in numbers])


def statuses(answers):
    return Counter(answer.status for answer in answers)


def with_details(portal, time):
    """(visitor who has only to press “book”, e-mail address)"""
    visitor, email = Visitor(portal.port, next(NUMBERS)), f"ada-{next(NUMBERS)}@example.org"
    assert visitor.post(TIMES, time=time).status == 302
    details = {"name": "Ada Beispiel", "email": email, "people": 1}
    assert visitor.post("/de/beratung/buchen/", **details).status == 302
    return visitor, email


def book(visitor):
    return visitor.post("/de/beratung/buchen/pruefen/", book=1)


def mails_to(portal, email):
    rows = ask(portal.database, 'SELECT "to", message FROM post_office_email ORDER BY id')
    return [message for to, message in rows if email in to]


def booked(portal, time):
    """(address of the page, secret link) of a new booking"""
    visitor, email = with_details(portal, time)
    address = book(visitor).location.removesuffix("gebucht/")
    return address, re.search(r"/de/beratung/termin/\S+", mails_to(portal, email)[-1])[0]


def by_link(portal, link):
    """A visitor who has opened that link."""
    visitor = Visitor(portal.port)
    assert visitor.get(link).status == 302
    return visitor


def pressing(portal, page, what, **fields):
    """A visitor about to press that button on the page of the booking."""
    address, link = page
    return partial(by_link(portal, link).post, f"{address}{what}/", press=1, **fields)


# --- One time ---
def test_one_of_forty_at_once_gets_the_time(portal, times):
    for time in times[:3]:
        assert statuses(race_for(portal, time)) == {302: 1, 409: CROWD - 1}
    assert portal.states() == ["held"] * 3
    portal.assert_consistent()


def test_those_who_were_slower_get_three_other_times_for_the_same_wish(portal, times):
    losers = [a for a in race_for(portal, times[0], size=8) if a.status == 409]
    for answer in losers:
        assert len(answer.alternatives) == 3
        assert times[0] not in answer.times
        assert "language=tr" in answer.text


def test_control_without_the_constraint_the_time_is_sold_more_than_once(portal, times):
    with portal.without_constraint():
        assert any(statuses(race_for(portal, time))[302] > 1 for time in times)


def test_one_address_holds_no_more_than_three_times_however_many_at_once(portal, times):
    number = next(NUMBERS)
    at_once([partial(choose, portal, time, number) for time in times[:10]])
    assert portal.states() == ["held"] * 3
    portal.assert_consistent()


# --- One visitor ---
def test_pressing_book_ten_times_at_once_books_once(portal, times):
    visitor, email = with_details(portal, times[0])
    presses = [partial(book, visitor.in_another_window()) for _n in range(10)]
    answers = at_once(presses)
    assert statuses(answers) == {302: 10}
    assert len({answer.location.removesuffix("gebucht/") for answer in answers}) == 1
    assert portal.states() == ["requested"]
    assert len(mails_to(portal, email)) == 1
    portal.assert_consistent()


# --- One booking ---
@pytest.mark.parametrize("turn", range(4))
def test_confirming_cancelling_and_moving_at_once_leave_one_state(portal, times, turn):
    page = booked(portal, times[0])
    answers = at_once(
        [
            pressing(portal, page, "bestaetigen"),
            pressing(portal, page, "absagen"),
            pressing(portal, page, "verschieben", time=times[1]),
            pressing(portal, page, "verschieben", time=times[2]),
        ]
    )
    assert set(statuses(answers)) <= {302, 409}
    assert portal.states() == ["cancelled_by_client"]
    portal.assert_consistent()


@pytest.mark.parametrize("turn", range(4))
def test_bookings_that_take_each_others_times_at_once_stay_apart(portal, times, turn):
    pages = [booked(portal, time) for time in times[:3]]
    answers = at_once(
        [
            pressing(portal, pages[0], "verschieben", time=times[1]),
            pressing(portal, pages[1], "verschieben", time=times[0]),
            pressing(portal, pages[1], "verschieben", time=times[3]),
            pressing(portal, pages[2], "verschieben", time=times[3]),
            pressing(portal, pages[0], "verschieben", time=times[2]),
        ]
    )
    assert set(statuses(answers)) <= {302, 409}
    assert portal.states() == ["requested"] * 3
    portal.assert_consistent()
