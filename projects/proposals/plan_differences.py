"""Two budget plans beside each other: which rows came, went or changed, and what it adds up to.

Pure. Rows have no names of their own, so they are recognised by what they say.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from offenbach_wir.money import format_to_the_cent

from . import document, plan_tables
from .templatetags.proposals import number

# From so much in common on, two descriptions mean the same row.
LEAST_ALIKE = 0.5
# Above so many pairs of leftover rows, likeness is not asked for.
MOST_COMPARED = 40_000


@dataclass(frozen=True)
class SumChange:
    """A sum in both plans; None where a plan does not have it."""

    label: str
    before: Decimal | None
    after: Decimal | None

    @property
    def is_changed(self):
        return self.before != self.after

    @property
    def difference(self):
        """ "250,00 EUR more", "250,00 EUR less", or empty."""
        if not self.is_changed or None in (self.before, self.after):
            return ""
        more = self.after - self.before
        words = _("%(sum)s more") if more > 0 else _("%(sum)s less")
        return words % {"sum": format_to_the_cent(abs(more))}


@dataclass(frozen=True)
class RowChange:
    """`state` is "added", "removed" or "changed"; `details` are (label, before, after) in words."""

    state: str
    description: str
    kind: str
    year: int
    amount: SumChange
    details: tuple = ()


@dataclass(frozen=True)
class Table:
    title: str
    rows: tuple


@dataclass(frozen=True)
class PlanDifferences:
    """`has_other_terms` where the rules of the funding line were others, which changes the most it
    pays without anybody touching the plan.
    """

    tables: tuple
    sums: tuple
    has_other_terms: bool = False

    @property
    def n_rows(self):
        return sum(len(table.rows) for table in self.tables)

    @property
    def is_empty(self):
        return not (self.tables or self.has_other_terms or any(s.is_changed for s in self.sums))


def between(old, new):
    """PlanDifferences of two snapshots (snapshot.of)."""
    before, after = document.plan_of(old), document.plan_of(new)
    tables = (
        Table(_("Costs"), _rows(before.costs, after.costs)),
        Table(_("Income"), _rows(before.incomes, after.incomes)),
        Table(_("Volunteer work, on both sides"), _rows(before.in_kind, after.in_kind)),
    )
    return PlanDifferences(
        tables=tuple(table for table in tables if table.rows),
        sums=_sums(old["plan"]["result"], new["plan"]["result"]),
        has_other_terms=_have_other_terms(old["plan"]["terms"], new["plan"]["terms"]),
    )


def _have_other_terms(old, new):
    """Another funding line is a difference of its own; here only the same line counts."""
    return bool(old and new and old["line"] == new["line"] and old != new)


def _sums(old, new):
    before, after = (dict(plan_tables.sums_of(result)) for result in (old, new))
    either = {name: old.get(name) if value is None else value for name, value in new.items()}
    return tuple(
        SumChange(label, before.get(label), after.get(label))
        for label, _sum in plan_tables.sums_of(either)
    )


# --- Rows ---------------------------------------------------------------------------------------
def _rows(before, after):
    """The changes in the order of the new table; what was removed comes last."""
    pairs = _pairs(before, after)
    came = [
        _change(before[pairs[n]], row) if n in pairs else _alone("added", row)
        for n, row in enumerate(after)
    ]
    went = [_alone("removed", row) for _n, row in _left(before, pairs.values())]
    return tuple(change for change in [*came, *went] if change)


def _alone(state, row):
    sums = (None, row["amount"]) if state == "added" else (row["amount"], None)
    amount = SumChange(_("Sum"), *sums)
    return RowChange(state, row["description"], row.get("kind", ""), row["year"], amount)


def _change(old, new):
    """None where both say the same."""
    amount = SumChange(_("Sum"), old["amount"], new["amount"])
    details = tuple(
        (label, before, after)
        for (label, before), (_label, after) in zip(_said(old), _said(new), strict=True)
        if before != after
    )
    if not (details or amount.is_changed):
        return None
    return RowChange(
        "changed", new["description"], new.get("kind", ""), new["year"], amount, details
    )


def _said(row):
    """[(label, words)] of everything in a row but its sum."""
    said = [(_("Description"), row["description"]), (_("Year"), str(row["year"]))]
    if "kind" in row:
        said.insert(0, (_("Kind"), row["kind"]))
    if "quantity" in row:
        many = f"{number(row['quantity'])} {row['unit']}".strip()
        said.append((_("How many?"), f"{many} × {format_to_the_cent(row['unit_amount'])}"))
    if "hours" in row:
        hours = f"{number(row['hours'])} × {format_to_the_cent(row['rate'])}"
        said.append((_("Hours"), hours))
    return said


# --- Which rows belong together -----------------------------------------------------------------
def _pairs(before, after):
    """{place in the new table: place in the old one}; the surest pairs are made first."""
    pairs = {}
    for key in (_everything, _kind_and_words_of_a_year, _kind_and_words, _words):
        _pair_equal(before, after, key, pairs)
    _pair_alike(before, after, pairs)
    _pair_equal(before, after, _sum_of_a_kind, pairs)
    old = dict(_left(before, pairs.values()))
    for n, row in _left(after, pairs):
        if n in old and _kind_of_a_year(row) == _kind_of_a_year(old[n]):
            pairs[n] = n
    return pairs


def _left(rows, taken):
    taken = set(taken)
    return [(n, row) for n, row in enumerate(rows) if n not in taken]


def _pair_equal(before, after, key, pairs):
    """Pairs rows with the same key in their order; an empty key belongs to nothing."""
    waiting = {}
    for n, row in _left(before, pairs.values()):
        waiting.setdefault(key(row), []).append(n)
    for n, row in _left(after, pairs):
        if key(row) and waiting.get(key(row)):
            pairs[n] = waiting[key(row)].pop(0)


def _pair_alike(before, after, pairs):
    """Pairs rows of one kind whose descriptions are nearly the same, the likest first."""
    old, new = (
        [(n, row.get("kind"), _letter_pairs(row)) for n, row in rows]
        for rows in (_left(before, pairs.values()), _left(after, pairs))
    )
    if len(old) * len(new) > MOST_COMPARED:
        return
    likenesses = [
        (-likeness, abs(n - m), n, m)
        for n, kind, letters in new
        for m, other_kind, other_letters in old
        if kind == other_kind and (likeness := _likeness(letters, other_letters)) >= LEAST_ALIKE
    ]
    taken = set()
    for _rank, _distance, n, m in sorted(likenesses):
        if n not in pairs and m not in taken:
            pairs[n] = m
            taken.add(m)


def _letter_pairs(row):
    words = _words(row)
    return {words[n : n + 2] for n in range(len(words))}


def _likeness(one, other):
    """0 to 1: how many pairs of letters both have. Takes as long for odd text as for any other."""
    return 2 * len(one & other) / (len(one) + len(other) or 1)


def _words(row):
    return " ".join(row["description"].casefold().split())


def _everything(row):
    return (*_kind_and_words_of_a_year(row), *_said(row), row["amount"])


def _kind_and_words_of_a_year(row):
    return (*_kind_and_words(row), row["year"])


def _kind_and_words(row):
    return (row.get("kind"), _words(row))


def _kind_of_a_year(row):
    return (row.get("kind"), row["year"])


def _sum_of_a_kind(row):
    return (*_kind_of_a_year(row), row["amount"])
