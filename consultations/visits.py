"""What the portal remembers of somebody who books: in a short session, never in an address.

The secret of a link is put away here at the first page; from then on the address shows only the
short reference, which opens nothing by itself.
"""

import time
from dataclasses import asdict

from django.conf import settings

from offenbach_wir import rate_limits
from projects.models import SpokenLanguage

from .availability import Wish
from .booking import Details, holder_of
from .models import Booking, Concern, WaitingEntry

KEY = "advice"
# What the steps look at; a page that shows the booking reads it whole.
ON_THE_WAY = (
    *("reference", "status", "held_until", "confirm_by", "starts_at"),
    *("concern", "language", "coordinator", "channel", "needs_interpreter"),
)
# Bookings one session may show; older ones are opened by their links again.
MOST_BOOKINGS = 10


class Visit:
    """The session of a visitor. Reading it makes a page personal: no cache keeps it."""

    def __init__(self, request):
        self._session = request.session
        self._request = request
        request.personal = True
        self._data = self._session.get(KEY, {})

    @property
    def holder(self):
        return holder_of(rate_limits.client_address(self._request))

    def _set(self, **values):
        self._data = self._data | values
        self._session[KEY] = self._data
        if "_auth_user_id" not in self._session:
            self._session.set_expiry(settings.ADVICE_SESSION_SECONDS)

    # --- On the way to a booking ---
    def remember_hold(self, held):
        """The held time and the wish behind it; what was typed before stays."""
        self._set(
            hold=held.pk,
            wish={
                "concern": held.concern_id,
                "channel": held.channel,
                "language": held.language_id,
                "needs_interpreter": held.needs_interpreter,
            },
            wanted=held.starts_at.isoformat(),
        )

    def held(self, rows=None):
        """The booking that began as this visitor's held time, whatever became of it; or None.

        `rows` may be Booking.objects.for_display(), for a page that shows it.
        """
        if "hold" not in self._data:
            return None
        rows = Booking.objects.only(*ON_THE_WAY) if rows is None else rows
        return next(iter(rows.order_by().filter(pk=self._data["hold"])), None)

    @property
    def wish(self):
        """The wish behind the held time, or None where the session knows of none."""
        stored = self._data.get("wish")
        if stored is None:
            return None
        concern = Concern.objects.offered().with_texts().filter(pk=stored["concern"]).first()
        language = SpokenLanguage.objects.with_texts().filter(pk=stored["language"]).first()
        if concern is None or language is None:
            return None
        return Wish(concern, stored["channel"], language, stored["needs_interpreter"])

    @property
    def wanted(self):
        """The moment (ISO text) of the time that was held last."""
        return self._data.get("wanted", "")

    @property
    def details(self):
        stored = self._data.get("details")
        return Details(**stored) if stored else None

    def remember_details(self, details):
        self._set(details=asdict(details))

    def remember_typed(self, typed):
        """What was typed so far, right or wrong, so that nothing is lost with a held time."""
        self._set(typed=typed)

    @property
    def typed(self):
        return self._data.get("typed") or {}

    def is_booked(self, booking):
        """The booking is made; what was typed is no longer needed here."""
        self.admit(booking)
        self._set(details=None, typed=None, waits=self._data.get("waits"))

    # --- Own bookings ---
    def admit(self, booking, *, by_link=False):
        """Lets this session see the booking. By its link it may also be confirmed."""
        known = dict(self._data.get("bookings", {}))
        by_link = by_link or known.get(booking.reference, {}).get("by_link", False)
        known.pop(booking.reference, None)
        known[booking.reference] = {"by_link": by_link, "since": int(time.time())}
        self._set(bookings=dict(list(known.items())[-MOST_BOOKINGS:]))

    def may_open(self, reference):
        return reference in self._data.get("bookings", {})

    def came_by_link(self, reference):
        return self._data.get("bookings", {}).get(reference, {}).get("by_link", False)

    # --- Own entry in the waiting list ---
    def admit_entry(self, entry, *, by_link=False):
        self._set(waits=entry.pk, waits_by_link=by_link)

    @property
    def entry(self):
        if not self._data.get("waits"):
            return None
        return WaitingEntry.objects.for_display().filter(pk=self._data["waits"]).first()

    @property
    def entry_by_link(self):
        return self._data.get("waits_by_link", False)
