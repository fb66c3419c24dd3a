"""Figures of cases for the council: to look at, and to take along as a table."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from offenbach_wir import events, exports, rate_limits
from offenbach_wir.models import Event
from offenbach_wir.translated import labels
from programs.models import FundingLine
from projects.proposals import case_figures
from projects.proposals.case import State
from projects.proposals.case_charts import chart

from .access import page_for

VIEW = "proposals.view_casecount"
MONEY = (
    ("requested", gettext_lazy("Requested")),
    ("granted", gettext_lazy("Granted")),
    ("paid", gettext_lazy("Paid")),
)
DAYS = (("median", gettext_lazy("Median in days")), ("mean", gettext_lazy("Mean in days")))


class YearForm(forms.Form):
    """One year, or all of them; a range would give hidden numbers away."""

    year = forms.TypedChoiceField(
        label=gettext_lazy("Handed in"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", _("in all years")), *((year, str(year)) for year in reversed(years))]
        self.fields["year"].choices = choices


@dataclass(frozen=True)
class Name:
    """Of a row; `lang` is empty where the catalogues say it."""

    text: str
    lang: str = ""

    def __str__(self):
        return self.text


@dataclass(frozen=True)
class Table:
    """`rows` are (Name, case_figures.Row), `head` says what the names are. `says` is "money" or
    "days".
    """

    key: str
    title: str
    head: str
    says: str
    rows: list
    charts: tuple


@dataclass(frozen=True)
class Page:
    """`grid` are (Name, [number of each year], number of all years); none where a year is asked."""

    years: list
    total: case_figures.Row
    tables: list
    grid: list


class Answer:
    """What somebody asked for; `page` is None where there is no such year."""

    def __init__(self, request):
        sums = case_figures.all_sums()
        self.lines = case_figures.Figures(sums, case_figures.LINE)
        self.states = case_figures.Figures(sums, case_figures.STATE)
        self.form = YearForm(request.GET, years=self.lines.years)
        self.year, self.page = None, None
        if self.form.is_valid():
            self.year = self.form.cleaned_data["year"]
            self.page = self._page(self.year)

    def _page(self, year):
        line_names = _line_names(self.lines.by_value)
        state_names = _state_names(self.states.by_value)
        lines = _named(self.lines.table(line_names, year), line_names)
        states = _named(self.states.table(state_names, year), state_names)
        tables = [
            _money_table("line", _("By funding line"), _("Funding line"), lines),
            _money_table("state", _("By state"), _("State"), states),
            _days_table(
                "days-line", _("Time to the decision by funding line"), _("Funding line"), lines
            ),
        ]
        grid = []
        if year is None:
            years = [(Name(str(row.value)), row) for row in self.lines.years_table()]
            tables.insert(0, _money_table("year", _("By year"), _("Year"), years))
            tables.append(
                _days_table("days-year", _("Time to the decision by year"), _("Year"), years)
            )
            grid = [
                (line_names[slug], numbers, all_years)
                for slug, numbers, all_years in self.lines.grid_table(line_names)
            ]
        return Page(self.lines.years, self.lines.total(year), tables, grid)


def _line_names(slugs):
    """{slug: Name} in the order of the lines; one that is no longer there keeps its short name."""
    found = labels(FundingLine.objects.all(), field="title")
    known = {slug: Name(title, lang) for _pk, slug, title, lang in found}
    names = {slug: name for slug, name in known.items() if slug in slugs}
    unknown = {slug: Name(slug or _("Without a funding line")) for slug in sorted(slugs)}
    return names | {slug: name for slug, name in unknown.items() if slug not in names}


def _state_names(states):
    known = {state: Name(str(state.label)) for state in State if state in states}
    return known | {state: Name(state) for state in sorted(states) if state not in known}


def _named(rows, names):
    return [(names[row.value], row) for row in rows]


def _money_table(key, title, head, rows):
    cases = chart(_("Number of cases"), [("n", _("Cases"))], rows)
    return Table(key, title, head, "money", rows, (cases, chart(_("Sums of money"), MONEY, rows)))


def _days_table(key, title, head, rows):
    return Table(key, title, head, "days", rows, (chart(_("Days to the decision"), DAYS, rows),))


@require_safe
@page_for(VIEW)
def show(request):
    answer = Answer(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Figures of proposals"),
        "form": answer.form,
        "page": answer.page,
        "year": answer.year,
    }
    status = 200 if answer.page else 422
    return TemplateResponse(request, "proposals/office/figures.html", context, status=status)


@require_safe
@page_for(VIEW)
def export(request, format_name):
    rate_limits.count("export", f"account {request.user.pk}")
    answer = Answer(request)
    if answer.page is None:
        raise Http404
    rows = list(_rows(answer.page, answer.year, format_name))
    events.record(
        Event.Kind.EXPORTED,
        request=request,
        model="proposals.casecount",
        rows=len(rows) - 1,
        format=format_name,
    )
    stem = f"antraege-zahlen-{answer.year}" if answer.year else "antraege-zahlen"
    return exports.as_file(rows, stem, format_name)


def _rows(page, year, format_name):
    """Headings, then one row a line of a table; a hidden number is a word."""

    def written(value):
        if value is None:
            return _("hidden")
        if isinstance(value, Decimal) and format_name == "csv":
            return formats.number_format(value)
        return exports.as_value(value)

    def numbers(row):
        return [row.n, row.requested, row.granted, row.paid, row.decided, row.mean, row.median]

    def line(table, name, of_year, values):
        return [written(value) for value in (table, str(name), of_year or "", *values)]

    yield [
        *(_("Table"), _("Line, state or year"), _("Year"), _("Cases"), _("Requested (EUR)")),
        *(
            _("Granted (EUR)"),
            _("Paid (EUR)"),
            _("Decided"),
            _("Mean in days"),
            _("Median in days"),
        ),
    ]
    yield line(_("All together"), "", year, numbers(page.total))
    for table in page.tables:
        if table.says == "money":
            for name, row in table.rows:
                yield line(table.title, name, year, numbers(row))
    for name, of_years, _all_years in page.grid:
        for of_year, n in zip(page.years, of_years, strict=True):
            yield line(_("Cases by funding line and year"), name, of_year, [n, *[""] * 6])
