"""A coordinator of the tests with hours that never depend on the day the tests run."""

import datetime

import pytest

from consultations.availability import Wish
from consultations.booking import Details
from consultations.models import (
    AdviceRules,
    Booking,
    Concern,
    Coordinator,
    Location,
    OpeningHours,
)
from consultations.slots import OFFENBACH
from projects.models import SpokenLanguage
from tests.back_office.conftest import fields_of, save  # noqa: F401

# A Monday in winter; nothing in the content falls on it.
MONDAY = datetime.date(2027, 1, 11)


def at(hour, minute=0, day=MONDAY):
    """That time on the clocks of Offenbach, as an instant."""
    local = datetime.datetime.combine(day, datetime.time(hour, minute), OFFENBACH)
    return local.astimezone(datetime.UTC)


# Wednesday before, so that Monday is within the window and past the notice.
NOW = at(12, day=MONDAY - datetime.timedelta(days=5))


@pytest.fixture
def location(db):
    row = Location.objects.create(
        slug="raum", street="Musterstraße 1", postcode="63065", city="Offenbach am Main"
    )
    row.create_translation("de", name="Beratungsraum", directions="Zweite Tür links.")
    return row


@pytest.fixture
def concern(db):
    return Concern.objects.get(slug="erstberatung")


@pytest.fixture
def spoken_german(db):
    return SpokenLanguage.objects.get(code="de")


@pytest.fixture
def make_coordinator(location):
    def make(
        name="Ada Beispiel", *, languages=("de",), weekdays=(0,), opens=9, closes=12, **fields
    ):
        fields.setdefault("buffer_minutes", 0)
        coordinator = Coordinator.objects.create(name=name, **fields)
        coordinator.create_translation("de", role="Beratung", introduction="Berät Sie.")
        coordinator.languages.set(SpokenLanguage.objects.filter(code__in=languages))
        for weekday in weekdays:
            OpeningHours.objects.create(
                coordinator=coordinator,
                weekday=weekday,
                opens=datetime.time(opens),
                closes=datetime.time(closes),
                valid_from=datetime.date(2020, 1, 1),
                location=location,
                by_phone=True,
            )
        return coordinator

    return make


@pytest.fixture
def coordinator(make_coordinator):
    """Alone in the portal: the invented ones of the demo cannot be booked."""
    Coordinator.objects.update(takes_bookings=False)
    return make_coordinator()


@pytest.fixture
def wish(coordinator, concern, spoken_german):
    return Wish(concern, "on_site", spoken_german)


@pytest.fixture
def details():
    return Details(name="Grace Beispiel", email="grace@example.org")


@pytest.fixture
def rules(db):
    return AdviceRules.objects.get(pk=1)


@pytest.fixture
def make_booking(coordinator, concern, spoken_german, location):
    def make(starts_at=None, *, minutes=30, status=Booking.Status.CONFIRMED, **fields):
        starts_at = starts_at or at(9)
        ends_at = starts_at + datetime.timedelta(minutes=minutes)
        defaults = {
            "coordinator": coordinator,
            "concern": concern,
            "language": spoken_german,
            "channel": "on_site",
            "location": location,
            "name": "Grace Beispiel",
            "email": "grace@example.org",
            "booked_at": NOW,
            "occupied_until": ends_at,
        }
        booking = Booking.objects.create(
            starts_at=starts_at, ends_at=ends_at, status=status, **(defaults | fields)
        )
        if status in Booking.OCCUPYING:
            booking.occupy()
        return booking

    return make
