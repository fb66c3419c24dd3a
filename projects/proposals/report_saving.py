"""Writing reports: saved as often as one likes by several people, handed in once.

A page carries the number of the version it shows. Whoever saves an older one is shown both, and
nothing is written; the same words again are no other version.
"""

from django.db import transaction
from django.utils import timezone

from offenbach_wir import events
from offenbach_wir.models import Event

from . import duties, grant_mails, reports
from .models import ActualItem, ActualUnits, Duty, Proposal, Report, Voucher


class ClosedError(Exception):
    """It was handed in, or the case is in a state in which it is not written."""


class ConflictError(Exception):
    """Somebody else has saved it since the page was shown; `report` is as it is now."""

    def __init__(self, report):
        self.report = report
        super().__init__(report.version)


class GapsError(Exception):
    """Something is missing; `gaps` are sentences."""

    def __init__(self, gaps):
        self.gaps = gaps
        super().__init__(f"{len(gaps)} gaps")


def _open(proposal, kind):
    """The case locked, and the report, made if it was not there. ClosedError."""
    locked = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("applicant__organisation")
        .get(pk=proposal.pk)
    )
    report = reports.of(locked, kind)
    if not reports.is_open(locked, kind, report):
        raise ClosedError
    return locked, report or Report(proposal=locked, kind=kind)


@transaction.atomic
def save(typed, *, user):
    """Stores valid ReportForms and returns the report. ClosedError, ConflictError."""
    _locked, report = _open(typed.proposal, typed.kind)
    items, units, vouchers = typed.items(), typed.units_typed(), typed.vouchers_typed()
    is_same = report.pk and _plain(typed.narrative, items, units, vouchers) == _plain(
        report.narrative, report.items.all(), report.units.all(), report.vouchers.all()
    )
    if is_same:
        return report
    if typed.seen != report.version:
        raise ConflictError(report)
    report.narrative, report.saved_by = typed.narrative, user
    report.version += 1
    report.save()
    _replace(report, ActualItem, items)
    _replace(report, ActualUnits, units)
    _replace(report, Voucher, vouchers)
    return report


def _replace(report, model, rows):
    model.objects.filter(report=report).delete()
    for position, row in enumerate(rows):
        row.report, row.position = report, position
    model.objects.bulk_create(rows)


def _plain(narrative, items, units, vouchers):
    """What two versions have to have in common to be the same."""
    return (
        narrative.strip(),
        sorted((row.side, row.kind, row.description, row.year, str(row.actual)) for row in items),
        [(row.place, row.units, row.people) for row in units],
        [(row.paid_on, row.payee, row.reason, row.amount) for row in vouchers],
    )


@transaction.atomic
def add_vouchers(proposal, vouchers, *, seen, user, most):
    """Puts vouchers behind those that are there. ClosedError, ConflictError, GapsError."""
    _locked, report = _open(proposal, Report.Kind.PROOF)
    if seen != report.version:
        raise ConflictError(report)
    report.saved_by = user
    report.version += 1
    report.save()
    first = report.vouchers.count()
    if first + len(vouchers) > most:
        raise GapsError([most - first])
    for n, voucher in enumerate(vouchers):
        voucher.report, voucher.position = report, first + n
    Voucher.objects.bulk_create(vouchers)
    return report


# --- Handing in ---------------------------------------------------------------------------------
def hand_in_proof(proposal, *, user, now):
    """The work of the step `hand_in_proof`: the case is locked. Raises GapsError."""
    report = reports.of(proposal, Report.Kind.PROOF)
    if gaps := list(reports.gaps_of(proposal, report)):
        raise GapsError(gaps)
    _close(report, user, now)
    return {"report": report.pk}


@transaction.atomic
def hand_in_interim(proposal, *, user, request=None, now=None):
    """Pressed twice it is handed in once. ClosedError, GapsError."""
    now = now or timezone.now()
    there = reports.of(proposal, Report.Kind.INTERIM)
    if there is not None and there.submitted_at is not None:
        return there
    locked, report = _open(proposal, Report.Kind.INTERIM)
    if gaps := list(reports.gaps_of(locked, report if report.pk else None)):
        raise GapsError(gaps)
    _close(report, user, now)
    duties.done(locked, Duty.Kind.INTERIM, now)
    events.record(
        Event.Kind.CASE_CHANGED,
        request=request,
        actor=user,
        subject=locked,
        change="interim_report",
        report=report.pk,
    )
    grant_mails.interim_handed_in(report)
    return report


def _close(report, user, now):
    report.submitted_at, report.submitted_by = now, user
    report.save(update_fields=["submitted_at", "submitted_by", "updated_at"])


def reopen_proof(proposal):
    """The city has sent it back: it is written again."""
    proposal.reports.filter(kind=Report.Kind.PROOF).update(submitted_at=None, submitted_by=None)
