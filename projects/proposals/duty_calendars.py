"""Duties of cases as a file for calendars: whole days, a stable UID for each duty."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from icalendar import Calendar, Event


def response(duties, *, url_of, name):
    """`url_of(duty)` is the page, without host, on which it is done."""
    calendar = Calendar()
    calendar.add("prodid", "-//Offenbach am Main//WIR portal//DE")
    calendar.add("version", "2.0")
    for duty in duties:
        calendar.add_component(_event(duty, url_of(duty)))
    found = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    found["Content-Disposition"] = f'attachment; filename="{name}"'
    return found


def _event(duty, address):
    event = Event()
    event.add("uid", f"duty-{duty.pk}@{urlsplit(settings.PORTAL_URL).hostname}")
    event.add("dtstamp", timezone.now().astimezone(datetime.UTC))
    event.add("dtstart", duty.due_on)
    event.add("dtend", duty.due_on + datetime.timedelta(days=1))
    # Calendars are often shared: what and which case, nobody's name.
    event.add("summary", f"{duty.get_kind_display()} ({duty.proposal.reference})")
    event.add("url", settings.PORTAL_URL + address)
    return event
