"""Which talks a change touches: pure cases first, then what the database says."""

import datetime
from dataclasses import replace

import pytest

from consultations import touched
from consultations.models import Absence, Booking, OpenedHoliday, OpeningHours, SpecialHours
from consultations.slots import Hours, Span
from consultations.touched import Reason, Talk, Watch

from .conftest import MONDAY, NOW, at

TALK = Talk(
    pk=1,
    coordinator=7,
    starts_at=at(9),
    ends_at=at(9, 30),
    channel="on_site",
    location=3,
    concern=5,
    concern_minutes=30,
    is_offered=True,
    is_bookable=True,
    pause=0,
)
HOURS = Hours(
    coordinator=7,
    opens=datetime.time(9),
    closes=datetime.time(12),
    channels=frozenset({"on_site", "phone"}),
    weekday=0,
    location=3,
)


def reasons(talk=TALK, hours=HOURS, absences=(), closed=()):
    hours = hours if isinstance(hours, list) else [hours]
    return touched.reasons_by_talk([talk], hours, absences, set(closed)).get(talk.pk, set())


def test_a_talk_within_the_hours_is_not_touched():
    assert reasons() == set()


@pytest.mark.parametrize(
    "hours",
    [
        pytest.param([], id="no hours"),
        pytest.param(replace(HOURS, opens=datetime.time(9, 15)), id="open later"),
        pytest.param(replace(HOURS, closes=datetime.time(9, 15)), id="close earlier"),
        pytest.param(replace(HOURS, weekday=1), id="another weekday"),
        pytest.param(replace(HOURS, coordinator=8), id="somebody else"),
        pytest.param(replace(HOURS, channels=frozenset({"phone"})), id="by phone only"),
        pytest.param(replace(HOURS, location=4), id="another place"),
        pytest.param(replace(HOURS, concerns=frozenset({6})), id="another concern"),
        pytest.param(replace(HOURS, valid_from=MONDAY + datetime.timedelta(1)), id="from later"),
        pytest.param(replace(HOURS, valid_until=MONDAY - datetime.timedelta(1)), id="until before"),
        pytest.param(
            [
                HOURS,
                replace(
                    HOURS, weekday=None, date=MONDAY, replaces_weekly=True, channels=frozenset()
                ),
            ],
            id="open hours instead",
        ),
    ],
)
def test_a_talk_outside_the_hours_is_touched(hours):
    assert reasons(hours=hours) == {Reason.OUTSIDE}


def test_a_talk_that_ends_when_the_hours_end_is_not_touched():
    assert reasons(hours=replace(HOURS, closes=datetime.time(9, 30))) == set()


def test_the_place_does_not_matter_on_the_phone():
    assert reasons(replace(TALK, channel="phone", location=None)) == set()


def test_a_talk_on_a_holiday_is_touched():
    assert reasons(closed=[MONDAY]) == {Reason.CLOSED}


def test_special_hours_count_on_a_holiday():
    special = replace(HOURS, weekday=None, date=MONDAY)
    assert reasons(hours=[HOURS, special], closed=[MONDAY]) == set()


@pytest.mark.parametrize("coordinator", [7, None])
def test_a_talk_in_an_absence_is_touched(coordinator):
    away = Span(at(9, 15), at(10), coordinator)
    assert reasons(absences=[away]) == {Reason.AWAY}


def test_an_absence_that_ends_when_the_talk_begins_does_not_touch_it():
    assert reasons(absences=[Span(at(8), at(9), 7)]) == set()


def test_hours_stay_where_they_are_on_the_clock_in_summer():
    monday = datetime.date(2027, 7, 12)
    summer = replace(TALK, starts_at=at(9, day=monday), ends_at=at(9, 30, day=monday))
    assert reasons(summer) == set()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_offered": False}, Reason.NOT_OFFERED),
        ({"concern_minutes": 60}, Reason.LENGTH),
        ({"is_bookable": False}, Reason.NOT_BOOKABLE),
    ],
)
def test_what_was_booked_otherwise_is_touched(change, reason):
    assert reasons(replace(TALK, **change)) == {reason}


def test_a_longer_pause_touches_the_talk_before_the_next():
    first = replace(TALK, pause=15)
    second = replace(TALK, pk=2, starts_at=at(9, 40), ends_at=at(10, 10), pause=15)
    found = touched.reasons_by_talk([first, second], [HOURS], [], set())
    assert found == {1: {Reason.PAUSE}}


def test_a_pause_that_fits_touches_nothing():
    first = replace(TALK, pause=10)
    second = replace(TALK, pk=2, starts_at=at(9, 40), ends_at=at(10, 10))
    assert touched.reasons_by_talk([first, second], [HOURS], [], set()) == {}


# --- Read from the database ---
@pytest.mark.django_db
def test_a_standing_talk_is_found_when_its_hours_go(make_booking):
    talk = make_booking()
    OpeningHours.objects.all().delete()
    assert touched.problems(NOW) == {talk.pk: {Reason.OUTSIDE}}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"status": Booking.Status.CANCELLED_BY_CLIENT, "ended_at": NOW},
        {"status": Booking.Status.HELD, "held_until": at(8)},
        {"status": Booking.Status.REQUESTED, "confirm_by": NOW},
        {"starts_at": NOW - datetime.timedelta(days=7)},
    ],
    ids=["cancelled", "held", "lapsed", "over"],
)
def test_what_does_not_stand_ahead_is_never_touched(make_booking, fields):
    make_booking(**fields)
    OpeningHours.objects.all().delete()
    assert touched.problems(NOW) == {}


@pytest.mark.django_db
def test_an_opened_holiday_closed_again_touches_its_talks(make_booking):
    friday = datetime.date(2027, 3, 26)
    OpeningHours.objects.update(weekday=4)
    opened = OpenedHoliday.objects.create(date=friday)
    talk = make_booking(at(9, day=friday))
    assert touched.problems(NOW) == {}
    opened.delete()
    assert touched.problems(NOW) == {talk.pk: {Reason.CLOSED}}


@pytest.mark.django_db
def test_open_hours_without_booking_cover_no_talk(make_booking, coordinator, location):
    talk = make_booking()
    SpecialHours.objects.create(
        coordinator=coordinator,
        date=MONDAY,
        opens=datetime.time(9),
        closes=datetime.time(12),
        location=location,
        is_walk_in=True,
        replaces_weekly=True,
    )
    assert touched.problems(NOW) == {talk.pk: {Reason.OUTSIDE}}


@pytest.mark.django_db
def test_only_talks_to_settle_wait_on_the_start_page(make_booking, coordinator):
    make_booking()
    coordinator.takes_bookings = False
    coordinator.save()
    assert touched.to_settle(NOW) == []
    Absence.objects.create(starts_at=at(0), ends_at=at(23))
    assert len(touched.to_settle(NOW)) == 1


# --- Before a change is kept ---
@pytest.mark.django_db
def test_a_change_that_touches_nothing_passes(make_booking):
    make_booking()
    Watch(now=NOW).check()


@pytest.mark.django_db
def test_a_change_that_touches_a_talk_is_stopped(make_booking):
    talk, watch = make_booking(), Watch(now=NOW)
    OpeningHours.objects.all().delete()
    with pytest.raises(touched.TouchedError) as stopped:
        watch.check()
    assert stopped.value.talks == {talk.pk: {Reason.OUTSIDE}}


@pytest.mark.django_db
def test_a_change_passes_when_its_talks_were_seen(make_booking):
    talk = make_booking()
    watch = Watch([talk.pk], now=NOW)
    OpeningHours.objects.all().delete()
    watch.check()


@pytest.mark.django_db
def test_what_was_touched_before_does_not_stop_another_change(make_booking):
    make_booking()
    OpeningHours.objects.all().delete()
    watch = Watch(now=NOW)
    OpenedHoliday.objects.create(date=MONDAY)
    watch.check()


@pytest.mark.django_db
def test_it_takes_as_many_queries_for_more_talks(make_booking, django_assert_max_num_queries):
    for hour in (9, 10, 11):
        make_booking(at(hour))
    with django_assert_max_num_queries(6):
        touched.problems(NOW)
