"""Calendar files of a project's dates."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event


def project_date(date):
    """The bytes of a calendar file with that one date; instants in UTC, stable UID."""
    event = Event()
    event.add("uid", f"date-{date.pk}@{urlsplit(settings.PORTAL_URL).hostname}")
    event.add("dtstamp", date.updated_at.astimezone(datetime.UTC))
    event.add("dtstart", date.starts_at.astimezone(datetime.UTC))
    event.add("dtend", date.ends_at.astimezone(datetime.UTC))
    event.add("summary", date.text.title)
    event.add("location", date.place)
    event.add("url", settings.PORTAL_URL + date.project.get_absolute_url())
    event.add("description", f"{date.project.text.title} ({date.project.organisation.name})")
    calendar = Calendar()
    calendar.add("prodid", "-//Offenbach am Main//WIR portal//DE")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return calendar.to_ical()
