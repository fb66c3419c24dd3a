"""What advice does by itself: reminders, times that become free, the waiting list, deleting."""

import datetime

import pytest
import time_machine
from post_office.models import Email

from consultations import booking, scheduled, waiting
from consultations.models import AdviceCount, Booking, OccupiedStep, WaitingEntry
from offenbach_wir import retention
from offenbach_wir.models import QueuedMail

from .conftest import NOW, at

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
Status = Booking.Status


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def mails_of(template):
    return QueuedMail.objects.filter(template=template).count()


# --- Reminder ---
@pytest.mark.parametrize(("before", "n"), [(25 * HOUR, 0), (24 * HOUR, 1), (HOUR, 1)])
def test_a_reminder_goes_out_a_day_before(make_booking, before, n):
    make_booking(booked_at=NOW - 3 * DAY)
    scheduled.send_reminders(at(9) - before)
    assert mails_of("booking_reminder") == n


def test_a_reminder_goes_out_once(make_booking):
    make_booking(booked_at=NOW - 3 * DAY)
    for minutes in (0, 10, 20):
        scheduled.send_reminders(at(9) - DAY + datetime.timedelta(minutes=minutes))
    assert mails_of("booking_reminder") == 1


@pytest.mark.parametrize(("hours", "n"), [(0, 0), (2, 0), (48, 1)])
def test_how_long_before_is_a_setting(make_booking, rules, hours, n):
    rules.reminder_hours = hours
    rules.save()
    make_booking(booked_at=NOW - 3 * DAY)
    scheduled.send_reminders(at(9) - 30 * HOUR)
    assert mails_of("booking_reminder") == n


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.REQUESTED, "confirm_by": at(8)},
        {"status": Status.CANCELLED_BY_CLIENT},
        {"email": "", "phone": "069 90009-111"},
        {"booked_at": at(9) - 5 * HOUR},
    ],
    ids=["not confirmed", "cancelled", "phone only", "just booked"],
)
def test_nobody_else_is_reminded(make_booking, fields):
    make_booking(**({"booked_at": NOW - 3 * DAY} | fields))
    scheduled.send_reminders(at(9) - 4 * HOUR)
    assert mails_of("booking_reminder") == 0


def test_a_moved_talk_is_reminded_of_at_its_new_time(make_booking, coordinator):
    talk = make_booking(booked_at=NOW - 3 * DAY)
    scheduled.send_reminders(at(9) - DAY)
    booking.move(talk, at(11), now=at(9) - DAY, by_office=True)
    scheduled.send_reminders(at(11) - DAY)
    assert mails_of("booking_reminder") == 2


# --- Times that become free ---
def test_a_hold_ends_by_itself(make_booking):
    make_booking(status=Status.HELD, held_until=NOW)
    scheduled.free_lapsed_times(NOW)
    assert not OccupiedStep.objects.exists()


def test_a_booking_nobody_confirmed_frees_its_time_and_says_so(make_booking):
    talk = make_booking(status=Status.REQUESTED, confirm_by=NOW)
    scheduled.free_lapsed_times(NOW)
    talk.refresh_from_db()
    assert (talk.status, talk.occupied_steps.count()) == (Status.LAPSED, 0)


def test_freeing_twice_is_freeing_once(make_booking):
    make_booking(status=Status.REQUESTED, confirm_by=NOW)
    assert [booking.release_all_lapsed(NOW) for _n in range(2)] == [1, 0]


# --- Waiting list ---
@pytest.fixture
def entry(concern, spoken_german, coordinator):
    return WaitingEntry.objects.create(
        concern=concern,
        language=spoken_german,
        channel="on_site",
        email="ada@example.org",
        confirmed_at=NOW,
        ends_at=NOW + 28 * DAY,
    )


def test_whoever_waits_is_told_of_a_free_time_once(entry):
    assert [waiting.offer_free_times(NOW) for _n in range(2)] == [1, 0]
    assert mails_of("waiting_free") == 1


@pytest.mark.parametrize(
    "fields", [{"confirmed_at": None}, {"ends_at": NOW}], ids=["not confirmed", "ended"]
)
def test_whoever_waits_no_longer_or_not_yet_is_not_told(entry, fields):
    WaitingEntry.objects.update(**fields)
    assert waiting.offer_free_times(NOW) == 0


def test_with_an_appointment_only_an_earlier_time_counts(make_booking):
    talk = make_booking(at(9))
    waiting.join_with(talk)
    assert waiting.offer_free_times(NOW) == 0
    booking.move(talk, at(11))
    assert waiting.offer_free_times(NOW) == 1
    assert "9:00" in Email.objects.latest("pk").subject


def test_waiting_ends_with_the_appointment(make_booking):
    talk = make_booking(at(9))
    waiting.join_with(talk)
    booking.cancel(talk)
    assert not WaitingEntry.objects.exists()


def test_waiting_ends_by_itself(entry):
    retention.run(entry.ends_at + DAY)
    assert not WaitingEntry.objects.exists()


def test_an_address_nobody_confirmed_is_deleted_after_a_day(entry, clock):
    WaitingEntry.objects.update(confirmed_at=None)
    retention.run(NOW + 2 * DAY)
    assert not WaitingEntry.objects.exists()


# --- Deleting ---
STATES = {
    "past": {"status": Status.CONFIRMED},
    "attended": {"status": Status.ATTENDED},
    "nobody came": {"status": Status.NO_SHOW},
    "cancelled": {"status": Status.CANCELLED_BY_CLIENT, "ended_at": NOW},
    "cancelled by the office": {"status": Status.CANCELLED_BY_OFFICE, "ended_at": NOW},
    "not confirmed": {"status": Status.LAPSED, "ended_at": NOW},
}


def night_of(day):
    """A moment after that day's nightly deletion, before the office opens."""
    return at(6, day=day)


@pytest.mark.parametrize("state", STATES)
def test_a_booking_is_deleted_on_the_day_the_page_says(make_booking, state):
    talk = make_booking(**STATES[state])
    day = talk.deleted_on
    retention.run(night_of(day - DAY))
    assert Booking.objects.exists()
    retention.run(night_of(day))
    assert not Booking.objects.exists()


@pytest.mark.parametrize(("state", "n"), [(s, s != "not confirmed") for s in STATES])
def test_afterwards_only_a_number_is_left(make_booking, state, n):
    talk = make_booking(**STATES[state])
    retention.run(night_of(talk.deleted_on))
    assert AdviceCount.objects.count() == n
    assert not Email.objects.exists()


def test_the_mails_about_a_booking_go_with_it(make_booking):
    talk = make_booking()
    booking.cancel(talk)
    Email.objects.update(status=0)
    talk.refresh_from_db()
    retention.run(night_of(talk.deleted_on))
    assert not Email.objects.filter(to__contains="grace").exists()


@pytest.mark.parametrize("state", STATES)
def test_the_page_says_when_the_details_are_deleted(client, make_booking, state):
    talk = make_booking(**STATES[state])
    client.get(talk.link.removeprefix("http://localhost:8000"))
    page = client.get(talk.get_absolute_url()).content.decode()
    assert f"{talk.deleted_on.day}. Januar 2027" in page
