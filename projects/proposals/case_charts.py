"""Bars that say in a picture what a table of figures says: lengths alone, no drawing. Pure."""

from dataclasses import dataclass

# The longest bar of a chart, in units of the drawing.
LONGEST = 1000
BAR, GAP = 8, 2


@dataclass(frozen=True)
class Bar:
    """Sizes are words already, so that no language writes them with a comma."""

    key: str
    y: str
    width: str


@dataclass(frozen=True)
class Group:
    """The bars of one row; `is_hidden` where none of its numbers may be shown."""

    name: object
    bars: list
    is_hidden: bool


@dataclass(frozen=True)
class Chart:
    title: str
    legend: list
    groups: list
    height: str


def chart(title, legend, rows):
    """`legend` is [(name of a number, words)]; `rows` are (name, row with numbers of those names).

    A number that is hidden or that there is not has no bar.
    """
    keys = [key for key, _words in legend]
    numbers = [[getattr(row, key) for key in keys] for _name, row in rows]
    most = max((n for of_row in numbers for n in of_row if n), default=0)
    groups = [
        Group(
            name,
            [
                Bar(key, str(place * (BAR + GAP)), str(max(1, round(n * LONGEST / most))))
                for place, (key, n) in enumerate(zip(keys, of_row, strict=True))
                if n
            ],
            all(n is None for n in of_row),
        )
        for (name, _row), of_row in zip(rows, numbers, strict=True)
    ]
    return Chart(title, legend, groups, str(len(keys) * (BAR + GAP)))
