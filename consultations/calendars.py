"""Calendar files of appointments: stable UID, rising SEQUENCE, instants in UTC (RFC 5545, 5546).

The title says neither the concern nor who comes: calendars are often shared.
"""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext
from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT = "-//Offenbach am Main//WIR portal//DE"
CONTENT_TYPE = "text/calendar"


def appointment(booking):
    """The bytes of a file that enters the talk, replaces an earlier entry, or removes it."""
    calendar = _calendar("CANCEL" if booking.is_cancelled or booking.is_lapsed else "REQUEST")
    calendar.add_component(_event_for_visitor(booking))
    return calendar.to_ical()


def content_type(booking):
    method = "CANCEL" if booking.is_cancelled or booking.is_lapsed else "REQUEST"
    return f"{CONTENT_TYPE}; method={method}"


def feed(bookings, name):
    """The calendar a coordinator subscribes to: when and where, no names, no contact."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/Berlin")
    for booking in bookings:
        event = _event(booking)
        event.add("summary", f"{gettext('Advice')} {booking.reference}")
        words = [str(booking.get_channel_display()), booking.language.text.name]
        if booking.needs_interpreter:
            words.append(gettext("with an interpreter"))
        event.add("description", ", ".join(words))
        event.add("status", "TENTATIVE" if booking.is_requested else "CONFIRMED")
        calendar.add_component(event)
    return calendar.to_ical()


def _calendar(method):
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(booking):
    event = Event()
    event.add("uid", f"talk-{booking.pk}-{booking.reference}@{_host()}")
    event.add("sequence", booking.sequence)
    event.add("dtstamp", booking.updated_at.astimezone(datetime.UTC))
    event.add("dtstart", booking.starts_at.astimezone(datetime.UTC))
    event.add("dtend", booking.ends_at.astimezone(datetime.UTC))
    if booking.location:
        event.add("location", f"{booking.location.text.name}, {booking.location.address}")
    return event


def _event_for_visitor(booking):
    event = _event(booking)
    event.add("summary", gettext("Appointment: WIR advice Offenbach"))
    if booking.is_cancelled or booking.is_lapsed:
        event.add("status", "CANCELLED")
    else:
        event.add("status", "TENTATIVE" if booking.is_requested else "CONFIRMED")
    organizer = vCalAddress(f"MAILTO:{settings.OFFICE_EMAIL}")
    organizer.params["cn"] = vText("WIR Offenbach")
    event.add("organizer", organizer)
    if booking.is_by_video and booking.video_link:
        event.add("url", booking.video_link)
    event.add("description", f"{gettext('Reference:')} {booking.reference}")
    return event


def _host():
    return urlsplit(settings.PORTAL_URL).hostname
