"""The budget plan: sums, the four ways of financing, and what is said about a plan."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation

from offenbach_wir.money import MOST
from projects.proposals import budget
from projects.proposals.budget import Cost, Income, InKind, Terms, UnitRate

YEAR = 2027


def euros(text):
    return Decimal(text).quantize(Decimal("0.01"))


def cost(amount, kind="fees", year=YEAR, label="", key=""):
    return Cost(kind, euros(amount), year, label, key)


def income(amount, kind="own_funds", year=YEAR, label="", key=""):
    return Income(kind, euros(amount), year, label, key)


def terms(financing_type="pro_rata", **fields):
    if financing_type == "pro_rata":
        fields.setdefault("percent", Decimal("50"))
    return Terms("Modellprojekte", financing_type, **fields)


def check(costs=(), incomes=(), in_kind=(), line=None):
    return budget.check(costs, incomes, in_kind, line)


def codes(result):
    return [message.code for message in result.messages]


def message(result, code):
    (found,) = [message for message in result.messages if message.code == code]
    return found


def german(result, code):
    with translation.override("de"):
        return message(result, code).text


# Balance


def test_equal_sums_are_in_balance():
    result = check([cost(600), cost(400)], [income(500), income(500, "state_funds")], (), terms())
    assert (result.total_costs, result.total_income, result.difference) == (1000, 1000, 0)
    assert result.is_balanced
    assert result.messages == ()


def test_one_cent_is_out_of_balance():
    result = check([cost("1000.00")], [income("999.99")])
    assert result.sign == -1
    assert result.missing_income == euros("0.01")


def test_missing_income_is_said_in_the_words_of_the_city():
    result = check([cost(1000)], [income(750)])
    assert german(result, "income_missing").startswith("Es fehlen 250,00 EUR Einnahmen.")
    assert message(result, "income_missing").amount == 250


def test_missing_income_names_the_row_to_raise_and_its_new_sum():
    result = check([cost(1000)], [income(750, label="Vereinskasse", key="income-1")])
    assert message(result, "income_missing").row_key == "income-1"
    assert "„Vereinskasse“ auf 1.000,00 EUR" in german(result, "income_missing")


def test_missing_income_without_own_funds_asks_for_a_new_row():
    result = check([cost(1000)], [])
    assert message(result, "income_missing").row_key == ""
    assert "1.000,00 EUR" in german(result, "income_missing")


def test_missing_income_is_asked_of_the_state_as_far_as_it_pays():
    rows = [income(5000, label="Kasse", key="own"), income(4000, "state_funds", key="state")]
    result = check([cost(10000)], rows, (), terms())
    found = message(result, "income_missing")
    assert found.row_key == "state"
    assert "1.000,00 EUR" in found.text
    assert "5.000,00 EUR" in found.text
    assert result.missing_own_share == 0


def test_missing_income_beyond_the_share_is_for_the_club_to_find():
    rows = [income(4000, key="own"), income(5000, "state_funds", key="state")]
    result = check([cost(10000)], rows, (), terms())
    assert result.missing_own_share == 1000
    assert message(result, "income_missing").row_key == "own"
    assert codes(result) == ["income_missing"]


def test_too_much_income_names_the_row_to_lower():
    rows = [income(6000), income(5000, "state_funds", key="state")]
    result = check([cost(10000)], rows, (), terms())
    found = message(result, "income_over")
    assert (found.amount, found.row_key) == (1000, "state")
    assert "4.000,00 EUR" in found.text


def test_too_much_income_without_the_state_points_at_the_largest_row():
    rows = [income(50, "donations", key="small"), income(1500, "eu_funds", key="large")]
    assert message(check([cost(1000)], rows), "income_over").row_key == "large"


def test_an_empty_plan_is_an_error():
    assert [m.code for m in check().errors] == ["no_costs"]


def test_each_year_is_summed_and_its_gap_is_only_a_hint():
    costs = [cost(600, year=2027), cost(400, year=2028)]
    result = check(costs, [income(1000, year=2027)])
    years = [(y.year, y.costs, y.income, y.difference) for y in result.years]
    assert years == [(2027, 600, 1000, 400), (2028, 400, 0, -400)]
    assert not result.has_errors
    hints = [m for m in result.hints if m.code == "year_not_balanced"]
    assert [m.amount for m in hints] == [400, 400]
    assert "2027" in hints[0].text


def test_a_single_year_says_nothing_about_years():
    assert "year_not_balanced" not in codes(check([cost(2)], [income(1)]))


# Unpaid work


def test_unpaid_work_stands_on_both_sides_apart():
    result = check([cost(1000)], [income(1000)], [InKind(Decimal(20), Decimal("15.00"), YEAR)])
    assert result.in_kind == 300
    assert (result.total_costs, result.total_income) == (1000, 1000)
    assert result.total_costs_with_in_kind == result.total_income_with_in_kind == 1300
    assert result.years[0].in_kind == 300


def test_unpaid_work_does_not_count_unless_the_line_says_so():
    work = [InKind(Decimal(100), Decimal("10.00"), YEAR)]
    rows = [cost(1000)], [income(500), income(500, "state_funds")], work
    assert check(*rows, terms()).eligible_costs == 1000
    assert "in_kind_apart" in codes(check(*rows, terms()))
    counted = check(*rows, terms(in_kind_counts=True))
    assert (counted.eligible_costs, counted.allowed_share) == (2000, 1000)
    assert "in_kind_counts" in codes(counted)


@pytest.mark.parametrize("financing_type", ["pro_rata", "shortfall", "fixed_amount", "full"])
def test_unpaid_work_is_never_paid_out(financing_type):
    line = terms(financing_type, percent=Decimal(80), fixed=euros(9000), in_kind_counts=True)
    work = [InKind(Decimal(1000), Decimal("20.00"), YEAR)]
    assert check([cost(1000)], [], work, line).allowed_share == 1000


# The four ways of financing


@pytest.mark.parametrize(
    ("line", "costs", "others", "share"),
    [
        # Pro rata: the rate times the eligible costs, capped.
        (terms(), "10000", "0", "5000"),
        (terms(), "8000", "0", "4000"),
        (terms(percent=Decimal(100)), "8000", "0", "8000"),
        (terms(percent=Decimal(100), cap=euros(5000)), "8000", "0", "5000"),
        (terms(cap=euros(2500)), "10000", "0", "2500"),
        (terms(percent=Decimal("33.33")), "100.00", "0", "33.33"),
        (terms(percent=Decimal("33.33")), "0.05", "0", "0.01"),
        (terms(), "0.01", "0", "0.00"),
        (terms(), "99.99", "0", "49.99"),
        (terms(), "0", "0", "0"),
        # Shortfall: what own funds and third parties leave open, capped.
        (terms("shortfall"), "10000", "3000", "7000"),
        (terms("shortfall"), "10000", "12000", "0"),
        (terms("shortfall", cap=euros(5000)), "10000", "3000", "5000"),
        # Fixed sum.
        (terms("fixed_amount", fixed=euros(3000)), "10000", "0", "3000"),
        (terms("fixed_amount", fixed=euros(3000)), "2000", "0", "2000"),
        (terms("fixed_amount", fixed=euros(3000), cap=euros(2500)), "10000", "0", "2500"),
        # Full: all eligible costs, capped.
        (terms("full"), "10000", "0", "10000"),
        (terms("full", cap=euros(5000)), "10000", "0", "5000"),
        (terms("full", fixed=euros(4000)), "10000", "0", "4000"),
    ],
)
def test_share_of_each_way_of_financing(line, costs, others, share):
    assert check([cost(costs)], [income(others)], (), line).allowed_share == euros(share)


@pytest.mark.parametrize(
    "kind",
    [
        *("own_funds", "donations", "participant_fee", "third_party_funds", "municipal_funds"),
        *("federal_funds", "eu_funds", "other_income"),
    ],
)
def test_all_income_but_the_grant_itself_lowers_a_shortfall(kind):
    result = check([cost(10000)], [income(1000, kind)], (), terms("shortfall"))
    assert result.allowed_share == 9000
    assert result.other_funds == 1000


def test_the_grant_itself_does_not_lower_a_shortfall():
    result = check([cost(10000)], [income(9000, "state_funds")], (), terms("shortfall"))
    assert result.allowed_share == 10000


@pytest.mark.parametrize(
    ("rates", "fixed", "share"),
    [
        # Diversity centre: two posts at 60,000 and one assistant at 20,000 a year.
        (
            (
                UnitRate(euros(60000), Decimal(2), Decimal(2)),
                UnitRate(euros(20000), Decimal(1), Decimal(1)),
            ),
            None,
            "140000",
        ),
        # Training of guides: 12.50 x participants x units, at most 36 units.
        ((UnitRate(euros("12.50"), Decimal(20), Decimal(36), times=Decimal(10)),), None, "2500"),
        ((UnitRate(euros("12.50"), Decimal(40), Decimal(36), times=Decimal(10)),), None, "4500"),
        # Deployment: 5 EUR an hour, at most 276 hours a year, 414 for a coordinating guide.
        ((UnitRate(euros(5), Decimal(300), Decimal(276)),), None, "1380"),
        ((UnitRate(euros(5), Decimal(500), Decimal(414)),), None, "2070"),
        # Migrant organisations: 3,000 and a mini-job of 7,200 a year, up to 24 months.
        ((UnitRate(euros(7200), Decimal(1), Decimal(2)),), euros(3000), "10200"),
        ((UnitRate(euros(7200), Decimal(3), Decimal(2)),), euros(3000), "17400"),
    ],
)
def test_sums_and_amounts_per_unit_of_the_programme(rates, fixed, share):
    line = terms("fixed_amount", fixed=fixed, per_unit=rates)
    assert check([cost(500000)], [], (), line).allowed_share == euros(share)


@pytest.mark.parametrize("most", ["5000", "2500"])
def test_small_funds_pay_no_more_than_their_cap(most):
    line = terms("full", cap=euros(most))
    result = check([cost(9000)], [income(most, "state_funds")], (), line)
    assert result.allowed_share == euros(most)
    assert message(result, "capped").amount == euros(most)


# What counts


def test_overhead_counts_only_where_the_line_allows_it():
    costs = [cost(1000), cost(200, "overhead_flat_rate", label="Pauschale", key="c2")]
    refused = check(costs, [income(1200)], (), terms())
    assert refused.eligible_costs == 1000
    found = message(refused, "overhead_not_eligible")
    assert (found.severity, found.row_key, found.amount) == ("warning", "c2", 200)
    assert "Pauschale" in found.text
    assert "Modellprojekte" in found.text
    assert check(costs, (), (), terms(overhead_allowed=True)).eligible_costs == 1200


def test_investments_count_unless_the_line_refuses_them():
    costs = [cost(1000), cost(200, "capital_costs", key="c2")]
    assert check(costs, (), (), terms()).eligible_costs == 1200
    refused = check(costs, (), (), terms(capital_allowed=False))
    assert refused.eligible_costs == 1000
    assert message(refused, "capital_not_eligible").row_key == "c2"


def test_shortfall_with_costs_that_do_not_count_says_to_take_them_out():
    costs = [cost(1000), cost(200, "overhead_flat_rate", key="c2")]
    rows = [income(300, key="own"), income(700, "state_funds", key="state")]
    found = message(check(costs, rows, (), terms("shortfall")), "income_missing")
    assert found.row_key == "c2"


@pytest.mark.parametrize("kind", ["", "staff", "FEES", None])
def test_unknown_kind_of_cost_is_an_error_and_counts_for_nothing(kind):
    result = check([cost(1000), cost(50, kind, label="?", key="c2")], [income(1050)], (), terms())
    found = message(result, "unknown_cost_kind")
    assert (found.severity, found.row_key, found.amount) == ("error", "c2", 50)
    assert result.total_costs == 1050
    assert result.eligible_costs == 1000


def test_unknown_kind_of_income_is_an_error_and_lowers_a_shortfall():
    result = check([cost(100)], [income(40, "lottery", key="i1")], (), terms("shortfall"))
    assert message(result, "unknown_income_kind").row_key == "i1"
    assert result.allowed_share == 60


# The share requested


def test_too_much_requested_names_sum_rule_row_and_way_out():
    rows = [income(4000, label="Kasse", key="own"), income(6000, "state_funds", key="state")]
    result = check([cost(10000)], rows, (), terms())
    assert (result.too_much_requested, result.missing_own_share) == (1000, 1000)
    assert result.share_percent == 60
    assert codes(result) == ["share_too_high", "own_share_missing"]
    assert message(result, "share_too_high").row_key == "state"
    assert message(result, "own_share_missing").row_key == "own"
    text = german(result, "share_too_high")
    assert text.startswith("Es sind 1.000,00 EUR zu viel beantragt.")
    assert "50 % der zuwendungsfähigen Kosten von 10.000,00 EUR" in text
    assert "auf 5.000,00 EUR" in text
    assert german(result, "own_share_missing").startswith("Es fehlen 1.000,00 EUR Eigenanteil.")


def test_missing_income_and_missing_own_share_name_the_same_new_sum():
    rows = [income(3500, key="own"), income(6000, "state_funds", key="state")]
    result = check([cost(10000)], rows, (), terms())
    assert codes(result) == ["income_missing", "share_too_high", "own_share_missing"]
    assert message(result, "income_missing").amount == 500
    assert message(result, "own_share_missing").amount == 1500
    for code in ("income_missing", "own_share_missing"):
        assert message(result, code).row_key == "own"
        assert "auf 5.000,00 EUR, fügen" in german(result, code)


def test_cap_is_named_where_it_makes_the_request_too_high():
    line = terms(cap=euros(4000))
    rows = [income(5000), income(5000, "state_funds")]
    found = message(check([cost(10000)], rows, (), line), "share_too_high")
    assert found.amount == 1000
    assert "4.000,00 EUR" in found.text


@pytest.mark.parametrize("financing_type", ["pro_rata", "shortfall", "fixed_amount", "full"])
def test_following_what_is_said_mends_the_plan(financing_type):
    line = terms(financing_type, cap=euros(4000), fixed=euros(3500))
    costs, own = [cost(10000)], euros(2000)
    result = check(costs, [income(own), income(9000, "state_funds")], (), line)
    mended = [
        income(own + result.missing_own_share),
        income(result.right_request, "state_funds"),
    ]
    assert not check(costs, mended, (), line).has_errors


def test_several_rows_of_the_state_are_lowered_together():
    rows = [income(400), income(300, "state_funds"), income(400, "state_funds", key="big")]
    found = message(check([cost(1100)], rows, (), terms()), "share_too_high")
    assert found.row_key == "big"
    assert "550,00 EUR" in found.text


def test_share_in_per_cent_never_looks_smaller_than_it_is():
    rows = [income("49999.99"), income("50000.01", "state_funds")]
    result = check([cost(100000)], rows, (), terms())
    assert result.too_much_requested == euros("0.01")
    assert result.share_percent == Decimal("50.01")


def test_nothing_requested_is_a_hint():
    assert [m.code for m in check([cost(10)], [income(10)], (), terms()).messages] == [
        "nothing_requested"
    ]


# No share


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (None, "no_line"),
        (terms(is_confirmed=False), "figures_unconfirmed"),
        (Terms("Modellprojekte", "pro_rata"), "rate_unknown"),
        (Terms("Modellprojekte", "fixed_amount"), "rate_unknown"),
        (Terms("Modellprojekte"), "rate_unknown"),
        (terms("fixed_amount", per_unit=(UnitRate(euros(5), name="Stunde"),)), "units_missing"),
    ],
)
def test_without_terms_balance_is_checked_and_a_hint_says_why_there_is_no_share(line, code):
    result = check([cost(1000)], [income(500), income(250, "state_funds")], (), line)
    assert [m.code for m in result.errors] == ["income_missing"]
    assert message(result, code).severity == "hint"
    assert result.allowed_share is None
    assert result.too_much_requested is None
    assert result.missing_own_share is None
    assert result.share_percent is None


@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_every_message_can_be_read_in_every_language(language):
    odd = [cost(10, "?"), cost(10, "overhead_flat_rate"), cost(7, "capital_costs", 2028)]
    plans = [
        (odd, [income(9, "state_funds"), income(1, "?")], [InKind(Decimal(1), euros(1), YEAR)], t)
        for t in (
            None,
            terms(is_confirmed=False),
            Terms("Modellprojekte"),
            terms("fixed_amount", per_unit=(UnitRate(euros(5), name="Stunde"),)),
            terms(cap=euros(1), capital_allowed=False),
            terms("shortfall", in_kind_counts=True),
            terms("fixed_amount", fixed=euros(2)),
            terms("full", cap=euros(3)),
        )
    ]
    plans += [([], [income(5)], [], None), ([cost(1)], [income(5)], [], terms())]
    plans += [([cost(MOST), cost(1)], [income(MOST)] * 2, [], terms())]
    with translation.override(language):
        texts = [m.text for plan in plans for m in check(*plan).messages]
    assert len(texts) > 30
    assert all(text and "%(" not in text for text in texts)


# Later


@pytest.mark.parametrize(
    ("real", "share"), [("10000", "5000"), ("8000", "4000"), ("12000", "5000"), ("0", "0")]
)
def test_pro_rata_shrinks_with_the_real_costs_and_never_grows(real, share):
    assert budget.shrunk_share(terms(), euros(10000), euros(real)) == euros(share)


def test_share_never_grows_above_what_was_granted():
    assert budget.shrunk_share(terms(), euros(10000), euros(9000), granted=euros(4000)) == 4000
    assert budget.shrunk_share(terms(), euros(10000), euros(6000), granted=euros(4000)) == 3000


def test_shortfall_shrinks_when_others_give_more():
    line = terms("shortfall")
    assert budget.shrunk_share(
        line, euros(10000), euros(10000), planned_other=euros(3000), real_other=euros(4000)
    ) == euros(6000)


def test_fixed_sum_stays_while_the_costs_reach_it():
    line = terms("fixed_amount", fixed=euros(3000))
    assert budget.shrunk_share(line, euros(10000), euros(4000)) == 3000
    assert budget.shrunk_share(line, euros(10000), euros(2000)) == 2000


def test_nothing_shrinks_while_the_terms_are_not_known():
    assert budget.shrunk_share(None, euros(1), euros(1)) is None


# Rows and sums


@pytest.mark.parametrize(
    ("quantity", "amount", "total"),
    [
        ("3", "12.50", "37.50"),
        ("0.5", "0.01", "0.01"),
        ("1.5", "0.33", "0.50"),
        ("0.333", "10", "3.33"),
        ("0", "10", "0.00"),
        ("1", "9999999999.99", "9999999999.99"),
    ],
)
def test_row_is_rounded_half_up_to_the_cent(quantity, amount, total):
    assert str(budget.row_sum(Decimal(quantity), Decimal(amount))) == total


def test_row_above_the_largest_sum_is_refused():
    with pytest.raises(budget.SumTooLargeError):
        budget.row_sum(Decimal(2), MOST)
    with pytest.raises(budget.SumTooLargeError):
        InKind(Decimal(2), MOST, YEAR)


@pytest.mark.parametrize("amount", [1.0, "1.00", None, True])
def test_only_exact_numbers_are_taken(amount):
    with pytest.raises(TypeError):
        Cost("fees", amount, YEAR)
    with pytest.raises(TypeError):
        budget.row_sum(Decimal(1), amount)


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "-1", "1e308"])
def test_impossible_amounts_are_refused(amount):
    with pytest.raises(ValueError, match=r"neither|at most"):
        Income("own_funds", Decimal(amount), YEAR)


def test_minus_zero_is_zero():
    assert str(cost("-0").amount) == "0.00"


def test_sum_of_many_rows_above_the_largest_is_an_error():
    result = check([cost(MOST), cost(1)], [income(MOST), income(1)])
    assert "sum_too_large" in codes(result)


def test_thirds_are_exact():
    assert budget.split(euros(100), (1, 1, 1)) == [euros(n) for n in ("33.34", "33.33", "33.33")]
    thirds = [Fraction(1, 3), Fraction(2, 3)]
    assert budget.split(euros("0.01"), thirds) == [euros(0), euros("0.01")]


def test_nothing_weighs_nothing():
    with pytest.raises(ValueError, match="weigh"):
        budget.split(euros(1), (0, 0))


def test_two_hundred_rows_add_up():
    costs = [cost("12.34", year=2027 + n % 2, key=f"c{n}") for n in range(200)]
    result = check(costs, [income("1234.00"), income("1234.00", "state_funds")], (), terms())
    assert result.total_costs == euros("2468.00")
    assert result.is_balanced
    assert not result.has_errors
