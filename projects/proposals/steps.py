"""Taking a step of a case: one transaction in which state, right and needs are asked again.

Which steps there are is in case.py, what they need in needs.py. Whatever a step stores beside the
state is its `work`, done in the same transaction: either all of it happens or nothing.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from offenbach_wir import events
from offenbach_wir.models import Event

from . import case, case_mails, duties, effects, needs, supplements
from .case import Actor, State
from .models import Proposal, StepReason
from .models.applicants import Role

# Two steps are as old as the portal and have kinds of their own in the audit trail.
KINDS = {"withdraw": Event.Kind.PROPOSAL_WITHDRAWN}
STEP_KINDS = (Event.Kind.CASE_STEP, *KINDS.values())


class StaleError(Exception):
    """The case has gone on meanwhile. `proposal` is as it is now, `last` the event of its newest
    step, or None.
    """

    def __init__(self, proposal):
        self.proposal = proposal
        self.last = last_of(proposal)
        super().__init__(proposal.state)


class MissingError(Exception):
    """Something the step needs is not there; `gaps` are sentences (needs.Gap)."""

    def __init__(self, gaps):
        self.gaps = gaps
        super().__init__(f"{len(gaps)} gaps")


class LockedError(Exception):
    """The case is locked; `because` says why."""

    def __init__(self, because):
        self.because = because
        super().__init__(because)


def may_take(step, proposal, user):
    """Whether it is for this person to take such a step; None is the calendar."""
    if user is None or step.actor == Actor.CLOCK:
        return user is None and step.actor == Actor.CLOCK
    if step.actor == Actor.WRITERS:
        return proposal.applicant.role_of(user) in (Role.OWNER, Role.EDITOR)
    if step.actor == Actor.SECOND:
        return user.has_perm("proposals.change_decision")
    return user.has_perm("proposals.change_proposal")


def steps_for(proposal, user):
    """The steps this person may take now, the usual ones first; needs may still be missing."""
    found = [step for step in case.steps_from(proposal.state) if may_take(step, proposal, user)]
    found = [step for step in found if needs.could_be(step, proposal)]
    return sorted(found, key=lambda step: step.is_side_way)


def last_of(proposal):
    """The event of the newest step, or None."""
    return Event.objects.about(proposal).filter(kind__in=STEP_KINDS).order_by("-at", "-pk").first()


@transaction.atomic
def take(key, proposal, *, user, seen=None, reason="", work=None, request=None, now=None, **detail):
    """Takes the step `key` of case.STEPS and returns the proposal as it is then.

    `seen` is the step number of the page the person acted on, None where there was no page.
    `work(proposal, now)` stores what belongs to the step; the codes it returns go into the event
    beside `detail`. The same step taken twice from one page is taken once. Raises StaleError,
    MissingError, LockedError, PermissionDenied.
    """
    step, now = case.STEPS[key], now or timezone.now()
    locked = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("applicant__organisation", "funding_line", "terms")
        .get(pk=proposal.pk)
    )
    if not may_take(step, locked, user):
        raise PermissionDenied
    if seen is not None and seen != locked.step_number:
        if _is_the_same_again(key, locked, user, seen):
            return locked
        raise StaleError(locked)
    if not step.starts_from(locked.state):
        raise StaleError(locked)
    # Only what an organisation takes back, it takes back from a locked case as well.
    if locked.is_locked and step.key != "withdraw":
        raise LockedError(locked.locked_because)
    if work is not None:
        detail |= work(locked, now) or {}
    if gaps := needs.gaps_of(step, locked, user=user, reason=reason, now=now):
        raise MissingError(gaps)
    effects.of(key, locked, user, now)
    if locked.state == State.SUPPLEMENT_REQUESTED:
        # Whichever step leads out of it.
        detail |= supplements.end(locked, user=user, now=now)
    origin = locked.state
    _move(locked, step, now)
    if reason:
        StepReason.objects.create(
            proposal=locked, step_number=locked.step_number, text=reason.strip()
        )
    events.record(
        KINDS.get(key, Event.Kind.CASE_STEP),
        request=request,
        actor=user,
        subject=locked,
        step=key,
        number=locked.step_number,
        old=str(origin),
        new=str(step.target),
        **detail,
    )
    duties.after_step(locked, now)
    case_mails.inform(step, locked, user, reason)
    return locked


def _is_the_same_again(key, proposal, user, seen):
    last = last_of(proposal)
    return (
        proposal.step_number == seen + 1
        and last is not None
        and last.detail.get("step") == key
        and last.actor_id == (user.pk if user else None)
    )


def _move(proposal, step, now):
    proposal.state = step.target
    proposal.step_number += 1
    fields = ["state", "step_number", "updated_at", "ended_at"]
    if step.target == State.WITHDRAWN:
        proposal.withdrawn_at = now
        fields.append("withdrawn_at")
    proposal.ended_at = now if step.target in case.ENDED else None
    proposal.save(update_fields=fields)
