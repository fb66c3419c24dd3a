"""A list of vouchers pasted from a spreadsheet: one a line, as pasting.py does it for the plan.

Pure: text in, vouchers and refused lines out.
"""

import datetime
import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from offenbach_wir.contact_fields import plain
from offenbach_wir.money import parse_euros

from .models import Voucher
from .pasting import MOST_LINES, Refused, cells_of

LONGEST_PAYEE, LONGEST_REASON = 120, 200
FIRST_YEAR = 2014
_GERMAN_DAY = re.compile(r"^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})$")


def read(text):
    """([Voucher], [Refused]): day, to whom, what for, sum. A first line of headings is passed
    over.
    """
    vouchers, refused = [], []
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    numbered = [(n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    for n, line in numbered[:MOST_LINES]:
        try:
            vouchers.append(_voucher(cells_of(line)))
        except ValidationError as error:
            is_heading = (n, line) == numbered[0] and not any(c.isdecimal() for c in line)
            if not is_heading:
                refused.append(Refused(n, line[:80], " ".join(error.messages)))
    for n, line in numbered[MOST_LINES:]:
        refused.append(Refused(n, line[:80], _("At most 200 lines at once.")))
    return vouchers, refused


def _voucher(cells):
    if len(cells) != 4 or not all(cells):
        raise ValidationError(_("Four cells are needed: day, to whom, what for, euros."))
    return Voucher(
        paid_on=_day(cells[0]),
        payee=plain(cells[1])[:LONGEST_PAYEE],
        reason=plain(cells[2])[:LONGEST_REASON],
        amount=parse_euros(cells[3]),
    )


def _day(text):
    found = _GERMAN_DAY.match(text)
    try:
        if not found:
            day = datetime.date.fromisoformat(text)
        else:
            number, month, year = (int(part) for part in found.groups())
            day = datetime.date(year + 2000 if year < 100 else year, month, number)
    except ValueError as error:
        raise ValidationError(
            _("“%(text)s” is no day. Please write it like this: 31.12.2026"),
            params={"text": text[:20]},
        ) from error
    if not FIRST_YEAR <= day.year < 2100:
        raise ValidationError(_("Please give a day after the year 2013."))
    return day
