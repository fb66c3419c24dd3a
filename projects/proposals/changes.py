"""Changes that an organisation tells of: money, time, content. The notice holds the whole changed
plan, so that both sides see what it does to the grant; nothing of the grant changes by itself.
"""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from offenbach_wir import events
from offenbach_wir.models import Event

from . import amendments, duties, financing, grant_mails, grants, reports, settlement
from .case import State
from .figures import IncomeKind
from .models import ChangeNotice, Duty, Proposal

OPEN_IN = (State.APPROVED, State.ACCEPTED, State.RUNNING, State.PROOF_DUE)
DAYS_TO_ANSWER = 14


class NotNowError(Exception):
    """The case is in a state in which nothing is changed."""


class AnsweredError(Exception):
    """Somebody has answered it already; `notice` is as it is now."""

    def __init__(self, notice):
        self.notice = notice
        super().__init__(notice.state)


def may_be_told(proposal):
    return proposal.state in OPEN_IN and not proposal.is_locked


# --- The effect ---------------------------------------------------------------------------------
def data_of(items):
    """Typed items as rows in the form in which versions keep them."""
    rows = {"costs": [], "incomes": [], "in_kind": []}
    names = {"cost": "costs", "income": "incomes", "unpaid": "in_kind"}
    for item in items:
        amount = str(item.actual or 0)
        row = {"description": item.description, "amount": amount, "year": item.year}
        if item.side == "cost":
            row |= {"kind": item.kind, "quantity": "1", "unit": "", "unit_amount": amount}
        elif item.side == "income":
            row |= {"kind": item.kind}
        else:
            row |= {"hours": "1", "rate": amount}
        rows[names[item.side]].append(row)
    return rows


def with_the_grant(proposal, rows):
    """The same rows, in which the grant is what is left of it after the change."""
    share = effect_of(proposal, rows).share
    grant = [row for row in rows["incomes"] if row["kind"] == IncomeKind.STATE_FUNDS]
    if share is not None:
        for n, row in enumerate(grant):
            row["amount"] = str(share if n == 0 else 0)
    return rows


def effect_of(proposal, rows, *, notice=None):
    """What changed rows do to the grant; for a stored notice, what they did when it was told."""
    plan = reports.plan_of(proposal, before=notice)
    grant = grants.grant_of(proposal)
    if notice is not None and notice.decision is not None and notice.decision.amends:
        grant = notice.decision.amends
    return settlement.effect_of_change(
        grant.amount,
        plan.terms,
        plan.rows,
        financing.rows_from_data(rows),
        paid=grants.paid(proposal),
    )


# --- Telling and answering ----------------------------------------------------------------------
@transaction.atomic
def tell(proposal, *, user, form_key, request=None, now=None, **fields):
    """Stores the notice and tells the office; the same form pressed twice tells once.

    Raises NotNowError.
    """
    now = now or timezone.now()
    locked = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if (again := ChangeNotice.objects.filter(sent_by_form=form_key).first()) is not None:
        return again
    if not may_be_told(locked):
        raise NotNowError
    try:
        with transaction.atomic():
            notice = ChangeNotice.objects.create(
                proposal=locked, sent_by=user, sent_by_form=form_key, **fields
            )
    except IntegrityError:
        return ChangeNotice.objects.get(sent_by_form=form_key)
    duties.add(
        locked,
        Duty.Kind.CHANGE,
        timezone.localdate(now) + datetime.timedelta(days=DAYS_TO_ANSWER),
    )
    _note(notice, user, request)
    grant_mails.change_noticed(notice)
    return notice


@transaction.atomic
def answer(notice, state, text, *, user, request=None, now=None):
    """Agrees or refuses, once. AnsweredError."""
    now = now or timezone.now()
    proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=notice.proposal_id)
    notice = ChangeNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if notice.state != ChangeNotice.State.ASKED:
        raise AnsweredError(notice)
    notice.state, notice.answer = state, text
    notice.answered_at, notice.answered_by = now, user
    notice.save()
    if not proposal.changes.filter(state=ChangeNotice.State.ASKED).exists():
        duties.done(proposal, Duty.Kind.CHANGE, now)
    _note(notice, user, request)
    grant_mails.change_answered(notice)
    return notice


def _note(notice, user, request):
    events.record(
        Event.Kind.CASE_CHANGED,
        request=request,
        actor=user,
        subject=notice.proposal,
        change=f"change_{notice.state}",
        record="proposals.changenotice",
        number=notice.pk,
    )


# --- The amendment that follows -----------------------------------------------------------------
def needs_amendment(notice):
    """Whether the grant itself has to say something else: its sum or its end."""
    if notice.state != ChangeNotice.State.AGREED or notice.decision_id is not None:
        return False
    return bool(suggested(notice)) and amendments.may_be_changed(notice.proposal)


def to_amend(proposal, number):
    """The agreed notice of that number that has no amendment yet, or None."""
    if not (number or "").isdecimal() or len(number) > 9:
        return None
    rows = proposal.changes.filter(state=ChangeNotice.State.AGREED, decision=None)
    return rows.filter(pk=number).first()


def suggested(notice):
    """{field: value} of the amendment that follows from a notice; empty where none does."""
    if notice is None:
        return {}
    grant, found = grants.grant_of(notice.proposal), {}
    if notice.rows is not None:
        share = effect_of(notice.proposal, notice.rows, notice=notice).share
        if share and share != grant.amount:
            found["amount"] = share
    if notice.new_ends_on and notice.new_ends_on != grant.ends_on:
        found |= {"ends_on": notice.new_ends_on, "proof_due_on": None}
    return found
