"""The worked example of the page before the log-in: an invented project and its plan.

Pure: every sum, share and message on that page comes from budget.py, as for any other plan, so that
the page cannot say anything the check would not say.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import budget
from .budget import CostKind, FinancingType, IncomeKind

LINE = _("Example line")
PERCENT = Decimal(50)
MOST_OF_FULL = Decimal("9000.00")
FIXED = Decimal("3000.00")


@dataclass(frozen=True)
class CostRow:
    kind: CostKind
    label: Any
    quantity: Decimal
    unit: Any
    unit_amount: Decimal

    @property
    def amount(self):
        return budget.row_sum(self.quantity, self.unit_amount)


@dataclass(frozen=True)
class IncomeRow:
    kind: IncomeKind
    label: Any
    amount: Decimal


@dataclass(frozen=True)
class InKindRow:
    label: Any
    hours: Decimal
    rate: Decimal
    unit: Any

    @property
    def amount(self):
        return budget.row_sum(self.hours, self.rate)


COSTS = (
    CostRow(
        CostKind.FEES, _("Teacher of sewing"), Decimal(80), _("hours of work"), Decimal("45.00")
    ),
    CostRow(CostKind.FEES, _("Childcare"), Decimal(80), _("hours of work"), Decimal("20.00")),
    CostRow(CostKind.RENT, _("Room in the district"), Decimal(40), _("evenings"), Decimal("35.00")),
    CostRow(
        CostKind.MATERIAL_COSTS,
        _("Fabric, thread, needles"),
        Decimal(10),
        _("months"),
        Decimal("180.00"),
    ),
    CostRow(
        CostKind.TRAVEL, _("Trip to a textile museum"), Decimal(20), _("people"), Decimal("20.00")
    ),
    CostRow(
        CostKind.PUBLICITY,
        _("Flyers in four languages"),
        Decimal(1),
        _("printing"),
        Decimal("650.00"),
    ),
    CostRow(CostKind.INSURANCE, _("Insurance"), Decimal(1), _("year"), Decimal("150.00")),
    CostRow(
        CostKind.OTHER_RUNNING,
        _("Exhibition at the end: food and drinks"),
        Decimal(1),
        _("evening"),
        Decimal("400.00"),
    ),
)
OWN_FUNDS = IncomeRow(IncomeKind.OWN_FUNDS, _("Savings of the club"), Decimal("2000.00"))
REQUESTED = IncomeRow(IncomeKind.STATE_FUNDS, _("Asked for from the state"), Decimal("5000.00"))
OTHERS = (
    IncomeRow(IncomeKind.DONATIONS, _("Donations at the street festival"), Decimal("800.00")),
    IncomeRow(IncomeKind.PARTICIPANT_FEE, _("Fees: 20 people, 30 EUR each"), Decimal("600.00")),
    IncomeRow(IncomeKind.MUNICIPAL_FUNDS, _("Rent subsidy of the city"), Decimal("1600.00")),
)
INCOME = (OWN_FUNDS, *OTHERS, REQUESTED)
# The same plan by somebody who asks for more than the rate and brings less.
MISTAKEN_INCOME = (
    IncomeRow(OWN_FUNDS.kind, OWN_FUNDS.label, Decimal("1000.00")),
    *OTHERS,
    IncomeRow(REQUESTED.kind, REQUESTED.label, Decimal("6000.00")),
)
IN_KIND = (
    InKindRow(
        _("Planning and clearing up, by members"),
        Decimal(120),
        Decimal("15.00"),
        _("hours of work"),
    ),
)
TERMS = budget.Terms(LINE, FinancingType.PRO_RATA, percent=PERCENT)
# The plan under each of the four kinds of financing, with a sum of the state of its own.
OTHER_TERMS = (
    TERMS,
    budget.Terms(LINE, FinancingType.SHORTFALL),
    budget.Terms(LINE, FinancingType.FIXED_AMOUNT, fixed=FIXED),
    budget.Terms(LINE, FinancingType.FULL, cap=MOST_OF_FULL),
)
REAL_COSTS = (Decimal("8000.00"), Decimal("12000.00"))


def checked(income=INCOME, terms=TERMS, year=2027):
    return budget.check(
        [budget.Cost(row.kind, row.amount, year, row.label) for row in COSTS],
        [budget.Income(row.kind, row.amount, year, row.label) for row in income],
        [budget.InKind(row.hours, row.rate, year, row.label) for row in IN_KIND],
        terms,
    )


def by_financing_type():
    """[(terms, the most the state would pay for this plan)]"""
    return [(terms, checked(terms=terms).allowed_share) for terms in OTHER_TERMS]


def later():
    """[(real costs, what is left of the share)]: it shrinks with the costs and never grows."""
    planned = checked().eligible_costs
    return [(real, budget.shrunk_share(TERMS, planned, real)) for real in REAL_COSTS]
