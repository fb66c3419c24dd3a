"""Decisions and the money that follows them: what counts, what is committed, paid and owed.

This module alone writes what a city's fund has committed and paid. The database refuses more than
there is (CityFund's constraints), so that it holds however many decide at once.
"""

from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Round

from .models import CityFund, Decision, Disbursement, Report

ZERO = Decimal("0.00")


class FundEmptyError(Exception):
    """The fund does not hold that much any more."""


class GrowsError(Exception):
    """An amendment would raise the grant, and nobody has decided that it does."""


class NoGrantError(Exception):
    """There is no grant in force that could be changed."""


# --- Which decision counts --------------------------------------------------------------------
def decision_of(proposal):
    """The decision that counts: in force, or waiting for the second person; or None."""
    counts = Q(amends=None) | Q(in_force_at__isnull=False)
    return proposal.decisions.filter(counts, ended_at=None).select_related("fund").first()


def grant_of(proposal):
    """The approval in force, or None."""
    decision = decision_of(proposal)
    return decision if decision and decision.is_approval and decision.is_in_force else None


def amendment_of(proposal):
    """The amendment that waits for its second person, or None."""
    waiting = proposal.decisions.filter(ended_at=None, in_force_at=None, amends__isnull=False)
    return waiting.select_related("fund", "amends").first()


def put_in_force(decision, *, confirmed_by=None, now):
    """The decision counts from now on; money of a city's fund is committed with it.

    Raises FundEmptyError. Call it inside the transaction of the step; what counts already stays.
    """
    if decision.in_force_at is not None:
        return
    if decision.fund_id and decision.is_approval:
        commit(decision.fund_id, decision.amount)
    decision.confirmed_by, decision.in_force_at = confirmed_by, now
    decision.save(update_fields=["confirmed_by", "in_force_at"])


def give_up(proposal, now):
    """The decision no longer counts; what a fund had committed for it is free again."""
    decision = decision_of(proposal)
    if decision is None:
        return
    if decision.fund_id and decision.is_in_force:
        commit(decision.fund_id, -decision.amount)
    proposal.decisions.filter(ended_at=None).update(ended_at=now)


# --- Amendments -------------------------------------------------------------------------------
CHANGEABLE = (
    *("amount", "starts_on", "ends_on", "conditions", "naming_duty", "interim_due_on"),
    *("proof_due_on", "decided_on", "file_reference", "letter", "letter_name"),
)


def prepare_amendment(proposal, *, prepared_by, may_grow=False, **changes):
    """A new decision beside the one in force, which says what the old one said but for `changes`
    (CHANGEABLE). It counts once it is confirmed; one that waited already is replaced.

    A grant never grows by itself: GrowsError unless `may_grow`. NoGrantError without a grant.
    Call it inside a transaction, with the proposal locked.
    """
    grant = grant_of(proposal)
    if grant is None:
        raise NoGrantError
    if not may_grow and changes.get("amount", grant.amount) > grant.amount:
        raise GrowsError
    # The letter of the old decision says nothing about the new one.
    values = {name: getattr(grant, name) for name in CHANGEABLE if not name.startswith("letter")}
    drop_amendment(proposal)
    return Decision.objects.create(
        proposal=proposal,
        kind=Decision.Kind.APPROVAL,
        fund=grant.fund,
        prepared_by=prepared_by,
        amends=grant,
        **(values | changes),
    )


def drop_amendment(proposal):
    """One that waits for its second person is taken back: it never counted for anybody."""
    waiting = amendment_of(proposal)
    if waiting is not None:
        storage, name = waiting.letter.storage, waiting.letter.name
        waiting.delete()
        if name:
            transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def enforce_amendment(amendment, *, confirmed_by=None, now):
    """The amendment replaces the decision it changes; a city's fund commits the difference.

    FundEmptyError where it does not hold that much more, or where more was paid than remains.
    """
    before = amendment.amends
    if before.ended_at is not None:
        raise NoGrantError
    if amendment.fund_id and amendment.amount != before.amount:
        commit(amendment.fund_id, amendment.amount - before.amount)
    before.ended_at = now
    before.save(update_fields=["ended_at"])
    amendment.confirmed_by, amendment.in_force_at = confirmed_by, now
    amendment.save(update_fields=["confirmed_by", "in_force_at"])


@transaction.atomic
def amend(proposal, *, prepared_by, confirmed_by=None, may_grow=False, now, **changes):
    """Both at once, for whoever has both names already; returns the decision now in force.

    Money of the city needs two different persons, which the database asks for.
    """
    amendment = prepare_amendment(proposal, prepared_by=prepared_by, may_grow=may_grow, **changes)
    enforce_amendment(amendment, confirmed_by=confirmed_by, now=now)
    return amendment


# --- The city's funds -------------------------------------------------------------------------
def commit(fund_id, amount):
    """Takes so much out of what is left; less than nothing gives back. FundEmptyError."""
    _book(fund_id, committed=amount)


def pay(proposal, amount):
    """Notes that so much of the grant was paid; nothing to note where no fund of the city pays.

    FundEmptyError where more would be paid than is committed. Call it with the payment.
    """
    grant = grant_of(proposal)
    if grant is not None and grant.fund_id:
        _book(grant.fund_id, paid=amount)


def settle(proposal):
    """At the end of a case: what the grant did not come to is free again in the fund, and what was
    paid back is no longer paid.
    """
    grant = grant_of(proposal)
    if grant is not None and grant.fund_id:
        unused, came_back = grant.amount - final_grant(proposal), max(ZERO, owed(proposal))
        _book(grant.fund_id, committed=-unused, paid=-came_back)


def _book(fund_id, **amounts):
    """One statement for all of it. Rounded, because SQLite adds decimals as binary fractions."""
    try:
        with transaction.atomic():
            CityFund.objects.filter(pk=fund_id).update(
                **{name: Round(F(name) + amount, 2) for name, amount in amounts.items()}
            )
    except IntegrityError as error:
        raise FundEmptyError from error


# --- What was paid, what is owed --------------------------------------------------------------
def paid(proposal):
    """What was paid to the organisation so far, in euros."""
    rows = proposal.disbursements.filter(state=Disbursement.State.PAID)
    return rows.aggregate(sum=Sum("amount"))["sum"] or ZERO


def final_grant(proposal):
    """What the grant comes to: the result of the check of the proof, before it the sum granted."""
    proof = proposal.reports.filter(kind=Report.Kind.PROOF).first()
    if proof is not None and proof.final_grant is not None:
        return proof.final_grant
    grant = grant_of(proposal)
    return grant.amount if grant else ZERO


def owed(proposal):
    """What the organisation has to pay back (euros); less than nothing is still to be paid out."""
    return paid(proposal) - final_grant(proposal)
