"""What the start page of the back office shows: one registry; each app registers its own panels
in its module `panels.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, IntegerField, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.html import format_html

from .models import User

MOST_ENTRIES = 7


@dataclass(frozen=True)
class Panel:
    """One kind of work that may wait for somebody.

    `rows(user)` are the records that wait; all panels with rows are counted in one query. A panel
    that cannot say them as rows has a `count(user)`, which is one query of its own. `sentence(n)`
    says what waits, for n > 0, with the place %(n)s; `url(user)` leads to exactly those records.
    Shown to whom holds `permission`; smaller `order` stands higher.
    """

    key: str
    permission: str
    sentence: Callable
    url: Callable
    count: Callable | None = None
    rows: Callable | None = None
    order: int = 50
    is_urgent: bool = False


@dataclass(frozen=True)
class Entry:
    panel: Panel
    count: int
    sentence: str
    url: str

    @property
    def emphasised(self):
        """The sentence for a page, its number set big."""
        number = format_html("<strong>{}</strong>", self.count)
        return format_html(self.panel.sentence(self.count).replace("%(n)s", "{}"), number)


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
    entries, panels = [], panels_for(user)
    counts = _counted_at_once(user, [panel for panel in panels if panel.rows is not None])
    for panel in panels:
        count = counts[panel.key] if panel.rows is not None else panel.count(user)
        if count:
            entries.append(
                Entry(panel, count, panel.sentence(count) % {"n": count}, panel.url(user))
            )
        if len(entries) == MOST_ENTRIES:
            break
    return entries


def _counted_at_once(user, panels):
    """{key: number of rows} of these panels, in one query."""
    if not panels:
        return {}
    counts = {
        panel.key: Coalesce(
            Subquery(
                panel.rows(user)
                .order_by()
                .annotate(all_alike=Value(1))
                .values("all_alike")
                .annotate(n=Count("pk"))
                .values("n")
            ),
            0,
            output_field=IntegerField(),
        )
        for panel in panels
    }
    return User.objects.filter(pk=user.pk).values(**counts).get()
