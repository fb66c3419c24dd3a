"""The filters of the project list: what was asked for, and how many hits each value would give.

All counts come from one statement. The hits are found once; then each facet is counted under the
choices made in the *other* facets, so that a second district can be added to the first.
"""

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Case, F, Q, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offenbach_wir.search import as_typed, query_words
from offenbach_wir.translated import labels
from programs.models import FocusArea, FundingLine

from .models import District, Project, SpokenLanguage, TargetGroup

SORTS = {
    "best": gettext_lazy("Best match first"),
    "current": gettext_lazy("Running first"),
    "newest": gettext_lazy("Newest first"),
    "title": gettext_lazy("By title, A to Z"),
}
MOST_VALUES = 60


@dataclass
class Option:
    value: str
    label: str
    pk: object
    language: str = ""
    count: int = 0
    is_chosen: bool = False


@dataclass
class Facet:
    """One filter. `column` is its column of the hits; `is_list` where that holds several keys."""

    name: str
    title: str
    column: str
    options: list = field(default_factory=list)
    is_list: bool = False

    @property
    def chosen(self):
        return [option for option in self.options if option.is_chosen]

    @property
    def condition(self):
        """(SQL over the hits, its parameters) for what was chosen, or None."""
        if not self.chosen:
            return None
        if self.is_list:
            parts = [f"{self.column} LIKE %s" for _option in self.chosen]
            return f"({' OR '.join(parts)})", [f"%,{o.pk},%" for o in self.chosen]
        marks = ", ".join(["%s"] * len(self.chosen))
        return f"{self.column} IN ({marks})", [o.pk for o in self.chosen]

    @property
    def lookup(self):
        """The same condition for a QuerySet of hits."""
        condition = Q()
        for option in self.chosen:
            name = f"{self.column}__contains" if self.is_list else self.column
            condition |= Q(**{name: f",{option.pk}," if self.is_list else option.pk})
        return condition

    def take_counts(self, counts):
        """`counts` maps a value of the column to its number of hits."""
        if self.is_list:
            single = {}
            for joined, n in counts.items():
                for pk in (joined or "").strip(",").split(","):
                    single[pk] = single.get(pk, 0) + n
            counts = single
        for option in self.options:
            option.count = counts.get(str(option.pk), 0)


def _options(rows):
    return [
        Option(value=str(key), label=label, pk=pk, language=lang) for pk, key, label, lang in rows
    ]


def all_facets():
    """The facets with all their options in the active language; no counts yet."""
    districts = District.objects.values_list("pk", "slug", "name")
    return [
        Facet(
            "focus",
            _("Focus area"),
            "focus_keys",
            _options(labels(FocusArea.objects.published(), "title")),
            True,
        ),
        Facet(
            "status",
            _("Time"),
            "phase_on",
            [Option(value=str(p), label=p.label, pk=str(p)) for p in Project.Phase],
        ),
        Facet("help", _("Taking part"), "seeks", [Option("1", _("Looks for help"), 1)]),
        Facet(
            "district",
            _("District"),
            "district_id",
            [Option(value=slug, label=name, pk=pk, language="de") for pk, slug, name in districts],
        ),
        Facet(
            "group", _("For whom"), "group_keys", _options(labels(TargetGroup.objects.all())), True
        ),
        Facet(
            "language",
            _("Languages spoken"),
            "language_keys",
            _options(labels(SpokenLanguage.objects.all(), key="code")),
            True,
        ),
        Facet(
            "line",
            _("Funding line"),
            "funding_line_id",
            _options(labels(FundingLine.objects.published(), "title")),
        ),
    ]


class ProjectSearch:
    """What a visitor asked of the list, read from the address.

    Values nobody knows are named to the visitor and left out.
    """

    def __init__(self, params):
        self.query = as_typed(params.get("q", ""))
        self.ignored = []
        self.facets = all_facets()
        for facet in self.facets:
            self._choose(facet, params.getlist(facet.name)[:MOST_VALUES])
        sort = params.get("sort", "")
        if sort and sort not in SORTS:
            self._ignore(sort)
        self.has_words = bool(query_words(self.query))
        default = "best" if self.has_words else "current"
        self.sort = sort if sort in SORTS and (sort != "best" or self.has_words) else default
        self.is_default_sort = self.sort == default

    def _choose(self, facet, values):
        by_value = {option.value: option for option in facet.options}
        for value in values:
            if value in by_value:
                by_value[value].is_chosen = True
            else:
                self._ignore(value)

    def _ignore(self, value):
        if shown := as_typed(value)[:40]:
            self.ignored.append(shown)

    @property
    def sorts(self):
        return [
            (key, label, key == self.sort)
            for key, label in SORTS.items()
            if key != "best" or self.has_words
        ]

    @property
    def chosen(self):
        """[(facet, option, address without it)] of every filter that is on."""
        return [
            (facet, option, self.address(without=option))
            for facet in self.facets
            for option in facet.chosen
        ]

    @property
    def is_filtered(self):
        return bool(self.query or self.chosen)

    def address(self, *, without=None, drop_query=False):
        """The query string of this state, as one link may change it."""
        params = QueryDict(mutable=True)
        if self.query and not drop_query:
            params["q"] = self.query
        for facet in self.facets:
            for option in facet.chosen:
                if option is not without:
                    params.appendlist(facet.name, option.value)
        if not self.is_default_sort:
            params["sort"] = self.sort
        return f"?{params.urlencode()}" if params else "?"

    @property
    def address_without_query(self):
        return self.address(drop_query=True)

    @cached_property
    def _matching(self):
        return Project.objects.published().matching(self.query)

    def hits(self):
        """All published projects that match the words, before any filter."""
        today = timezone.localdate()
        return self._matching.all().with_phase(today).with_seeking(today)

    def count(self):
        """Fills the counts of all facets and returns the number of hits; one statement."""
        hits = self.hits().order_by().values_list(*[facet.column for facet in self.facets])
        hits_sql, params = hits.query.sql_with_params()
        columns = ", ".join(facet.column for facet in self.facets)
        conditions = {f.name: f.condition for f in self.facets if f.condition}
        selects, params = [], list(params)
        for facet in (None, *self.facets):
            others = [c for name, c in conditions.items() if not facet or name != facet.name]
            where = " AND ".join(sql for sql, _values in others) or "1 = 1"
            if facet:
                selects.append(
                    f"SELECT '{facet.name}', CAST({facet.column} AS TEXT), COUNT(*)"  # noqa: S608
                    f" FROM hits WHERE {where} GROUP BY {facet.column}"
                )
            else:
                selects.append(f"SELECT 'all', '', COUNT(*) FROM hits WHERE {where}")  # noqa: S608
            params += [value for _sql, values in others for value in values]
        counts = {facet.name: {} for facet in self.facets}
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH hits ({columns}) AS ({hits_sql}) {' UNION ALL '.join(selects)}", params
            )
            for name, value, n in cursor.fetchall():
                if name == "all":
                    total = n
                else:
                    counts[name][value] = n
        for facet in self.facets:
            facet.take_counts(counts[facet.name])
        return total

    def rows(self):
        """The hits under all filters, in the order asked for."""
        rows = self.hits()
        for facet in self.facets:
            if facet.chosen:
                rows = rows.filter(facet.lookup)
        newest = (F("starts_on").desc(nulls_last=True), "-pk")
        running_first = Case(
            When(phase_on=Project.Phase.RUNNING, then=0),
            When(phase_on=Project.Phase.PLANNED, then=1),
            default=2,
        )
        order = {
            "best": ("-score", *newest),
            "current": (running_first, *newest),
            "newest": newest,
            "title": ("sort_title", "pk"),
        }
        return rows.order_by(*order[self.sort])
