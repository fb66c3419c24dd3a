"""What holds for the money after every decision, whatever the rows are."""

from decimal import Decimal, localcontext

from hypothesis import given
from hypothesis import strategies as st

from offenbach_wir.money import MOST
from projects.proposals import budget, settlement
from projects.proposals.budget import Rows

from .test_budget_properties import always, amounts, known_terms, plans, total

unknown_terms = st.none() | st.just(budget.Terms("Modellprojekte"))
any_terms = known_terms | unknown_terms


def fits(*sides):
    """Whether no sum is above the largest one."""
    return all(
        total(costs) + total(unpaid) <= MOST and total(income) <= MOST
        for costs, income, unpaid in sides
    )


def changed(granted, terms, old, new, **more):
    return settlement.effect_of_change(granted, terms, Rows(*old), Rows(*new), **more)


def settled(granted, terms, planned, actual, **more):
    return settlement.statement(granted, terms, Rows(*planned), Rows(*actual), **more)


def texts(found):
    return [(message.code, message.row_key, message.text) for message in found.messages]


def sums(found):
    """Every figure of an effect or a statement; None where it is not known."""
    own = [found.granted, found.paid, found.share, found.difference]
    return [*own, found.to_pay_out, found.to_repay]


@always
@given(amounts, known_terms, plans, plans)
def test_grant_never_grows_and_never_exceeds_the_costs(granted, terms, old, new):
    share = changed(granted, terms, old, new).share
    if not fits(old, new):
        assert share is None
    else:
        assert 0 <= share <= granted
        assert share <= total(new[0])


@always
@given(amounts, amounts, any_terms, plans, plans)
def test_paid_and_still_open_and_to_repay_make_the_grant(granted, paid, terms, old, new):
    for found in (
        changed(granted, terms, old, new, paid=paid),
        settled(granted, terms, old, new, paid=paid),
    ):
        if found.share is None:
            assert (found.to_pay_out, found.to_repay, found.difference) == (None, None, None)
        else:
            assert found.paid + found.to_pay_out - found.to_repay == found.share
            assert found.granted + found.difference == found.share
            assert found.to_pay_out >= 0
            assert found.to_repay >= 0
            assert 0 in (found.to_pay_out, found.to_repay)


@always
@given(known_terms, plans)
def test_plan_that_does_not_change_keeps_the_grant_that_it_allowed(terms, plan):
    if fits(plan):
        granted = budget.check(*plan, terms).allowed_share
        effect = changed(granted, terms, plan, plan)
        assert effect.share == granted
        assert "grant_shrinks" not in {message.code for message in effect.messages}


@always
@given(amounts, known_terms, plans, plans)
def test_change_and_statement_of_the_same_figures_leave_the_same_grant(granted, terms, old, new):
    assert changed(granted, terms, old, new).share == settled(granted, terms, old, new).share


@always
@given(amounts, known_terms, plans, st.lists(plans, min_size=2, max_size=2))
def test_lower_costs_never_mean_a_higher_grant(granted, terms, old, two):
    """The second plan has the rows of costs of the first one, and more."""
    (costs, income, unpaid), (more, _income, _unpaid) = two
    low, high = (costs, income, unpaid), ([*costs, *more], income, unpaid)
    if fits(old, high):
        assert changed(granted, terms, old, low).share <= changed(granted, terms, old, high).share


@always
@given(amounts, any_terms, plans, plans, st.randoms(use_true_random=False))
def test_order_of_rows_is_irrelevant(granted, terms, old, new, random):
    shuffled = [[random.sample(rows, len(rows)) for rows in side] for side in (old, new)]
    for rule in (changed, settled):
        one, other = rule(granted, terms, old, new), rule(granted, terms, *shuffled)
        assert sums(one) == sums(other)
        assert texts(one) == texts(other)
    for side in ("costs", "incomes", "in_kind"):
        assert set(getattr(one, side)) == set(getattr(other, side))


@always
@given(amounts, any_terms, plans, plans)
def test_lines_add_up_to_the_totals(granted, terms, planned, actual):
    found = settled(granted, terms, planned, actual)
    for lines, whole in (
        (found.costs, found.total_costs),
        (found.incomes, found.total_income),
        (found.in_kind, found.total_in_kind),
    ):
        assert sum((line.planned for line in lines), Decimal(0)) == whole.planned
        assert sum((line.actual for line in lines), Decimal(0)) == whole.actual
        assert sum((line.difference for line in lines), Decimal(0)) == whole.difference
        assert all(line.is_planned or not line.planned for line in lines)
    assert found.exceeded - found.saved == found.total_costs.difference


@always
@given(amounts, known_terms, plans, plans, st.integers(0, 100))
def test_hint_of_an_item_says_what_is_above_the_tolerance(granted, terms, planned, actual, percent):
    found = settled(granted, terms, planned, actual, tolerance=Decimal(percent))
    hinted = [m for m in found.messages if m.code in ("item_exceeds", "item_not_planned")]
    above = [
        line.difference
        for line in found.costs
        if line.actual * 100 > line.planned * (100 + percent)
    ]
    assert sorted(m.amount for m in hinted) == sorted(above)


@always
@given(amounts, amounts, any_terms, plans, plans)
def test_every_figure_is_a_decimal_to_the_cent(granted, paid, terms, old, new):
    for found in (
        changed(granted, terms, old, new, paid=paid),
        settled(granted, terms, old, new, paid=paid),
    ):
        said = [message.amount for message in found.messages]
        for value in [*sums(found), *said]:
            assert value is None or value.as_tuple().exponent == -2


@always
@given(amounts, amounts, any_terms, plans, plans)
def test_messages_name_their_amount_and_end_with_a_full_stop(granted, paid, terms, old, new):
    for found in (
        changed(granted, terms, old, new, paid=paid),
        settled(granted, terms, old, new, paid=paid),
    ):
        for message in found.messages:
            if message.amount:
                assert f"{message.amount:.2f}"[-2:] + " EUR" in message.text
            assert message.text.endswith(".")


@always
@given(amounts, known_terms, plans, plans)
def test_following_the_messages_balances_the_changed_plan(granted, terms, old, new):
    """Write the grant as it is then, bring what is missing: no error of the money is left."""
    costs, _income, unpaid = new
    shortfall_with_costs_to_take_out = terms.financing_type == "shortfall" and not all(
        terms.counts(row) for row in costs
    )
    effect = changed(granted, terms, old, ([*costs], [], [*unpaid]))
    if effect.share is None or shortfall_with_costs_to_take_out:
        return
    rows = [
        budget.Income("own_funds", effect.missing, 2027),
        budget.Income("state_funds", effect.share, 2027),
    ]
    after = changed(granted, terms, old, (costs, rows, unpaid))
    assert {m.code for m in after.messages if m.severity == "error"} == set()


@always
@given(amounts, known_terms, plans, plans)
def test_precision_of_the_caller_changes_nothing(granted, terms, old, new):
    before = settled(granted, terms, old, new)
    with localcontext() as context:
        context.prec = 28
        context.rounding = "ROUND_UP"
        after = settled(granted, terms, old, new)
        percents = [line.percent for line in after.costs]
    assert sums(before) == sums(after)
    assert percents == [line.percent for line in before.costs]


@always
@given(amounts, amounts, amounts, amounts)
def test_request_is_refused_exactly_where_it_is_above_what_is_left(granted, paid, open_, amount):
    left = settlement.left_to_request(granted, paid, open_)
    refused = [
        m for m in settlement.disbursable(granted, paid, open_, amount) if m.severity == "error"
    ]
    assert 0 <= left <= granted
    assert bool(refused) == (amount > left or not amount)
    if amount and not refused:
        assert paid + open_ + amount <= granted
