"""The agenda: today, a week, the list of what comes and went, and the day to print."""

import datetime

from django import forms
from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from consultations import slots, touched
from consultations.availability import closed_days
from consultations.models import Absence, Booking, Coordinator
from consultations.models.hours import public_holidays
from offenbach_wir import languages, office_search
from offenbach_wir.office_pages import page_for
from offenbach_wir.search import fold
from offenbach_wir.times import day_in_words

from . import rights

DAY = datetime.timedelta(days=1)
WEEK_DAYS = 7
PER_PAGE = 50


class AgendaFilter(forms.Form):
    """Whose talks are shown; kept in the address."""

    coordinator = forms.ModelChoiceField(
        Coordinator.objects.all(),
        label=gettext_lazy("Coordinator"),
        required=False,
        empty_label=gettext_lazy("Everybody"),
    )
    day = forms.DateField(required=False, widget=forms.HiddenInput)

    @classmethod
    def asked(cls, request):
        """(form, coordinator or None, day) of an address, whatever stands in it."""
        form = cls(request.GET)
        form.is_valid()
        day = form.cleaned_data.get("day") or timezone.localdate()
        return form, form.cleaned_data.get("coordinator"), _sensible(day)


def _sensible(day):
    """Far-off days have neither talks nor a calendar."""
    today = timezone.localdate()
    return day if abs(day.year - today.year) <= 10 else today


def talks_between(first_day, last_day, coordinator=None):
    """The talks that begin on those days, cancelled and lapsed ones left out."""
    rows = Booking.objects.booked().filter(
        starts_at__gte=slots.instant(first_day, datetime.time(0)),
        starts_at__lt=slots.instant(last_day + DAY, datetime.time(0)),
    )
    rows = rows.exclude(status__in=(*Booking.CANCELLED, Booking.Status.LAPSED))
    if coordinator:
        rows = rows.filter(coordinator=coordinator)
    return rows.for_display()


def days_of(first_day, last_day, coordinator=None):
    """The days with their talks, absences and holidays, as the agenda and the printed day show."""
    holidays = public_holidays(first_day, last_day, languages.active())
    closed = closed_days(first_day, last_day)
    absences = list(
        Absence.objects.filter(
            starts_at__lt=slots.instant(last_day + DAY, datetime.time(0)),
            ends_at__gt=slots.instant(first_day, datetime.time(0)),
        ).select_related("coordinator")
    )
    if coordinator:
        absences = [row for row in absences if row.coordinator_id in (None, coordinator.pk)]
    talks = list(talks_between(first_day, last_day, coordinator))
    days, day = [], first_day
    while day <= last_day:
        begin = slots.instant(day, datetime.time(0))
        end = slots.instant(day + DAY, datetime.time(0))
        days.append(
            {
                "date": day,
                "is_today": day == timezone.localdate(),
                "holiday": holidays.get(day),
                "is_closed": day in closed,
                "talks": [talk for talk in talks if begin <= talk.starts_at < end],
                "absences": [
                    row for row in absences if row.starts_at < end and row.ends_at > begin
                ],
            }
        )
        day += DAY
    return days


def next_talk(coordinator=None, now=None):
    """The talk that is going on or comes next, or None."""
    now = now or timezone.now()
    rows = Booking.objects.upcoming(now).filter(ends_at__gt=now).for_display()
    if coordinator:
        rows = rows.filter(coordinator=coordinator)
    return rows.order_by("starts_at").first()


@page_for(rights.VIEW)
@require_safe
def today(request):
    form, coordinator, day = AgendaFilter.asked(request)
    context = rights.context(
        request,
        _("Agenda"),
        form=form,
        day=day,
        days=days_of(day, day, coordinator),
        next_talk=next_talk(coordinator) if day == timezone.localdate() else None,
        before=day - DAY,
        after=day + DAY,
        view="day",
    )
    return TemplateResponse(request, "consultations/office/agenda.html", context)


@page_for(rights.VIEW)
@require_safe
def week(request):
    form, coordinator, day = AgendaFilter.asked(request)
    monday = day - day.weekday() * DAY
    context = rights.context(
        request,
        _("Agenda: week"),
        form=form,
        day=day,
        days=days_of(monday, monday + (WEEK_DAYS - 1) * DAY, coordinator),
        next_talk=None,
        before=monday - WEEK_DAYS * DAY,
        after=monday + WEEK_DAYS * DAY,
        view="week",
    )
    return TemplateResponse(request, "consultations/office/agenda.html", context)


@page_for(rights.VIEW)
@require_safe
def printed(request):
    """The day on paper."""
    _form, coordinator, day = AgendaFilter.asked(request)
    context = rights.context(
        request, _("Talks of the day"), day=days_of(day, day, coordinator)[0], is_printed=True
    )
    return TemplateResponse(request, "consultations/office/printed.html", context)


class ListFilter(forms.Form):
    """Questions to the list; each is kept in the address."""

    SHOWN = (
        ("", gettext_lazy("All")),
        ("open", gettext_lazy("To confirm by us")),
        ("ahead", gettext_lazy("Still to come")),
        ("outcome", gettext_lazy("Over, the outcome is missing")),
        ("interpreter", gettext_lazy("Still to come, with an interpreter")),
        ("touched", gettext_lazy("Outside the hours or in an absence")),
        ("cancelled", gettext_lazy("Cancelled or not confirmed")),
    )
    q = forms.CharField(
        label=gettext_lazy("Name, contact or reference"), required=False, max_length=120
    )
    show = forms.ChoiceField(label=gettext_lazy("Show"), choices=SHOWN, required=False)
    coordinator = forms.ModelChoiceField(
        Coordinator.objects.all(),
        label=gettext_lazy("Coordinator"),
        required=False,
        empty_label=gettext_lazy("Everybody"),
    )

    def rows(self, now):
        rows = Booking.objects.booked().for_display()
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        rows = listed(rows, asked["show"], now)
        if asked["coordinator"]:
            rows = rows.filter(coordinator=asked["coordinator"])
        return found(rows, asked["q"])


def listed(rows, show, now):
    """The rows that a question of the list means; the start page counts the same ones."""
    status = Booking.Status
    if show == "open":
        return rows.filter(status=status.REQUESTED, email="", starts_at__gt=now)
    if show == "ahead":
        return rows.upcoming(now)
    if show == "outcome":
        return rows.filter(status=status.CONFIRMED, ends_at__lte=now)
    if show == "interpreter":
        return rows.upcoming(now).filter(needs_interpreter=True)
    if show == "touched":
        return rows.filter(pk__in=touched.to_settle(now))
    if show == "cancelled":
        return rows.filter(status__in=(*Booking.CANCELLED, status.LAPSED))
    return rows


def found(rows, words):
    """Rows whose name, contact or reference holds every word; the few rows are compared folded."""
    wanted = [fold(word) for word in words.split()]
    if not wanted:
        return rows
    keys = [
        pk
        for pk, *texts in rows.order_by().values_list("pk", "name", "email", "phone", "reference")
        if all(word in fold(" ".join(texts)) for word in wanted)
    ]
    return rows.filter(pk__in=keys[:500])


@page_for(rights.VIEW)
@require_safe
def talks(request):
    form = ListFilter(request.GET)
    show = request.GET.get("show", "")
    order = (
        ("starts_at", "pk")
        if show in ("open", "ahead", "interpreter", "touched")
        else ("-starts_at", "pk")
    )
    rows = form.rows(timezone.now()).order_by(*order)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = rights.context(request, _("All talks"), form=form, page=page)
    return TemplateResponse(request, "consultations/office/talks.html", context)


def _found_everywhere(request, query):
    """The talks among what the search of the back office finds."""
    if not request.user.has_perm(rights.VIEW) or not fold(query).strip():
        return None
    rows = found(Booking.objects.booked(), query).order_by("-starts_at", "pk")
    hits = list(rows[: office_search.MOST_HITS + 1])
    has_more = len(hits) > office_search.MOST_HITS
    return office_search.Group(
        title=_("Talks"),
        hits=[
            (
                f"{talk.reference} · {talk.name} · {day_in_words(talk.starts_at)}",
                reverse("admin:talk", args=[talk.pk]),
            )
            for talk in hits[: office_search.MOST_HITS]
        ],
        all_url=reverse("admin:talks", query={"q": query}) if has_more else "",
    )


office_search.also(_found_everywhere)

urls = [
    path("beratung/", today, name="agenda"),
    path("beratung/woche/", week, name="agenda_week"),
    path("beratung/liste/", talks, name="talks"),
    path("beratung/drucken/", printed, name="agenda_printed"),
]
