"""Mails about what happens within a grant beside the steps of its case: money asked for and paid,
changes, reports. The sentence says what happened; the page it leads to says all of it.
"""

from django.utils.translation import gettext_lazy as _

from offenbach_wir import mail_texts, outbox
from offenbach_wir.models import QueuedMail
from offenbach_wir.placeholders import Placeholder

from . import messaging
from .mails import EXAMPLE_KEY, ORGANISATION, REFERENCE, TITLE

ASKED = _("The organisation asks for money.")
PAID = _("The money you asked for was paid.")
NOTED = _("Money of your grant was paid.")
REFUSED = _("The money you asked for was not granted.")
INTERIM = _("The organisation has handed in its interim report.")
CHANGE = _("The organisation says that something changes in its project.")
AGREED = _("The coordination agrees to the change you told us about.")
NOT_AGREED = _("The coordination does not agree to the change you told us about.")
COMMON = {
    "reference": REFERENCE,
    "title": TITLE,
    "organisation": ORGANISATION,
    "happened": Placeholder(_("what happened"), PAID),
}

mail_texts.register(
    "grant_news",
    _("To those who have a grant: there is news of it"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders=COMMON,
    example={"key": EXAMPLE_KEY, "answer": ""},
)
mail_texts.register(
    "grant_news_to_office",
    _("To the office: an organisation has written about its grant"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders=COMMON,
    example={"key": EXAMPLE_KEY},
)


def _about(proposal, happened):
    return {
        "reference": proposal.reference,
        "title": str(proposal),
        "organisation": proposal.applicant.name,
        "happened": happened,
        "key": proposal.key,
    }


def to_writers(proposal, happened, *, cause, answer=""):
    """`happened` is a lazy sentence, `cause` names what it is about and is said once a person."""
    for reader in messaging.writers_of(proposal):
        outbox.queue(
            "grant_news",
            cause=f"{cause}:{reader.pk}"[:160],
            subject=proposal,
            to=reader.email,
            language=reader.language,
            context=_about(proposal, happened) | {"answer": answer},
        )


def to_office(proposal, happened, *, cause):
    outbox.queue_to_office(
        "grant_news_to_office",
        cause=f"{cause}:office"[:160],
        subject=proposal,
        context=_about(proposal, happened),
    )


def change_noticed(notice):
    to_office(notice.proposal, CHANGE, cause=f"change:{notice.pk}:asked")


def change_answered(notice):
    happened = AGREED if notice.state == notice.State.AGREED else NOT_AGREED
    cause = f"change:{notice.pk}:{notice.state}"
    to_writers(notice.proposal, happened, cause=cause, answer=notice.answer)


def interim_handed_in(report):
    to_office(report.proposal, INTERIM, cause=f"report:{report.pk}:handed_in")


def money_asked_for(row):
    to_office(row.proposal, ASKED, cause=f"money:{row.pk}:asked")


def money_noted(row):
    to_writers(row.proposal, NOTED, cause=f"money:{row.pk}:paid")


def money_answered(row):
    happened = PAID if row.state == row.State.PAID else REFUSED
    to_writers(row.proposal, happened, cause=f"money:{row.pk}:{row.state}", answer=row.answer)
