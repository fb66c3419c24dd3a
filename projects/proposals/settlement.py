"""The money after a grant decision: what changes, requests and the proof of use do to the grant.

Pure values only: no database, no clock, no request. Rows and terms are those of budget.py, which
also computes every share; the terms are those of the day of the decision (financing.terms_from_data
reads them from the version that was decided on). Money is Decimal euros to the cent. A sum that is
negative, no number or above money.MOST raises ValueError, a float TypeError, as in figures.py; only
sums of many rows may become too large, which a message says.

Where the rules come from: the general conditions for project grants of Hesse (ANBest-P to § 44
LHO), as the guideline of the programme and the city apply them:

- The grant shrinks with the real costs, for shortfall financing also with what others give, and
  never grows. A fixed sum stays while the costs reach it. What was paid above it is paid back.
- The plan is binding in its total. One item may cost up to 20 % more if others save the same (v).
- The proof of use shows costs and income in the structure of the plan.
- Usually only what is spent within two months is paid out (v).

What the portal cannot compute, because the terms are not known, is None and left to a person.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from offenbach_wir.money import MOST

from . import settlement_findings
from .figures import (
    ZERO,
    IncomeKind,
    Rows,
    Terms,
    UnitRate,
    euros,
    largest,
    percent_of,
    shrunk_share,
    total,
)
from .sentences import Message

# Both are usual, not fixed (v): callers with a decision that says otherwise pass their own.
TOLERANCE_PERCENT = Decimal(20)
MONTHS_AHEAD = 2


# --- Sums ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Sums:
    """What rows add up to, in euros; unpaid work apart from the money.

    `grant` is the income of the kind state funds: the grant itself. `eligible` is None where the
    terms are not known; `counted` is the unpaid work in it.
    """

    costs: Decimal
    income: Decimal
    grant: Decimal
    in_kind: Decimal
    eligible: Decimal | None = None
    counted: Decimal = ZERO

    @property
    def other(self):
        """Own funds and the money of third parties."""
        return self.income - self.grant

    @property
    def is_too_large(self):
        return max(self.costs, self.income, self.in_kind, self.costs + self.counted) > MOST


def sums_of(rows, terms):
    costs, incomes, in_kind = rows
    unpaid, eligible, counted = total(in_kind), None, ZERO
    if terms is not None and terms.is_known:
        counted = unpaid if terms.in_kind_counts else ZERO
        eligible = total(row for row in costs if terms.counts(row)) + counted
    return Sums(
        costs=total(costs),
        income=total(incomes),
        grant=total(row for row in incomes if row.kind == IncomeKind.STATE_FUNDS),
        in_kind=unpaid,
        eligible=eligible,
        counted=counted,
    )


def _lists(rows):
    return Rows(*(list(side) for side in rows))


def _left_of_grant(granted, terms, real_terms, planned, real):
    """The grant after the real figures; None where nobody can compute it."""
    is_unknown = planned.eligible is None or real.eligible is None
    if is_unknown or planned.is_too_large or real.is_too_large:
        return None
    return shrunk_share(
        terms,
        planned.eligible,
        real.eligible,
        planned_other=planned.other,
        real_other=real.other,
        planned_in_kind=planned.counted,
        real_in_kind=real.counted,
        granted=granted,
        real_terms=real_terms,
    )


@dataclass(frozen=True)
class _Account:
    """A grant, what was paid of it, and what is left of it; `share` is None if not computable."""

    granted: Decimal
    paid: Decimal
    share: Decimal | None

    @property
    def difference(self):
        """What remains less what was granted: never positive."""
        return None if self.share is None else self.share - self.granted

    @property
    def to_pay_out(self):
        """What may still be paid out."""
        return None if self.share is None else max(ZERO, self.share - self.paid)

    @property
    def to_repay(self):
        """What was paid above what remains."""
        return None if self.share is None else max(ZERO, self.paid - self.share)


# --- Changes ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Effect(_Account):
    """What a changed plan does to the grant. `share` is the grant after the change.

    `terms` are those after the change. `missing` is the income that the changed plan lacks once the
    grant is `share`, negative where it has too much; None where the share is.
    """

    old: Sums
    new: Sums
    terms: Terms | None
    messages: tuple[Message, ...] = ()

    @property
    def for_office(self):
        """The same for those who answer the notice and did not write it."""
        return replace(self, messages=tuple(message.for_office for message in self.messages))

    @property
    def missing(self):
        return None if self.share is None else self.new.costs - self.new.other - self.share


def effect_of_change(granted, terms, old, new, *, paid=ZERO, new_terms=None):
    """The effect of a change of the plan on the grant of `granted` euros.

    `old` is the plan of the decision and `new` the changed one, both `Rows`; the order of the rows
    changes nothing. `terms` are those of the decision. Where amounts per unit are paid and the
    units change, `new_terms` are the same terms with the new units. `paid` is what was paid out so
    far. 50 % of 10,000 are 5,000: with costs of 8,000 it becomes 4,000, with 12,000 it stays.

    Source: ANBest-P, the grant is lowered if the costs fall or other income rises.
    """
    granted, paid, old, new = euros(granted), euros(paid), _lists(old), _lists(new)
    new_terms = new_terms or terms
    before, after = sums_of(old, terms), sums_of(new, new_terms)
    share = _left_of_grant(granted, terms, new_terms, before, after)
    effect = Effect(granted, paid, share, before, after, new_terms)
    return replace(effect, messages=settlement_findings.of_change(effect, new))


# --- The financial statement -----------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """One item of the plan beside what it really was: same kind, description and year.

    Rows of the plan that have all three in common are one line, capitals and spaces aside. `key` is
    that of the row to change: of what was really spent, else of the plan.
    """

    kind: str
    label: str
    year: int
    planned: Decimal
    actual: Decimal
    key: str = ""
    is_planned: bool = True

    @property
    def difference(self):
        """Actual less planned."""
        return self.actual - self.planned

    @property
    def percent(self):
        """Actual in per cent of planned, to two places, rounded half up; None of nothing."""
        return percent_of(self.actual, self.planned)

    @property
    def sign(self):
        """-1 where it is less than planned, 1 where it is more, 0 where it is the same."""
        return (self.difference > 0) - (self.difference < 0)

    def exceeds(self, tolerance):
        """Whether it is more than that many per cent above its plan; exactly that many are not."""
        return self.difference * 100 > self.planned * tolerance


@dataclass(frozen=True)
class Units:
    """One amount per unit: what was approved of it beside what there really was.

    Each is capped by itself: too many of one make up for none of another.
    """

    approved: UnitRate
    actual: UnitRate

    @property
    def is_over(self):
        """Whether there was more than is approved; what is over is not paid."""
        approved, actual = self.approved.total, self.actual.total
        return None not in (approved, actual) and actual > approved

    @property
    def counted(self):
        return self.approved if self.is_over else self.actual


def _units_of(terms, actual_terms):
    if terms is None:
        return ()
    return tuple(Units(*pair) for pair in zip(terms.per_unit, actual_terms.per_unit, strict=True))


@dataclass(frozen=True)
class Statement(_Account):
    """The financial statement of a proof of use. `share` is the final grant.

    Lines stand in the order of the plan, what was not planned after them. `terms` are those with
    the units that count.
    """

    terms: Terms | None
    tolerance: Decimal
    costs: tuple[Line, ...]
    incomes: tuple[Line, ...]
    in_kind: tuple[Line, ...]
    planned: Sums
    actual: Sums
    units: tuple[Units, ...] = ()
    messages: tuple[Message, ...] = ()

    @property
    def final_grant(self):
        return self.share

    @property
    def total_costs(self):
        return Line("", "", 0, self.planned.costs, self.actual.costs)

    @property
    def total_income(self):
        return Line("", "", 0, self.planned.income, self.actual.income)

    @property
    def total_in_kind(self):
        return Line("", "", 0, self.planned.in_kind, self.actual.in_kind)

    @property
    def unplanned(self):
        """The items of costs that the plan does not have."""
        return tuple(line for line in self.costs if not line.is_planned)

    @property
    def saved(self):
        """What items of costs stayed below their plan, all together."""
        return sum((max(ZERO, -line.difference) for line in self.costs), ZERO)

    @property
    def exceeded(self):
        """What items of costs went above their plan, all together; those not planned as well."""
        return sum((max(ZERO, line.difference) for line in self.costs), ZERO)

    @property
    def difference_of_sides(self):
        """Actual income less actual costs as they are stated, with what was paid of the grant."""
        return self.actual.income - self.actual.costs

    @property
    def balance(self):
        """Other income and the final grant less the costs: 0 once all is paid out or back.

        Counts what was paid instead of the final grant where that is not known.
        """
        grant = self.paid if self.share is None else self.share
        return self.actual.other + grant - self.actual.costs


def statement(
    granted,
    terms,
    planned,
    actual,
    *,
    paid=ZERO,
    actual_terms=None,
    tolerance=TOLERANCE_PERCENT,
):
    """The financial statement: `actual` rows in the structure of the `planned` ones, both `Rows`.

    `granted` and `paid` in euros: the sum of the last decision, and what was paid out of it. The
    actual income holds the grant as it was received, under the kind state funds. `terms` are those
    of the decision; `actual_terms` the same with the real units, where amounts per unit are paid:
    of each never more count than were approved. `tolerance` is how many per cent an item may exceed
    its plan.

    Items that were not planned count for the final grant like all others, and a hint says that
    somebody has to decide about them; what is not recognised is left out of `actual`.

    Source: ANBest-P, binding total and 20 % between items; proof of use in the structure of the
    plan.
    """
    granted, paid = euros(granted), euros(paid)
    planned, actual = _lists(planned), _lists(actual)
    units = _units_of(terms, actual_terms or terms)
    if units:
        actual_terms = replace(actual_terms or terms, per_unit=tuple(u.counted for u in units))
    actual_terms = actual_terms or terms
    sums = [sums_of(planned, terms), sums_of(actual, actual_terms)]
    found = Statement(
        granted,
        paid,
        _left_of_grant(granted, terms, actual_terms, *sums),
        actual_terms,
        tolerance,
        *(_lines(*sides) for sides in zip(planned, actual, strict=True)),
        *sums,
        units,
    )
    return replace(found, messages=settlement_findings.of_statement(found, actual))


def _lines(planned, actual):
    """One line for each item, those of the plan first."""
    sides = {}
    for n, rows in enumerate((planned, actual)):
        for row in rows:
            sides.setdefault(_item(row), ([], []))[n].append(row)
    return tuple(_line(*both) for both in sides.values())


def _item(row):
    """By what two rows are the same item."""
    return getattr(row, "kind", ""), " ".join(row.label.split()).casefold(), row.year


def _line(planned, actual):
    named, changed = largest(planned or actual), largest(actual or planned)
    return Line(
        kind=getattr(named, "kind", ""),
        label=named.label,
        year=named.year,
        planned=total(planned),
        actual=total(actual),
        key=changed.key,
        is_planned=bool(planned),
    )


# --- Requests for payment --------------------------------------------------------------------
def left_to_request(granted, paid, requested_open):
    """Euros that may still be asked for: never less than 0. `granted` is the sum that holds now."""
    return max(ZERO, euros(granted) - euros(paid) - euros(requested_open))


def disbursable(granted, paid, requested_open, amount, *, months=MONTHS_AHEAD):
    """What is to be said about a request for payment of `amount` euros, as a list of messages.

    `granted` is the sum that holds now (after changes), `paid` what was paid out of it, and
    `requested_open` what is asked for already and not paid yet, without this request. An error
    where nothing is asked for or more than is left; always the hint that usually only what is spent
    within `months` can be asked for.
    """
    left = left_to_request(granted, paid, requested_open)
    return settlement_findings.of_request(
        euros(granted), euros(paid), euros(requested_open), euros(amount), left, months
    )
