"""The budget plan of a proposal: sums, balance, the state's share, and what to change.

Pure values only: no database, no clock, no request. Page, form, live check, PDF and mail all ask
`check`; nothing else computes a share. The figures are in figures.py, the words in findings.py.
Money is Decimal euros to the cent, a float is refused.

Where the rules come from: the grant law of Hesse (§ 44 LHO with its administrative rules and the
general conditions for project grants, ANBest-P), as the programme's guideline and the city apply
it. In short:

- Costs and income are equal to the cent. Unpaid work stands on both sides with the same sum, is
  shown apart, and counts for the eligible costs only where the funding line says so.
- Pro rata: the rate times the eligible costs, rounded down to the cent. Shortfall: the eligible
  costs less own funds and the money of third parties. Fixed amount: the sums of the line. Full:
  all eligible costs. Each is bounded by the cap of the line, and by the eligible costs that are
  paid in money: nobody is refunded what nobody spends.
- Later the share shrinks with the real costs and never grows (`shrunk_share`).

Rates, sums and caps are dated rows of the funding line and come in as `Terms`.
"""

from collections.abc import Iterable
from dataclasses import replace

from .figures import (
    CENT,
    ZERO,
    Cost,
    CostKind,
    FinancingType,
    Income,
    IncomeKind,
    InKind,
    Result,
    Rows,
    SumTooLargeError,
    Terms,
    UnitRate,
    Year,
    allowed_share,
    order,
    row_sum,
    shrunk_share,
    split,
    total,
    uncapped_share,
    years_of,
)
from .findings import find
from .sentences import Message, Severity

__all__ = [
    "CENT",
    "ZERO",
    "Cost",
    "CostKind",
    "FinancingType",
    "InKind",
    "Income",
    "IncomeKind",
    "Message",
    "Result",
    "Rows",
    "Severity",
    "SumTooLargeError",
    "Terms",
    "UnitRate",
    "Year",
    "allowed_share",
    "check",
    "row_sum",
    "shrunk_share",
    "split",
]


def check(
    costs: Iterable[Cost],
    income: Iterable[Income],
    in_kind: Iterable[InKind] = (),
    terms: Terms | None = None,
) -> Result:
    """Sums, share and messages of a plan. The order of the rows changes nothing."""
    costs, income, in_kind = (sorted(rows, key=order) for rows in (costs, income, in_kind))
    requested = total(row for row in income if row.kind == IncomeKind.STATE_FUNDS)
    own = total(row for row in income if row.kind == IncomeKind.OWN_FUNDS)
    total_income, unpaid = total(income), total(in_kind)
    third_party = total_income - requested - own
    eligible = allowed = cap = None
    is_capped = False
    if terms is not None and terms.is_known:
        counted = unpaid if terms.in_kind_counts else ZERO
        eligible = total(row for row in costs if terms.counts(row)) + counted
        other, cap = own + third_party, terms.ceiling
        allowed = allowed_share(terms, eligible, other=other, in_kind=counted)
        is_capped = allowed < uncapped_share(terms, eligible, other, counted)
    result = Result(
        total_costs=total(costs),
        total_income=total_income,
        in_kind=unpaid,
        own_funds=own,
        third_party_funds=third_party,
        requested_share=requested,
        years=years_of(costs, income, in_kind),
        eligible_costs=eligible,
        allowed_share=allowed,
        cap=cap,
        is_capped=is_capped,
    )
    return replace(result, messages=find(result, costs, income, terms))
