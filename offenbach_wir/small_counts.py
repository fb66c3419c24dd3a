"""Which numbers of people or cases may be shown, so that nobody is recognised in them. Pure.

A small number is hidden. So are further ones, until what is missing from the sums beside them says
nothing about any of the hidden ones.
"""

from collections import Counter
from dataclasses import dataclass

# Domain: counts below five are not shown, because few people can be recognised.
SMALLEST_SHOWN = 5
# Stands in a grid for all rows (or columns) whose own sum is hidden.
OTHERS = object()


def protected(pairs, also=()):
    """[(value, n or None)] as it may be shown beside its total: None stands for a hidden number.

    Small numbers are hidden, and further ones, the smallest first, until what is missing from the
    total says nothing about one of them: at least two are hidden, together SMALLEST_SHOWN or more,
    and not just ones. `also` are values hidden for another reason. Returns None for the table where
    that cannot be reached.
    """
    hidden = {value: n for value, n in pairs if 0 < n < SMALLEST_SHOWN or (n and value in also)}
    others = sorted((n, value) for value, n in pairs if n and value not in hidden)
    while hidden and not _says_nothing(hidden.values()):
        if not others:
            return None
        n, value = others.pop(0)
        hidden[value] = n
    return [(value, None if value in hidden or value in also else n) for value, n in pairs]


def _says_nothing(numbers):
    total = sum(numbers)
    return len(numbers) >= 2 and total >= SMALLEST_SHOWN and total > len(numbers)


def is_shown(total):
    """Whether a number that stands alone may be shown."""
    return total == 0 or total >= SMALLEST_SHOWN


@dataclass(frozen=True)
class Grid:
    """What may be shown of a table with two ways in: its sum, the sums of rows and of columns, and
    single cells. Whatever is picked from it, nothing hidden can be computed.
    """

    total: bool
    rows: frozenset
    columns: frozenset
    cells: frozenset

    def shows(self, row=None, column=None):
        """None asks for the sum over all rows or columns."""
        if row is None and column is None:
            return self.total
        if column is None:
            return row in self.rows
        if row is None:
            return column in self.columns
        return (row, column) in self.cells


def protected_grid(counts, beside=None):
    """The Grid of {(row, column): n}; what `beside`, a Grid of the same keys, hides is hidden too.

    Rows and columns whose sums are hidden are taken together, as a reader who subtracts would. In
    what then lies between known sums, each hidden cell gets three more, the corners of a rectangle,
    so that one case could be moved around it without any sum noticing.
    """
    all_rows, all_columns = ({key[place] for key in counts} for place in (0, 1))
    total = is_shown(sum(counts.values())) and (beside is None or beside.total)
    rows = _shown_sums(counts, 0, beside and all_rows - beside.rows) if total else set()
    columns = _shown_sums(counts, 1, beside and all_columns - beside.columns) if total else set()
    cells = set()
    if rows and columns:
        joined = Counter()
        for (row, column), n in counts.items():
            joined[_or_others(row, rows), _or_others(column, columns)] += n
        hidden = {key for key, n in joined.items() if 0 < n < SMALLEST_SHOWN}
        if beside is not None:
            hidden |= {
                key
                for key, n in joined.items()
                if n and OTHERS not in key and not beside.shows(*key)
            }
        hidden = _hidden_cells(joined, hidden)
        if hidden is not None:
            cells = {(row, column) for row in rows for column in columns} - hidden
    if beside is not None:
        cells &= beside.cells
    return Grid(total, frozenset(rows), frozenset(columns), frozenset(cells))


def _shown_sums(counts, place, also):
    sums = Counter()
    for key, n in counts.items():
        sums[key[place]] += n
    shown = protected(sorted(sums.items()), also or ())
    return {value for value, n in shown or () if n is not None}


def _or_others(value, shown):
    return value if value in shown else OTHERS


def _hidden_cells(counts, hidden):
    """The cells to hide, or None where no choice of them is safe.

    Always the same for the same numbers: two answers that differ would tell more than one.
    """
    counts = {cell: counts[cell] for cell in _in_order(counts) if counts[cell]}
    hidden, covered = set(hidden), set()
    while True:
        bare = next((cell for cell in counts if cell in hidden and cell not in covered), None)
        if bare is not None:
            more = _cheapest_cover(counts, hidden, bare)
            covered.add(bare)
        else:
            more = _for_a_thin_line(counts, hidden)
            if not more and more is not None:
                return hidden
        if more is None:
            return None
        hidden |= more


def _in_order(cells):
    return sorted(cells, key=lambda cell: [(part is OTHERS, str(part)) for part in cell])


def _cheapest_cover(counts, hidden, cell):
    """What is still to be hidden for a rectangle around the cell; None where there is none."""
    covers = [set(corners) - hidden for corners in _rectangles(counts, cell)]
    return min(covers, key=lambda cover: sum(counts[key] for key in cover), default=None)


def _rectangles(counts, cell):
    """The other three corners of those that have this cell as one, and no empty cell."""
    row, column = cell
    for opposite in counts:
        beside, below = (row, opposite[1]), (opposite[0], column)
        corners = {cell, beside, below, opposite}
        # One case can go round, and no corner becomes empty.
        if (
            len(corners) == 4
            and corners <= counts.keys()
            and (
                min(counts[cell], counts[opposite]) >= 2 or min(counts[beside], counts[below]) >= 2
            )
        ):
            yield beside, below, opposite


def _for_a_thin_line(counts, hidden):
    """One more cell of a row or column whose hidden cells together are still too few to be nobody.

    Nothing more (an empty set) where there is none; None where there is no further cell.
    """
    for place in (0, 1):
        for line in dict.fromkeys(cell[place] for cell in counts if cell in hidden):
            inside = {cell: n for cell, n in counts.items() if cell[place] == line}
            if not _says_nothing([n for cell, n in inside.items() if cell in hidden]):
                others = [cell for cell in inside if cell not in hidden]
                return {min(others, key=counts.get)} if others else None
    return set()
