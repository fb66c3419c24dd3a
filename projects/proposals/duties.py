"""The calendar of duties: what is to be done until when, by whom, in each state of a case.

This module alone writes Duty and Proposal.due_on. Reminders, queue and calendars read them.
"""

import datetime

from django.utils import timezone

from . import due_dates, grants
from .case import State
from .models import Duty

# House rules of the office, in days.
DAYS_TO_BEGIN_THE_CHECK = 14
DAYS_TO_CHECK_THE_PROOF = 28
DAYS_TO_REPAY = 30

Kind, Who = Duty.Kind, Duty.Who


def after_step(proposal, now):
    """Ends the duties of the state before and opens those of the state the case is in now."""
    today = timezone.localdate(now)
    wanted = dict(_of_state(proposal, today))
    own = {kind for rows in STATES.values() for kind in rows}
    for duty in proposal.duties.open().filter(kind__in=own - set(wanted)):
        duty.done_at = now
        duty.save(update_fields=["done_at"])
    for kind, due_on in wanted.items():
        Duty.objects.update_or_create(
            proposal=proposal,
            kind=kind,
            done_at=None,
            defaults={"who": WHO[kind], "due_on": due_on},
            create_defaults={"who": WHO[kind], "due_on": due_on, "opened_at": now},
        )
    refresh(proposal)


def add(proposal, kind, due_on, *, who=None, note=""):
    """One more duty beside those of the state; returns it."""
    duty = Duty.objects.create(
        proposal=proposal, kind=kind, who=who or WHO[kind], due_on=due_on, note=note
    )
    refresh(proposal)
    return duty


def done(proposal, kind, now):
    """What was to be done is done; nothing where it was not open."""
    proposal.duties.open().filter(kind=kind).update(done_at=now)
    refresh(proposal)


def refresh(proposal):
    """The day of the next duty, as the queue sorts by it."""
    first = proposal.duties.open().order_by("due_on").values_list("due_on", flat=True).first()
    if proposal.due_on != first:
        proposal.due_on = first
        proposal.save(update_fields=["due_on"])


WHO = {
    Kind.CHECK: Who.OFFICE,
    Kind.SUPPLEMENT: Who.WRITERS,
    Kind.ACCEPT: Who.WRITERS,
    Kind.INTERIM: Who.WRITERS,
    Kind.PROOF: Who.WRITERS,
    Kind.CHECK_PROOF: Who.OFFICE,
    Kind.REPAY: Who.WRITERS,
    Kind.CHANGE: Who.OFFICE,
    Kind.PAY: Who.OFFICE,
}
# Which duties a state brings with it; all others of these kinds end with the state.
STATES = {
    State.SUBMITTED: (Kind.CHECK,),
    State.SUPPLEMENT_REQUESTED: (Kind.SUPPLEMENT,),
    State.APPROVED: (Kind.ACCEPT,),
    State.ACCEPTED: (Kind.INTERIM,),
    State.RUNNING: (Kind.INTERIM,),
    State.PROOF_DUE: (Kind.PROOF,),
    State.PROOF_SUBMITTED: (Kind.CHECK_PROOF,),
    State.REPAYMENT: (Kind.REPAY,),
}


def _of_state(proposal, today):
    """[(kind, day)] of the state the case is in; without those for which no day is known."""
    for kind in STATES.get(proposal.state, ()):
        due_on = DAYS[kind](proposal, today)
        if due_on is not None:
            yield kind, due_on


def _supplement(proposal, today):
    request = proposal.supplements.filter(ended_at=None).first()
    return request.due_on if request else None


def _accept(proposal, today):
    grant = grants.grant_of(proposal)
    return due_dates.acceptance_due_on(grant.decided_on) if grant else None


def _interim(proposal, today):
    grant = grants.grant_of(proposal)
    if grant is None or grant.interim_due_on is None:
        return None
    is_there = proposal.reports.filter(kind="interim", submitted_at__isnull=False).exists()
    return None if is_there else grant.interim_due_on


def _proof(proposal, today):
    grant = grants.grant_of(proposal)
    if grant is None:
        return None
    months = proposal.terms.proof_months if proposal.terms else 3
    return grant.proof_due_on or due_dates.proof_due_on(grant.ends_on, months)


def _in_days(days):
    return lambda proposal, today: today + datetime.timedelta(days=days)


DAYS = {
    Kind.CHECK: _in_days(DAYS_TO_BEGIN_THE_CHECK),
    Kind.SUPPLEMENT: _supplement,
    Kind.ACCEPT: _accept,
    Kind.INTERIM: _interim,
    Kind.PROOF: _proof,
    Kind.CHECK_PROOF: _in_days(DAYS_TO_CHECK_THE_PROOF),
    Kind.REPAY: _in_days(DAYS_TO_REPAY),
}
