"""The advice page: who advises and when, how to get an appointment, where to turn in need."""

import datetime

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultations import availability
from consultations.availability import Availability, Wish
from consultations.models import Concern, Coordinator, HelpPlace, Location
from programs.models import Page, Partner
from programs.views import page_for

WALK_IN_AHEAD = datetime.timedelta(days=14)


@require_safe
def advice(request):
    now = timezone.now()
    return render(
        request,
        "consultations/advice.html",
        {
            "page": page_for(request, Page.Key.ADVICE),
            "coordinators": Coordinator.objects.public()
            .or_previewed(request)
            .select_related("picture")
            .prefetch_related(
                "translations",
                "languages__translations",
                "picture__translations",
                "opening_hours__location__translations",
            ),
            "help_places": HelpPlace.objects.outside_the_bin().or_previewed(request).with_texts(),
            "other_places": Partner.objects.outside_the_bin().filter(advises=True).with_texts(),
            "next_free": next_free(now),
            "walk_in": walk_in(now),
        },
    )


def next_free(now):
    """[(concern, its first free slot or None)] of what can be booked, whoever advises on it."""
    concerns = Concern.objects.offered().with_texts()
    first = []
    for concern in concerns:
        free = Availability(Wish(concern, None, None, needs_interpreter=True), now).free()
        first.append((concern, free[0] if free else None))
    return first


def walk_in(now):
    """Open hours of the next two weeks as rows for the page."""
    today = timezone.localdate(now)
    spans = availability.walk_in_hours(today, today + WALK_IN_AHEAD)
    spans = [(day, row) for day, row in spans if (day, row.closes) > _here(now)]
    people = {person.pk: person for person in Coordinator.objects.public()}
    places = {place.pk: place for place in Location.objects.with_texts()}
    return [
        {
            "day": day,
            "opens": row.opens,
            "closes": row.closes,
            "coordinator": people[row.coordinator],
            "location": places.get(row.location),
        }
        for day, row in spans
    ]


def _here(now):
    local = timezone.localtime(now)
    return local.date(), local.time()
