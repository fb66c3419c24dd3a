"""Free times as the page shows them: one week as a list of days, and the months around it."""

import datetime
from calendar import Calendar
from dataclasses import dataclass, field

from django.utils import timezone

from .slots import OFFENBACH

DAYS_SHOWN = 7
DAY = datetime.timedelta(days=1)


@dataclass
class Day:
    """A day with its free times, one for each moment, whoever is free then."""

    date: datetime.date
    slots: list = field(default_factory=list)

    @property
    def count(self):
        return len(self.slots)


@dataclass
class Cell:
    """A day in the overview of a month."""

    date: datetime.date
    count: int
    is_in_month: bool


@dataclass
class Timetable:
    """`days` are those shown; `first` is the next free slot of all, or None."""

    days: list
    months: list
    first: object
    earlier: datetime.date | None
    later: datetime.date | None
    total: int


def of(free, now, *, first=""):
    """The timetable of free slots, from the day `first` (ISO text) or the first free one."""
    moments = {}
    for slot in free:
        moments.setdefault(slot.starts_at, slot)
    days = {}
    for moment, slot in moments.items():
        days.setdefault(moment.astimezone(OFFENBACH).date(), []).append(slot)
    dates = sorted(days)
    if not dates:
        return Timetable([], [], None, None, None, 0)
    start = _day(first) or dates[0]
    start = min(max(start, dates[0]), dates[-1])
    shown = [date for date in dates if start <= date < start + DAYS_SHOWN * DAY]
    before = [date for date in dates if date < start]
    after = [date for date in dates if date >= start + DAYS_SHOWN * DAY]
    return Timetable(
        days=[Day(date, days[date]) for date in shown],
        months=_months(days, timezone.localdate(now), dates[-1]),
        first=free[0],
        earlier=max(before[0], start - DAYS_SHOWN * DAY) if before else None,
        later=after[0] if after else None,
        total=len(moments),
    )


def _day(text):
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _months(days, today, last):
    """[(first of the month, weeks of cells)] from today's month to the month of the last day."""
    months = []
    first = today.replace(day=1)
    while first <= last:
        weeks = [
            [Cell(date, len(days.get(date, ())), date.month == first.month) for date in week]
            for week in Calendar().monthdatescalendar(first.year, first.month)
        ]
        months.append((first, weeks))
        first = (first + 32 * DAY).replace(day=1)
    return months
