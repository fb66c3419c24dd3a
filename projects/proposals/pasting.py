"""Rows of a plan pasted from a spreadsheet: one row a line, cells between tabs (or semicolons).

Pure: text in, rows and refused lines out.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from offenbach_wir.contact_fields import plain
from offenbach_wir.money import parse_euros

from . import budget

MOST_LINES = 200
LONGEST_DESCRIPTION, LONGEST_UNIT = 200, 40
MOST_QUANTITY = Decimal("9999999.99")


@dataclass(frozen=True)
class Refused:
    """A line that could not be read, and why."""

    line: int
    text: str
    reason: object


@dataclass(frozen=True)
class PastedRow:
    description: str
    quantity: Decimal
    unit: str
    amount: Decimal


def read(text):
    """([PastedRow], [Refused]) of pasted lines.

    Two cells are description and amount; three description, number and amount; four description,
    number, unit and amount. A first line of headings, whose last cell is no sum, is passed over.
    """
    rows, refused = [], []
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    numbered = [(n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    for n, line in numbered[:MOST_LINES]:
        try:
            rows.append(_row(cells_of(line)))
        except ValidationError as error:
            is_heading = (n, line) == numbered[0] and len(numbered) > 1 and not _digits(line)
            if not is_heading:
                refused.append(Refused(n, line[:80], " ".join(error.messages)))
    for n, line in numbered[MOST_LINES:]:
        refused.append(Refused(n, line[:80], _("At most 200 lines at once.")))
    return rows, refused


def _digits(line):
    return any(c.isdecimal() for c in line)


def cells_of(line):
    separator = "\t" if "\t" in line else ";"
    return [cell.strip().strip('"') for cell in line.split(separator)]


def _row(cells):
    while cells and not cells[-1]:
        cells = cells[:-1]
    if not 2 <= len(cells) <= 4:
        raise ValidationError(_("Two to four cells are needed: what for, how many, unit, euros."))
    quantity = parse_euros(cells[1]) if len(cells) > 2 and cells[1] else Decimal(1)
    if not quantity:
        raise ValidationError(_("Please give a number above nought."))
    amount = parse_euros(cells[-1])
    try:
        budget.row_sum(quantity, amount)
    except budget.SumTooLargeError as error:
        raise _too_large() from error
    if quantity > MOST_QUANTITY:
        raise _too_large()
    return PastedRow(
        description=plain(cells[0])[:LONGEST_DESCRIPTION],
        quantity=quantity,
        unit=plain(cells[2])[:LONGEST_UNIT] if len(cells) == 4 else "",
        amount=amount,
    )


def _too_large():
    return ValidationError(_("Number times amount is too large a sum."))
