"""The waiting list: who is told that an earlier time is free, once for each time."""

from django.db import transaction
from django.utils import timezone

from . import mails
from .availability import Availability, Wish
from .models import WaitingEntry
from .periods import WAITING


def join(entry, now=None):
    """Saves a new entry; with an e-mail address it counts once the link in the mail is pressed."""
    now = now or timezone.now()
    with transaction.atomic():
        entry.ends_at = now + WAITING
        entry.save()
        if entry.email:
            mails.waiting_to_confirm(entry)
    return entry


def join_with(booking, now=None):
    """Waits for an earlier time than that of a booking; a second call returns the first entry.

    Nobody is written to before the booking, and with it the address, is confirmed.
    """
    entry, _is_new = WaitingEntry.objects.get_or_create(
        booking=booking,
        defaults={
            "concern": booking.concern,
            "channel": booking.channel,
            "language": booking.language,
            "needs_interpreter": booking.needs_interpreter,
            "written_language": booking.written_language,
            "name": booking.name,
            "email": booking.email,
            "ends_at": booking.starts_at,
            "confirmed_at": now or timezone.now(),
        },
    )
    return entry


def confirm(entry, now=None):
    """Makes the entry count; repeating changes nothing."""
    WaitingEntry.objects.filter(pk=entry.pk, confirmed_at=None).update(
        confirmed_at=now or timezone.now()
    )


def next_time_for(entry, now):
    """The first free time that suits the entry and is earlier than what is booked, or None."""
    free = Availability(Wish.of(entry), now).free()
    before = entry.booking.starts_at if entry.booking else entry.ends_at
    return next((slot.starts_at for slot in free if slot.starts_at < before), None)


def offer_free_times(now=None):
    """Tells everybody on the list of the first time that suits, longest waiting first.

    The same time is offered once; whoever books first gets it. Returns how many were told.
    """
    now = now or timezone.now()
    told = 0
    for entry in WaitingEntry.objects.waiting(now).exclude(email="").for_display():
        starts_at = next_time_for(entry, now)
        if starts_at is None or starts_at == entry.offered_slot:
            continue
        with transaction.atomic():
            fresh = WaitingEntry.objects.filter(pk=entry.pk, offered_slot=entry.offered_slot)
            if fresh.update(offered_slot=starts_at, offered_at=now):
                mails.waiting_free(entry, starts_at)
                told += 1
    return told
