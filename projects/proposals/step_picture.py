"""The states of a case and the steps between them as a picture (SVG), drawn from case.STEPS.

Each arrow carries the number that its step has in the table beside the picture. Steps that lead on
from many states are no arrows: their number stands at those states.
"""

import textwrap
from xml.sax.saxutils import escape

from .case import ENDED, STEPS, State

# Where a state stands: (column, row).
PLACES = {
    State.SUBMITTED: (1, 0),
    State.FORMAL_CHECK: (1, 1),
    State.SUPPLEMENT_REQUESTED: (2, 1),
    State.REVIEWED: (1, 2),
    State.HANDED_OVER: (0, 3),
    State.DECIDED_BY_CITY: (2, 3),
    State.WITHDRAWN: (0, 4),
    State.APPROVED: (1, 4),
    State.REJECTED: (2, 4),
    State.ACCEPTED: (1, 5),
    State.RUNNING: (1, 6),
    State.PROOF_DUE: (1, 7),
    State.PROOF_SUBMITTED: (1, 8),
    State.CHECKED: (1, 9),
    State.REPAYMENT: (2, 9),
    State.CLOSED: (1, 10),
}
MOST_ARROWS = 3
WIDTH, HEIGHT, COLUMN, ROW, EDGE = 200, 52, 270, 104, 20
LETTERS_A_LINE = 26
STYLE = (
    "text{font:14px sans-serif;fill:#111;text-anchor:middle}"
    ".box{fill:#eef6f7;stroke:#0b4f5c;stroke-width:1.5}.end{fill:#f3f3f3;stroke-width:3}"
    ".way{fill:none;stroke:#0b4f5c;stroke-width:1.5;marker-end:url(#tip)}"
    ".number{fill:#fff;stroke:#0b4f5c}.mark{font-size:12px;text-anchor:end}"
)


def numbers():
    """{key of a step: its number in picture and table}"""
    return {key: n for n, key in enumerate(STEPS, start=1)}


def draw(title, description):
    """The whole picture in the language that is active."""
    width = 2 * COLUMN + WIDTH + 2 * EDGE
    height = 10 * ROW + HEIGHT + 2 * EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(str(title))}</title><desc>{escape(str(description))}</desc>",
        f"<style>{STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8"'
        ' markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#0b4f5c"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *_arrows(),
        *(_box(state) for state in PLACES),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _box(state):
    x, y = _corner(state)
    kind = "box end" if state in ENDED else "box"
    lines = textwrap.wrap(str(state.label), LETTERS_A_LINE)
    top = y + HEIGHT / 2 + 5 - 9 * (len(lines) - 1)
    words = "".join(
        f'<text x="{x + WIDTH / 2:g}" y="{top + 18 * n:g}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    marks = ", ".join(str(n) for n in _marks_of(state))
    mark = f'<text class="mark" x="{x + WIDTH - 8}" y="{y + HEIGHT - 6}">{marks}</text>'
    mark = mark if marks else ""
    box = f'<rect class="{kind}" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
    return box + words + mark


def _corner(state):
    column, row = PLACES[state]
    return EDGE + column * COLUMN, EDGE + row * ROW


def _marks_of(state):
    return [
        number
        for key, number in numbers().items()
        if len(STEPS[key].origins) > MOST_ARROWS and STEPS[key].starts_from(state)
    ]


def _arrows():
    """One arrow for each way between two states, with the numbers of all its steps."""
    ways = {}
    for key, number in numbers().items():
        step = STEPS[key]
        if len(step.origins) <= MOST_ARROWS:
            for origin in step.origins:
                ways.setdefault((origin, step.target), []).append(number)
    return [_arrow(*way, found, (way[1], way[0]) in ways) for way, found in ways.items()]


def _arrow(origin, target, found, has_return):
    (x1, y1), (x2, y2) = _ends(origin, target)
    # Ways there and back stand beside each other, each on the right of who goes it.
    if has_return:
        aside = 22
        if PLACES[origin][1] == PLACES[target][1]:
            shift = aside * 0.6 if x2 > x1 else -aside * 0.6
            y1, y2 = y1 + shift, y2 + shift
        else:
            shift = aside if y1 > y2 else -aside
            x1, x2 = x1 + shift, x2 + shift
    # Near its beginning, where fewer ways cross.
    x, y = x1 + (x2 - x1) * 0.4, y1 + (y2 - y1) * 0.4
    words = ", ".join(str(n) for n in found)
    half = 7 + 4 * len(words)
    return (
        f'<path class="way" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>'
        f'<rect class="number" x="{x - half:g}" y="{y - 10:g}" width="{2 * half:g}" height="20"'
        f' rx="10"/><text x="{x:g}" y="{y + 5:g}">{words}</text>'
    )


def _ends(origin, target):
    """Where a way leaves one box and reaches the other."""
    (x1, y1), (x2, y2) = _corner(origin), _corner(target)
    to_the_right = (x2 > x1) - (x2 < x1)
    if y1 == y2:
        half, middle = to_the_right * WIDTH / 2, y1 + HEIGHT / 2
        return (x1 + WIDTH / 2 + half, middle), (x2 + WIDTH / 2 - half, middle)
    lean = 60 * to_the_right
    begin, end = (y1 + HEIGHT, y2) if y2 > y1 else (y1, y2 + HEIGHT)
    return (x1 + WIDTH / 2 + lean, begin), (x2 + WIDTH / 2 - lean, end)
