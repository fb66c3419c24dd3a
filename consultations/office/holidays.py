"""Public holidays of Hesse: computed, closed by themselves, opened on purpose with a button."""

import datetime

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consultations.models import OpenedHoliday
from consultations.models.hours import language_of_holidays, public_holidays
from offenbach_wir import languages
from offenbach_wir.office_pages import page_for
from offenbach_wir.times import day_in_words

from . import rights
from .changes import watched

VIEW, ADD, DELETE = (
    f"consultations.{action}_openedholiday" for action in ("view", "add", "delete")
)


def shown_holidays():
    """{day: name} of this year and the next, names in the active language where there are any."""
    this_year = timezone.localdate().year
    return public_holidays(
        datetime.date(this_year, 1, 1),
        datetime.date(this_year + 1, 12, 31),
        languages.active(),
    )


@page_for(VIEW)
@require_safe
def holidays(request):
    names, today = shown_holidays(), timezone.localdate()
    opened = set(OpenedHoliday.objects.filter(date__in=names).values_list("date", flat=True))
    years = {}
    for day, name in names.items():
        years.setdefault(day.year, []).append(
            {"day": day, "name": name, "is_open": day in opened, "is_over": day < today}
        )
    named_in = language_of_holidays(languages.active())
    context = rights.context(
        request,
        _("Public holidays"),
        years=years,
        # Names in another language than the page are marked with their own.
        named_in="" if named_in == languages.active() else named_in,
    )
    return TemplateResponse(request, "consultations/office/holidays.html", context)


def _asked(day):
    """The public holiday of that address; 404 for any other day."""
    try:
        date = datetime.date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    if date not in shown_holidays():
        raise Http404
    return date


@page_for(ADD)
@require_POST
def open_holiday(request, day):
    date = _asked(day)

    def change():
        OpenedHoliday.objects.get_or_create(date=date)
        request.watch.check()
        messages.success(request, _("Advice takes place on %s.") % day_in_words(date))
        return redirect("admin:holidays")

    return watched(request, change, back_url=reverse("admin:holidays"))


@page_for(DELETE)
@require_POST
def close_holiday(request, day):
    date = _asked(day)

    def change():
        OpenedHoliday.objects.filter(date=date).delete()
        request.watch.check()
        messages.success(request, _("%s is closed.") % day_in_words(date))
        return redirect("admin:holidays")

    return watched(request, change, back_url=reverse("admin:holidays"))


urls = [
    path("beratung/feiertage/", holidays, name="holidays"),
    path("beratung/feiertage/<str:day>/oeffnen/", open_holiday, name="holiday_open"),
    path("beratung/feiertage/<str:day>/schliessen/", close_holiday, name="holiday_close"),
]
