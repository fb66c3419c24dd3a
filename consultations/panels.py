"""What waits for whoever advises; each panel leads to just the list it counts."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from offenbach_wir.todo import Panel, register

from . import touched
from .models import Booking
from .office.agenda import listed
from .office.calls import waiting


def _talks(show, *, count=None, **panel):
    """A panel of the talks that a question of the list (`show`) means."""
    if count is None:
        panel["rows"] = lambda user: listed(Booking.objects.booked(), show, timezone.now())
    else:
        panel["count"] = lambda user: count(timezone.now())
    register(
        Panel(
            permission="consultations.change_booking",
            url=lambda user: reverse("admin:talks", query={"show": show}),
            **panel,
        )
    )


_talks(
    "open",
    key="talks_to_confirm",
    sentence=lambda n: ngettext(
        "%(n)s person waits for a call that confirms the talk.",
        "%(n)s people wait for a call that confirms the talk.",
        n,
    ),
    order=5,
    is_urgent=True,
)
_talks(
    "touched",
    count=lambda now: len(touched.to_settle(now)),
    key="talks_touched",
    sentence=lambda n: ngettext(
        "%(n)s talk lies outside the hours or in an absence.",
        "%(n)s talks lie outside the hours or in an absence.",
        n,
    ),
    order=12,
    is_urgent=True,
)
_talks(
    "outcome",
    key="talks_without_outcome",
    sentence=lambda n: ngettext(
        "%(n)s talk is over and its outcome is missing.",
        "%(n)s talks are over and their outcome is missing.",
        n,
    ),
    order=30,
)
register(
    Panel(
        key="waiting_by_phone",
        permission="consultations.change_waitingentry",
        rows=lambda user: waiting("phone", timezone.now()),
        sentence=lambda n: ngettext(
            "%(n)s person on the waiting list can only be called.",
            "%(n)s people on the waiting list can only be called.",
            n,
        ),
        url=lambda user: reverse("admin:waiting_list", query={"show": "phone"}),
        order=40,
    )
)
