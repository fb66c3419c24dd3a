"""How long bookings are kept (domain.md section 5), in one place for the page that says so and the
nightly job that does it.
"""

import datetime

from django.conf import settings
from django.utils import timezone

from offenbach_wir import jobs

HELD_FOR = datetime.timedelta(minutes=15)
UNCONFIRMED = datetime.timedelta(hours=settings.ADVICE_KEEP_UNCONFIRMED_HOURS)
CANCELLED = datetime.timedelta(days=settings.ADVICE_KEEP_CANCELLED_DAYS)
PAST = datetime.timedelta(days=settings.ADVICE_KEEP_PAST_DAYS)
WAITING = datetime.timedelta(days=settings.ADVICE_WAITING_DAYS)
# Before a talk nobody has to confirm any more.
LAST_CONFIRMATION = datetime.timedelta(hours=2)


def deleted_on(booking):
    """The day in Offenbach on which the booking is deleted if nothing else happens to it."""
    if booking.is_cancelled:
        moment = booking.ended_at + CANCELLED
    elif booking.is_lapsed:
        moment = booking.ended_at + UNCONFIRMED
    elif booking.is_requested and booking.confirm_by:
        moment = booking.confirm_by + UNCONFIRMED
    else:
        moment = booking.ends_at + PAST
    nightly = jobs.registered()["retention"].schedule
    return timezone.localdate(nightly.after(moment))
