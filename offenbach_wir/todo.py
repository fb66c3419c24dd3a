"""What the start page of the back office shows: one registry; each app registers its own panels
in its module `panels.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass

MOST_ENTRIES = 7


@dataclass(frozen=True)
class Panel:
    """One kind of work that may wait for somebody.

    `count(user)` is one query; `sentence(n)` says what waits, for n > 0, with the place %(n)s;
    `url(user)` leads to exactly those records. Shown to whom holds `permission`; smaller `order`
    stands higher.
    """

    key: str
    permission: str
    count: Callable
    sentence: Callable
    url: Callable
    order: int = 50
    is_urgent: bool = False


@dataclass(frozen=True)
class Entry:
    panel: Panel
    count: int
    sentence: str
    url: str


_panels = {}


def register(panel):
    if panel.key in _panels:
        raise ValueError(f"Panel {panel.key} is registered twice.")
    _panels[panel.key] = panel
    return panel


def panels_for(user):
    permitted = [panel for panel in _panels.values() if user.has_perm(panel.permission)]
    return sorted(permitted, key=lambda panel: (panel.order, panel.key))


def entries_for(user):
    """The entries that wait for this person, the most pressing first, at most MOST_ENTRIES."""
    entries = []
    for panel in panels_for(user):
        if count := panel.count(user):
            entries.append(
                Entry(panel, count, panel.sentence(count) % {"n": count}, panel.url(user))
            )
        if len(entries) == MOST_ENTRIES:
            break
    return entries
