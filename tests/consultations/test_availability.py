"""The nearest free times, although mostly only the days around are looked through."""

import datetime

import pytest

from consultations import slots
from consultations.availability import Availability
from consultations.models import Booking

from .conftest import MONDAY, NOW, at

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
# Before, in and after the window of the rules, also early and late on a day.
WANTED = [at(12, 30, day=MONDAY) + n * 5 * HOUR for n in range(-60, 160)]


# Seen from Wednesday evening, the small hours of Saturday are nearer than those of Monday, although
# they are more days away.
HOURS = {"daily": (range(7), 0, 23), "two nights": ((0, 5), 0, 2), "mondays": ((0,), 9, 18)}


@pytest.fixture(params=HOURS)
def availability(request, make_coordinator, wish):
    """Somebody who advises in those hours, beside the one of Monday morning."""
    weekdays, opens, closes = HOURS[request.param]
    make_coordinator("Alan Beispiel", weekdays=weekdays, opens=opens, closes=closes)
    return Availability(wish, NOW)


@pytest.mark.parametrize("count", [1, 3])
def test_nearest_times_are_the_nearest_of_the_whole_window(availability, count):
    everything = availability.free_moments()
    for wanted in WANTED:
        assert availability.nearest(wanted, count) == slots.nearest(everything, wanted, count)


def test_taken_time_is_not_among_the_nearest(availability, make_booking):
    for coordinator in availability.coordinators.values():
        make_booking(coordinator=coordinator)
    assert at(9) not in [slot.starts_at for slot in availability.nearest(at(9))]


def test_full_days_around_lead_to_the_next_free_week(wish, make_booking):
    for half_hour in range(6):
        make_booking(at(9) + half_hour * HOUR / 2)
    next_monday = at(9, day=MONDAY + 7 * slots.DAY)
    found = [slot.starts_at for slot in Availability(wish, NOW).nearest(at(9))]
    assert found == [next_monday + half_hour * HOUR / 2 for half_hour in range(3)]


def test_what_is_free_at_one_moment_is_the_same_as_in_the_whole_window(availability, make_booking):
    make_booking(at(9), status=Booking.Status.CONFIRMED)
    for moment in (at(9), at(9, 30), at(9, 10), at(9, day=MONDAY - 30 * slots.DAY)):
        whole = [slot for slot in availability.free() if slot.starts_at == moment]
        assert availability.free(moment) == whole
