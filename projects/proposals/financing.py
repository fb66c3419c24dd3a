"""The plan of a proposal and the terms of its line, put before budget.py.

Here rows of the database become the plain values that the rule knows, and its result becomes plain
values for versions, PDF and tables. What a version keeps can be put before the rule again, so that
a case stays with the rates of its day. The rule itself is in budget.py alone.
"""

from decimal import Decimal

from offenbach_wir import languages
from programs.models import FundingRate

from . import budget
from .budget import Cost, Income, InKind, Rows
from .names import name_in, names_of


def terms_of(terms, units=None):
    """What budget.py wants to know of FundingTerms; None where there are none.

    `units` are the planned units by rate: {rate key: PlannedUnits}.
    """
    if terms is None:
        return None
    rates = list(terms.rates.all()) if terms.figures_confirmed else []
    shares = [rate for rate in rates if rate.kind == rate.Kind.SHARE]
    fixed = [rate.amount for rate in rates if rate.kind == rate.Kind.FIXED]
    return budget.Terms(
        line=str(terms.line.text.title),
        financing_type=terms.financing_type,
        percent=shares[0].percent if shares else None,
        cap=shares[0].cap if shares else None,
        fixed=sum(fixed) if fixed else None,
        per_unit=tuple(_unit_rate(rate, (units or {}).get(rate.pk)) for rate in per_unit(rates)),
        in_kind_counts=terms.in_kind_counts,
        overhead_allowed=terms.overhead_allowed,
        is_confirmed=terms.figures_confirmed,
    )


def per_unit(rates):
    return [rate for rate in rates if rate.kind == rate.Kind.PER_UNIT]


def _unit_rate(rate, planned):
    text = rate.text
    return budget.UnitRate(
        amount=rate.amount,
        units=planned.units if planned else None,
        most_units=Decimal(rate.max_units) if rate.max_units else None,
        times=Decimal(planned.people) if planned else Decimal(1),
        name=text.name if text else "",
    )


def costs_of(rows):
    return [
        Cost(row.kind, row.amount, row.year, row.description, _key(row, f"costs-{n}"))
        for n, row in enumerate(rows)
    ]


def _key(row, place):
    """Where the row stands on the page: typed rows say it, stored ones stand in their order."""
    return getattr(row, "row_key", place)


def incomes_of(rows):
    return [
        Income(row.kind, row.amount, row.year, row.description, _key(row, f"incomes-{n}"))
        for n, row in enumerate(rows)
    ]


def in_kind_of(rows):
    return [
        InKind(row.hours, row.rate, row.year, row.description, _key(row, f"in_kind-{n}"))
        for n, row in enumerate(rows)
    ]


def check(whole):
    return check_rows(whole.costs, whole.incomes, whole.in_kind, terms_of(whole.terms, whole.units))


def check_rows(costs, incomes, in_kind, terms):
    """Rows as stored, or as typed and not stored yet."""
    return budget.check(costs_of(costs), incomes_of(incomes), in_kind_of(in_kind), terms)


# --- Plain values -----------------------------------------------------------------------------
def as_data(whole):
    """The plan for a version: rows, what they add up to, and the terms that held."""
    result = check(whole)
    return {
        "costs": [
            {
                "kind": row.kind,
                "description": row.description,
                "quantity": str(row.quantity),
                "unit": row.unit,
                "unit_amount": str(row.unit_amount),
                "amount": str(row.amount),
                "year": row.year,
            }
            for row in whole.costs
        ],
        "incomes": [
            {
                "kind": row.kind,
                "description": row.description,
                "amount": str(row.amount),
                "year": row.year,
            }
            for row in whole.incomes
        ],
        "in_kind": [
            {
                "description": row.description,
                "hours": str(row.hours),
                "rate": str(row.rate),
                "amount": str(row.amount),
                "year": row.year,
            }
            for row in whole.in_kind
        ],
        "result": {
            "costs": str(result.total_costs),
            "income": str(result.total_income),
            "difference": str(result.difference),
            "in_kind": str(result.in_kind),
            "own_funds": str(result.own_funds),
            "third_party_funds": str(result.third_party_funds),
            "requested_share": str(result.requested_share),
            "eligible": _text(result.eligible_costs),
            "allowed_share": _text(result.allowed_share),
            "share_percent": _text(result.share_percent),
        },
        "terms": _terms_data(whole.terms, whole.units),
    }


def _text(value):
    return None if value is None else str(value)


def _terms_data(terms, units):
    if terms is None:
        return None
    return {
        "line": terms.line.slug,
        "valid_from": terms.valid_from.isoformat(),
        "financing_type": terms.financing_type,
        "figures_confirmed": terms.figures_confirmed,
        "in_kind_counts": terms.in_kind_counts,
        "overhead_allowed": terms.overhead_allowed,
        "rates": [
            _rate_data(rate, units.get(rate.pk))
            for rate in (terms.rates.all() if terms.figures_confirmed else ())
        ],
    }


def _rate_data(rate, planned):
    """`units` and `people` are what the proposal plans of an amount per unit."""
    return {
        "kind": rate.kind,
        "name": names_of(rate, "name"),
        "percent": _text(rate.percent),
        "cap": _text(rate.cap),
        "amount": _text(rate.amount),
        "max_units": rate.max_units,
        "units": _text(planned.units) if planned else None,
        "people": planned.people if planned else None,
    }


# --- Back from plain values -------------------------------------------------------------------
def rows_from_data(plan):
    """The rows of `data["plan"]` of a version as values of budget.py; quantities are multiplied."""
    return Rows(
        costs=[
            Cost(row["kind"], Decimal(row["amount"]), row["year"], row["description"], f"costs-{n}")
            for n, row in enumerate(plan["costs"])
        ],
        incomes=[
            Income(
                row["kind"], Decimal(row["amount"]), row["year"], row["description"], f"incomes-{n}"
            )
            for n, row in enumerate(plan["incomes"])
        ],
        in_kind=[
            InKind(
                Decimal(row["hours"]),
                Decimal(row["rate"]),
                row["year"],
                row["description"],
                f"in_kind-{n}",
            )
            for n, row in enumerate(plan["in_kind"])
        ],
    )


def terms_from_data(data, units=None):
    """The terms that held when a version was made, from its whole `data`; None where none did.

    `units` are other units than the planned ones, by the place of the rate: {0: (units, people)},
    for instance the real ones in a proof of use. The first versions kept no units: without them an
    amount per unit is not known, and with it the share.
    """
    terms = data["plan"]["terms"]
    if terms is None:
        return None
    rates = list(enumerate(terms["rates"]))
    shares = [rate for _n, rate in rates if rate["kind"] == FundingRate.Kind.SHARE]
    fixed = [
        Decimal(rate["amount"]) for _n, rate in rates if rate["kind"] == FundingRate.Kind.FIXED
    ]
    return budget.Terms(
        line=_line_of(data),
        financing_type=terms["financing_type"],
        percent=_decimal(shares[0]["percent"]) if shares else None,
        cap=_decimal(shares[0]["cap"]) if shares else None,
        fixed=sum(fixed) if fixed else None,
        per_unit=tuple(
            _unit_rate_from(rate, (units or {}).get(n))
            for n, rate in rates
            if rate["kind"] == FundingRate.Kind.PER_UNIT
        ),
        in_kind_counts=terms["in_kind_counts"],
        overhead_allowed=terms["overhead_allowed"],
        is_confirmed=terms["figures_confirmed"],
    )


def places_of_units(data):
    """The places of the amounts per unit among the rates of a version, in their order."""
    terms = data["plan"]["terms"]
    rates = terms["rates"] if terms else ()
    return [n for n, rate in enumerate(rates) if rate["kind"] == FundingRate.Kind.PER_UNIT]


def _unit_rate_from(rate, other):
    planned, people = other or (_decimal(rate.get("units")), rate.get("people"))
    return budget.UnitRate(
        amount=Decimal(rate["amount"]),
        units=planned,
        most_units=Decimal(rate["max_units"]) if rate["max_units"] else None,
        times=Decimal(people or 1),
        name=name_in(rate.get("name") or {}, languages.active()),
    )


def _line_of(data):
    line = data["columns"]["funding_line"]
    names = line["name"] if line else {}
    return name_in(names, languages.active()) or data["plan"]["terms"]["line"]


def _decimal(text):
    return None if text is None else Decimal(text)
