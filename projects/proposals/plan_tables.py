"""The plan of a proposal as words and sums for tables, PDF and files alike. Pure."""

from decimal import Decimal

from django.utils.translation import gettext as _

from .budget import ZERO, CostKind, IncomeKind

ROWS = ("costs", "incomes", "in_kind")


def number_of_rows(plan):
    return sum(len(plan[kind]) for kind in ROWS)


def cost_kind(row):
    return _label(CostKind, row)


def income_kind(row):
    return _label(IncomeKind, row)


def _label(kinds, row):
    """Empty where an old version names a kind that is no more."""
    return str(kinds(row["kind"]).label) if row["kind"] in kinds.values else ""


def years_of(plan):
    """[(year, costs, income, difference)] of each budget year."""
    years = sorted({row["year"] for kind in ("costs", "incomes") for row in plan[kind]})
    return [
        (year, costs, income, income - costs)
        for year in years
        for costs, income in [[_sum(plan[kind], year) for kind in ("costs", "incomes")]]
    ]


def _sum(rows, year):
    return sum((Decimal(row["amount"]) for row in rows if row["year"] == year), ZERO)


def sums_of(result):
    """[(words, sum)] of what the plan adds up to; what nobody knows is left out."""
    sums = [
        (_("Total costs"), result["costs"]),
        (_("Total income"), result["income"]),
        (_("Difference (income less costs)"), result["difference"]),
        (_("Volunteer work and things given"), result["in_kind"]),
        (_("Eligible costs"), result["eligible"]),
        (_("Grant, the most the line pays"), result["allowed_share"]),
        (_("Grant, requested"), result["requested_share"]),
    ]
    return [(words, Decimal(value)) for words, value in sums if value is not None]
