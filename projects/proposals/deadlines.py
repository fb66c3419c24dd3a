"""Deadlines of proposals: how many days are left, and whether being late is refused or warned of.

Pure values only: no database, no request, and the moment comes from the caller. The last day is
computed in one place, FundingTerms.deadline_for, and comes in as a value with the kind of rule.

Deadlines and the ban on starting early come from the programme's guideline and from the grant law
of Hesse (§ 44 LHO with its administrative rules): no project starts before the decision unless an
early start was permitted. The state decides about its own deadlines, therefore the portal refuses
only where the city has set the day itself; everything else is a warning.

A day is a day in Offenbach. Its last second, 23:59:59, still counts.
"""

import datetime
import enum
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from .sentences import Message, Sentence, Severity, say

OFFENBACH = ZoneInfo("Europe/Berlin")
REMINDER_DAYS = (14, 3)
# Days before the day of a duty; the last one comes the day after.
DUTY_REMINDERS = (14, 3, -1)
REMINDER_TIME = datetime.time(8)


class Rule(enum.StrEnum):
    """The same values as FundingTerms.DeadlineRule, which carries the words for them."""

    DAY_OF_YEAR = "day_of_year"
    DAYS_BEFORE_START = "days_before_start"
    YEARLY = "yearly"
    SET_BY_CITY = "set_by_city"


def local_day(moment):
    """The day on the calendars of Offenbach; the moment must know its zone."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a zone is no moment")
    return moment.astimezone(OFFENBACH).date()


def last_moment_of(day):
    return datetime.datetime.combine(day, datetime.time(23, 59, 59), OFFENBACH)


@dataclass(frozen=True)
class Deadline:
    """`last_day` is None where no day is known; `days_left` is then None, too.

    On the last day `days_left` is 0, afterwards it is negative.
    """

    rule: Rule
    last_day: datetime.date | None
    days_left: int | None
    sentences: tuple[Sentence, ...]

    @property
    def last_moment(self):
        return None if self.last_day is None else last_moment_of(self.last_day)

    @property
    def is_passed(self):
        return self.days_left is not None and self.days_left < 0

    @property
    def is_refused(self):
        """Whether handing in is no longer possible: only where the city itself has set the day."""
        return self.is_passed and self.rule == Rule.SET_BY_CITY

    @property
    def is_warned(self):
        return self.is_passed and not self.is_refused

    @property
    def text(self):
        """The rule, what it means today, and the way out."""
        return " ".join(str(sentence) for sentence in self.sentences)

    @property
    def message(self):
        """An error where it is refused, a warning where it has passed, else a hint."""
        if self.is_passed:
            code = "deadline_passed"
            severity = Severity.ERROR if self.is_refused else Severity.WARNING
        else:
            code = "deadline_unknown" if self.last_day is None else "deadline"
            severity = Severity.HINT
        return Message(code, severity, self.sentences)


def deadline_of(rule, last_day, now, *, line, starts_on=None, is_confirmed=True):
    """The deadline of a funding line for a planned start, seen at that moment.

    `last_day` is what FundingTerms.deadline_for gives, None where it gives nothing or the start is
    not known yet. `line` is the name of the line. `is_confirmed` is FundingTerms.figures_confirmed.
    """
    rule = Rule(rule)
    days_left = None if last_day is None else (last_day - local_day(now)).days
    sentences = [_rule(rule, last_day, line, starts_on)]
    if not is_confirmed:
        sentences.append(
            say(_("This is not confirmed yet for the current guideline: please ask in good time."))
        )
    if last_day is None:
        sentences.append(_way_to_a_day(rule, starts_on))
    else:
        sentences.extend(_today(rule, days_left))
    return Deadline(rule, last_day, days_left, tuple(sentences))


def _rule(rule, last_day, line, starts_on):
    if rule == Rule.SET_BY_CITY:
        if last_day is None:
            return say(_("The city sets the last day for “%(line)s”."), line=line)
        return say(
            _("The city has set the last day for “%(line)s”: %(day)s."), line=line, day=last_day
        )
    if rule == Rule.YEARLY and last_day is None:
        return say(_("For “%(line)s” proposals are taken once a year."), line=line)
    if last_day is None:
        return say(_("The last day for “%(line)s” depends on the start."), line=line)
    if rule == Rule.DAYS_BEFORE_START and starts_on is not None:
        return say(
            ngettext_lazy(
                "“%(line)s” wants the proposal %(days)s day before the start, by %(day)s.",
                "“%(line)s” wants the proposal %(days)s days before the start, by %(day)s.",
                "days",
            ),
            line=line,
            days=(starts_on - last_day).days,
            day=last_day,
        )
    return say(_("“%(line)s” wants the proposal by %(day)s."), line=line, day=last_day)


def _way_to_a_day(rule, starts_on):
    if starts_on is None and rule in (Rule.DAY_OF_YEAR, Rule.DAYS_BEFORE_START):
        return say(_("Please enter the planned start."))
    return say(_("The day is not announced yet: please ask the WIR coordination."))


def _today(rule, days_left):
    if days_left > 0:
        yield say(
            ngettext_lazy("There is %(days)s day left.", "There are %(days)s days left.", "days"),
            days=days_left,
        )
    elif days_left == 0:
        yield say(_("Today is the last day, until 23:59."))
    else:
        yield say(
            ngettext_lazy("That was %(days)s day ago.", "That was %(days)s days ago.", "days"),
            days=-days_left,
        )
        if rule == Rule.SET_BY_CITY:
            yield say(
                _(
                    "A proposal can no longer be handed in. Your draft stays: please ask the WIR "
                    "coordination for the next date."
                )
            )
        else:
            yield say(
                _(
                    "You can still hand in, but the state may turn it down: please ask the WIR "
                    "coordination first, or choose a later start."
                )
            )


def start_warning(starts_on, now, *, last_day=None, decided_on=None, is_permitted=False):
    """A warning if the planned start lies before any decision on the money; else None.

    Nobody decides before today, nor before the last day to apply. `decided_on` is the day of the
    decision once there is one, `is_permitted` whether an early start was permitted. It is never
    more than a warning.
    """
    if starts_on is None or is_permitted:
        return None
    if decided_on is not None:
        is_early = starts_on < decided_on
    else:
        earliest = max(local_day(now), *([last_day] if last_day else []), datetime.date.min)
        is_early = starts_on <= earliest
    if not is_early:
        return None
    return Message(
        "early_start",
        Severity.WARNING,
        (
            say(_("The planned start, %(day)s, lies before a decision."), day=starts_on),
            say(_("No project may start before it, unless an early start was permitted.")),
            say(_("Please choose a later start, or ask the WIR coordination about an early one.")),
        ),
    )


def reminders_of(last_day):
    """{days before: the moment at which that reminder is due}, morning time in Offenbach."""
    return {
        days: datetime.datetime.combine(
            last_day - datetime.timedelta(days=days), REMINDER_TIME, OFFENBACH
        )
        for days in REMINDER_DAYS
    }


def due_duty_reminder(due_on, now, *, since):
    """Which reminder of a duty is due at that moment: DUTY_REMINDERS, in days before its day.

    Of several only the latest. What was due before the duty was known (`since`) is not made up for.
    """
    due = [
        days
        for days in DUTY_REMINDERS
        if local_day(now) >= due_on - datetime.timedelta(days=days) > local_day(since)
    ]
    return min(due, default=None)


def due_reminder(last_day, now, *, since=None, sent=frozenset()):
    """Which reminder is due at that moment, as its days before the last one; None if none is.

    Of several only the latest. `since` is when the draft was begun: what was due before that is
    not made up for. `sent` are those that went out for this last day.
    """
    if last_day is None or local_day(now) > last_day:
        return None
    due = [days for days, moment in reminders_of(last_day).items() if moment <= now]
    if not due:
        return None
    latest = min(due)
    too_old = since is not None and reminders_of(last_day)[latest] <= since
    return None if too_old or latest in sent else latest
