"""Changing a grant that counts: recorded from the authority's letter, or, for money of the city,
prepared by one person and confirmed by another. The decision before it stays, as it was.
"""

from django.db import transaction
from django.utils import timezone

from offenbach_wir import events
from offenbach_wir.models import Event

from . import decision_mails, duties, grants, needs
from .case import Need, State
from .models import Proposal

STATES = (
    *(State.APPROVED, State.ACCEPTED, State.RUNNING, State.PROOF_DUE),
    State.PROOF_SUBMITTED,
)


class NotPossibleError(Exception):
    """There is no grant that could be changed any more."""


class StaleError(Exception):
    """Somebody has changed the grant, or the amendment, since the page was shown."""


class MissingError(Exception):
    """What stands against confirming it, as sentences (`gaps`)."""

    def __init__(self, gaps):
        self.gaps = gaps
        super().__init__(f"{len(gaps)} gaps")


def may_be_changed(proposal):
    return proposal.state in STATES and not proposal.is_locked


def _locked(proposal):
    locked = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("applicant__organisation", "terms", "funding_line")
        .get(pk=proposal.pk)
    )
    if not may_be_changed(locked) or grants.grant_of(locked) is None:
        raise NotPossibleError
    return locked


@transaction.atomic
def record(proposal, *, seen, user, may_grow=False, change=None, now=None, request=None, **changes):
    """Stores the amendment and returns it. It counts at once, unless money of the city is in it:
    then somebody else has to confirm it. `seen` is the key of the grant on the page; the notice of
    the `change` from which it comes is linked to it.

    Raises NotPossibleError, StaleError, grants.GrowsError.
    """
    now = now or timezone.now()
    locked = _locked(proposal)
    if grants.grant_of(locked).key != seen:
        raise StaleError
    amendment = grants.prepare_amendment(locked, prepared_by=user, may_grow=may_grow, **changes)
    if change is not None:
        change.decision = amendment
        change.save(update_fields=["decision"])
    _note(locked, amendment, "amendment_prepared", user, request)
    if not amendment.fund_id:
        _enforce(locked, amendment, None, user, now, request)
    return amendment


@transaction.atomic
def confirm(proposal, *, seen, user, now=None, request=None):
    """Puts the amendment of that key (`seen`) in force; pressed twice it is done once.

    Raises NotPossibleError, StaleError, MissingError, grants.FundEmptyError.
    """
    now = now or timezone.now()
    locked = _locked(proposal)
    amendment = grants.amendment_of(locked)
    if amendment is None and grants.grant_of(locked).key == seen:
        return grants.grant_of(locked)
    if amendment is None or amendment.key != seen:
        raise StaleError
    if gaps := gaps_of(locked, amendment, user, now):
        raise MissingError(gaps)
    _enforce(locked, amendment, user, user, now, request)
    return amendment


def gaps_of(proposal, amendment, user, now):
    """What keeps this person from confirming it, as sentences: the same as for every decision."""
    asked = needs.Asked(proposal, user, "", now)
    asked.decision = amendment
    found = [needs.CHECKS[need](asked) for need in (Need.OTHER_PERSON, Need.NO_CONFLICT)]
    return [sentence for sentence in found if sentence]


@transaction.atomic
def drop(proposal, *, user, request=None):
    """Takes back one that waits; nothing where none does."""
    locked = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    amendment = grants.amendment_of(locked)
    if amendment is not None:
        _note(locked, amendment, "amendment_dropped", user, request)
        grants.drop_amendment(locked)


def _enforce(proposal, amendment, confirmed_by, user, now, request):
    grants.enforce_amendment(amendment, confirmed_by=confirmed_by, now=now)
    # The days of what is due come from the decision.
    duties.after_step(proposal, now)
    _note(proposal, amendment, "amendment", user, request)
    decision_mails.amended(proposal, amendment)


def _note(proposal, amendment, change, user, request):
    events.record(
        Event.Kind.CASE_CHANGED,
        request=request,
        actor=user,
        subject=proposal,
        change=change,
        decision=amendment.pk,
        old=str(amendment.amends.amount),
        new=str(amendment.amount),
    )
