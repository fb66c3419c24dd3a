"""The money after a decision: changes, requests for payment, the financial statement."""

import datetime
from decimal import Decimal

import pytest
from django.utils import translation

from offenbach_wir.money import MOST
from programs.models import FundingRate
from projects.proposals import due_dates, financing, settlement, snapshot, whole
from projects.proposals.budget import Cost, Income, InKind, Rows, Terms, UnitRate
from projects.proposals.models import PlannedUnits
from tests.factories import make_whole_proposal

from . import plain_data

YEAR = 2027


def euros(text):
    return Decimal(text).quantize(Decimal("0.01"))


def cost(amount, label="Honorar", kind="fees", year=YEAR, key=""):
    return Cost(kind, euros(amount), year, label, key)


def income(amount, kind="own_funds", label="Kasse", year=YEAR, key=""):
    return Income(kind, euros(amount), year, label, key)


def grant(amount, key="grant"):
    return income(amount, "state_funds", "Zuschuss", key=key)


def terms(financing_type="pro_rata", **fields):
    if financing_type == "pro_rata":
        fields.setdefault("percent", Decimal(50))
    return Terms("Modellprojekte", financing_type, **fields)


def plan(costs, other=0, state=0, unpaid=0):
    """A plan with one row of each kind; without `state` nothing is asked for."""
    work = [InKind(Decimal(unpaid), Decimal(1), YEAR)] if unpaid else []
    incomes = [income(other, key="own"), *([grant(state)] if state else [])]
    return Rows([cost(costs, key="costs")], incomes, work)


def codes(found):
    return [message.code for message in found.messages]


def message(found, code):
    (one,) = [message for message in found.messages if message.code == code]
    return one


def english(message):
    with translation.override("en"):
        return message.text


# --- Changes ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "granted", "old", "new", "share"),
    [
        # The worked figures: 50 % of 10,000, real 8,000 and 12,000.
        (terms(), "5000", plan(10000, 5000), plan(10000, 5000), "5000"),
        (terms(), "5000", plan(10000, 5000), plan(8000, 4000), "4000"),
        (terms(), "5000", plan(10000, 5000), plan(12000, 7000), "5000"),
        (terms(), "5000", plan(10000, 5000), plan(0), "0"),
        # Odd cents are rounded down, never in favour of the grant.
        (terms(), "5000", plan(10000, 5000), plan("9999.99", 5000), "4999.99"),
        (terms(percent=Decimal("33.33")), "333.30", plan(1000), plan("999.99"), "333.29"),
        # Less was granted than the line allows: it shrinks once the rate is below it.
        (terms(), "4000", plan(10000), plan(9000), "4000"),
        (terms(), "4000", plan(10000), plan("7999.98"), "3999.99"),
        (terms(cap=euros(3000)), "3000", plan(10000), plan(6000), "3000"),
        (terms(cap=euros(3000)), "3000", plan(10000), plan("5999.98"), "2999.99"),
        # Shortfall: what others give more is taken off, to the cent.
        (terms("shortfall"), "7000", plan(10000, 3000), plan(10000, 4000), "6000"),
        (terms("shortfall"), "7000", plan(10000, 3000), plan(10000, "3000.01"), "6999.99"),
        (terms("shortfall"), "7000", plan(10000, 3000), plan(9000, 3000), "6000"),
        (terms("shortfall"), "7000", plan(10000, 3000), plan(10000, 2000), "7000"),
        (terms("shortfall"), "7000", plan(10000, 3000), plan(11000, 4000), "7000"),
        (terms("shortfall"), "7000", plan(10000, 3000), plan(10000, 12000), "0"),
        (terms("shortfall", cap=euros(5000)), "5000", plan(10000, 3000), plan(9000, 3500), "5000"),
        # A fixed sum stays as long as the costs reach it.
        (terms("fixed_amount", fixed=euros(3000)), "3000", plan(10000), plan(3000), "3000"),
        (terms("fixed_amount", fixed=euros(3000)), "3000", plan(4000), plan("2999.99"), "2999.99"),
        # Full: the costs themselves.
        (terms("full"), "9000", plan(9000), plan(8000), "8000"),
        (terms("full"), "9000", plan(9000), plan(9500), "9000"),
        # The largest sum that there is.
        (terms("full"), MOST, plan(MOST), plan(MOST), MOST),
    ],
)
def test_grant_after_a_change(line, granted, old, new, share):
    effect = settlement.effect_of_change(euros(granted), line, old, new)
    assert (effect.share, effect.difference) == (euros(share), euros(share) - euros(granted))


def test_nothing_is_said_about_a_change_that_touches_no_money():
    old = plan(10000, 5000, 5000)
    new = Rows([cost(4000, "Miete", "rent"), cost(6000)], old.incomes)
    assert settlement.effect_of_change(euros(5000), terms(), old, new).messages == ()


def test_what_was_paid_above_the_new_grant_is_paid_back():
    old, new = plan(10000, 5000, 5000), plan(8000, 4000, 4000)
    effect = settlement.effect_of_change(euros(5000), terms(), old, new, paid=euros(4500))
    assert (effect.to_repay, effect.to_pay_out) == (500, 0)
    assert codes(effect) == ["grant_shrinks", "to_repay"]
    assert message(effect, "to_repay").amount == 500


def test_what_was_paid_below_the_new_grant_leaves_the_rest():
    old, new = plan(10000, 5000, 5000), plan(8000, 4000, 4000)
    effect = settlement.effect_of_change(euros(5000), terms(), old, new, paid=euros(1500))
    assert (effect.to_repay, effect.to_pay_out) == (0, 2500)


def test_falling_grant_names_its_old_and_new_sum_and_the_rule():
    old, new = plan(10000, 5000, 5000), plan(8000, 4000, 4000)
    found = message(settlement.effect_of_change(euros(5000), terms(), old, new), "grant_shrinks")
    assert found.amount == 1000
    for part in ("1.000,00 EUR", "5.000,00 EUR", "4.000,00 EUR", "50 %", "8.000,00 EUR"):
        assert part in found.text


def test_rising_costs_are_told_that_the_grant_stays():
    old, new = plan(10000, 5000, 5000), plan(12000, 7000, 5000)
    effect = settlement.effect_of_change(euros(5000), terms(), old, new)
    assert codes(effect) == ["grant_does_not_grow"]
    assert effect.missing == 0


def test_changed_plan_that_counts_on_the_old_grant_names_row_and_new_sum():
    old, new = plan(10000, 5000, 5000), plan(8000, 3000, 5000)
    effect = settlement.effect_of_change(euros(5000), terms(), old, new)
    found = message(effect, "grant_differs")
    assert (found.row_key, found.severity) == ("grant", "error")
    assert "“Zuschuss” to 4.000,00 EUR" in english(found)
    assert message(effect, "income_missing").amount == 1000
    assert message(effect, "income_missing").row_key == "own"
    assert "to 4.000,00 EUR" in english(message(effect, "income_missing"))


def test_changed_plan_without_a_row_for_the_grant_is_told_to_add_one():
    effect = settlement.effect_of_change(euros(5000), terms(), plan(10000), plan(8000, 4000))
    assert message(effect, "grant_differs").row_key == ""


def test_following_the_messages_mends_the_changed_plan():
    old, new = plan(10000, 5000, 5000), plan(12000, 5000, 6000)
    effect = settlement.effect_of_change(euros(5000), terms(), old, new)
    mended = plan(12000, 5000 + effect.missing, effect.share)
    after = settlement.effect_of_change(euros(5000), terms(), old, mended)
    assert codes(after) == ["grant_does_not_grow"]


def test_changed_plan_with_too_much_income_is_refused():
    old, new = plan(10000, 5000, 5000), plan(8000, 5000, 4000)
    effect = settlement.effect_of_change(euros(5000), terms(), old, new)
    assert (effect.missing, message(effect, "income_over").amount) == (-1000, 1000)


def test_costs_that_do_not_count_do_not_keep_the_grant_up():
    new = Rows([cost(8000), cost(2000, kind="overhead_flat_rate")], [income(6000), grant(4000)])
    effect = settlement.effect_of_change(euros(5000), terms(), plan(10000, 5000, 5000), new)
    assert (effect.share, effect.missing) == (4000, 0)


def test_less_unpaid_work_lowers_a_grant_that_counts_it():
    line = terms(in_kind_counts=True)
    old, new = plan(8000, 3000, 5000, unpaid=2000), plan(8000, 3000, 5000, unpaid=1000)
    effect = settlement.effect_of_change(euros(5000), line, old, new)
    assert (effect.old.eligible, effect.new.eligible, effect.share) == (10000, 9000, 4500)


def test_planned_unpaid_work_is_never_paid_out_later():
    line = terms("full", in_kind_counts=True)
    effect = settlement.effect_of_change(euros(2000), line, plan(1000, unpaid=1000), plan(3000))
    assert effect.share == 1000


def test_fewer_units_lower_a_grant_by_units():
    def guides(people):
        rate = UnitRate(euros("12.50"), Decimal(36), Decimal(36), Decimal(people), "Schulung")
        return terms("fixed_amount", per_unit=(rate,))

    old = plan(6000, 600, 5400)
    fewer = {"new_terms": guides(10)}
    effect = settlement.effect_of_change(euros(5400), guides(12), old, old, **fewer)
    assert effect.share == 4500
    more = settlement.effect_of_change(euros(5400), guides(12), old, old, new_terms=guides(20))
    assert more.share == 5400


@pytest.mark.parametrize("line", [None, terms(is_confirmed=False), terms("fixed_amount")])
def test_unknown_terms_leave_the_sum_to_a_person(line):
    effect = settlement.effect_of_change(euros(5000), line, plan(10000), plan(8000))
    assert (effect.share, effect.difference, effect.to_repay, effect.missing) == (None,) * 4
    assert codes(effect) == ["grant_unknown"]


def test_sum_above_the_largest_is_said_in_words():
    new = Rows([cost(MOST), cost(1)], [income(MOST)])
    effect = settlement.effect_of_change(euros(5000), terms(), plan(10000), new)
    assert effect.share is None
    assert message(effect, "sum_too_large").severity == "error"


@pytest.mark.parametrize(("amount", "kind"), [(5000.0, TypeError), (Decimal(-1), ValueError)])
def test_grant_that_is_no_sum_is_refused(amount, kind):
    with pytest.raises(kind):
        settlement.effect_of_change(amount, terms(), plan(1), plan(1))


# --- The financial statement -----------------------------------------------------------------
def settle(planned, actual, line=None, granted=5000, paid=0, **more):
    line = line or terms()
    return settlement.statement(euros(granted), line, planned, actual, paid=euros(paid), **more)


def figures(lines):
    return [(line.label, line.planned, line.actual, line.difference) for line in lines]


@pytest.mark.parametrize(
    ("real", "other", "paid", "final", "out", "back"),
    [
        ("10000", "5000", "5000", "5000", "0", "0"),
        ("8000", "4000", "5000", "4000", "0", "1000"),
        ("8000", "4000", "3000", "4000", "1000", "0"),
        ("12000", "7000", "4000", "5000", "1000", "0"),
        ("7999.99", "4000", "4000", "3999.99", "0", "0.01"),
        ("0", "0", "5000", "0", "0", "5000"),
        ("0", "0", "0", "0", "0", "0"),
    ],
)
def test_final_grant_and_what_is_open(real, other, paid, final, out, back):
    found = settle(plan(10000, 5000, 5000), plan(real, other, paid), paid=paid)
    expected = (euros(final), euros(out), euros(back))
    assert (found.final_grant, found.to_pay_out, found.to_repay) == expected


def test_statement_that_keeps_to_the_plan_has_nothing_to_say():
    whole_plan = plan(10000, 5000, 5000)
    found = settle(whole_plan, whole_plan, paid=5000)
    assert (found.messages, found.balance, found.difference_of_sides) == ((), 0, 0)


def test_lines_stand_in_the_order_of_the_plan_and_new_ones_after_them():
    planned = Rows([cost(600, "Raum", "rent"), cost(400), cost(100, "Flyer", "publicity")])
    actual = Rows([cost(50, "Taxi", "travel"), cost(420), cost(500, "Raum", "rent")])
    found = settle(planned, actual)
    assert figures(found.costs) == [
        ("Raum", 600, 500, -100),
        ("Honorar", 400, 420, 20),
        ("Flyer", 100, 0, -100),
        ("Taxi", 0, 50, 50),
    ]
    assert [line.percent for line in found.costs] == [Decimal("83.33"), 105, 0, None]
    assert [line.sign for line in found.costs] == [-1, 1, -1, 1]
    assert [line.label for line in found.unplanned] == ["Taxi"]
    assert (found.saved, found.exceeded) == (200, 70)
    total = found.total_costs
    assert (total.planned, total.actual, total.difference) == (1100, 970, -130)


@pytest.mark.parametrize(
    ("other", "count"),
    [
        (cost(1, "  HONORAR "), 1),
        (cost(1, "Honorar", year=2028), 2),
        (cost(1, "Honorar", "staff_costs"), 2),
        (cost(1, "Honorare"), 2),
    ],
)
def test_item_is_the_same_by_kind_description_and_year(other, count):
    assert len(settle(Rows([cost(1)]), Rows([other])).costs) == count


def test_several_rows_of_one_item_are_added():
    found = settle(Rows([cost(100)]), Rows([cost(30, key="a"), cost(50, key="b")]))
    assert figures(found.costs) == [("Honorar", 100, 80, -20)]
    assert found.costs[0].key == "b"


def test_income_and_unpaid_work_are_lines_too():
    actual = Rows([cost(1000)], [income(300), income(20, "donations", "Hut")])
    found = settle(plan(1000, 400, unpaid=50), actual)
    assert figures(found.incomes) == [("Kasse", 400, 300, -100), ("Hut", 0, 20, 20)]
    assert figures(found.in_kind) == [("", 50, 0, -50)]
    assert (found.total_income.actual, found.total_in_kind.difference) == (320, -50)


@pytest.mark.parametrize(
    ("actual", "is_hinted"), [("1000", 0), ("1199.99", 0), ("1200", 0), ("1200.01", 1)]
)
def test_item_may_exceed_its_plan_by_a_fifth(actual, is_hinted):
    planned = Rows([cost(1000), cost(500, "Raum")])
    found = settle(planned, Rows([cost(actual), cost(200, "Raum")]))
    assert codes(found).count("item_exceeds") == is_hinted


def test_item_over_its_plan_is_named_with_sums_and_rule():
    planned = Rows([cost(1000), cost(500, "Raum")])
    found = settle(planned, Rows([cost("1234.50", key="c1"), cost(200, "Raum")]))
    hint = message(found, "item_exceeds")
    assert (hint.severity, hint.row_key, hint.amount) == ("hint", "c1", euros("234.50"))
    for part in ("“Honorar” (2027)", "234,50 EUR", "1.000,00 EUR", "123,45 %", "20 %"):
        assert part in english(hint)
    assert "total_exceeded" not in codes(found)


def test_how_much_an_item_may_exceed_comes_from_the_caller():
    planned, actual = Rows([cost(1000)]), Rows([cost(1150)])
    assert "item_exceeds" not in codes(settle(planned, actual))
    assert "item_exceeds" in codes(settle(planned, actual, tolerance=Decimal(10)))


def test_others_have_to_save_what_an_item_costs_more():
    planned = Rows([cost(1000), cost(500, "Raum")])
    found = message(settle(planned, Rows([cost(1150), cost(400, "Raum")])), "total_exceeded")
    assert found.amount == 50
    assert "100,00 EUR" in found.text
    assert "150,00 EUR" in found.text


def test_item_that_was_not_planned_is_a_hint():
    found = settle(plan(1000), Rows([cost(900, key="a"), cost(50, "Taxi", "travel", key="b")]))
    hint = message(found, "item_not_planned")
    assert (hint.severity, hint.row_key, hint.amount) == ("hint", "b", 50)
    assert "“Taxi” (2027), 50,00 EUR" in english(hint)


def test_unnamed_item_is_called_by_its_kind():
    found = settle(plan(1000), Rows([cost(50, "", "travel")]))
    assert "“Travel”" in english(message(found, "item_not_planned"))


def test_costs_that_nobody_paid_are_an_error():
    found = settle(plan(10000, 5000, 5000), plan(10000, 4000, 5000), paid=5000)
    assert (found.balance, message(found, "income_missing").amount) == (-1000, 1000)
    assert message(found, "income_missing").row_key == "own"


def test_shortfall_is_not_told_to_raise_what_lowers_it():
    actual = Rows([cost(900), cost(100, "Pauschale", "overhead_flat_rate")], [income(300)])
    found = settle(plan(900, 300), actual, terms("shortfall"), granted=600)
    assert "leave out the costs" in english(message(found, "income_missing"))


def test_gain_is_a_warning():
    found = settle(plan(10000, 5000, 5000), plan(10000, 6000, 5000), paid=5000)
    assert (found.balance, message(found, "income_over").severity) == (1000, "warning")


def test_grant_that_is_still_to_come_is_not_missing_income():
    found = settle(plan(10000, 5000, 5000), plan(10000, 5000, 4000), paid=4000)
    assert (found.difference_of_sides, found.balance, found.to_pay_out) == (-1000, 0, 1000)
    assert codes(found) == []


def test_statement_of_another_payment_than_was_made_is_pointed_at():
    found = settle(plan(10000, 5000, 5000), plan(10000, 5000, 4000), paid=4500)
    warning = message(found, "grant_received_differs")
    assert (warning.row_key, warning.amount) == ("grant", 4000)
    assert "to 4.500,00 EUR" in english(warning)


def test_real_units_decide_about_a_grant_by_units():
    def hours(units):
        return terms("fixed_amount", per_unit=(UnitRate(euros(5), Decimal(units), Decimal(276)),))

    both = plan(2000, 620, 1380)
    found = settle(both, both, hours(276), 1380, 1380, actual_terms=hours("200.5"))
    assert (found.final_grant, found.to_repay) == (euros("1002.50"), euros("377.50"))


def two_kinds(courses, outings, most=None):
    """5 for each hour of a course, 20 for each outing of two groups."""
    return terms(
        "fixed_amount",
        per_unit=(
            UnitRate(euros(5), Decimal(courses), most, name="Kurs"),
            UnitRate(euros(20), Decimal(outings), times=Decimal(2), name="Ausflug"),
        ),
    )


@pytest.mark.parametrize(
    ("courses", "outings", "final"),
    [
        # Approved are 100 × 5 and 10 × 2 × 20: 500 + 400 = 900.
        ("100", "10", "900"),
        ("80", "10", "800"),  # 400 + 400
        ("100", "7.5", "800"),  # 500 + 300
        ("0", "0", "0"),
        # More of one is not paid, and makes up for none of the other.
        ("200", "10", "900"),
        ("200", "0", "500"),
        ("100", "99", "900"),
    ],
)
def test_units_count_as_far_as_each_was_approved(courses, outings, final):
    both = plan(2000, 1100, 900)
    real = two_kinds(courses, outings)
    found = settle(both, both, two_kinds(100, 10), 900, paid=900, actual_terms=real)
    assert found.final_grant == euros(final)
    assert found.to_repay == 900 - euros(final)


def test_units_above_the_approved_ones_are_pointed_at():
    both = plan(2000, 1100, 900)
    found = settle(
        both, both, two_kinds(100, 10), 900, paid=900, actual_terms=two_kinds("120.5", 10)
    )
    assert codes(found) == ["units_exceed"]
    assert "“Kurs”: 120,5 units in fact, 100 are approved" in english(
        message(found, "units_exceed")
    )


def test_units_above_the_most_of_the_line_are_not_more_than_approved():
    both = plan(2000, 1100, 900)
    approved, real = two_kinds(100, 10, Decimal(90)), two_kinds(100, 10, Decimal(90))
    found = settle(both, both, approved, 900, paid=850, actual_terms=real)
    assert (found.final_grant, "units_exceed" in codes(found)) == (euros(850), False)


def test_units_that_nobody_approved_leave_the_grant_unknown():
    both = plan(2000, 1100, 900)
    unknown = terms("fixed_amount", per_unit=(UnitRate(euros(5)),))
    real = terms("fixed_amount", per_unit=(UnitRate(euros(5), Decimal(10)),))
    assert settle(both, both, unknown, 900, actual_terms=real).final_grant is None


def test_statement_without_known_terms_shows_figures_and_no_grant():
    unknown = terms(is_confirmed=False)
    found = settle(plan(10000, 5000, 5000), plan(8000, 3000, 5000), unknown, paid=5000)
    assert (found.final_grant, found.to_pay_out, found.balance) == (None, None, 0)
    assert codes(found) == ["grant_unknown"]


def test_statement_at_the_largest_sum_is_computed_and_above_it_explained():
    planned = plan(MOST)
    assert settle(planned, plan(MOST), terms("full"), MOST).final_grant == MOST
    above = settle(planned, Rows([cost(MOST), cost("0.01")]))
    assert (above.final_grant, codes(above)[0]) == (None, "sum_too_large")


# --- For whom ------------------------------------------------------------------------------------
def test_city_reads_no_request_that_is_meant_for_the_club():
    found = settle(plan(10000, 5000, 5000), plan(13000, 5000, 4000), paid=5000)
    assert any("Please" in english(message) for message in found.messages)
    read = [message.for_office for message in found.messages]
    assert not any("Please" in english(m) for m in read if m.code != "item_exceeds")
    assert [m.code for m in read] == codes(found)
    assert {m.row_key for m in read} == {""}
    assert all(english(m) for m in read)


def test_city_is_told_what_it_has_to_do_itself():
    found = settle(plan(10000), plan(13000))
    read = english(message(found, "item_exceeds").for_office)
    assert "the WIR coordination" not in read
    assert read.endswith("Please decide whether the reason in the report holds.")


# --- Requests for payment --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("paid", "requested", "amount", "code", "too_much"),
    [
        ("0", "0", "5000", None, None),
        ("0", "0", "5000.01", "request_too_high", "0.01"),
        ("2000", "1000", "2000", None, None),
        ("2000", "1000", "2000.01", "request_too_high", "0.01"),
        ("5000", "0", "1", "request_too_high", "1"),
        ("4000", "1000", "1", "request_too_high", "1"),
        # The grant has shrunk below what was paid.
        ("6000", "0", "1", "request_too_high", "1"),
        ("0", "0", "0", "amount_missing", "0"),
    ],
)
def test_request_is_bounded_by_what_is_left(paid, requested, amount, code, too_much):
    sums = (euros(5000), euros(paid), euros(requested), euros(amount))
    errors = [m for m in settlement.disbursable(*sums) if m.severity == "error"]
    expected = [(code, euros(too_much))] if code else []
    assert [(m.code, m.amount) for m in errors] == expected


def test_refused_request_says_what_may_be_asked_for():
    found = settlement.disbursable(euros(5000), euros(2000), euros(1000), euros(2500))
    assert "2.000,00 EUR at most" in english(found[0])


def test_every_request_hears_of_the_two_months():
    (found,) = settlement.disbursable(euros(5000), euros(0), euros(0), euros(1))
    assert (found.severity, "2 months" in english(found)) == ("hint", True)
    (found,) = settlement.disbursable(euros(5000), euros(0), euros(0), euros(1), months=1)
    assert "1 month is" in english(found)


@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_every_message_can_be_read_in_every_language(language):
    short, high = terms("shortfall"), plan(12000, 6000, 9000)
    odd = Rows([cost(9), cost(1, kind="overhead_flat_rate"), cost(7, "", "travel")])
    found = [
        settlement.effect_of_change(euros(5000), line, old, new, paid=euros(5000))
        for line in (terms(), short, terms("full"), terms("fixed_amount", fixed=euros(1)), None)
        for old in (plan(10000, 5000, 5000), Rows())
        for new in (high, plan(1), plan(8000, 7000), Rows([cost(MOST)] * 2), odd)
    ]
    found += [
        settle(plan(10000, 5000, 5000), actual, line, paid=paid)
        for line in (terms(), short)
        for actual in (high, odd, plan(10000, 9000), Rows([cost(MOST)] * 2), Rows())
        for paid in (0, 5000)
    ]
    messages = [message for one in found for message in one.messages]
    for sums in [(5, 0, 0, 6), (5, 5, 0, 1), (5, 4, 1, 1), (5, 0, 0, 0)]:
        messages += settlement.disbursable(*sums)
    with translation.override(language):
        texts = [message.text for message in messages]
    assert len({message.code for message in messages}) == 15
    assert all(text.endswith((".", "؟", "،")) and "%(" not in text for text in texts)


# --- Days ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ends_on", "months", "due_on"),
    [
        ("2027-12-31", 3, "2028-03-31"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2027-03-31", 6, "2027-09-30"),
        ("2027-02-28", 3, "2027-05-28"),
        ("2027-12-01", 0, "2027-12-01"),
        ("2027-06-15", 24, "2029-06-15"),
    ],
)
def test_proof_is_due_after_calendar_months(ends_on, months, due_on):
    day = datetime.date.fromisoformat
    assert due_dates.proof_due_on(day(ends_on), months) == day(due_on)


@pytest.mark.parametrize(
    ("decided_on", "due_on"),
    [("2027-01-31", "2027-02-28"), ("2027-12-15", "2028-01-15"), ("2028-01-30", "2028-02-29")],
)
def test_acceptance_is_due_after_one_month(decided_on, due_on):
    day = datetime.date.fromisoformat
    assert due_dates.acceptance_due_on(day(decided_on)) == day(due_on)


@pytest.mark.parametrize("months", [-1, 12 * 9000])
def test_impossible_periods_are_refused(months):
    with pytest.raises(ValueError, match=r"period|calendar"):
        due_dates.proof_due_on(datetime.date(2027, 1, 1), months)


# --- Back from a version ---------------------------------------------------------------------
@pytest.fixture
def proposal(applicant):
    """A proposal of a line that pays a fixed sum, and 90 euros for each unit, at most 40."""
    proposal = make_whole_proposal(applicant)
    line_terms = proposal.funding_line.terms.get()
    line_terms.rates.all().delete()
    line_terms.financing_type = "fixed_amount"
    line_terms.save()
    FundingRate.objects.create(terms=line_terms, kind="fixed", amount=Decimal("99.50"))
    rate = FundingRate.objects.create(terms=line_terms, kind="per_unit", amount=90, max_units=40)
    rate.create_translation("de", name="Unterricht", unit="Einheit")
    PlannedUnits.objects.create(proposal=proposal, rate=rate, units=Decimal("2.5"), people=2)
    return proposal


def data_of(proposal):
    return snapshot.of(whole.read(proposal))


def test_terms_of_a_version_are_those_that_held(proposal):
    read = whole.read(proposal)
    kept = financing.terms_from_data(snapshot.of(read))
    assert kept == financing.terms_of(read.terms, read.units)
    assert kept.sums == euros("549.50")


def test_terms_of_a_share_are_those_that_held(applicant):
    read = whole.read(make_whole_proposal(applicant))
    assert read.terms.financing_type == "pro_rata"
    assert financing.terms_from_data(snapshot.of(read)) == financing.terms_of(read.terms)


def test_case_keeps_the_rate_of_its_version_when_the_line_changes(proposal):
    data = data_of(proposal)
    proposal.funding_line.terms.get().rates.update(amount=1)
    assert financing.terms_from_data(data).sums == euros("549.50")


def test_version_without_units_leaves_the_share_unknown(proposal):
    data = data_of(proposal)
    for rate in data["plan"]["terms"]["rates"]:
        for key in ("name", "units", "people"):
            del rate[key]
    kept = financing.terms_from_data(data)
    assert (kept.is_known, kept.missing_units.amount) == (False, 90)


def test_real_units_take_the_place_of_the_planned_ones(proposal):
    kept = financing.terms_from_data(data_of(proposal), {1: (Decimal(1), 1)})
    assert kept.sums == euros("189.50")


def test_version_without_terms_has_none():
    assert financing.terms_from_data(plain_data.data()) is None


def test_line_that_was_not_confirmed_stays_unconfirmed(proposal):
    proposal.funding_line.terms.update(figures_confirmed=False)
    kept = financing.terms_from_data(data_of(proposal))
    assert (kept.is_known, kept.per_unit) == (False, ())


def test_rows_of_a_version_are_those_of_the_plan(proposal):
    read = whole.read(proposal)
    rows = financing.rows_from_data(snapshot.of(read)["plan"])
    assert rows == (
        financing.costs_of(read.costs),
        financing.incomes_of(read.incomes),
        financing.in_kind_of(read.in_kind),
    )


def test_unpaid_work_of_a_version_is_read_back():
    plan_data = plain_data.plan(in_kind=[plain_data.in_kind()])
    (row,) = financing.rows_from_data(plan_data).in_kind
    assert (row.hours, row.amount, row.label, row.key) == (40, 600, "Gießen", "in_kind-0")
