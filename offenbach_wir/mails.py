"""Mails of the frame: the catalogue's entries, and a function where a mail has one cause."""

import datetime

from django.utils.translation import gettext_lazy as _

from . import mail_texts, outbox
from .models import QueuedMail
from .placeholders import Placeholder
from .todo import Entry

mail_texts.register(
    "barrier_report",
    _("To the office: a barrier was reported"),
    area=QueuedMail.Area.OFFICE,
    placeholders={
        "reference": Placeholder(_("number of the report"), "B-2A3B4C"),
        "due_on": Placeholder(_("last day for the answer"), datetime.date(2027, 1, 4)),
    },
    example={"pk": 17},
)
mail_texts.register(
    "invitation",
    _("To a colleague: invitation to work in the back office"),
    area=QueuedMail.Area.ACCOUNTS,
    placeholders={
        "name": Placeholder(_("name of the colleague"), "Ada Beispiel"),
        "days": Placeholder(_("days the link is valid"), 7),
    },
    example={"link": "https://wir.example.org/de/konto/einladung/beispiel/"},
    is_secret=True,
)
mail_texts.register(
    "account_notice",
    _("To an account: something important was changed in it"),
    area=QueuedMail.Area.ACCOUNTS,
    placeholders={"what": Placeholder(_("what was changed"), _("Second factor added"))},
)
mail_texts.register(
    "digest",
    _("To staff: what waits this week"),
    area=QueuedMail.Area.ACCOUNTS,
    placeholders={"name": Placeholder(_("name of the colleague"), "Ada Beispiel")},
    example={
        "entries": [Entry(None, 2, _("2 mails could not be delivered."), "/verwaltung/")],
    },
)


def barrier_report(report):
    outbox.queue_to_office(
        "barrier_report",
        cause=f"barrier-report:{report.pk}",
        subject=report,
        context={"reference": report.reference, "due_on": report.due_on, "pk": report.pk},
    )
