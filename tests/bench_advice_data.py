"""Many coordinators and past bookings for the bench; seeded."""

import datetime
import json
import random

from django.db import connection
from django.db.models import Exists, OuterRef
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.availability import Availability, Wish
from consultations.models import (
    AdviceRules,
    Booking,
    Concern,
    Coordinator,
    Location,
    OpeningHours,
)
from consultations.models.people import CoordinatorTranslation
from projects.models import SpokenLanguage

BATCH = 2000
HALF_HOUR = datetime.timedelta(minutes=30)
PEOPLE = 20
SHORT_TALK = "kurzes-gespraech"


def fill(past):
    """Twenty people who advise on workdays from 8 to 18, four weeks ahead, and `past` bookings."""
    location = Location.objects.first()
    german = SpokenLanguage.objects.get(code="de")
    AdviceRules.objects.update_or_create(pk=1, defaults={"window_days": 28})
    Coordinator.objects.update(takes_bookings=False)
    people = [_adviser(n, german, location) for n in range(PEOPLE)]
    _short_concern()
    talk = Concern.objects.get(slug="erstberatung")
    fields = {"concern": talk, "language": german, "channel": "on_site", "location": location}
    source = random.Random(2014)
    for start in range(0, past, BATCH):
        Booking.objects.bulk_create(
            _past_booking(n, people, source, fields) for n in range(start, min(start + BATCH, past))
        )


def _adviser(n, german, location):
    person = Coordinator.objects.create(
        name=f"Beratung {n:02}", buffer_minutes=0, german_revision=1, position=100 + n
    )
    CoordinatorTranslation.objects.bulk_create(
        [CoordinatorTranslation(master=person, language_code="de", checked_revision=1)]
    )
    person.languages.add(german)
    OpeningHours.objects.bulk_create(
        OpeningHours(
            coordinator=person,
            weekday=weekday,
            opens=datetime.time(8),
            closes=datetime.time(18),
            valid_from=datetime.date(2014, 1, 1),
            location=location,
            by_phone=True,
        )
        for weekday in range(5)
    )
    return person


def _short_concern():
    concern, is_new = Concern.objects.get_or_create(slug=SHORT_TALK, defaults={"minutes": 10})
    if is_new:
        concern.create_translation("de", name="Kurzes Gespräch")


def _past_booking(n, people, source, fields):
    """Each time of each person once, going back day by day."""
    day, place = divmod(n, len(people) * 20)
    half_hour, person = divmod(place, len(people))
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    starts_at = midnight - datetime.timedelta(days=day + 1) + half_hour * HALF_HOUR
    over = (Booking.Status.ATTENDED,) * 8 + (Booking.Status.NO_SHOW, *Booking.CANCELLED)
    return Booking(
        # Of a hundred thousand random ones two are the same every now and then.
        reference=f"F-{n:07}",
        coordinator=people[person],
        starts_at=starts_at,
        ends_at=starts_at + HALF_HOUR,
        occupied_until=starts_at + HALF_HOUR,
        status=source.choice(over),
        ended_at=starts_at,
        booked_at=starts_at - datetime.timedelta(days=5),
        name=f"Gast {n}",
        email=f"gast-{n}@example.org",
        written_language="de",
        **fields,
    )


def free_times():
    """[(key of the person, ISO text)] of every free short talk, person by person in turn."""
    german = SpokenLanguage.objects.get(code="de")
    wish = Wish(Concern.objects.get(slug=SHORT_TALK), "on_site", german)
    free = Availability(wish, timezone.now()).free()
    return [(slot.coordinator, slot.starts_at.isoformat()) for slot in free]


def print_free_times():
    print(json.dumps(free_times()))


def print_one():
    """The key of one of the people: whoever names her finds each time once."""
    print(Coordinator.objects.bookable().first().pk)


def print_doubles():
    active = Booking.objects.active()
    print(
        active.filter(
            Exists(
                active.filter(
                    coordinator=OuterRef("coordinator"),
                    pk__gt=OuterRef("pk"),
                    starts_at__lt=OuterRef("occupied_until"),
                    occupied_until__gt=OuterRef("starts_at"),
                )
            )
        ).count()
    )


def starts_every(minutes):
    AdviceRules.objects.update(start_every_minutes=minutes)


def print_queries(path):
    """How many statements that page takes when it is made anew."""
    client = Client(headers={"host": "localhost"})
    client.get(f"{path}&fresh=x")  # what is read once per process does not count
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{path}&fresh=y")
        taken = len(queries)
    print(taken)
