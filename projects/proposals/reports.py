"""Reports on a grant, to read: what was planned beside what really was, and what is missing.

report_saving.py writes them. The rule of the money is in settlement.py.
"""

import hashlib
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from . import budget, financing, grants, settlement
from .case import State
from .figures import ZERO, Cost, Income, InKind, Rows
from .models import ActualItem, ChangeNotice, Report
from .sentences import Severity

Kind, Side = Report.Kind, ActualItem.Side
# Written from the acceptance on: whoever lists vouchers as they come has no work with it later.
OPEN_IN = (State.ACCEPTED, State.RUNNING, State.PROOF_DUE)
# How long vouchers stay with the organisation: usual in general conditions of grants (v).
YEARS_TO_KEEP = 5
SIDES = {"costs": Side.COST, "incomes": Side.INCOME, "unpaid": Side.UNPAID}


@dataclass(frozen=True)
class Plan:
    """The plan that counts now: the version that was decided on, or what was agreed to since."""

    rows: Rows
    terms: Any
    data: dict = field(default_factory=dict, repr=False)

    @property
    def rates(self):
        """[(place, UnitRate)] of what is paid for each unit, with the number that is approved."""
        places = financing.places_of_units(self.data) if self.terms and self.terms.per_unit else ()
        return list(zip(places, self.terms.per_unit if places else (), strict=True))

    def terms_with(self, units):
        """The terms with those ActualUnits; where none are given, with the approved number."""
        real = {row.place: (row.units, Decimal(row.people)) for row in units}
        return financing.terms_from_data(self.data, real) if real else self.terms

    @property
    def lines(self):
        """{side: lines} of the plan, one for each item."""
        nothing = settlement.statement(ZERO, self.terms, self.rows, Rows())
        return {"costs": nothing.costs, "incomes": nothing.incomes, "unpaid": nothing.in_kind}


@dataclass(frozen=True)
class Reading:
    """A report with what follows from it."""

    report: Report
    statement: settlement.Statement
    vouchers: list
    is_for_office: bool = False

    @property
    def for_office(self):
        """The same for those who check the report and do not write it."""
        messages = tuple(message.for_office for message in self.statement.messages)
        statement = replace(self.statement, messages=messages)
        return replace(self, statement=statement, is_for_office=True)

    @property
    def sum_of_vouchers(self):
        return sum((voucher.amount for voucher in self.vouchers), ZERO)

    @property
    def without_voucher(self):
        """Costs less vouchers; less than nothing where vouchers say more than the costs."""
        return self.statement.actual.costs - self.sum_of_vouchers

    @property
    def tables(self):
        """[(name, [(words, line)], sum)] of the statement; unpaid work only where there is any."""
        return _tables(self.statement)


def _tables(found):
    sides = [
        (_("Costs"), "costs", found.costs, found.total_costs),
        (_("Income"), "incomes", found.incomes, found.total_income),
    ]
    if found.in_kind:
        sides.append((_("Unpaid work"), "unpaid", found.in_kind, found.total_in_kind))
    return [
        (name, [(item_in_words(side, line), line) for line in lines], total)
        for name, side, lines, total in sides
    ]


def item_in_words(side, line):
    """ "Honorar (Fees), 2098": an item of the plan as people read it."""
    kind = kind_in_words(SIDES[side], line.kind)
    words = f"{line.label} ({kind})" if line.label and line.kind else line.label or kind
    return f"{words}, {line.year}"


def of(proposal, kind):
    """The report of that kind, or None; there is one of each."""
    return proposal.reports.filter(kind=kind).select_related("saved_by").last()


def is_asked_for(proposal, kind):
    """Every grant ends with a proof of use; an interim report only where the decision says so."""
    grant = grants.grant_of(proposal)
    if grant is None:
        return False
    return kind == Kind.PROOF or grant.interim_due_on is not None


def is_open(proposal, kind, report):
    """Whether it may be written now."""
    is_there = report is not None and report.submitted_at is not None
    return (
        proposal.state in OPEN_IN
        and not proposal.is_locked
        and not is_there
        and is_asked_for(proposal, kind)
    )


def plan_of(proposal, *, before=None):
    """The plan that counts now; with the notice of a change, the plan before it."""
    data = proposal.versions.first().data
    agreed = proposal.changes.filter(state=ChangeNotice.State.AGREED, rows__isnull=False)
    if before is not None and before.pk:
        agreed = agreed.filter(pk__lt=before.pk)
    newest = agreed.last()
    rows = newest.rows if newest else data["plan"]
    return Plan(financing.rows_from_data(rows), financing.terms_from_data(data), data)


def key_of(side, row):
    """A short name of an item on the page: rows of the same kind, words and year are one item."""
    words = " ".join(row.label.split()).casefold()
    return hashlib.sha256(f"{side} {row.kind} {words} {row.year}".encode()).hexdigest()[:12]


# --- The statement ------------------------------------------------------------------------------
def rows_of(items):
    """Stored or typed items as the rows that the rule knows; what is not filled in is nothing.

    `row_key` of an item is where it stands on a page, if it stands on one.
    """
    rows = Rows([], [], [])
    for item in items:
        amount, key = item.actual or ZERO, getattr(item, "row_key", "")
        if item.side == Side.COST:
            rows.costs.append(Cost(item.kind, amount, item.year, item.description, key))
        elif item.side == Side.INCOME:
            rows.incomes.append(Income(item.kind, amount, item.year, item.description, key))
        else:
            rows.in_kind.append(InKind(Decimal(1), amount, item.year, item.description, key))
    return rows


def statement_of(proposal, items, units, plan=None):
    """The financial statement of these items and units, with what was granted and is paid."""
    plan, grant = plan or plan_of(proposal), grants.grant_of(proposal)
    return settlement.statement(
        grant.amount,
        plan.terms,
        plan.rows,
        rows_of(items),
        paid=grants.paid(proposal),
        actual_terms=plan.terms_with(units),
    )


def reading_of(proposal, report):
    statement = statement_of(proposal, report.items.all(), report.units.all())
    return Reading(report, statement, list(report.vouchers.all()))


def comparison_of(proposal, notice):
    """The changed plan of a notice beside the one before, as the tables of a Reading."""
    plan = plan_of(proposal, before=notice)
    changed = financing.rows_from_data(notice.rows)
    return _tables(settlement.statement(ZERO, plan.terms, plan.rows, changed))


# --- What is missing ----------------------------------------------------------------------------
def gaps_of(proposal, report):
    """What keeps a report from being handed in, as sentences."""
    if report is None or not report.narrative.strip():
        yield _("Please tell what was done and achieved.")
    if report is None or report.kind == Kind.INTERIM:
        return
    reading = reading_of(proposal, report)
    known = {row.place for row in report.units.all()}
    for place, rate in plan_of(proposal).rates:
        if place not in known:
            yield _("Please fill in how many units of “%(name)s” there really were; 0 if none.") % {
                "name": rate.name
            }
    for item in report.items.all():
        if item.actual is None:
            yield _("Please fill in what “%(item)s” (%(year)s) really came to; 0 if nothing.") % {
                "item": item.description or kind_in_words(item.side, item.kind),
                "year": item.year,
            }
    for message in reading.statement.messages:
        if message.severity == Severity.ERROR:
            yield message.text
    if reading.statement.actual.costs and not reading.vouchers:
        yield _("Please list the vouchers: day, to whom, what for, sum.")


def kind_in_words(side, kind):
    kinds = {Side.COST: budget.CostKind, Side.INCOME: budget.IncomeKind}.get(side)
    if kinds and kind in kinds.values:
        return str(kinds(kind).label)
    return _("Unpaid work")
