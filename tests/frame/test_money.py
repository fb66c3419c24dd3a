"""Sums of money as people type and read them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from offenbach_wir import languages
from offenbach_wir.forms import EuroField
from offenbach_wir.money import MOST, format_euros, format_to_the_cent, parse_euros


@pytest.mark.parametrize(
    ("typed", "euros"),
    [
        ("0", "0.00"),
        ("5", "5.00"),
        ("10000", "10000.00"),
        ("10.000", "10000.00"),
        ("10,000", "10000.00"),
        ("10 000", "10000.00"),
        ("10\u00a0000", "10000.00"),
        ("10\u202f000", "10000.00"),
        ("10'000", "10000.00"),
        ("10’000", "10000.00"),
        ("10.000,00", "10000.00"),
        ("10,000.00", "10000.00"),
        ("1.234.567,89", "1234567.89"),
        ("1 234 567,89", "1234567.89"),
        ("12,50", "12.50"),
        ("12.50", "12.50"),
        ("12,5", "12.50"),
        ("0,01", "0.01"),
        ("  7,00 ", "7.00"),
        ("250 €", "250.00"),
        ("250€", "250.00"),
        ("1.000,50 EUR", "1000.50"),
        ("3 Euro", "3.00"),
        ("9.999.999.999,99", "9999999999.99"),
        ("٣٠٠٠", "3000.00"),
        ("٣٬٠٠٠٫٥٠", "3000.50"),
        ("۱۲٫۵", "12.50"),
    ],
)
def test_sum_is_understood(typed, euros):
    assert parse_euros(typed) == Decimal(euros)


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "€", "abc", "NaN", "nan", "Infinity", "-Infinity", "1e308", "1E5", "-0", "-5"),
        *(
            "+5",
            "1,2,3",
            "1.2.3",
            "1.00.00",
            "12.345,678",
            "1.000.00",
            "0,005",
            "0.500",
            "٠٫٠٠٥",
            "10.00.000",
        ),
        *("1 000.000,00", "10.000.000.000,00", "9" * 30, "0x10", "1_000", "²", "½", "1/2"),
        *("1\n000", "5\x00", "<b>5</b>", "=1+1", "x" * 1000),
    ],
)
def test_anything_else_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError, match=r"10\.000,00"):
        parse_euros(typed)


@pytest.mark.parametrize(
    ("euros", "shown"),
    [
        ("0", "0 €"),
        ("5", "5 €"),
        ("12.5", "12,50 €"),
        ("10000", "10.000 €"),
        ("1234567.89", "1.234.567,89 €"),
        ("0.01", "0,01 €"),
    ],
)
def test_sum_is_shown_the_german_way(euros, shown):
    assert format_euros(Decimal(euros)).replace("\u00a0", " ") == shown


@settings(derandomize=True, database=None, deadline=None)
@given(st.decimals(min_value=0, max_value=MOST, places=2))
def test_sum_that_was_shown_is_understood_again(euros):
    assert parse_euros(format_euros(euros)) == euros


@settings(derandomize=True, database=None, deadline=None)
@given(st.text())
def test_text_is_a_sum_within_bounds_or_refused(typed):
    try:
        euros = parse_euros(typed)
    except ValidationError:
        return
    assert 0 <= euros <= MOST


def test_empty_money_field_is_unknown_and_not_nothing():
    assert EuroField(required=False).clean("") is None


def test_money_field_shows_a_sum_as_people_type_it():
    assert EuroField().prepare_value(Decimal("1234.50")).replace("\u00a0", " ") == "1.234,50"


def test_money_field_typed_differently_has_not_changed():
    assert not EuroField().has_changed(Decimal("1000.00"), "1.000")


@pytest.mark.parametrize(
    ("euros", "shown"),
    [("0", "0,00 EUR"), ("250", "250,00 EUR"), ("1234567.5", "1.234.567,50 EUR")],
)
def test_sum_in_a_plan_shows_its_cents(euros, shown):
    assert format_to_the_cent(Decimal(euros)) == shown
    assert parse_euros(shown) == Decimal(euros)


def test_sum_copied_from_a_page_in_arabic_can_be_typed_again():
    with translation.override("ar"):
        assert parse_euros(languages.isolated("1.250,00 EUR")) == 1250


def test_sum_is_not_turned_round_in_arabic_and_plain_elsewhere():
    with translation.override("ar"):
        assert languages.isolated("1,00 EUR") == "\u20661,00 EUR\u2069"
        assert languages.isolated("") == ""
    with translation.override("de"):
        assert languages.isolated("1,00 EUR") == "1,00 EUR"
