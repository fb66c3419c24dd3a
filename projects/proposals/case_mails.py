"""Mails about the steps of a case. Who is informed of which step stands in case.STEPS; what a mail
says beyond its general text is here.
"""

import datetime

from django.utils.translation import gettext_lazy as _

from offenbach_wir import mail_texts, outbox
from offenbach_wir.models import QueuedMail, User
from offenbach_wir.placeholders import Placeholder

from . import colleagues, decision_mails, grants, mails, messaging, unsent
from .case import Audience, State
from .mails import EXAMPLE_KEY, ORGANISATION, REFERENCE, TITLE
from .models import Duty
from .questions import SectionKey

SENTENCE = Placeholder(_("what happened"), _("The formal check is finished."))
COMMON = {"reference": REFERENCE, "title": TITLE, "organisation": ORGANISATION}
EXAMPLE = {"key": EXAMPLE_KEY, "reason": "", "due_on": None, "unsent_until": None}

mail_texts.register(
    "case_step",
    _("To those who wrote a proposal: their case has gone on"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders=COMMON | {"happened": SENTENCE},
    example=EXAMPLE,
)
mail_texts.register(
    "case_step_to_office",
    _("To the office: an organisation has taken a step in its case"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders=COMMON | {"happened": SENTENCE},
    example=EXAMPLE,
)
mail_texts.register(
    "case_to_confirm",
    _("To those who confirm decisions: a decision waits"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders=COMMON,
    example=EXAMPLE,
)
mail_texts.register(
    "case_followed",
    _("To colleagues who follow a case: it has gone on"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders=COMMON | {"happened": SENTENCE},
    example=EXAMPLE,
)
mail_texts.register(
    "case_assigned",
    _("To a colleague who looks after a case from now on"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders=COMMON | {"colleague": Placeholder(_("who has given it"), "Kim Beispiel")},
    example=EXAMPLE,
)
mail_texts.register(
    "case_reminder",
    _("To those who wrote a proposal: something is due in their case"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders=COMMON | {"duty": Placeholder(_("what is to be done"), Duty.Kind.PROOF.label)},
    example={"key": EXAMPLE_KEY, "due_on": datetime.date(2027, 1, 28), "days": 3, "note": ""},
)
mail_texts.register(
    "case_supplement",
    _("To those who wrote a proposal: something is to be supplied"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={"reference": REFERENCE, "title": TITLE},
    example={
        "key": EXAMPLE_KEY,
        "message": _("Please say who leads the evenings, and enclose the offer for the rooms."),
        "due_on": datetime.date(2027, 1, 28),
        "sections": [SectionKey.IDEA.label, SectionKey.ENCLOSURES.label],
    },
)


def inform(step, proposal, user, reason=""):
    """Queues the mails of the step just taken; call it inside its transaction."""
    if step.key in OWN_MAILS:
        OWN_MAILS[step.key](step, proposal, user)
    for audience in step.informs:
        if (step.key, audience) not in OTHERWISE:
            INFORM[audience](step, proposal, reason)
    _inform_followers(step, proposal, user, reason)


def assigned(proposal, to, by, event):
    """To the colleague the case was given to; call it inside that transaction."""
    outbox.queue(
        "case_assigned",
        cause=f"case-assigned:{event.pk}",
        subject=proposal,
        to=to.email,
        language=to.language,
        context={
            "reference": proposal.reference,
            "title": str(proposal),
            "organisation": proposal.applicant.name,
            "colleague": str(by),
            "key": proposal.key,
            "due_on": proposal.due_on,
        },
    )


def remind(duty, due, reader, *, today):
    """Once for each person, duty, day and reminder (`due` is one of deadlines.DUTY_REMINDERS)."""
    proposal = duty.proposal
    outbox.queue(
        "case_reminder",
        cause=f"case-duty:{duty.pk}:{duty.due_on}:{due}:{reader.pk}",
        subject=proposal,
        to=reader.email,
        language=reader.language,
        context={
            "reference": proposal.reference,
            "title": str(proposal),
            "organisation": proposal.applicant.name,
            # Lazy, as below.
            "duty": Duty.Kind(duty.kind).label,
            "key": proposal.key,
            "due_on": duty.due_on,
            "days": (duty.due_on - today).days,
            "note": duty.note,
        },
    )


def _about(step, proposal, reason):
    return {
        "reference": proposal.reference,
        "title": str(proposal),
        "organisation": proposal.applicant.name,
        # Lazy: the German text below says it in German.
        "happened": step.done,
        "key": proposal.key,
        "reason": reason,
        "due_on": proposal.due_on,
    }


def _cause(step, proposal, to):
    return f"case:{proposal.pk}:{proposal.step_number}:{to}"[:160]


def _inform_writers(step, proposal, reason):
    context = _about(step, proposal, reason)
    if step.starts_from(State.SUPPLEMENT_REQUESTED):
        context["unsent_until"] = unsent.until(proposal)
    for reader in messaging.writers_of(proposal):
        outbox.queue(
            "case_step",
            cause=_cause(step, proposal, reader.pk),
            subject=proposal,
            to=reader.email,
            language=reader.language,
            context=context,
        )


def _inform_office(step, proposal, reason):
    outbox.queue_to_office(
        "case_step_to_office",
        cause=_cause(step, proposal, "office"),
        subject=proposal,
        context=_about(step, proposal, reason),
    )


def _inform_deciders(step, proposal, reason):
    decision = grants.decision_of(proposal)
    deciders = User.objects.filter(
        is_active=True, groups__permissions__codename="change_decision"
    ).distinct()
    for reader in deciders.exclude(pk=decision.prepared_by_id if decision else None):
        outbox.queue(
            "case_to_confirm",
            cause=_cause(step, proposal, reader.pk),
            subject=proposal,
            to=reader.email,
            language=reader.language,
            context=_about(step, proposal, reason),
        )


def _inform_followers(step, proposal, user, reason):
    """Whoever follows the case and may still read it, but not who took the step."""
    followers = colleagues.who_read().filter(followed_cases=proposal)
    for reader in followers.exclude(pk=user.pk if user else None):
        outbox.queue(
            "case_followed",
            cause=_cause(step, proposal, f"follower-{reader.pk}"),
            subject=proposal,
            to=reader.email,
            language=reader.language,
            context=_about(step, proposal, reason),
        )


INFORM = {
    Audience.WRITERS: _inform_writers,
    Audience.OFFICE: _inform_office,
    Audience.SECOND: _inform_deciders,
}


def _withdrawn(step, proposal, user):
    mails.proposal_withdrawn(proposal, user)


def _supplement_asked_for(step, proposal, user):
    request = proposal.open_supplement
    for reader in messaging.writers_of(proposal):
        outbox.queue(
            "case_supplement",
            cause=_cause(step, proposal, reader.pk),
            subject=proposal,
            to=reader.email,
            language=reader.language,
            context={
                "reference": proposal.reference,
                "title": str(proposal),
                "key": proposal.key,
                "message": request.message,
                "due_on": request.due_on,
                # Lazy, as above.
                "sections": [SectionKey(key).label for key in request.sections],
            },
        )


def _supplement_handed_in(step, proposal, user):
    mails.proposal_received(proposal.versions.first(), user, others=messaging.writers_of(proposal))


# Steps that have a mail of their own, for these audiences.
OWN_MAILS = {
    "withdraw": _withdrawn,
    "request_supplement": _supplement_asked_for,
    "hand_in_supplement": _supplement_handed_in,
    **decision_mails.OF_STEPS,
}
OTHERWISE = {(key, Audience.WRITERS) for key in OWN_MAILS}
