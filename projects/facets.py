"""The filters of the project list: what was asked for, and how many hits each value would give.

All counts come from one statement. The hits are found once; then each facet is counted under the
choices made in the *other* facets, so that a second district can be added to the first. The keys
of the page that is shown come out of the same statement.
"""

import hashlib
import re
from dataclasses import dataclass, field

from django.core.paginator import Paginator
from django.db import connection
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offenbach_wir.page_cache import kept
from offenbach_wir.search import as_typed, mended_parts, query_parts, query_words
from offenbach_wir.translated import labels
from programs.models import FocusArea, FundingLine

from .models import District, Project, SpokenLanguage, TargetGroup

SORTS = {
    "best": gettext_lazy("Best match first"),
    "current": gettext_lazy("Running first"),
    "newest": gettext_lazy("Newest first"),
    "title": gettext_lazy("By title, A to Z"),
}
NEWEST = "starts_on DESC NULLS LAST, id DESC"
# Sort → (the columns of the hits it needs, its order over them).
ORDERS = {
    "best": (("score", "starts_on"), f"score DESC, {NEWEST}"),
    "current": (
        ("phase_on", "starts_on", "ends_on"),
        f"CASE phase_on WHEN 'running' THEN 0 WHEN 'planned' THEN 1 ELSE 2 END, {NEWEST}",
    ),
    "newest": (("starts_on",), NEWEST),
    "title": (("sort_title",), "sort_title, id"),
}
# "Running first": what is in each phase (Project.objects.with_phase), said in columns of which an
# index and the statistics of the database know something.
PHASES_AHEAD = {
    Project.Phase.RUNNING: "starts_on <= %s AND (ends_on IS NULL OR ends_on >= %s)",
    Project.Phase.PLANNED: "starts_on > %s AND (ends_on IS NULL OR ends_on >= %s)",
}
OTHER_PHASES = "(starts_on IS NULL OR ends_on < %s)"
MOST_VALUES = 60
# Filters chosen at once up to which the counts are kept.
MOST_POPULAR = 2


class CountedPaginator(Paginator):
    """A paginator that was told the count, because the facets know it already."""

    def __init__(self, count, per_page):
        self._count = count
        super().__init__([], per_page)

    @cached_property
    def count(self):
        return self._count


@dataclass(frozen=True)
class Run:
    """Hits that follow one another: so many from there on, of all or of one phase."""

    offset: int
    how_many: int
    condition: str = ""


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
            [Option(value=str(p), label=str(p.label), pk=str(p)) for p in Project.Phase],
        ),
        Facet("help", _("Taking part"), "seeks", [Option("1", _("Looks for help"), 1)]),
        Facet(
            "district",
            _("District"),
            "district_id",
            [Option(value=slug, label=name, pk=pk, language="de") for pk, slug, name in districts],
        ),
        Facet(
            "group",
            _("For whom"),
            "group_keys",
            _options(labels(TargetGroup.objects.outside_the_bin())),
            True,
        ),
        Facet(
            "language",
            _("Languages spoken"),
            "language_keys",
            _options(labels(SpokenLanguage.objects.outside_the_bin(), key="code")),
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
        self.facets = kept("facets", all_facets)
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

    def page(self, number, per_page=20):
        """The page of that number (or the nearest there is) of the hits; fills all counts."""
        is_number = re.fullmatch("[1-9][0-9]{0,5}", number or "")
        offset = (int(number) - 1) * per_page if is_number else 0
        parts = query_parts(self.query)
        if self._is_popular:
            counts = kept(f"counts:{self._fingerprint}", lambda: self._ask(parts, counted=True)[0])
            found = self._keys(parts, counts, offset, per_page)
        else:
            counts, found = self._ask(parts, [Run(offset, per_page)], counted=True)
        if not counts["all"][""] and (mended := mended_parts(self.query, parts)):
            parts = mended
            counts, found = self._ask(parts, [Run(offset, per_page)], counted=True)
        for facet in self.facets:
            facet.take_counts(counts[facet.name])
        page = CountedPaginator(counts["all"][""], per_page).get_page(number)
        if page.paginator.count and not found:
            found = self._keys(parts, counts, (page.number - 1) * per_page, per_page)
        cards = Project.objects.filter(pk__in=found).for_cards().in_bulk()
        page.object_list = [cards[pk] for pk in found if pk in cards]
        return page

    @property
    def _is_popular(self):
        """Without words and with few filters: its counts are worth keeping for the next pages."""
        return not self.query and len(self.chosen) <= MOST_POPULAR

    @property
    def _fingerprint(self):
        chosen = "&".join(f"{facet.name}={option.value}" for facet, option, _a in self.chosen)
        return hashlib.sha256(chosen.encode()).hexdigest()

    def _keys(self, parts, counts, offset, how_many):
        """The keys of the hits there, in order, where the counts are known.

        "Running first" is "newest first" of one phase after the other. All phases together can be
        put in order only by reading every project; of one phase, as on most pages, an index has
        the few that are shown.
        """
        runs = [Run(offset, how_many)]
        if self.sort == "current" and not self.query:
            runs = list(self._runs(counts, offset, offset + how_many))
        return self._ask(parts, runs)[1] if runs else []

    def _runs(self, counts, first, end):
        """The hits from `first` to before `end`, cut where one phase ends and the next begins."""
        left = counts["all"][""]
        chosen = {o.value for f in self.facets if f.name == "status" for o in f.chosen}
        lengths = []
        for phase, condition in PHASES_AHEAD.items():
            is_wanted = phase in chosen or not chosen
            lengths.append((condition, counts["status"].get(phase, 0) if is_wanted else 0))
            left -= lengths[-1][1]
        begins = 0
        for condition, length in [*lengths, (OTHER_PHASES, left)]:
            start, stop = max(first, begins), min(end, begins + length)
            if start < stop:
                yield Run(start - begins, stop - start, condition)
            begins += length

    def _hits(self, parts, columns, today):
        """All published projects that hold the words, before any filter."""
        rows = Project.objects.published().holding(parts, self.query)
        return rows.with_phase(today).with_seeking(today).order_by().values_list(*columns)

    def _ask(self, parts, runs=(), *, counted=False):
        """(counts by facet and value, keys of the hits in the runs) by one statement.

        The total is the count of the value "" of "all".
        """
        today = timezone.localdate()
        sort_columns, order = ORDERS[self.sort]
        shown = ("id", *sort_columns)
        columns = tuple(dict.fromkeys((*shown, *(facet.column for facet in self.facets))))
        hits_sql, params = self._hits(parts, columns, today).query.sql_with_params()
        conditions = {f.name: f.condition for f in self.facets if f.condition}
        # S608: what stands in these statements is our own; what a visitor gave goes as a parameter.
        selects, params = [], list(params)
        day = connection.ops.adapt_datefield_value(today)

        def where(facet=None):
            others = [c for name, c in conditions.items() if not facet or name != facet.name]
            params.extend(value for _sql, values in others for value in values)
            return " AND ".join(sql for sql, _values in others) or "1 = 1"

        if counted:
            for facet in self.facets:
                selects.append(
                    f"SELECT '{facet.name}', CAST({facet.column} AS TEXT), COUNT(*)"  # noqa: S608
                    f" FROM hits WHERE {where(facet)} GROUP BY {facet.column}"
                )
            selects.append(f"SELECT 'all', '', COUNT(*) FROM hits WHERE {where()}")  # noqa: S608
        place = 0
        for run in runs:
            within, by = where(), order
            if run.condition:
                within, by = f"{within} AND {run.condition}", NEWEST
                params += [day] * run.condition.count("%s")
            selects.append(
                f"SELECT 'page', CAST(id AS TEXT), {place} + ROW_NUMBER() OVER (ORDER BY {by})"  # noqa: S608
                f" FROM (SELECT {', '.join(shown)} FROM hits WHERE {within} ORDER BY {by}"
                f" LIMIT {int(run.how_many)} OFFSET {int(run.offset)}) AS shown"
            )
            place += run.how_many
        # Counts read all hits, several times; what is only shown is looked up.
        once = "MATERIALIZED" if counted else "NOT MATERIALIZED"
        sql = (
            f"WITH hits ({', '.join(columns)}) AS {once} ({hits_sql}) {' UNION ALL '.join(selects)}"
        )
        counts = {name: {} for name in ("all", "page", *(facet.name for facet in self.facets))}
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            for name, value, n in cursor.fetchall():
                counts[name][value] = n
        places = counts.pop("page")
        return counts, [int(pk) for pk in sorted(places, key=places.get)]
