"""Requests for money out of a grant, and their payment: each is one transaction, safe to repeat."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from offenbach_wir import events
from offenbach_wir.models import Event

from . import duties, grant_mails, grants, settlement
from .case import State
from .models import Disbursement, Duty, Proposal
from .sentences import Severity

# Money flows once the grant is accepted, until the proof of use is checked.
OPEN_IN = (State.ACCEPTED, State.RUNNING, State.PROOF_DUE, State.PROOF_SUBMITTED)
# Without a request the office pays also what is left once the proof is checked.
PAID_IN = (*OPEN_IN, State.CHECKED)
DAYS_TO_ANSWER = 14


class NotNowError(Exception):
    """The case is in a state in which no money is asked for or paid."""


class TooMuchError(Exception):
    """More than what is left of the grant; `messages` say why."""

    def __init__(self, messages):
        self.messages = messages
        super().__init__(f"{len(messages)} messages")


class AnsweredError(Exception):
    """Somebody has answered the request already; `disbursement` is as it is now."""

    def __init__(self, disbursement):
        self.disbursement = disbursement
        super().__init__(disbursement.state)


def may_be_asked_for(proposal):
    return proposal.state in OPEN_IN and not proposal.is_locked


def left(proposal):
    """What may still be asked for (euros): not paid yet, and not in an open request."""
    waiting = sum(row.amount for row in _open(proposal))
    return grants.final_grant(proposal) - grants.paid(proposal) - waiting


def _open(proposal):
    return proposal.disbursements.filter(state=Disbursement.State.REQUESTED)


def _locked(proposal):
    return Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)


@transaction.atomic
def ask(proposal, amount, purpose, *, user, form_key, request=None, now=None):
    """A request for so many euros; the same form pressed twice asks once.

    Raises NotNowError, TooMuchError.
    """
    now = now or timezone.now()
    locked = _locked(proposal)
    if (again := Disbursement.objects.filter(sent_by_form=form_key).first()) is not None:
        return again
    if not may_be_asked_for(locked):
        raise NotNowError
    waiting = sum(row.amount for row in _open(locked))
    refused = [
        message
        for message in settlement.disbursable(
            grants.final_grant(locked), grants.paid(locked), waiting, amount
        )
        if message.severity == Severity.ERROR
    ]
    if refused:
        raise TooMuchError(refused)
    try:
        with transaction.atomic():
            row = Disbursement.objects.create(
                proposal=locked,
                amount=amount,
                purpose=purpose,
                requested_by=user,
                sent_by_form=form_key,
            )
    except IntegrityError:
        return Disbursement.objects.get(sent_by_form=form_key)
    duties.add(
        locked, Duty.Kind.PAY, timezone.localdate(now) + datetime.timedelta(days=DAYS_TO_ANSWER)
    )
    _record("money_asked_for", row, locked, user, request)
    grant_mails.money_asked_for(row)
    return row


@transaction.atomic
def pay(row, *, paid_on, user, request=None, now=None):
    """The request was paid on that day. AnsweredError, TooMuchError, grants.FundEmptyError."""
    proposal = _locked(row.proposal)
    row = _unanswered(row)
    if row.amount > grants.final_grant(proposal) - grants.paid(proposal):
        raise TooMuchError([])
    grants.pay(proposal, row.amount)
    row.state, row.paid_on = Disbursement.State.PAID, paid_on
    return _answered(row, proposal, user, request, now, "money_paid")


def may_be_paid(proposal):
    """Whether the office may note a payment that nobody has asked for."""
    return proposal.state in PAID_IN and not proposal.is_locked


def unpaid(proposal):
    """What is left of the grant (euros), whether somebody has asked for it or not."""
    return grants.final_grant(proposal) - grants.paid(proposal)


@transaction.atomic
def note(proposal, amount, purpose, *, paid_on, user, form_key, request=None, now=None):
    """A payment that nobody has asked for; the same form pressed twice notes it once.

    Raises NotNowError, TooMuchError, grants.FundEmptyError.
    """
    now = now or timezone.now()
    locked = _locked(proposal)
    if (again := Disbursement.objects.filter(sent_by_form=form_key).first()) is not None:
        return again
    if not may_be_paid(locked):
        raise NotNowError
    # What is asked for already is paid by answering the request.
    if amount > left(locked):
        raise TooMuchError([])
    grants.pay(locked, amount)
    row = Disbursement.objects.create(
        proposal=locked,
        amount=amount,
        purpose=purpose,
        state=Disbursement.State.PAID,
        paid_on=paid_on,
        answered_at=now,
        answered_by=user,
        sent_by_form=form_key,
    )
    _record("money_paid", row, locked, user, request)
    grant_mails.money_noted(row)
    return row


@transaction.atomic
def refuse(row, answer, *, user, request=None, now=None):
    """The request is refused, with the reason. AnsweredError."""
    proposal = _locked(row.proposal)
    row = _unanswered(row)
    row.state, row.answer = Disbursement.State.REFUSED, answer
    return _answered(row, proposal, user, request, now, "money_refused")


def _unanswered(row):
    row = Disbursement.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.state != Disbursement.State.REQUESTED:
        raise AnsweredError(row)
    return row


def _answered(row, proposal, user, request, now, what):
    row.answered_at, row.answered_by = now or timezone.now(), user
    row.save()
    if not _open(proposal).exists():
        duties.done(proposal, Duty.Kind.PAY, row.answered_at)
    _record(what, row, proposal, user, request)
    grant_mails.money_answered(row)
    return row


def _record(change, row, proposal, user, request):
    events.record(
        Event.Kind.CASE_CHANGED,
        request=request,
        actor=user,
        subject=proposal,
        change=change,
        record="proposals.disbursement",
        number=row.pk,
    )
