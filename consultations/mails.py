"""Mails of advice, one function a mail; call them inside the transaction of their cause."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offenbach_wir import mail_texts, outbox
from offenbach_wir.models import QueuedMail
from offenbach_wir.placeholders import Placeholder
from offenbach_wir.times import clock_in_words, day_in_words

from . import calendars

EXAMPLE_DAY = datetime.datetime(2027, 1, 13, 9, 30, tzinfo=datetime.UTC)
PLACEHOLDERS = {
    "name": Placeholder(_("name of the visitor"), "Ada Beispiel"),
    "reference": Placeholder(_("number of the booking"), "T-2A3B4C5"),
    "when": Placeholder(_("day and time"), "Mittwoch, 13. Januar 2027, 10:30 Uhr"),
    "coordinator": Placeholder(_("who advises"), "Mira Beispiel"),
}
EXAMPLE = {
    "starts_at": EXAMPLE_DAY,
    "minutes": 30,
    "concern": "Erstberatung",
    "channel": _("on site"),
    "place": "Beratungsraum",
    "address": "Musterstraße 1, 63065 Offenbach am Main",
    "directions": "",
    "video_link": "",
    "language": "Deutsch",
    "needs_interpreter": False,
    "what_to_bring": ["Satzung"],
    "token": "0" * 40 + ".beispiel",
    "confirm_by": EXAMPLE_DAY - datetime.timedelta(days=3),
    "deleted_on": datetime.date(2027, 1, 28),
    "message": "",
    "by_office": False,
    "phone": "069 90009-100",
}


def _register(name, purpose, **example):
    mail_texts.register(
        name,
        purpose,
        area=QueuedMail.Area.ADVICE,
        placeholders=PLACEHOLDERS,
        example=EXAMPLE | example,
    )


_register("booking_to_confirm", _("To a visitor: please confirm the appointment"))
_register("booking_confirmed", _("To a visitor: the appointment is confirmed"))
_register("booking_moved", _("To a visitor: the appointment was moved"))
_register("booking_cancelled", _("To a visitor: the appointment was cancelled"))
_register("booking_reminder", _("To a visitor: reminder of the appointment"))
mail_texts.register(
    "booking_links",
    _("To a visitor: the links to the own appointments"),
    area=QueuedMail.Area.ADVICE,
    example={"bookings": [{"starts_at": EXAMPLE_DAY, "token": EXAMPLE["token"]}]},
)
mail_texts.register(
    "waiting_to_confirm",
    _("To a visitor: please confirm the entry in the waiting list"),
    area=QueuedMail.Area.ADVICE,
    example={"token": EXAMPLE["token"], "ends_on": datetime.date(2027, 1, 28), "name": ""},
)
mail_texts.register(
    "waiting_free",
    _("To a visitor: an earlier time is free"),
    area=QueuedMail.Area.ADVICE,
    placeholders={
        "name": PLACEHOLDERS["name"],
        "when": Placeholder(_("the time that is free"), PLACEHOLDERS["when"].example),
    },
    example={"starts_at": EXAMPLE_DAY, "token": EXAMPLE["token"], "booking_token": ""},
)


class _Text:
    """A text made when it is written down, in the language active then."""

    def __init__(self, make):
        self._make = make

    def __str__(self):
        return str(self._make())


def _in_words(moment):
    return _Text(lambda: f"{day_in_words(moment)}, {clock_in_words(moment)}")


def _context(booking, **more):
    location, concern = booking.location, booking.concern
    return {
        "name": booking.name,
        "reference": booking.reference,
        "when": _in_words(booking.starts_at),
        "coordinator": booking.coordinator.name,
        "starts_at": booking.starts_at,
        "minutes": booking.minutes,
        "concern": _Text(lambda: concern.text.name),
        "channel": booking.get_channel_display(),
        "place": _Text(lambda: location.text.name) if location else "",
        "address": location.address if location else "",
        "directions": _Text(lambda: location.text.directions) if location else "",
        "video_link": booking.video_link,
        "language": _Text(lambda: booking.language.text.name),
        "needs_interpreter": booking.needs_interpreter,
        "what_to_bring": _Lines(concern),
        "token": booking.token,
        "confirm_by": booking.confirm_by,
        "deleted_on": booking.deleted_on,
        "message": "",
        "by_office": False,
        "phone": booking.phone,
        **more,
    }


class _Lines:
    """What to bring, line by line, in the language active when it is read."""

    def __init__(self, concern):
        self._concern = concern

    def __iter__(self):
        return (line for line in self._concern.text.what_to_bring.splitlines() if line.strip())


def _queue(template, booking, **options):
    _put(_prepare(template, booking, **options))


def _put(mail):
    if mail:
        mail.queue()


def _prepare(template, booking, *, step, with_calendar=True, **more):
    """To whoever left an e-mail address; nobody else is written to."""
    if not booking.email:
        return None
    attachments = []
    if with_calendar:
        file = calendars.appointment(booking)
        attachments = [(f"{booking.reference}.ics", file, calendars.content_type(booking))]
    return outbox.prepare(
        template,
        cause=f"booking:{booking.pk}:{step}",
        subject=booking,
        to=booking.email,
        language=booking.written_language,
        context=_context(booking, **more),
        attachments=attachments,
    )


def of_booked(booking):
    """The mail about a booking that is made now, for the transaction that makes it; or None."""
    if booking.is_requested:
        step = f"to-confirm:{booking.sequence}"
        return _prepare("booking_to_confirm", booking, step=step, with_calendar=False)
    return _prepare("booking_confirmed", booking, step=f"confirmed:{booking.sequence}")


def booked(booking):
    _put(of_booked(booking))


def moved(booking, *, by_office, message):
    if booking.is_requested and not by_office:
        # Not firm yet: the way to confirm is what is needed now.
        booked(booking)
        return
    _queue(
        "booking_moved",
        booking,
        step=f"moved:{booking.sequence}",
        by_office=by_office,
        message=message,
    )


def cancelled(booking, *, by_office, message):
    _queue("booking_cancelled", booking, step="cancelled", by_office=by_office, message=message)


def reminder(booking):
    _queue("booking_reminder", booking, step=f"reminder:{booking.sequence}")


def sent_again(booking):
    """The office sends the state of the booking once more, at most once a minute."""
    template = "booking_confirmed" if booking.is_confirmed else "booking_to_confirm"
    minute = timezone.now().strftime("%Y%m%d%H%M")
    _queue(template, booking, step=f"again:{minute}", with_calendar=booking.is_confirmed)


def links(email, bookings, *, language):
    """The links of all appointments ahead; nothing is sent to an address without any."""
    minute = timezone.now().strftime("%Y%m%d%H")
    outbox.queue(
        "booking_links",
        cause=f"booking-links:{bookings[0].pk}:{minute}",
        subject=bookings[0],
        to=email,
        language=language,
        context={
            "bookings": [
                {"starts_at": booking.starts_at, "token": booking.token} for booking in bookings
            ]
        },
    )


def waiting_to_confirm(entry):
    outbox.queue(
        "waiting_to_confirm",
        cause=f"waiting:{entry.pk}:to-confirm",
        subject=entry,
        to=entry.email,
        language=entry.written_language,
        context={
            "token": entry.token,
            "ends_on": timezone.localdate(entry.ends_at),
            "name": entry.name,
        },
    )


def waiting_free(entry, starts_at):
    booking = entry.booking
    outbox.queue(
        "waiting_free",
        cause=f"waiting:{entry.pk}:free:{starts_at:%Y%m%d%H%M}",
        subject=entry,
        to=entry.email,
        language=entry.written_language,
        context={
            "name": entry.name,
            "when": _in_words(starts_at),
            "starts_at": starts_at,
            "token": entry.token,
            "booking_token": booking.token if booking else "",
        },
    )
