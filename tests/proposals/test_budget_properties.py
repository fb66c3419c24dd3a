"""What holds for every budget plan, whatever its rows are."""

from decimal import Decimal, localcontext
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from offenbach_wir.money import MOST
from projects.proposals import budget
from projects.proposals.budget import CostKind, Income, IncomeKind, InKind, Terms, UnitRate

always = settings(derandomize=True, database=None, deadline=None)

amounts = st.decimals(0, MOST, places=2, allow_nan=False) | st.decimals(0, 20000, places=2)
years = st.integers(2026, 2030)
names = st.text("abc", max_size=2)
cost_rows = st.builds(
    budget.Cost, st.sampled_from([*CostKind.values, "unknown"]), amounts, years, names, names
)
income_rows = st.builds(
    Income, st.sampled_from([*IncomeKind.values, "unknown"]), amounts, years, names, names
)
unpaid_rows = st.builds(
    InKind, st.decimals(0, 5000, places=2), st.decimals(0, 100, places=2), years, names, names
)
known_terms = st.builds(
    Terms,
    st.just("Modellprojekte"),
    st.sampled_from(list(budget.FinancingType)),
    percent=st.decimals(0, 100, places=2),
    cap=st.none() | amounts,
    fixed=amounts,
    per_unit=st.lists(
        st.builds(
            UnitRate, amounts, st.decimals(0, 500, places=2), st.none() | st.integers(0, 400)
        ),
        max_size=2,
    ),
    in_kind_counts=st.booleans(),
    overhead_allowed=st.booleans(),
    capital_allowed=st.booleans(),
)
plans = st.tuples(
    st.lists(cost_rows, max_size=12),
    st.lists(income_rows, max_size=12),
    st.lists(unpaid_rows, max_size=4),
)


def total(rows):
    return sum((row.amount for row in rows), Decimal(0))


def figures(result):
    """Every sum of a result."""
    properties = [
        *("difference", "missing_income", "surplus", "other_funds", "too_much_requested"),
        *("missing_own_share", "share_percent", "right_request", "total_costs_with_in_kind"),
        *("total_income_with_in_kind",),
    ]
    stored = [value for value in vars(result).values() if isinstance(value, int | float | Decimal)]
    return [v for v in stored if not isinstance(v, bool)] + [
        value for name in properties if (value := getattr(result, name)) is not None
    ]


@always
@given(plans, st.none() | known_terms)
def test_sums_are_the_sums_of_the_rows(plan, terms):
    costs, income, unpaid = plan
    result = budget.check(*plan, terms)
    assert result.total_costs == total(costs)
    assert result.total_income == total(income)
    assert result.in_kind == total(unpaid)
    assert result.total_income == result.requested_share + result.own_funds + (
        result.third_party_funds
    )
    assert result.difference == sum((year.difference for year in result.years), Decimal(0))
    assert result.total_costs == sum((year.costs for year in result.years), Decimal(0))


@always
@given(plans, st.none() | known_terms)
def test_plan_balances_or_says_by_how_much_it_does_not(plan, terms):
    result = budget.check(*plan, terms)
    said = [m for m in result.messages if m.code in ("income_missing", "income_over")]
    if result.total_costs:
        assert bool(said) != result.is_balanced
        assert all(m.amount == abs(result.difference) for m in said)
    else:
        assert "no_costs" in {m.code for m in result.errors}


@always
@given(plans, known_terms)
def test_share_is_never_above_rate_or_cap_or_eligible_costs(plan, terms):
    result = budget.check(*plan, terms)
    share = result.allowed_share
    assert 0 <= share <= result.eligible_costs
    assert share <= result.total_costs
    if terms.cap is not None:
        assert share <= terms.cap
    if terms.financing_type == "pro_rata":
        exact = Fraction(result.eligible_costs) * Fraction(terms.percent) / 100
        assert Fraction(share) <= exact
        if share < min(result.total_costs, terms.ceiling) and not terms.in_kind_counts:
            assert exact - Fraction(share) < Fraction(1, 100)


@always
@given(plans, known_terms)
def test_too_much_is_requested_exactly_where_it_is_said(plan, terms):
    result = budget.check(*plan, terms)
    said = [m for m in result.errors if m.code == "share_too_high"]
    assert bool(said) == (result.requested_share > result.allowed_share)
    assert all(m.amount == result.requested_share - result.allowed_share for m in said)


@always
@given(plans, st.none() | known_terms, st.randoms(use_true_random=False))
def test_order_of_rows_is_irrelevant(plan, terms, random):
    shuffled = [random.sample(rows, len(rows)) for rows in plan]
    one, other = budget.check(*plan, terms), budget.check(*shuffled, terms)
    assert one == other
    assert [m.text for m in one.messages] == [m.text for m in other.messages]


@always
@given(plans, st.none() | known_terms)
def test_every_figure_is_a_decimal_to_the_cent(plan, terms):
    result = budget.check(*plan, terms)
    for value in [*figures(result), *(m.amount for m in result.messages if m.amount is not None)]:
        assert isinstance(value, Decimal)
        assert value.as_tuple().exponent == -2


@always
@given(plans, st.none() | known_terms)
def test_messages_name_their_amount_and_end_with_a_full_stop(plan, terms):
    for message in budget.check(*plan, terms).messages:
        if message.amount:
            assert budget.Severity(message.severity)
            assert f"{message.amount:.2f}"[-2:] + " EUR" in message.text
        assert message.text.endswith(".")


@always
@given(plans, known_terms)
def test_precision_of_the_caller_changes_nothing(plan, terms):
    share = budget.check(*plan, terms).allowed_share
    with localcontext() as context:
        context.prec = 28
        context.rounding = "ROUND_UP"
        assert budget.check(*plan, terms).allowed_share == share


@always
@given(st.lists(cost_rows, min_size=1), known_terms)
def test_following_the_messages_leads_to_a_plan_without_errors_of_the_share(costs, terms):
    """Ask for what is right, bring the rest: balance and share are then in order."""
    needed = total(costs)
    first = budget.check(costs, [], (), terms)
    if terms.financing_type == "shortfall" and needed > first.eligible_costs:
        return  # costs that do not count have to go first
    own = needed - min(first.allowed_share, needed)
    state = needed - own
    if max(own, state) > MOST:
        return
    rows = [Income("own_funds", own, 2027), Income("state_funds", state, 2027)]
    after = {m.code for m in budget.check(costs, rows, (), terms).errors}
    assert after <= {"unknown_cost_kind", "sum_too_large", "no_costs"}


@always
@given(known_terms, amounts, amounts, amounts, st.none() | amounts)
def test_later_share_never_grows(terms, planned, real, other, granted):
    before = budget.allowed_share(terms, planned, other=other)
    after = budget.shrunk_share(terms, planned, real, planned_other=other, granted=granted)
    assert 0 <= after <= before
    assert after <= real
    if granted is not None:
        assert after <= granted


@always
@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_parts_add_up_to_the_cent(amount, weights):
    parts = budget.split(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(amount) * weight / sum(weights)
        assert abs(Fraction(part) - exact) < Fraction(1, 100)


@always
@given(amounts)
def test_thirds_add_up_and_differ_by_a_cent_at_most(amount):
    parts = budget.split(amount, [Fraction(1, 3)] * 3)
    assert sum(parts) == amount
    assert max(parts) - min(parts) <= Decimal("0.01")


@always
@given(st.decimals(0, 99999, places=3), st.decimals(0, 99999, places=2))
def test_row_sum_is_the_nearest_cent(quantity, amount):
    exact = Fraction(quantity) * Fraction(amount)
    found = Fraction(budget.row_sum(quantity, amount))
    assert -Fraction(1, 200) < exact - found <= Fraction(1, 200) or exact - found == -Fraction(
        1, 200
    )
