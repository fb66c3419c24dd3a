"""The versions of a proposal as a list, and two of them beside each other."""

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse

from . import differences
from .models import Version


@dataclass(frozen=True)
class Line:
    """`compare_url` leads to what changed since the version before; empty for the first."""

    version: Version
    pdf_url: str
    compare_url: str
    earlier: int | None
    is_compared: bool


def lines(proposal, *, pdf_page, compare_page, compared=()):
    """[Line], the newest first; the pages are names of addresses, so that clubs and the city each
    stay on their own. `compared` are the numbers shown beside each other.
    """
    # The content is long and said nowhere in the list.
    rows = list(proposal.versions.defer("content", "contact"))
    numbers = [row.number for row in rows]
    return [
        Line(
            version=row,
            pdf_url=reverse(pdf_page, args=[proposal.key, row.number]),
            compare_url=reverse(compare_page, args=[proposal.key, earlier, row.number])
            if earlier
            else "",
            earlier=earlier,
            is_compared=row.number in compared,
        )
        for row, earlier in zip(rows, [*numbers[1:], None], strict=False)
    ]


def of(proposal, *numbers):
    """The versions of these numbers; 404 where one is not there, however large the number is."""
    # Few are ever handed in, and the database refuses to be asked for numbers that are too large.
    found = {row.number: row for row in proposal.versions.all()}
    if not found.keys() >= set(numbers):
        raise Http404
    return [found[number] for number in numbers]


def compared(proposal, old, new):
    """What is different in the later version (404 where there are no such two)."""
    if old >= new:
        raise Http404
    earlier, later = of(proposal, old, new)
    return differences.between(earlier.data, later.data)
