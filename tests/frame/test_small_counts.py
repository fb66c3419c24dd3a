"""No number from which somebody could be recognised is shown, or can be computed from others."""

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offenbach_wir.small_counts import OTHERS, SMALLEST_SHOWN, protected, protected_grid


# --- One column beside its total ---
@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([0, 7], [0, 7], id="none is no number of people"),
        pytest.param([5, 9], [5, 9], id="large ones"),
        pytest.param([3, 9, 20], [None, None, 20], id="a second one against subtraction"),
        pytest.param([4, 4, 20], [None, None, 20], id="two small ones cover each other"),
        pytest.param([1, 1, 9, 20], [None, None, None, 20], id="two ones are two ones"),
        pytest.param([1, 1, 1, 1, 1, 30], [None] * 6, id="five ones are five ones"),
        pytest.param([3], None, id="one small number alone"),
        pytest.param([1, 2], None, id="too few altogether"),
        pytest.param([1, 1, 1, 1, 1], None, id="just ones"),
    ],
)
def test_small_numbers_are_hidden_with_what_gives_them_away(numbers, shown):
    rows = protected(list(enumerate(numbers)))
    assert (rows if rows is None else [n for _value, n in rows]) == shown


def possible(hidden_count, missing):
    """Every way in which so many hidden numbers can add up to what is missing."""
    ways = itertools.product(range(1, missing + 1), repeat=hidden_count - 1)
    return [(*way, missing - sum(way)) for way in ways if sum(way) < missing]


@given(st.lists(st.integers(min_value=0, max_value=9), max_size=5))
def test_no_hidden_number_can_be_computed_from_the_total(numbers):
    rows = protected(list(enumerate(numbers)))
    if rows is None:
        return
    hidden = [value for value, n in rows if n is None]
    if not hidden:
        assert all(n == 0 or n >= SMALLEST_SHOWN for n in numbers)
        return
    missing = sum(numbers) - sum(n for _value, n in rows if n is not None)
    for place in range(len(hidden)):
        assert len({way[place] for way in possible(len(hidden), missing)}) > 1


@given(st.lists(st.integers(min_value=0, max_value=30), max_size=8))
def test_what_is_shown_is_true(numbers):
    rows = protected(list(enumerate(numbers))) or []
    assert all(n is None or n == numbers[value] for value, n in rows)


def test_what_is_hidden_for_another_reason_is_not_given_away_either():
    assert protected([("a", 9), ("b", 20), ("c", 7)], also=["b"]) == [
        *[("a", 9), ("b", None), ("c", None)],
    ]


# --- A table with sums of rows and columns ---
def grid_of(*rows):
    return {(r, c): n for r, row in enumerate(rows) for c, n in enumerate(row)}


def shown(counts, beside=None):
    """The rows of the table as they are shown, None for hidden numbers."""
    grid = protected_grid(counts, beside)
    height, width = (1 + max(key[place] for key in counts) for place in (0, 1))
    return [
        [counts[r, c] if grid.shows(r, c) else None for c in range(width)] for r in range(height)
    ]


def test_a_table_of_large_numbers_is_shown_whole():
    rows = [[5, 9], [0, 20]]
    assert shown(grid_of(*rows)) == rows
    grid = protected_grid(grid_of(*rows))
    assert [grid.shows(), grid.shows(0), grid.shows(None, 1)] == [True, True, True]


def test_a_small_cell_takes_three_more_with_it():
    assert shown(grid_of([3, 20, 9], [20, 30, 30], [8, 30, 30])) == [
        *([None, 20, None], [20, 30, 30], [None, 30, None]),
    ]


def test_a_table_in_which_nothing_covers_a_small_cell_shows_only_its_sums():
    counts = grid_of([3, 20], [20, 0])
    grid = protected_grid(counts)
    assert (grid.shows(0), grid.shows(None, 1), grid.cells) == (True, True, frozenset())


def test_a_small_table_shows_nothing_at_all():
    grid = protected_grid(grid_of([1, 2], [0, 1]))
    assert [grid.shows(), *grid.rows, *grid.columns, *grid.cells] == [False]


def test_an_empty_table_is_no_secret():
    assert protected_grid({}).shows()


def test_what_a_table_beside_hides_is_hidden_though_there_is_nothing():
    cases = grid_of([3, 20, 9], [20, 30, 30], [8, 30, 30])
    grants = grid_of([0, 20, 9], [20, 30, 30], [8, 30, 30])
    assert shown(grants)[0][0] == 0
    assert shown(grants, protected_grid(cases))[0][0] is None


def test_the_same_numbers_hide_the_same_cells_in_whatever_order_they_come():
    counts = grid_of([3, 9, 9, 9], [9, 9, 4, 9], [9, 9, 9, 9])
    turned = dict(reversed(counts.items()))
    assert protected_grid(counts) == protected_grid(turned)


def joined(counts, grid):
    """The table as somebody sees it who subtracts what is shown from the sums."""
    table = Counter()
    for (row, column), n in counts.items():
        key = row if row in grid.rows else OTHERS, column if column in grid.columns else OTHERS
        table[key] += n
    return table


def other_tables(table, hidden):
    """Changes of the hidden cells by at most one that no sum and no shown cell notices.

    Independent of how the rule chooses: all of them are tried, row by row.
    """
    ways = []
    for row in dict.fromkeys(row for row, _column in hidden):
        cells = [key for key in hidden if key[0] == row]
        changes = itertools.product((-1, 0, 1), repeat=len(cells))
        ways.append([dict(zip(cells, some, strict=True)) for some in changes if not sum(some)])
    for way in itertools.product(*ways):
        change = {key: n for of_row in way for key, n in of_row.items()}
        by_column = Counter()
        for (_row, column), n in change.items():
            by_column[column] += n
        if not any(by_column.values()) and all(table[key] + n >= 1 for key, n in change.items()):
            yield change


tables = st.lists(
    st.lists(st.integers(min_value=0, max_value=14), min_size=3, max_size=3), min_size=2, max_size=3
)


@settings(deadline=None)
@given(tables)
def test_no_hidden_cell_can_be_computed_from_sums_and_other_cells(rows):
    counts = grid_of(*rows)
    grid = protected_grid(counts)
    if not grid.cells:
        return
    table = joined(counts, grid)
    hidden = [key for key, n in table.items() if n and key not in grid.cells]
    changed = {key for change in other_tables(table, hidden) for key in change if change[key]}
    assert {key for key in hidden if OTHERS not in key} <= changed


@given(tables)
def test_no_small_number_is_shown(rows):
    counts = grid_of(*rows)
    grid = protected_grid(counts)
    numbers = [counts[key] for key in grid.cells if key in counts]
    for place, lines in ((0, grid.rows), (1, grid.columns)):
        numbers += [sum(n for key, n in counts.items() if key[place] == line) for line in lines]
    assert not [n for n in numbers if 0 < n < SMALLEST_SHOWN]


@given(tables)
def test_what_a_row_or_column_hides_is_together_no_small_number(rows):
    counts = grid_of(*rows)
    grid = protected_grid(counts)
    table = joined(counts, grid)
    for place, lines in ((0, grid.rows), (1, grid.columns)):
        for line in lines if grid.cells else ():
            inside = {
                key: n for key, n in table.items() if key[place] == line and OTHERS not in key
            }
            missing = sum(n for key, n in inside.items() if key not in grid.cells)
            rest = sum(n for key, n in table.items() if key[place] == line and OTHERS in key)
            assert missing + rest == 0 or missing + rest >= SMALLEST_SHOWN
