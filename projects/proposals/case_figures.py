"""Figures for the council: cases by line, year and state, their money and the time they took.

Live cases and numbers of deleted ones (CaseCount) count together. The sums are made by the
database, in as many queries for twenty thousand cases as for one; what may be shown of them is said
by small_counts.py. All money is euros, all days are days in Offenbach.
"""

import statistics
from collections import defaultdict
from dataclasses import dataclass, field, fields
from decimal import Decimal

from django.db.models import Count, Sum
from django.db.models.functions import ExtractYear, TruncDate
from django.utils import timezone

from offenbach_wir import small_counts

from .budget import CENT, IncomeKind
from .case import State
from .grants import ZERO
from .models import CaseCount, Decision, Disbursement, IncomeItem, Proposal

# Where each stands in the key of a sum.
YEAR, LINE, STATE = range(3)
# How many cases a number comes from: that decides whether it may be shown.
COUNTED_BY = {
    **{"n": "n", "requested": "n", "granted": "with_grant", "paid": "with_payment"},
    **{"decided": "decided", "mean": "decided", "median": "decided"},
}
NOTHING = ""


@dataclass
class Sums:
    """Of some cases. `days` are those to each decision of the cases that are still stored."""

    n: int = 0
    requested: Decimal = ZERO
    granted: Decimal = ZERO
    with_grant: int = 0
    paid: Decimal = ZERO
    with_payment: int = 0
    decided: int = 0
    days_in_all: int = 0
    days: list = field(default_factory=list)

    def add(self, other):
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))

    @property
    def mean(self):
        """Days to the decision, rounded; NOTHING where nothing was decided."""
        return round(Decimal(self.days_in_all) / self.decided) if self.decided else NOTHING

    @property
    def median(self):
        """Of the cases still stored; None where they are too few, NOTHING where there are none."""
        if self.days and not small_counts.is_shown(len(self.days)):
            return None
        return round(statistics.median(self.days)) if self.days else NOTHING


@dataclass(frozen=True)
class Row:
    """A line of a table; None stands for a hidden number, NOTHING for one that there is not."""

    value: object
    n: int | None
    requested: Decimal | None
    granted: Decimal | None
    paid: Decimal | None
    decided: int | None
    mean: int | None
    median: int | None


# --- What there is ------------------------------------------------------------------------------
def all_sums():
    """{(year, slug of the line, state): Sums} of every case that was ever handed in."""
    sums = defaultdict(Sums)
    for *key, n in _by_key(Proposal.objects.handed_in(), "").annotate(n=Count("pk")):
        sums[_clean(key)].n += n
    requests = IncomeItem.objects.filter(kind=IncomeKind.STATE_FUNDS)
    for *key, amount in _by_key(_handed_in(requests)).annotate(total=Sum("amount")):
        sums[_clean(key)].requested += amount.quantize(CENT)
    in_force = Decision.objects.filter(in_force_at__isnull=False)
    grants = in_force.filter(kind=Decision.Kind.APPROVAL, ended_at=None)
    for name, count, rows in (
        ("granted", "with_grant", grants),
        ("paid", "with_payment", Disbursement.objects.filter(state=Disbursement.State.PAID)),
    ):
        found = _by_key(_handed_in(rows)).annotate(
            total=Sum("amount"), cases=Count("proposal", distinct=True)
        )
        for *key, amount, cases in found:
            of_key = sums[_clean(key)]
            setattr(of_key, name, getattr(of_key, name) + amount.quantize(CENT))
            setattr(of_key, count, getattr(of_key, count) + cases)
    _add_days(sums, in_force)
    _add_deleted(sums)
    return dict(sums)


def _handed_in(rows):
    return rows.exclude(proposal__state=State.DRAFT)


def _by_key(rows, path="proposal__"):
    """The rows grouped by year, line and state of their case; annotate what is wanted of them."""
    year = ExtractYear(f"{path}submitted_at", tzinfo=timezone.get_default_timezone())
    names = ("case_year", f"{path}funding_line__slug", f"{path}state")
    return rows.annotate(case_year=year).order_by().values_list(*names)


def _clean(key):
    year, line, state = key
    return year, line or "", state


def _add_days(sums, in_force):
    """The days from handing in to the first decision in force; amendments change nothing."""
    zone = timezone.get_default_timezone()
    found = (
        _by_key(_handed_in(in_force))
        .order_by("proposal", "in_force_at", "pk")
        .values_list(
            *("case_year", "proposal__funding_line__slug", "proposal__state", "proposal"),
            *(TruncDate("proposal__submitted_at", tzinfo=zone), "decided_on"),
        )
    )
    seen = set()
    for *key, case, handed_in_on, decided_on in found:
        if case in seen:
            continue
        seen.add(case)
        days = max(0, (decided_on - handed_in_on).days)
        sums[_clean(key)].add(Sums(decided=1, days_in_all=days, days=[days]))


def _add_deleted(sums):
    names = ("n", "requested", "granted", "paid", "decided", "days_to_decision")
    for *key, n, requested, granted, paid, decided, days in CaseCount.objects.values_list(
        "year", "line", "state", *names
    ):
        sums[_clean(key)].add(
            Sums(
                **{"n": n, "requested": requested, "granted": granted, "paid": paid},
                **{"decided": decided, "days_in_all": days},
                # A state has a grant or has none; and a grant that came to its end was paid.
                with_grant=n if granted else 0,
                with_payment=n if paid else 0,
            )
        )


# --- What may be shown --------------------------------------------------------------------------
class Figures:
    """The tables by one part of the key (LINE or STATE) and by year, without what is too small.

    All of them, whichever year is looked at, are picked from the same protected grids: nobody can
    compute a hidden number of one year from another page.
    """

    def __init__(self, sums, place):
        self.by_cell, self.by_value, self.by_year = (defaultdict(Sums) for _n in range(3))
        self.all = Sums()
        for key, some in sums.items():
            self.by_cell[key[place], key[YEAR]].add(some)
            self.by_value[key[place]].add(some)
            self.by_year[key[YEAR]].add(some)
            self.all.add(some)
        self.grids = {"n": self._grid("n")}
        for count in set(COUNTED_BY.values()) - {"n"}:
            self.grids[count] = self._grid(count, beside=self.grids["n"])

    def _grid(self, count, beside=None):
        counts = {key: getattr(some, count) for key, some in self.by_cell.items()}
        return small_counts.protected_grid(counts, beside)

    @property
    def years(self):
        return sorted(self.by_year)

    def total(self, year=None):
        """Of a year, or of all."""
        some = self.all if year is None else self.by_year.get(year, Sums())
        return self._row(year, some, None, year)

    def years_table(self):
        return [self._row(year, self.by_year[year], None, year) for year in self.years]

    def table(self, values, year=None):
        """Of those values, in that order. One without a case in the year is not left out: that it
        is missing would say something about a hidden one.
        """
        if year is None:
            return [self._row(value, self.by_value[value], value, None) for value in values]
        return [
            self._row(value, self.by_cell.get((value, year), Sums()), value, year)
            for value in values
        ]

    def grid_table(self, values):
        """[(value, [n of each year or None], n of all years or None)]"""
        shown = self.grids["n"]
        return [
            (
                value,
                [
                    self.by_cell.get((value, year), Sums()).n if shown.shows(value, year) else None
                    for year in self.years
                ],
                self.by_value[value].n if shown.shows(value) else None,
            )
            for value in values
        ]

    def _row(self, name, some, value, year):
        return Row(
            name,
            **{
                number: getattr(some, number) if self.grids[count].shows(value, year) else None
                for number, count in COUNTED_BY.items()
            },
        )
