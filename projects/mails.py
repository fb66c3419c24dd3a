"""Mails of the public side of projects, one function a mail."""

from offenbach_wir import languages, outbox


def message_to(organisation, *, name, email, message):
    """The visitor's message; the organisation's answer goes straight back to the visitor.

    Call it inside a transaction. Nothing of it is kept but the mail itself, until the outbox is
    cleaned.
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
