"""What advice does by itself, beside the nightly retention."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from offenbach_wir.jobs import job

from . import booking, mails, waiting
from .models import AdviceRules, Booking

DAY = datetime.timedelta(days=1)


@job(
    "lapsed_bookings",
    title=_("Free times that were not confirmed"),
    every=datetime.timedelta(minutes=1),
)
def free_lapsed_times(now):
    return _("%(n)s times free again") % {"n": booking.release_all_lapsed(now)}


@job("waiting_list", title=_("Tell the waiting list"), every=datetime.timedelta(minutes=5))
def offer_free_times(now):
    return _("%(n)s told") % {"n": waiting.offer_free_times(now)}


@job("reminders", title=_("Remind of talks"), every=datetime.timedelta(minutes=10))
def send_reminders(now):
    """Once for each booking and time; none where somebody booked less than a day ahead."""
    hours = AdviceRules.current().reminder_hours
    if not hours:
        return _("switched off")
    due = (
        Booking.objects.filter(
            status=Booking.Status.CONFIRMED,
            starts_at__gt=now,
            starts_at__lte=now + datetime.timedelta(hours=hours),
            reminded_at=None,
        )
        .exclude(email="")
        .for_display()
    )
    n = 0
    for talk in due:
        with transaction.atomic():
            mine = Booking.objects.filter(
                pk=talk.pk,
                reminded_at=None,
                status=Booking.Status.CONFIRMED,
                starts_at=talk.starts_at,
            )
            known_since = talk.booked_at or talk.created_at
            if mine.update(reminded_at=now) and talk.starts_at - known_since >= DAY:
                mails.reminder(talk)
                n += 1
    return _("%(n)s reminded") % {"n": n}
