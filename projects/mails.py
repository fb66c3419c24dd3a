"""Mails of the public side of projects, one function a mail."""

from django.db import transaction

from offenbach_wir import languages, outbox


@transaction.atomic
def message_to(organisation, *, name, email, message):
    """The visitor's message; the organisation's answer goes straight back to the visitor.

    Nothing of it is kept but the mail itself, until the outbox is cleaned.
    """
    outbox.queue(
        "organisation_message",
        to=organisation.email,
        language="de",
        context={
            "organisation": organisation,
            "name": name,
            "email": email,
            "message": message,
            "written_in": languages.name_in_itself(languages.active()),
        },
        reply_to=email,
    )
