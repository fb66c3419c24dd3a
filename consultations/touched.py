"""Which talks ahead a change of hours, absences, concerns or people touches.

Nothing is ever dropped by such a change: whoever makes it sees the talks first, and each of them is
moved or cancelled by hand.
"""

import datetime
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import slots
from .availability import closed_days, plain_absences, plain_hours
from .models import Booking
from .models.hours import public_holidays


class Reason(TextChoices):
    OUTSIDE = "outside", _("outside the opening hours")
    AWAY = "away", _("during an absence")
    CLOSED = "closed", _("on a public holiday")
    NOT_OFFERED = "not_offered", _("the concern can no longer be booked")
    LENGTH = "length", _("booked with another length than the concern has now")
    NOT_BOOKABLE = "not_bookable", _("the coordinator can no longer be booked")
    PAUSE = "pause", _("too little time before the next talk")


# What cannot stay as it is; with the other reasons the talk takes place as it was booked.
TO_SETTLE = frozenset({Reason.OUTSIDE, Reason.AWAY, Reason.CLOSED})


@dataclass(frozen=True)
class Talk:
    """A talk ahead as plain values; `pause` is in minutes."""

    pk: int
    coordinator: int
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    channel: str
    location: int | None
    concern: int
    concern_minutes: int
    is_offered: bool
    is_bookable: bool
    pause: int

    @property
    def day(self):
        return self.starts_at.astimezone(slots.OFFENBACH).date()

    @property
    def minutes(self):
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


def reasons_by_talk(talks, hours, absences, closed):
    """{pk: set of reasons} of the talks that do not lie where they could be booked now."""
    away = slots.Busy(absences)
    found = {}
    for talk in talks:
        reasons = set()
        if not any(_covers(row, talk) for row in slots.hours_on(talk.day, hours, closed)):
            reasons.add(Reason.CLOSED if talk.day in closed else Reason.OUTSIDE)
        if not away.is_free(talk.coordinator, talk.starts_at, talk.ends_at):
            reasons.add(Reason.AWAY)
        if not talk.is_offered:
            reasons.add(Reason.NOT_OFFERED)
        if talk.minutes != talk.concern_minutes:
            reasons.add(Reason.LENGTH)
        if not talk.is_bookable:
            reasons.add(Reason.NOT_BOOKABLE)
        found[talk.pk] = reasons
    for talk in _without_pause(talks):
        found[talk.pk].add(Reason.PAUSE)
    return {pk: frozenset(reasons) for pk, reasons in found.items() if reasons}


def _covers(row, talk):
    """Whether those hours, on the day of the talk, offer what was booked."""
    begin, end = (m.astimezone(slots.OFFENBACH).time() for m in (talk.starts_at, talk.ends_at))
    return (
        row.coordinator == talk.coordinator
        and row.opens <= begin
        and end <= row.closes
        and talk.channel in row.channels
        and (talk.channel != "on_site" or row.location == talk.location)
        and (not row.concerns or talk.concern in row.concerns)
    )


def _without_pause(talks):
    """Talks after which the next one of the same person begins before the pause is over."""
    last = {}
    for talk in sorted(talks, key=lambda talk: talk.starts_at):
        before = last.get(talk.coordinator)
        if before and before.ends_at + datetime.timedelta(minutes=before.pause) > talk.starts_at:
            yield before
        last[talk.coordinator] = talk


# --- Read from the database -----------------------------------------------------------------
def problems(now, rows=None):
    """{booking key: reasons} of the talks ahead, or of those among `rows`."""
    talks = _talks((Booking.objects if rows is None else rows).standing(now), now)
    if not talks:
        return {}
    days = [talk.day for talk in talks]
    first, last = min(days), max(days)
    coordinators = {talk.coordinator for talk in talks}
    return reasons_by_talk(
        talks,
        plain_hours(coordinators, first, last),
        plain_absences(
            coordinators,
            min(talk.starts_at for talk in talks),
            max(talk.ends_at for talk in talks),
        ),
        _closed(days),
    )


def to_settle(now):
    """The keys of talks ahead that lie outside the hours, in an absence or on a closed day."""
    return [pk for pk, reasons in problems(now).items() if reasons & TO_SETTLE]


def _closed(days):
    """Those of the days that are closed; asks the database only where a talk lies on a holiday."""
    holidays = sorted({*days} & {*public_holidays(min(days), max(days))})
    return closed_days(holidays[0], holidays[-1]) if holidays else frozenset()


def _talks(rows, now):
    found = (
        rows.upcoming(now)
        .filter(starts_at__gt=now)
        .order_by("starts_at", "pk")
        .values_list(
            *("pk", "coordinator", "starts_at", "ends_at", "channel", "location", "concern"),
            *("concern__minutes", "concern__is_offered", "coordinator__buffer_minutes"),
            *("coordinator__takes_bookings", "coordinator__is_public"),
        )
    )
    return [
        Talk(*booked, minutes, is_offered, takes_bookings and is_public, pause)
        for *booked, minutes, is_offered, pause, takes_bookings, is_public in found
    ]


# --- Before a change is kept ------------------------------------------------------------------
class TouchedError(Exception):
    """The change touches talks that whoever makes it has not seen; `talks` maps keys to reasons."""

    def __init__(self, talks):
        self.talks = talks
        super().__init__(f"{len(talks)} talks touched")


class Watch:
    """Remembers how things stood; `check` raises TouchedError where a change touches talks that
    are not among the keys `agreed`. Whoever uses it rolls the change back.
    """

    def __init__(self, agreed=(), now=None):
        self.now = now or timezone.now()
        self.agreed = set(agreed)
        self.before = problems(self.now)

    def check(self):
        after = problems(self.now)
        new = {pk: reasons - self.before.get(pk, frozenset()) for pk, reasons in after.items()}
        new = {pk: reasons for pk, reasons in new.items() if reasons}
        if set(new) - self.agreed:
            raise TouchedError(new)
