"""The permission to begin before the decision is there, and warnings about a start too early."""

from django.db import transaction

from offenbach_wir import events
from offenbach_wir.models import Event

from . import deadlines, decision_mails, decisions
from .case import State
from .models import EarlyStart, Proposal

# Before the decision; a draft cannot have it.
STATES = (
    *(State.SUBMITTED, State.FORMAL_CHECK, State.SUPPLEMENT_REQUESTED, State.REVIEWED),
    *(State.HANDED_OVER, State.DECIDED_BY_CITY),
)


class NotPossibleError(Exception):
    """The case is in a state in which nobody permits it any more."""


def of(proposal):
    """The permission, or None."""
    return EarlyStart.objects.filter(proposal=proposal).first()


def may_be_permitted(proposal):
    return proposal.state in STATES


@transaction.atomic
def permit(proposal, *, permitted_from, permitted_on, file_reference="", user, request=None):
    """Records or corrects the permission and tells the organisation; the same again does nothing.

    NotPossibleError once there is a decision.
    """
    locked = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if not may_be_permitted(locked):
        raise NotPossibleError
    said = {
        "permitted_from": permitted_from,
        "permitted_on": permitted_on,
        "file_reference": file_reference,
    }
    before = of(locked)
    if before and all(getattr(before, name) == value for name, value in said.items()):
        return before
    row, _created = EarlyStart.objects.update_or_create(
        proposal=locked, defaults=said | {"recorded_by": user}
    )
    event = events.record(
        Event.Kind.CASE_CHANGED,
        request=request,
        actor=user,
        subject=locked,
        change="early_start",
        old=before.permitted_from.isoformat() if before else "",
        new=permitted_from.isoformat(),
    )
    decision_mails.early_start_permitted(locked, row, event)
    return row


def warning_of(proposal, now, *, last_day=None):
    """The warning about a start before any decision (sentences.Message), or None.

    For a draft nothing is said where an early start is wished: asking for it is the answer.
    """
    if proposal.is_draft and proposal.wants_early_start:
        return None
    permission, decision = of(proposal), decisions.shown_decision(proposal)
    return deadlines.start_warning(
        proposal.starts_on,
        now,
        last_day=last_day,
        decided_on=decision.decided_on if decision else None,
        is_permitted=permission is not None
        and proposal.starts_on is not None
        and permission.permitted_from <= proposal.starts_on,
    )
