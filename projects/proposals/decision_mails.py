"""Mails about decisions on a grant; call them inside the transaction of the step."""

import datetime

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from offenbach_wir import mail_texts, outbox
from offenbach_wir.models import QueuedMail
from offenbach_wir.money import format_to_the_cent
from offenbach_wir.placeholders import Placeholder

from . import decisions, due_dates, messaging
from .mails import EXAMPLE_KEY, REFERENCE, TITLE

# The whole of it stands on the page that the mail leads to.
WORDS_OF_CONDITIONS = 60
AMOUNT = Placeholder(_("grant"), "12.500,00 EUR")
EXAMPLE_DAYS = {
    "starts_on": datetime.date(2027, 3, 1),
    "ends_on": datetime.date(2027, 12, 31),
    "proof_due_on": datetime.date(2028, 3, 31),
}

mail_texts.register(
    "case_approved",
    _("To those who wrote a proposal: the grant is approved"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={"reference": REFERENCE, "title": TITLE, "amount": AMOUNT},
    example=EXAMPLE_DAYS
    | {
        "key": EXAMPLE_KEY,
        "accept_until": datetime.date(2027, 2, 15),
        "conditions": _("Please name the state and the city on every flyer."),
    },
)
mail_texts.register(
    "case_rejected",
    _("To those who wrote a proposal: the grant is not approved"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={"reference": REFERENCE, "title": TITLE},
    example={
        "key": EXAMPLE_KEY,
        "reasons": _("The fund of this year holds no money any more."),
        "ways_on": _("Please talk with us about the next year."),
    },
)
mail_texts.register(
    "case_amended",
    _("To those who carry a project: the grant was changed"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={"reference": REFERENCE, "title": TITLE, "amount": AMOUNT},
    example=EXAMPLE_DAYS | {"key": EXAMPLE_KEY, "conditions": ""},
)
mail_texts.register(
    "early_start",
    _("To those who wrote a proposal: they may begin before the decision"),
    area=QueuedMail.Area.PROPOSALS,
    placeholders={"reference": REFERENCE, "title": TITLE},
    example={"key": EXAMPLE_KEY, "permitted_from": datetime.date(2027, 2, 1)},
)


def _to_writers(template, proposal, cause, **context):
    for reader in messaging.writers_of(proposal):
        outbox.queue(
            template,
            cause=f"{cause}:{reader.pk}"[:160],
            subject=proposal,
            to=reader.email,
            language=reader.language,
            context={
                "reference": proposal.reference,
                "title": str(proposal),
                "key": proposal.key,
                **context,
            },
        )


def _grant(decision):
    return {
        "amount": format_to_the_cent(decision.amount),
        "starts_on": decision.starts_on,
        "ends_on": decision.ends_on,
        "proof_due_on": decision.proof_due_on,
        "conditions": Truncator(decision.conditions).words(WORDS_OF_CONDITIONS, truncate=" …"),
    }


def approved(step, proposal, user):
    decision = decisions.shown_decision(proposal)
    _to_writers(
        "case_approved",
        proposal,
        f"case-approved:{decision.pk}",
        accept_until=due_dates.acceptance_due_on(decision.decided_on),
        **_grant(decision),
    )


def rejected(step, proposal, user):
    decision = decisions.shown_decision(proposal)
    _to_writers(
        "case_rejected",
        proposal,
        f"case-rejected:{decision.pk}",
        reasons=decision.reasons,
        ways_on=decision.ways_on,
    )


def amended(proposal, decision):
    _to_writers("case_amended", proposal, f"case-amended:{decision.pk}", **_grant(decision))


def early_start_permitted(proposal, row, event):
    _to_writers(
        "early_start",
        proposal,
        f"early-start:{event.pk}",
        permitted_from=row.permitted_from,
    )


# The steps that have one of these instead of the general mail: key of case.STEPS → mail.
OF_STEPS = {
    "record_approval": approved,
    "confirm_approval": approved,
    "record_rejection": rejected,
    "confirm_rejection": rejected,
}
