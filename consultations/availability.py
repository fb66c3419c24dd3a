"""Which times are free for a wish: reads the rows that slots.py computes with."""

import datetime
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import Q, prefetch_related_objects
from django.utils import timezone
from django.utils.functional import cached_property

from projects.models import SpokenLanguage

from . import slots
from .models import (
    Absence,
    AdviceRules,
    Booking,
    Concern,
    Coordinator,
    OpenedHoliday,
    OpeningHours,
    SpecialHours,
)
from .models.bookings import Channel
from .models.hours import public_holidays

DAY = datetime.timedelta(days=1)
NEARBY = 2 * DAY
LONGEST_KEY = 19  # digits of the largest key the databases know


@dataclass(frozen=True)
class Wish:
    """What a visitor looks for. Without an interpreter somebody must speak the language."""

    concern: Concern
    # None: in whatever way.
    channel: str | None
    # May be missing only with an interpreter.
    language: SpokenLanguage | None
    needs_interpreter: bool = False
    # None: whoever is free.
    coordinator: Coordinator | None = None

    @property
    def answers(self):
        """The wish as it stands in addresses."""
        answers = {
            "concern": self.concern.slug,
            "language": self.language.code,
            "interpreter": "yes" if self.needs_interpreter else "no",
            "channel": self.channel,
        }
        return answers | ({"coordinator": self.coordinator.pk} if self.coordinator else {})

    @property
    def query(self):
        return f"?{urlencode(self.answers)}"

    @classmethod
    def from_answers(cls, answers):
        """The wish that stands in an address, or None where its answers do not fit together."""
        answers = {name: text[:60].replace("\x00", "") for name, text in answers.items()}
        concern = Concern.objects.offered().filter(slug=answers.get("concern", "")).first()
        language = SpokenLanguage.objects.filter(code=answers.get("language", "")).first()
        channel, interpreter = answers.get("channel"), answers.get("interpreter")
        known = channel in Channel.values and interpreter in ("yes", "no")
        if concern is None or language is None or not known:
            return None
        wish = cls(concern, channel, language, interpreter == "yes")
        if chosen := answers.get("coordinator"):
            number = int(chosen) if chosen.isdecimal() and len(chosen) < LONGEST_KEY else 0
            bookable = Coordinator.objects.bookable()
            named = wish.coordinators.get(number) or bookable.filter(pk=number).first()
            return named and wish.with_coordinator(named)
        if not wish.coordinators and not wish.needs_interpreter:
            return None
        return wish

    @cached_property
    def coordinators(self):
        """{key: coordinator} of those who can be booked for it, whatever their hours."""
        rows = Coordinator.objects.bookable()
        if self.coordinator:
            rows = rows.filter(pk=self.coordinator.pk)
        if not self.needs_interpreter:
            rows = rows.filter(languages=self.language)
        return {row.pk: row for row in rows}

    def with_coordinator(self, coordinator):
        """The same wish, but to talk with that person."""
        named = replace(self, coordinator=coordinator)
        if coordinator.pk in self.coordinators:
            named.__dict__["coordinators"] = {coordinator.pk: coordinator}
        return named

    def read_texts(self):
        """Reads the texts that a page shows; whoever only books needs none."""
        prefetch_related_objects([self.concern], "translations")
        prefetch_related_objects([self.language], "translations")

    @classmethod
    def of(cls, booking):
        """The wish behind a booking or an entry of the waiting list."""
        return cls(booking.concern, booking.channel, booking.language, booking.needs_interpreter)


class Availability:
    """The free times for a wish between two days; rows are read once, in a fixed number of queries.

    By default within the notice and the window of the rules; `for_office` knows neither, because
    whoever takes a call may book at once and far ahead. `moving` is a booking whose own time counts
    as free.
    """

    def __init__(self, wish, now, *, first_day=None, last_day=None, for_office=False, moving=None):
        self.wish, self.now, self.moving = wish, now, moving
        self.rules = AdviceRules.current()
        self.today = timezone.localdate(now)
        self.earliest = now
        self.latest_day = datetime.date.max
        if not for_office:
            self.earliest = now + datetime.timedelta(hours=self.rules.minimum_notice_hours)
            self.latest_day = self.today + self.rules.window_days * DAY
        self.first_day = max(first_day or self.today, self.today)
        self.last_day = min(last_day or self.latest_day, self.latest_day)
        if last_day is None and for_office:
            self.last_day = self.first_day + self.rules.window_days * DAY
        self.coordinators = wish.coordinators
        self.hours = plain_hours(self.coordinators, self.first_day, self.last_day)
        self._closed = closed_days(self.first_day, self.last_day)
        self._absences = plain_absences(self.coordinators, *self._span())

    def on_offer(self, at=None):
        """Every time the rules allow, whether taken or not; `at`: those of that moment only."""
        return self._slots((), at)

    def free(self, at=None):
        return self._slots(self.busy(*self._days(at)), at)

    def free_moments(self):
        """One free slot for each moment, whoever is free then: what a page lists."""
        return self._slots(self.busy(), one_each=True)

    def nearest(self, wanted, count=3):
        """The free moments nearest to that one. Mostly they lie close by, so that the other weeks
        need not be looked through.
        """
        day = min(max(timezone.localdate(wanted), self.first_day), self.last_day)
        first_day = max(self.first_day, day - NEARBY)
        last_day = min(self.last_day, day + NEARBY)
        around = self._slots(
            self.busy(first_day, last_day), days=(first_day, last_day), one_each=True
        )
        close = slots.nearest(around, wanted, count)
        # What begins on another day is further away than this, also where the clocks change.
        reach = NEARBY - datetime.timedelta(hours=1)
        if len(close) == count and all(abs(slot.starts_at - wanted) <= reach for slot in close):
            return close
        return slots.nearest(self.free_moments(), wanted, count)

    def _days(self, at):
        """(first, last) of the days that matter for that moment; the last is before the first where
        none does.
        """
        if at is None:
            return self.first_day, self.last_day
        day = timezone.localdate(at)
        return max(self.first_day, day), min(self.last_day, day)

    def _slots(self, busy, at=None, *, days=None, one_each=False):
        latest = slots.instant(self.last_day + DAY, datetime.time(0))
        first_day, last_day = days or self._days(at)
        return slots.free_slots(
            self._talk(),
            self.hours,
            busy,
            self._absences,
            closed_days=self._closed,
            first_day=first_day,
            last_day=last_day,
            earliest=max(self.earliest, at or self.earliest),
            latest=min(latest, at or latest),
            one_each=one_each,
        )

    def _talk(self):
        return slots.Talk(
            concern=self.wish.concern.pk,
            minutes=self.wish.concern.minutes,
            channel=self.wish.channel,
            coordinators=frozenset(self.coordinators),
            pauses={c.pk: c.buffer_minutes for c in self.coordinators.values()},
            start_every=self.rules.start_every_minutes,
        )

    def _span(self, first_day=None, last_day=None):
        """The instants between which other talks and absences matter."""
        return (
            slots.instant(first_day or self.first_day, datetime.time(0)),
            slots.instant((last_day or self.last_day) + DAY, datetime.time(0)),
        )

    def busy(self, first_day=None, last_day=None):
        """The times of talks that stand and of holds that have not lapsed, with their pauses."""
        begin, end = self._span(first_day, last_day)
        rows = (
            Booking.objects.standing(self.now)
            .filter(coordinator__in=self.coordinators, starts_at__lt=end, occupied_until__gt=begin)
            # No talk lasts a day; said so that an index need not go through all those of before.
            .filter(starts_at__gt=begin - DAY)
        )
        if self.moving:
            rows = rows.exclude(pk=self.moving.pk)
        return [
            slots.Span(starts_at, until, coordinator)
            for starts_at, until, coordinator in rows.order_by().values_list(
                "starts_at", "occupied_until", "coordinator"
            )
        ]


def closed_days(first_day, last_day):
    """Public holidays of Hesse in that stretch that nobody opened on purpose."""
    closed = set(public_holidays(first_day, last_day))
    if closed:
        closed -= set(OpenedHoliday.objects.filter(date__in=closed).values_list("date", flat=True))
    return frozenset(closed)


def plain_hours(coordinators, first_day, last_day, *, walk_in=False):
    """The hours of those days as plain values: those by appointment, or those without (`walk_in`).

    On one day, special hours of the other kind may still replace the weekly ones; they count
    without any way to talk, so that nothing is offered in them.
    """
    weekly = OpeningHours.objects.filter(
        coordinator__in=coordinators, is_walk_in=walk_in, valid_from__lte=last_day
    ).exclude(valid_until__lt=first_day)
    special = SpecialHours.objects.filter(
        coordinator__in=coordinators, date__range=(first_day, last_day)
    )
    return [row.plain for row in weekly.with_concern_keys()] + [
        row.plain if row.is_walk_in == walk_in else replace(row.plain, channels=frozenset())
        for row in special.with_concern_keys()
    ]


def plain_absences(coordinators, begin, end):
    """Absences of those coordinators, and of everybody, that meet the stretch of time."""
    rows = Absence.objects.filter(starts_at__lt=end, ends_at__gt=begin).filter(
        Q(coordinator=None) | Q(coordinator__in=coordinators)
    )
    spans = rows.order_by().values_list("starts_at", "ends_at", "coordinator")
    return [slots.Span(*span) for span in spans]


def walk_in_hours(first_day, last_day):
    """[(day, hours)] of open hours without booking, as plain values of slots.py."""
    coordinators = list(Coordinator.objects.public().values_list("pk", flat=True))
    begin = slots.instant(first_day, datetime.time(0))
    end = slots.instant(last_day + DAY, datetime.time(0))
    spans = slots.open_spans(
        plain_hours(coordinators, first_day, last_day, walk_in=True),
        plain_absences(coordinators, begin, end),
        closed_days=closed_days(first_day, last_day),
        first_day=first_day,
        last_day=last_day,
    )
    return [(day, row) for day, row in spans if row.channels]
