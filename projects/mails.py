"""Mails of the public side of projects, one function a mail."""

from django.utils.translation import gettext_lazy as _

from offenbach_wir import languages, mail_texts, outbox
from offenbach_wir.models import QueuedMail
from offenbach_wir.placeholders import Placeholder

mail_texts.register(
    "organisation_message",
    _("To an organisation: a visitor's message"),
    area=QueuedMail.Area.OFFICE,
    placeholders={
        "organisation": Placeholder(_("name of the organisation"), "Verein Musterbaum e. V."),
        "name": Placeholder(_("name of the visitor"), "Ada Beispiel"),
        "email": Placeholder(_("e-mail address of the visitor"), "ada@example.org"),
    },
    example={
        "written_in": "Deutsch",
        "message": "Guten Tag,\n\nich möchte mithelfen. Wann passt es Ihnen?",
        "slug": "verein-musterbaum",
    },
)


def message_to(organisation, sending, *, name, email, message):
    """The visitor's message; the organisation's answer goes straight back to the visitor.

    Call it inside a transaction; `sending` is the form's own key. Nothing of the message is kept
    but the mail itself, until the outbox is cleaned.
    """
    outbox.queue(
        "organisation_message",
        cause=f"organisation-message:{sending}",
        subject=organisation,
        to=organisation.email,
        language="de",
        context={
            "organisation": organisation.name,
            "slug": organisation.slug,
            "name": name,
            "email": email,
            "message": message,
            "written_in": languages.name_in_itself(languages.active()),
        },
        reply_to=email,
    )
