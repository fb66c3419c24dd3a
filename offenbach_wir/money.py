"""Euros as people type and read them. One parser for every language, one way to print."""

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST = Decimal("9999999999.99")
# Narrow and hard spaces; the Arabic signs for thousands and decimals; the isolates that sums stand
# in on pages that are read from right to left (languages.isolated).
_SIGNS = str.maketrans(
    {
        **{"\u00a0": " ", "\u202f": " ", "\u066c": ".", "\u066b": ","},
        **{"\u2066": None, "\u2069": None},
    }
)
_GROUPED = re.compile(
    r"^(?P<whole>[1-9]\d{0,2}(?P<mark>[., '’])\d{3}(?:(?P=mark)\d{3})*)"
    r"(?:(?!(?P=mark))[.,](?P<cents>\d{1,2}))?$"
)
_PLAIN = re.compile(r"^(?P<whole>\d+)(?:[.,](?P<cents>\d{1,2}))?$")


def parse_euros(text):
    """ "10.000", "10,000", "10 000" are ten thousand, "12,50" and "12.50" twelve fifty.

    Raises ValidationError with an example for anything else. Digits of other scripts count.
    """
    folded = text.translate(_SIGNS).strip()
    folded = re.sub(r"\s*(€|eur|euro)$", "", folded, flags=re.I)
    folded = "".join(str(int(c)) if c.isdecimal() else c for c in folded)
    match = _GROUPED.match(folded) or _PLAIN.match(folded)
    if not match:
        raise _not_a_sum(text)
    whole = "".join(c for c in match["whole"] if c.isdecimal())
    cents = match["cents"] or "0"
    value = Decimal(f"{whole}.{cents}")
    if value > MOST:
        raise _not_a_sum(text)
    return value.quantize(Decimal("0.01"))


def _not_a_sum(text):
    return ValidationError(
        _("“%(value)s” is not a sum of money. Please write it like this: 10.000,00"),
        code="not_a_sum",
        params={"value": text[:40]},
    )


def format_euros(value):
    """ "10.000 €", or "12,50 €" where there are cents; the German way in every language."""
    whole, cents = f"{value:.2f}".split(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{cents} €" if cents != "00" else f"{grouped} €"


def format_to_the_cent(value):
    """ "250,00 EUR": for plans and messages, where every cent counts."""
    whole, cents = f"{value:.2f}".split(".")
    return f"{int(whole):,}".replace(",", ".") + f",{cents} EUR"
