"""Deleted cases as numbers: they go into CaseCount in the transaction that deletes them."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from . import grants, removal
from .models import CaseCount, Proposal

ADDED = ("n", "requested", "granted", "paid", "decided", "days_to_decision")


@dataclass(frozen=True)
class Counted:
    """One case as it is counted, in euros and days. `days` is None where nothing was decided."""

    year: int
    line: str
    state: str
    requested: Decimal
    granted: Decimal
    paid: Decimal
    days: int | None


def count_and_delete(rows, moment):
    """Adds the cases to the numbers and deletes them; call it inside a transaction.

    What other records hold back stays, and is not counted.
    """
    counted = {proposal.pk: of(proposal) for proposal in rows.select_related("funding_line")}
    n, _stuck = removal.delete_proposals(list(counted))
    left = set(Proposal.objects.filter(pk__in=counted).values_list("pk", flat=True))
    for pk, case in counted.items():
        if pk not in left:
            _add(case)
    return n


def of(proposal):
    """The numbers of one case that was handed in."""
    handed_in_on = timezone.localdate(proposal.submitted_at)
    grant, decided_on = grants.grant_of(proposal), _decided_on(proposal)
    return Counted(
        year=handed_in_on.year,
        line=proposal.funding_line.slug if proposal.funding_line else "",
        state=proposal.state,
        requested=requested(proposal),
        granted=grant.amount if grant else grants.ZERO,
        paid=grants.paid(proposal),
        days=max(0, (decided_on - handed_in_on).days) if decided_on else None,
    )


def requested(proposal):
    """The grant asked for in the newest version, in euros; nothing where there is no version."""
    version = proposal.versions.first()
    return Decimal(version.data["plan"]["result"]["requested_share"]) if version else grants.ZERO


def _decided_on(proposal):
    """The day of the first decision that came into force; amendments change nothing about it."""
    decisions = proposal.decisions.filter(in_force_at__isnull=False).order_by("in_force_at", "pk")
    return decisions.values_list("decided_on", flat=True).first()


def _add(case):
    key = {"year": case.year, "line": case.line, "state": case.state}
    is_decided = case.days is not None
    numbers = (1, case.requested, case.granted, case.paid, int(is_decided), case.days or 0)
    CaseCount.objects.get_or_create(**key)
    CaseCount.objects.filter(**key).update(
        **{name: F(name) + more for name, more in zip(ADDED, numbers, strict=True)}
    )
