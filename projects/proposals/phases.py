"""When colleagues may work on a case between its steps: formal check, scores, statement.

A step is guarded by case.STEPS; what is written in between belongs to some states only, and to none
while the case is locked. The answer is asked again inside the transaction that writes.
"""

from enum import Enum

from django.utils.translation import gettext as _

from .case import State
from .models import Proposal


class Work(Enum):
    CHECK = (State.FORMAL_CHECK, State.SUPPLEMENT_REQUESTED)
    SCORES = (
        *(State.SUBMITTED, State.FORMAL_CHECK),
        *(State.SUPPLEMENT_REQUESTED, State.REVIEWED),
    )
    STATEMENT = (State.FORMAL_CHECK, State.SUPPLEMENT_REQUESTED, State.REVIEWED)


class ClosedError(Exception):
    """It is not the time for this; the message says why."""


def closed_because(work, proposal):
    """Why this cannot be written now, as a sentence; empty while it can."""
    if proposal.is_draft:
        return _("The proposal has not been handed in yet.")
    if proposal.is_locked:
        return _("The case is locked: %(why)s") % {"why": proposal.locked_because}
    if proposal.state in work.value:
        return ""
    if work is Work.CHECK and proposal.state == State.SUBMITTED:
        return _("The formal check has not begun yet.")
    if work is Work.STATEMENT and proposal.state == State.SUBMITTED:
        return _("The statement is written once the formal check has begun.")
    if work is Work.CHECK and proposal.state == State.REVIEWED:
        return _("The formal check is finished. To change it, go back to the formal check.")
    return _("The case has gone on: %(state)s. Nothing of this can be changed any more.") % {
        "state": proposal.get_state_display()
    }


def locked_for(work, proposal):
    """The proposal as it is now, held for this transaction; raises ClosedError."""
    row = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if because := closed_because(work, row):
        raise ClosedError(because)
    return row
