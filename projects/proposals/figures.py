"""The figures of a budget plan: rows, terms, shares, results. `budget.check` is the door to them.

Money is Decimal euros to the cent, a float is refused.
"""

import enum
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from offenbach_wir.money import MOST

from .sentences import Message, Severity

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
# Wide enough for any product of two sums, whatever the context of the caller is.
_EXACT = Context(prec=60)


class CostKind(TextChoices):
    STAFF_COSTS = "staff_costs", _("Staff costs, with the employer's share")
    FEES = "fees", _("Fees")
    RENT = "rent", _("Rent")
    MATERIAL_COSTS = "material_costs", _("Material")
    TRAVEL = "travel", _("Travel")
    PUBLICITY = "publicity", _("Print and publicity")
    INSURANCE = "insurance", _("Insurance")
    OTHER_RUNNING = "other_running", _("Other running costs")
    CAPITAL_COSTS = "capital_costs", _("Investments, things that last")
    OVERHEAD_FLAT_RATE = "overhead_flat_rate", _("Flat rate for overhead")


class IncomeKind(TextChoices):
    OWN_FUNDS = "own_funds", _("Own funds")
    DONATIONS = "donations", _("Donations")
    PARTICIPANT_FEE = "participant_fee", _("Fees of participants")
    THIRD_PARTY_FUNDS = "third_party_funds", _("Money of third parties")
    MUNICIPAL_FUNDS = "municipal_funds", _("Money of the city")
    # The grant that the proposal asks for.
    STATE_FUNDS = "state_funds", _("Grant requested here")
    FEDERAL_FUNDS = "federal_funds", _("Money of the federal government")
    EU_FUNDS = "eu_funds", _("Money of the EU")
    OTHER_INCOME = "other_income", _("Other income")


class FinancingType(enum.StrEnum):
    """The same values as FundingTerms.financing_type, which carries the words for them."""

    PRO_RATA = "pro_rata"
    SHORTFALL = "shortfall"
    FIXED_AMOUNT = "fixed_amount"
    FULL = "full"


class SumTooLargeError(ValueError):
    """A sum above money.MOST; forms say so in words before it comes to this."""


def _number(value, what):
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if not isinstance(value, Decimal):
        raise TypeError(f"{what} is a Decimal, not {type(value).__name__}")
    if not value.is_finite() or value < 0:
        raise ValueError(f"{what} is neither negative nor infinite")
    return value


def euros(value, what="An amount"):
    """To the cent, rounded half up. Raises TypeError, ValueError or SumTooLargeError."""
    value = _number(value, what)
    if value > MOST:
        raise SumTooLargeError(f"{what} is at most {MOST}")
    # abs() makes -0 a plain 0.
    return abs(value.quantize(CENT, ROUND_HALF_UP, _EXACT))


def row_sum(quantity, unit_amount):
    """Quantity times amount, rounded half up to the cent. SumTooLargeError above money.MOST."""
    product = _EXACT.multiply(_number(quantity, "A quantity"), _number(unit_amount, "An amount"))
    return euros(product)


def percent_of(part, whole):
    """100 × part ÷ whole to two places, rounded half up; None of nothing."""
    if not whole:
        return None
    return _EXACT.divide(part * 100, whole).quantize(CENT, ROUND_HALF_UP, _EXACT)


def split(amount, weights):
    """Shares of an amount that add up to it to the cent: the largest remainders get the cents.

    Of equal remainders the earlier one goes first: 100.00 over (1, 1, 1) is 33.34, 33.33, 33.33.
    """
    cents = int(euros(amount) * 100)
    parts = [_weight(weight) for weight in weights]
    total = sum(parts)
    if not total:
        raise ValueError("Something must weigh more than nothing")
    exact = [cents * part / total for part in parts]
    whole = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda n: (whole[n] - exact[n], n))
    for n in by_remainder[: cents - sum(whole)]:
        whole[n] += 1
    return [Decimal(share) * CENT for share in whole]


def _weight(weight):
    if not isinstance(weight, Fraction):
        weight = Fraction(_number(weight, "A weight"))
    if weight < 0:
        raise ValueError("A weight is not negative")
    return weight


@dataclass(frozen=True)
class Cost:
    """A row of costs. `key` names the row to the page; a kind that is unknown becomes an error."""

    kind: str
    amount: Decimal
    year: int
    label: str = ""
    key: str = ""

    def __post_init__(self):
        object.__setattr__(self, "amount", euros(self.amount))


@dataclass(frozen=True)
class Income:
    kind: str
    amount: Decimal
    year: int
    label: str = ""
    key: str = ""

    def __post_init__(self):
        object.__setattr__(self, "amount", euros(self.amount))


@dataclass(frozen=True)
class InKind:
    """Unpaid work: hours times a rate in euros."""

    hours: Decimal
    rate: Decimal
    year: int
    label: str = ""
    key: str = ""

    def __post_init__(self):
        object.__setattr__(self, "hours", _number(self.hours, "A number of hours"))
        object.__setattr__(self, "rate", euros(self.rate))
        row_sum(self.hours, self.rate)

    @property
    def amount(self):
        return row_sum(self.hours, self.rate)


class Rows(NamedTuple):
    """The rows of a plan, or of what really came and went."""

    costs: Iterable[Cost] = ()
    incomes: Iterable[Income] = ()
    in_kind: Iterable[InKind] = ()


@dataclass(frozen=True)
class UnitRate:
    """An amount for each unit: 12.50 for a teaching unit, at most 36 of them, `times` people.

    `units` is what the proposal plans; None as long as nobody has said it.
    """

    amount: Decimal
    units: Decimal | None = None
    most_units: Decimal | None = None
    times: Decimal = Decimal(1)
    name: str = ""

    def __post_init__(self):
        object.__setattr__(self, "amount", euros(self.amount))
        for field in ("units", "most_units", "times"):
            if getattr(self, field) is not None:
                object.__setattr__(self, field, _number(getattr(self, field), f"“{field}”"))

    @property
    def in_numbers(self):
        """ "36 × 12": units and people; one number for one person, nothing where it is unknown."""
        if self.units is None:
            return ""
        factors = [self.units] if self.times == 1 else [self.units, self.times]
        return " × ".join(f"{factor.normalize():f}".replace(".", ",") for factor in factors)

    @property
    def total(self):
        if self.units is None:
            return None
        units = self.units if self.most_units is None else min(self.units, self.most_units)
        total = _EXACT.multiply(_EXACT.multiply(self.amount, units), self.times)
        return min(total, MOST).quantize(CENT, ROUND_DOWN, _EXACT)


@dataclass(frozen=True)
class Terms:
    """What a funding line pays on the day of the planned start.

    `line` is its name for messages. An empty financing type means that nobody knows it yet.
    `fixed` and `per_unit` together are the grant where the type is fixed amount; in every other
    type they are the most it pays, as the cap is.
    """

    line: str
    financing_type: str = ""
    percent: Decimal | None = None
    cap: Decimal | None = None
    fixed: Decimal | None = None
    per_unit: tuple[UnitRate, ...] = ()
    in_kind_counts: bool = False
    overhead_allowed: bool = False
    capital_allowed: bool = True
    is_confirmed: bool = True

    def __post_init__(self):
        if self.financing_type:
            object.__setattr__(self, "financing_type", FinancingType(self.financing_type))
        for field in ("cap", "fixed"):
            if getattr(self, field) is not None:
                object.__setattr__(self, field, euros(getattr(self, field)))
        if self.percent is not None:
            object.__setattr__(self, "percent", _number(self.percent, "A rate"))
            if self.percent > 100:
                raise ValueError("A rate is at most 100 per cent")
        object.__setattr__(self, "per_unit", tuple(self.per_unit))

    @property
    def missing_units(self):
        """The first amount per unit of which the number of units is not known; None if none."""
        return next((rate for rate in self.per_unit if rate.total is None), None)

    @property
    def sums(self):
        """Fixed sum and amounts per unit together; None where there are none."""
        if self.fixed is None and not self.per_unit:
            return None
        total = (self.fixed or ZERO) + sum((rate.total or ZERO for rate in self.per_unit), ZERO)
        return min(total, MOST)

    @property
    def ceiling(self):
        """The most that is paid whatever the costs are; None where nothing bounds it."""
        sums = None if self.financing_type == FinancingType.FIXED_AMOUNT else self.sums
        return min((bound for bound in (self.cap, sums) if bound is not None), default=None)

    @property
    def is_known(self):
        """Whether a share can be computed from it."""
        needed = {FinancingType.PRO_RATA: self.percent, FinancingType.FIXED_AMOUNT: self.sums}
        return (
            self.is_confirmed
            and bool(self.financing_type)
            and needed.get(self.financing_type, ZERO) is not None
            and self.missing_units is None
        )

    def counts(self, cost):
        """Whether a row of costs belongs to the eligible costs."""
        if cost.kind == CostKind.OVERHEAD_FLAT_RATE:
            return self.overhead_allowed
        if cost.kind == CostKind.CAPITAL_COSTS:
            return self.capital_allowed
        return cost.kind in CostKind.values


def allowed_share(terms, eligible, *, other=ZERO, in_kind=ZERO):
    """The most the state pays, in euros; None where the terms are not known.

    `eligible` are the eligible costs with the `in_kind` part of them; `other` are own funds and
    the money of third parties, which only shortfall financing looks at.
    """
    if terms is None or not terms.is_known:
        return None
    share = uncapped_share(terms, eligible, other, in_kind)
    return share if terms.ceiling is None else min(share, terms.ceiling)


def uncapped_share(terms, eligible, other, in_kind):
    paid_in_money = eligible - in_kind
    match terms.financing_type:
        case FinancingType.PRO_RATA:
            part = _EXACT.multiply(eligible, terms.percent).scaleb(-2, _EXACT)
            share = part.quantize(CENT, ROUND_DOWN, _EXACT)
        case FinancingType.SHORTFALL:
            share = max(ZERO, paid_in_money - other)
        case FinancingType.FIXED_AMOUNT:
            share = terms.sums
        case FinancingType.FULL:
            share = paid_in_money
    return min(share, paid_in_money)


def shrunk_share(
    terms,
    planned_eligible,
    real_eligible,
    *,
    planned_other=ZERO,
    real_other=None,
    planned_in_kind=ZERO,
    real_in_kind=ZERO,
    granted=None,
    real_terms=None,
):
    """What is left of a share once the real costs are known: it shrinks with them, never grows.

    50 % of 10,000 planned are 5,000; of 8,000 real ones 4,000; of 12,000 still 5,000. For shortfall
    financing `planned_other` and `real_other` are own funds and the money of third parties; without
    `real_other` they came as planned. The `in_kind` sums are the part of the eligible costs that is
    unpaid work. `granted` is the sum of the decision where it was less than the terms would have
    allowed. `real_terms` are the same terms with the real units, where amounts per unit are paid.
    None where the terms are not known.
    """
    if real_other is None:
        real_other = planned_other
    planned = allowed_share(
        terms,
        euros(planned_eligible),
        other=euros(planned_other),
        in_kind=euros(planned_in_kind),
    )
    real = allowed_share(
        real_terms or terms,
        euros(real_eligible),
        other=euros(real_other),
        in_kind=euros(real_in_kind),
    )
    if planned is None or real is None:
        return None
    return min(planned, real, *([] if granted is None else [euros(granted)]))


@dataclass(frozen=True)
class Year:
    """The sums of one budget year; `difference` is income less costs."""

    year: int
    costs: Decimal
    income: Decimal
    in_kind: Decimal

    @property
    def difference(self):
        return self.income - self.costs


@dataclass(frozen=True)
class Result:
    """What `check` found. Sums in euros; None where the terms are not known.

    `total_costs` and `total_income` are money only; unpaid work stands beside them. The share in
    per cent is rounded up, so that it never looks like less than the rate when it is more.
    """

    total_costs: Decimal
    total_income: Decimal
    in_kind: Decimal
    own_funds: Decimal
    third_party_funds: Decimal
    requested_share: Decimal
    years: tuple[Year, ...]
    eligible_costs: Decimal | None = None
    allowed_share: Decimal | None = None
    cap: Decimal | None = None
    is_capped: bool = False
    messages: tuple[Message, ...] = ()

    @property
    def difference(self):
        """Income less costs."""
        return self.total_income - self.total_costs

    @property
    def sign(self):
        """-1 where income is missing, 1 where there is too much of it, 0 in balance."""
        return (self.difference > 0) - (self.difference < 0)

    @property
    def is_balanced(self):
        return not self.difference

    @property
    def missing_income(self):
        return max(ZERO, -self.difference)

    @property
    def surplus(self):
        return max(ZERO, self.difference)

    @property
    def total_costs_with_in_kind(self):
        return self.total_costs + self.in_kind

    @property
    def total_income_with_in_kind(self):
        return self.total_income + self.in_kind

    @property
    def other_funds(self):
        """Own funds and the money of third parties: all that is not asked of the state."""
        return self.own_funds + self.third_party_funds

    @property
    def too_much_requested(self):
        if self.allowed_share is None:
            return None
        return max(ZERO, self.requested_share - self.allowed_share)

    @property
    def missing_own_share(self):
        """What own funds and others still have to bring even if the state pays all it may."""
        if self.allowed_share is None:
            return None
        return max(ZERO, self.total_costs - self.allowed_share - self.other_funds)

    @property
    def share_percent(self):
        if not self.eligible_costs:
            return None
        return _EXACT.divide(self.requested_share * 100, self.eligible_costs).quantize(
            CENT, ROUND_CEILING, _EXACT
        )

    @property
    def right_request(self):
        """The sum to ask the state for that balances the plan as far as the line allows."""
        needed = max(ZERO, self.total_costs - self.other_funds)
        return needed if self.allowed_share is None else min(needed, self.allowed_share)

    @property
    def errors(self):
        return [m for m in self.messages if m.severity == Severity.ERROR]

    @property
    def warnings(self):
        return [m for m in self.messages if m.severity == Severity.WARNING]

    @property
    def hints(self):
        return [m for m in self.messages if m.severity == Severity.HINT]

    @property
    def has_errors(self):
        return bool(self.errors)


def order(row):
    """By what rows are sorted before anything is said about them."""
    return (row.year, str(getattr(row, "kind", "")), -row.amount, row.key, str(row.label))


def total(rows):
    """What the rows add up to."""
    return sum((row.amount for row in rows), ZERO)


def years_of(costs, income, in_kind):
    sums = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for side, rows in enumerate((costs, income, in_kind)):
        for row in rows:
            sums[row.year][side] += row.amount
    return tuple(Year(year, *sums[year]) for year in sorted(sums))


def largest(rows):
    """The row that a message points at: the largest one, whatever the order; None without rows."""
    return min(rows, key=lambda row: (-row.amount, order(row)), default=None)
