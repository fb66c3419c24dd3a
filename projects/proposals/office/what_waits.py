"""The questions the queue answers: what needs doing, by whom, until when.

Each question narrows the rows a colleague may open; the panels of the start page count the very
same rows. A case whose colleague has left or may no longer work on proposals has nobody.
"""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.proposals import case
from projects.proposals.case import State
from projects.proposals.colleagues import stood_in_for, who_look_after
from projects.proposals.models import (
    ConflictDeclaration,
    Criterion,
    Decision,
    Duty,
    Proposal,
    Score,
)

from .access import CHANGE

CONFIRM = "proposals.change_decision"
# The city has to do something next; what the granting authority decides is not among it.
WAITS_FOR_CITY = (
    *(State.SUBMITTED, State.FORMAL_CHECK, State.REVIEWED, State.DECIDED_BY_CITY),
    *(State.PROOF_SUBMITTED, State.CHECKED),
)
ASSESSED = (State.SUBMITTED, State.FORMAL_CHECK, State.SUPPLEMENT_REQUESTED, State.REVIEWED)


@dataclass(frozen=True)
class Asker:
    """Who asks, and when."""

    user: Any
    now: datetime.datetime = field(default_factory=timezone.now)

    @property
    def today(self):
        return timezone.localdate(self.now)

    @property
    def sunday(self):
        """The last day of this week."""
        return self.today + datetime.timedelta(days=6 - self.today.weekday())

    def cases(self):
        """What this colleague may open."""
        return Proposal.objects.for_office(self.user, self.now)


def is_mine(asker):
    """Mine, and those of the colleagues I stand in for today."""
    return Q(assignee=asker.user) | Q(assignee__in=stood_in_for(asker.user, asker.today))


def is_nobodys():
    return Q(assignee=None) | ~Q(assignee__in=who_look_after().order_by().values("pk"))


def is_open():
    return Q(state__in=case.OPEN)


def waits_for_city():
    return Q(state__in=WAITS_FOR_CITY) | _has_duty(Duty.Who.OFFICE)


def waits_for_writers():
    return Q(state__in=case.WAITS_FOR_WRITERS) | _has_duty(Duty.Who.WRITERS)


def _has_duty(who):
    return is_open() & Q(
        pk__in=Duty.objects.open().filter(who=who).order_by().values("proposal_id")
    )


def is_overdue(asker):
    return is_open() & Q(due_on__lt=asker.today)


def is_due_this_week(asker):
    return is_open() & Q(due_on__range=(asker.today, asker.sunday))


def is_to_confirm(asker):
    """Decisions that somebody else has prepared, without a conflict of interest declared."""
    if not asker.user.has_perm(CONFIRM):
        return Q(pk__in=[])
    of_others = Decision.objects.filter(proposal=OuterRef("pk"), ended_at=None, in_force_at=None)
    declared = ConflictDeclaration.objects.filter(
        proposal=OuterRef("pk"), person=asker.user, has_conflict=True
    )
    return Q(
        Exists(of_others.exclude(prepared_by=asker.user)),
        ~Exists(declared),
        state=State.DECIDED_BY_CITY,
    )


def is_to_assess(asker):
    """What this colleague has not scored by every criterion, nor declared a conflict about."""
    of_the_line = Criterion.objects.filter(
        Q(funding_line=None) | Q(funding_line=OuterRef("funding_line")), is_in_use=True
    )
    scores = Score.objects.filter(assessor=asker.user)
    scored = scores.filter(proposal=OuterRef(OuterRef("pk")), criterion=OuterRef("pk"))
    # Most cases have no score of theirs, and none of those is looked through by criterion.
    begun = Q(pk__in=scores.order_by().values("proposal_id"))
    unscored = (~begun & Exists(of_the_line)) | Q(Exists(of_the_line.filter(~Exists(scored))))
    declared = ConflictDeclaration.objects.filter(
        proposal=OuterRef("pk"), person=asker.user, has_conflict=True
    )
    return unscored & Q(~Exists(declared), state__in=ASSESSED, locked_because="")


def to_do(rows, asker):
    """What needs doing now, by whoever asks. What nobody looks after is everybody's."""
    if not asker.user.has_perm(CHANGE):
        if asker.user.has_perm(CONFIRM):
            return rows.filter(is_to_confirm(asker))
        return rows.filter(is_to_assess(asker))
    # A decision that I have prepared waits for somebody else.
    waits = waits_for_city() & ~Q(state=State.DECIDED_BY_CITY)
    asked = Q(pk__in=Proposal.objects.awaiting_answer().order_by().values("pk"))
    mine = (is_mine(asker) | is_nobodys()) & is_open() & (waits | is_overdue(asker))
    answers = (is_mine(asker) | is_nobodys()) & asked
    return rows.filter(mine | answers | is_to_confirm(asker))


@dataclass(frozen=True)
class Question:
    words: Any
    narrow: Any
    # Has a tab of its own above the list.
    is_frequent: bool = False


def _filter(condition):
    return lambda rows, asker: rows.filter(condition(asker))


QUESTIONS = {
    "": Question(_("To do for me now"), to_do, True),
    "mine": Question(_("Mine"), _filter(lambda a: is_open() & is_mine(a)), True),
    "unassigned": Question(
        _("Nobody looks after it"), _filter(lambda a: is_open() & is_nobodys()), True
    ),
    "new": Question(_("New"), lambda rows, a: rows.unread_by_office(), True),
    "answer": Question(_("Waiting for an answer"), lambda rows, a: rows.awaiting_answer(), True),
    "overdue": Question(_("Overdue"), _filter(is_overdue), True),
    "week": Question(_("Due this week"), _filter(is_due_this_week), True),
    "confirm": Question(_("To be confirmed by me"), _filter(is_to_confirm)),
    "assess": Question(_("To be assessed by me"), _filter(is_to_assess)),
    "city": Question(_("Waiting for us"), _filter(lambda a: waits_for_city())),
    "writers": Question(_("Waiting for the organisation"), _filter(lambda a: waits_for_writers())),
    "authority": Question(
        _("Waiting for the granting authority"), _filter(lambda a: Q(state=State.HANDED_OVER))
    ),
    "locked": Question(_("Locked"), lambda rows, a: rows.exclude(locked_because="")),
    "followed": Question(_("Followed by me"), lambda rows, a: rows.filter(followers=a.user)),
    "shared": Question(_("Drafts shared for a talk"), lambda rows, a: rows.shared(a.now)),
    "withdrawn": Question(_("Withdrawn"), _filter(lambda a: Q(state=State.WITHDRAWN))),
    "open": Question(_("All open cases"), _filter(lambda a: is_open())),
    "all": Question(_("All that was handed in"), lambda rows, a: rows.handed_in(), True),
}
# Who looks after a case, beside the keys of colleagues.
ME, NOBODY = "me", "none"


def shown(show, user, *, assignee="", now=None):
    """The rows of one question, of all or of one colleague; panels count just these."""
    asker = Asker(user, now) if now else Asker(user)
    rows = QUESTIONS[show].narrow(asker.cases(), asker)
    return of_assignee(rows, assignee, asker)


def of_assignee(rows, assignee, asker):
    if assignee == ME:
        return rows.filter(is_mine(asker))
    if assignee == NOBODY:
        return rows.filter(is_nobodys())
    return rows.filter(assignee=assignee) if assignee else rows
