"""Mails about proposals, one function a mail; call them inside the transaction of their cause."""

import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from offenbach_wir import mail_texts, outbox
from offenbach_wir.models import QueuedMail
from offenbach_wir.placeholders import Placeholder

from . import unsent

mail_texts.register(
    "member_invited",
    _("To a person: invitation to write proposals with an organisation"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={
        "organisation": Placeholder(_("name of the organisation"), "Verein Musterbaum e. V."),
        "role": Placeholder(_("what the person may do"), _("May write")),
        "days": Placeholder(_("days the link is valid"), 7),
    },
    example={"secret": "beispiel-" + "0" * 34},
    is_secret=True,
)


def member_invited(invitation, secret):
    outbox.queue(
        "member_invited",
        cause=f"member-invited:{invitation.pk}",
        subject=invitation,
        to=invitation.email,
        language=invitation.language,
        context={
            "organisation": invitation.applicant.name,
            "role": invitation.get_role_display(),
            "days": settings.INVITATION_DAYS,
            "secret": secret,
        },
    )


TITLE = Placeholder(_("title of the proposal"), "Musterprojekt im Nordend")
REFERENCE = Placeholder(_("reference"), "WIR-2027-0001")
ORGANISATION = Placeholder(_("name of the organisation"), "Verein Musterbaum e. V.")
EXAMPLE_KEY = "a" * 26
EXAMPLE_MOMENT = datetime.datetime(2027, 1, 13, 9, 30, tzinfo=datetime.UTC)

mail_texts.register(
    "proposal_received",
    _("To those who handed in a proposal: receipt"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={"reference": REFERENCE, "title": TITLE, "organisation": ORGANISATION},
    example={"key": EXAMPLE_KEY, "checksum": "0" * 64, "submitted_at": EXAMPLE_MOMENT},
)
mail_texts.register(
    "proposal_to_office",
    _("To the office: a proposal was handed in"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={"reference": REFERENCE, "title": TITLE, "organisation": ORGANISATION},
    example={"key": EXAMPLE_KEY, "submitted_at": EXAMPLE_MOMENT},
)
mail_texts.register(
    "proposal_withdrawn",
    _("To those who withdrew a proposal: receipt"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={"reference": REFERENCE, "title": TITLE},
    example={"key": EXAMPLE_KEY, "unsent_until": None},
)
mail_texts.register(
    "proposal_deadline",
    _("To those who write a proposal: the deadline comes near"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={
        "title": TITLE,
        "line": Placeholder(_("name of the funding line"), "Modellprojekte"),
        "days": Placeholder(_("days left"), 14),
    },
    example={"key": EXAMPLE_KEY, "last_day": datetime.date(2027, 1, 28)},
)
mail_texts.register(
    "proposal_message",
    _("To those who write a proposal: the coordination has written"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={"title": TITLE},
    example={"key": EXAMPLE_KEY},
)
mail_texts.register(
    "proposal_message_to_office",
    _("To the office: an organisation has written"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={"title": TITLE, "organisation": ORGANISATION},
    example={"key": EXAMPLE_KEY},
)


def _about(proposal):
    return {
        "reference": proposal.reference or "",
        "title": str(proposal),
        "organisation": proposal.applicant.name,
        "key": proposal.key,
    }


def proposal_received(version, user, others=()):
    """The receipt goes to whoever handed in, to the person named for questions, and to `others`."""
    proposal = version.proposal
    languages = {other.email.lower(): other.language for other in others}
    for address, language in (dict(recipients_of(proposal, user)) | languages).items():
        outbox.queue(
            "proposal_received",
            cause=f"proposal-received:{version.pk}:{address}"[:160],
            subject=proposal,
            to=address,
            language=language,
            context=_about(proposal)
            | {"checksum": version.checksum, "submitted_at": version.submitted_at},
        )


def recipients_of(proposal, user):
    """[(address, language)]: the person acting first, then the contact, each address once."""
    found = {user.email.lower(): user.language}
    if proposal.contact_email:
        found.setdefault(proposal.contact_email.lower(), user.language)
    return list(found.items())


def proposal_to_office(version):
    proposal = version.proposal
    outbox.queue_to_office(
        "proposal_to_office",
        cause=f"proposal-to-office:{version.pk}",
        subject=proposal,
        context=_about(proposal) | {"submitted_at": version.submitted_at},
    )


def proposal_withdrawn(proposal, user):
    for address, language in recipients_of(proposal, user):
        outbox.queue(
            "proposal_withdrawn",
            cause=f"proposal-withdrawn:{proposal.pk}:{address}"[:160],
            subject=proposal,
            to=address,
            language=language,
            context=_about(proposal) | {"unsent_until": unsent.until(proposal)},
        )


def proposal_deadline(proposal, deadline, due, user):
    """Once for each person, deadline and reminder (`due` is one of deadlines.REMINDER_DAYS)."""
    outbox.queue(
        "proposal_deadline",
        cause=f"proposal-deadline:{proposal.pk}:{deadline.last_day}:{due}:{user.pk}",
        subject=proposal,
        to=user.email,
        language=user.language,
        context={
            "title": str(proposal),
            "line": str(proposal.funding_line.text.title),
            "days": deadline.days_left,
            "last_day": deadline.last_day,
            "key": proposal.key,
        },
    )


def message_to_applicant(message, user):
    outbox.queue(
        "proposal_message",
        cause=f"proposal-message:{message.pk}:{user.pk}",
        subject=message.proposal,
        to=user.email,
        language=user.language,
        context={"title": str(message.proposal), "key": message.proposal.key},
    )


def message_to_office(message):
    proposal = message.proposal
    outbox.queue_to_office(
        "proposal_message_to_office",
        cause=f"proposal-message:{message.pk}",
        subject=proposal,
        context={
            "title": str(proposal),
            "organisation": proposal.applicant.name,
            "key": proposal.key,
        },
    )


mail_texts.register(
    "now_responsible",
    _("To a member: from now on responsible for the organisation"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={"organisation": ORGANISATION},
    example={"key": EXAMPLE_KEY},
)
mail_texts.register(
    "proposal_idle",
    _("To the owner: a draft will be deleted soon"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={"title": TITLE},
    example={"key": EXAMPLE_KEY, "deleted_on": datetime.date(2027, 1, 28)},
)


def now_responsible(applicant, user, event):
    outbox.queue(
        "now_responsible",
        cause=f"now-responsible:{event.pk}",
        subject=applicant,
        to=user.email,
        language=user.language,
        context={"organisation": applicant.name, "key": applicant.key},
    )


def proposal_idle(proposal, deleted_on):
    """Once for each time somebody last touched the draft."""
    owner = proposal.applicant.owner
    outbox.queue(
        "proposal_idle",
        cause=f"proposal-idle:{proposal.pk}:{proposal.updated_at:%Y-%m-%d}",
        subject=proposal,
        to=owner.email,
        language=owner.language,
        context={"title": str(proposal), "key": proposal.key, "deleted_on": deleted_on},
    )
