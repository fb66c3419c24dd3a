"""How often advice was asked for: figures without people, to read and to take along."""

import datetime
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from consultations import figures
from consultations.models import Booking, Concern
from offenbach_wir import events, exports, rate_limits, small_counts
from offenbach_wir.models import Event
from offenbach_wir.office_pages import page_for
from offenbach_wir.tables import cell
from offenbach_wir.translated import labels
from projects.models import SpokenLanguage

from . import rights

VIEW = "consultations.view_advicecount"
MONTHS_BACK = 36


@dataclass
class Table:
    """`rows` are (name, number or None for a hidden one); `rows` is None where all are too few."""

    title: str
    rows: list | None


class RangeForm(forms.Form):
    """The months that count, both included."""

    first = forms.ChoiceField(label=gettext_lazy("From"))
    last = forms.ChoiceField(label=gettext_lazy("Until"))

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [
            (f"{month:%Y-%m}", date_format(month, "YEAR_MONTH_FORMAT"))
            for month in months_back(today)
        ]
        self.fields["first"].choices = self.fields["last"].choices = choices

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("first", "") > cleaned.get("last", "9"):
            raise ValidationError(_("The end is before the start."))
        return cleaned


def months_back(today):
    """The first days of this month and of those before it, newest first."""
    month, months = today.replace(day=1), []
    for _n in range(MONTHS_BACK):
        months.append(month)
        month = (month - datetime.timedelta(days=1)).replace(day=1)
    return months


def range_asked(request):
    """(form, first, last): this year so far where nothing was asked; None where it does not fit."""
    today = timezone.localdate()
    asked = {"first": f"{today.year}-01", "last": f"{today:%Y-%m}"}
    asked |= {name: request.GET[name] for name in asked if name in request.GET}
    form = RangeForm(asked, today=today)
    if not form.is_valid():
        return form, None, None
    first, last = (
        datetime.date.fromisoformat(f"{form.cleaned_data[name]}-01") for name in ("first", "last")
    )
    return form, first, last


def tables_of(first, last):
    """(tables, total or None for a hidden one) of those months."""
    counts = figures.all_counts(first, last)
    concerns = {slug: name for _pk, slug, name, _lang in labels(Concern.objects.all())}
    spoken = labels(SpokenLanguage.objects.all(), key="code")
    languages = {code: name for _pk, code, name, _lang in spoken}
    outcomes = dict(Booking.Status.choices)
    kinds = (
        (_("By month"), "month", lambda month: date_format(month, "YEAR_MONTH_FORMAT")),
        (_("By concern"), "concern", lambda slug: concerns.get(slug, slug)),
        (_("By language of the talk"), "language", lambda code: languages.get(code, code)),
        (_("By outcome"), "outcome", lambda status: capfirst(str(outcomes.get(status, status)))),
    )
    tables = []
    for title, key, name_of in kinds:
        rows = small_counts.protected(figures.by(counts, key))
        tables.append(
            Table(title, None if rows is None else [(name_of(value), n) for value, n in rows])
        )
    total = sum(counts.values())
    return tables, total if small_counts.is_shown(total) else None


@page_for(VIEW)
@require_safe
def show(request):
    form, first, last = range_asked(request)
    context = rights.context(request, _("Figures of advice"), form=form, tables=[], total=None)
    if first:
        context["tables"], context["total"] = tables_of(first, last)
    return TemplateResponse(request, "consultations/office/figures.html", context)


@page_for(VIEW)
@require_safe
def export(request, format_name):
    _form, first, last = range_asked(request)
    if first is None:
        raise Http404
    rate_limits.count("export", f"account {request.user.pk}")
    rows = list(_rows(first, last))
    events.record(
        Event.Kind.EXPORTED,
        request=request,
        model="consultations.advicecount",
        rows=len(rows) - 1,
        format=format_name,
    )
    return exports.as_file(rows, f"beratung-{first:%Y-%m}-{last:%Y-%m}", format_name)


def _rows(first, last):
    """Headings, then one row a number; a hidden number is a word."""
    hidden = _("hidden")
    tables, total = tables_of(first, last)
    yield [_("Table"), _("Value"), _("Number of talks")]
    yield [_("All together"), "", hidden if total is None else total]
    for table in tables:
        if table.rows is None:
            yield [table.title, _("too few talks to show"), hidden]
        for name, n in table.rows or []:
            yield [cell(table.title), cell(str(name)), hidden if n is None else n]


urls = [
    path("beratung/zahlen/", show, name="figures"),
    *(
        path(f"beratung/zahlen/tabelle.{name}", export, {"format_name": name}, f"figures_{name}")
        for name in ("csv", "xlsx")
    ),
]
