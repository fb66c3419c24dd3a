"""Free times, from plain values only: no database, no clock, no request.

Opening hours are wall-clock times of Offenbach; what comes out are instants in UTC. A time of day
that the clock skips in March does not exist and is never offered, one that it shows twice in
October means the first. So opening hours stay where they are on the clock, whatever it does.
"""

import datetime
import functools
import heapq
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

OFFENBACH = ZoneInfo("Europe/Berlin")
UTC = datetime.UTC
STEP_MINUTES = 5
DAY = datetime.timedelta(days=1)


class NoSuchTimeError(ValueError):
    """The clock skips this time on that day."""


@dataclass(frozen=True)
class Hours:
    """Times at which somebody advises: every week on `weekday` (Monday is 0) while valid, or on
    one `date`. An empty set of concerns means all of them.
    """

    coordinator: int
    opens: datetime.time
    closes: datetime.time
    channels: frozenset
    weekday: int | None = None
    date: datetime.date | None = None
    valid_from: datetime.date | None = None
    valid_until: datetime.date | None = None
    location: int | None = None
    concerns: frozenset = frozenset()
    # On that date the weekly hours of this coordinator do not count.
    replaces_weekly: bool = False

    def on(self, day):
        if self.date is not None:
            return self.date == day
        return (
            self.weekday == day.weekday()
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_until is None or day <= self.valid_until)
        )


@dataclass(frozen=True)
class Span:
    """A stretch of time, instants in UTC. Without a coordinator it is everybody's."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime
    coordinator: int | None = None


class Slot(NamedTuple):
    """A time that can be booked; `ends_at` is the end of the talk, without the pause after it.

    A tuple, because an overview of many people holds thousands of them.
    """

    starts_at: datetime.datetime
    coordinator: int
    ends_at: datetime.datetime
    location: int | None
    channels: frozenset


@dataclass(frozen=True)
class Talk:
    """What is looked for: `minutes` of talk, then `pauses[coordinator]` minutes of pause."""

    concern: int
    minutes: int
    # None: in whatever way.
    channel: str | None
    coordinators: frozenset
    pauses: dict
    start_every: int = 30


def instant(day, time):
    """The instant at which the clocks of Offenbach show that time; the first one of two.

    Raises NoSuchTimeError for a time that the clock skips.
    """
    local = datetime.datetime.combine(day, time.replace(fold=0), OFFENBACH)
    moment = local.astimezone(UTC)
    if moment.astimezone(OFFENBACH).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTimeError(f"{day} {time} does not exist in Offenbach")
    return moment


@functools.lru_cache(maxsize=1000)
def _day_on_the_clock(day):
    """(the instant at which the day begins, whether its clock runs through)"""
    midnight = instant(day, datetime.time(0))
    return midnight, instant(day + DAY, datetime.time(0)) - midnight == DAY


def _moment(day, minute):
    """The instant at which the clocks show that minute of the day; None where they skip it."""
    midnight, runs_through = _day_on_the_clock(day)
    if runs_through:
        return midnight + datetime.timedelta(minutes=minute)
    try:
        return instant(day, datetime.time(minute // 60, minute % 60))
    except NoSuchTimeError:
        return None


def _minute(time):
    return time.hour * 60 + time.minute


def step_of(moment):
    """The number of the five-minute step that begins at that moment, or in which it lies."""
    return int(moment.timestamp()) // (STEP_MINUTES * 60)


def steps(starts_at, minutes):
    """The five-minute steps that a talk with its pause touches, wherever in one it begins."""
    ends_at = int(starts_at.timestamp()) + minutes * 60
    return range(step_of(starts_at), -(-ends_at // (STEP_MINUTES * 60)))


def hours_on(day, hours, closed_days):
    """The hours that count on that day: special ones always, weekly ones unless it is closed."""
    of_day = [row for row in hours if row.on(day)]
    special = [row for row in of_day if row.date is not None]
    without_weekly = {row.coordinator for row in special if row.replaces_weekly}
    if day in closed_days:
        return special
    weekly = [row for row in of_day if row.date is None and row.coordinator not in without_weekly]
    return weekly + special


class Busy:
    """Occupied spans by coordinator; asks fast whether a stretch is free."""

    def __init__(self, spans: Iterable[Span]):
        by_coordinator = {}
        for span in spans:
            by_coordinator.setdefault(span.coordinator, []).append((span.starts_at, span.ends_at))
        self._everybody = by_coordinator.pop(None, [])
        self._rows = by_coordinator
        self._merged = {}

    def of(self, coordinator):
        """(starts, ends) of what that coordinator's time is occupied by; `meets` asks them."""
        if coordinator not in self._merged:
            rows = self._rows.get(coordinator, []) + self._everybody
            self._merged[coordinator] = _merged(rows)
        return self._merged[coordinator]

    def is_free(self, coordinator, starts_at, ends_at):
        return not _meets(self.of(coordinator), starts_at, ends_at)


def _merged(rows):
    """(starts, ends) of spans that do not touch, in order."""
    starts, ends = [], []
    for start, end in sorted(rows):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        elif end > start:
            starts.append(start)
            ends.append(end)
    return starts, ends


def _meets(spans, starts_at, ends_at):
    starts, ends = spans
    before = bisect_left(starts, ends_at)
    return before > 0 and ends[before - 1] > starts_at


def free_slots(
    talk,
    hours,
    busy,
    absences,
    *,
    closed_days,
    first_day,
    last_day,
    earliest,
    latest,
    one_each=False,
):
    """Every slot for that talk on those days that begins within [earliest, latest].

    Starts lie on a grid of `talk.start_every` minutes from the opening of the hours. `busy` holds
    bookings and holds with their pauses; `absences` need only leave room for the talk itself.
    With `one_each` there is one slot for each moment, whoever is free then.
    """
    hours = [row for row in hours if _suits(talk, row) or row.replaces_weekly]
    occupied, away = Busy(busy), Busy(absences)
    found = {}
    day = first_day
    while day <= last_day:
        cut = {}  # several people often have the same hours
        for row in hours_on(day, hours, closed_days):
            if not _suits(talk, row):
                continue
            if (row.opens, row.closes) not in cut:
                cut[row.opens, row.closes] = [
                    start for start in _starts(talk, row, day) if earliest <= start[0] <= latest
                ]
            pause = datetime.timedelta(minutes=talk.pauses.get(row.coordinator, 0))
            taken, absent = occupied.of(row.coordinator), away.of(row.coordinator)
            for starts_at, ends_at in cut[row.opens, row.closes]:
                key = starts_at if one_each else (starts_at, row.coordinator)
                if not (
                    key in found
                    or _meets(taken, starts_at, ends_at + pause)
                    or _meets(absent, starts_at, ends_at)
                ):
                    found[key] = Slot(
                        starts_at, row.coordinator, ends_at, row.location, row.channels
                    )
        day += DAY
    return sorted(found.values())


def _suits(talk, row):
    return (
        row.coordinator in talk.coordinators
        and bool(talk.channel in row.channels if talk.channel else row.channels)
        and (not row.concerns or talk.concern in row.concerns)
    )


def _starts(talk, row, day):
    """(start, end) of each talk that fits into one row of hours on one day, free or not."""
    length = datetime.timedelta(minutes=talk.minutes)
    closes = _end(day, row.closes)
    for minute in range(_minute(row.opens), _minute(row.closes), talk.start_every):
        starts_at = _moment(day, minute)
        if starts_at is not None and starts_at + length <= closes:
            yield starts_at, starts_at + length


def _end(day, time):
    """The instant at which hours end; a time that the clock skips is the moment of skipping."""
    minute = _minute(time)
    ends_at = _moment(day, minute)
    while ends_at is None:
        minute -= 1
        before = _moment(day, minute)
        ends_at = before and before + datetime.timedelta(minutes=1)
    return ends_at


def open_spans(hours, absences, *, closed_days, first_day, last_day):
    """[(day, Hours)] of hours that begin on those days and in which somebody is there at all."""
    away = Busy(absences)
    spans = []
    day = first_day
    while day <= last_day:
        for row in hours_on(day, hours, closed_days):
            try:
                starts_at = instant(day, row.opens)
            except NoSuchTimeError:
                continue
            if away.is_free(row.coordinator, starts_at, _end(day, row.closes)):
                spans.append((day, row))
        day += DAY
    return sorted(spans, key=lambda span: (span[0], span[1].opens, span[1].coordinator))


def nearest(slots, wanted, count=3):
    """The slots nearest to a moment, in order of time; one for each moment."""
    moments = {}
    for slot in slots:
        moments.setdefault(slot.starts_at, slot)
    close = heapq.nsmallest(
        count, moments.values(), key=lambda slot: (abs(slot.starts_at - wanted), slot)
    )
    return sorted(close)
