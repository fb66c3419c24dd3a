"""The one way mails leave the portal: queued with the data that causes them, sent by the worker.

Texts are template files; a mail is in its reader's language with the German original below.
"""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from post_office import mail

from . import languages

GERMAN = settings.LANGUAGE_CODE


def _rendered(template, language, context):
    with translation.override(language):
        text = render_to_string(
            f"emails/{template}.txt", context | {"portal_url": settings.PORTAL_URL}
        )
    subject, _newline, body = text.strip().partition("\n")
    return " ".join(subject.split()), body.strip()


def queue(template, *, to, language, context, reply_to=None):
    """Queues the mail of that template; call it inside the transaction that causes it.

    The template's first line is the subject. A line break cannot get into a header: the subject
    is one line by construction, and addresses were checked by their form fields.
    """
    language = language if language in languages.codes() else GERMAN
    subject, body = _rendered(template, language, context)
    if language != GERMAN:
        german_subject, german_body = _rendered(template, GERMAN, context)
        body = f"{body}\n\n{'-' * 60}\n{german_subject}\n\n{german_body}"
    headers = {"Auto-Submitted": "auto-generated"}
    if reply_to:
        headers["Reply-To"] = reply_to
    # The queue takes subject and message for templates and would run what a visitor wrote.
    return mail.send(
        recipients=[to],
        sender=settings.DEFAULT_FROM_EMAIL,
        subject="{{ subject|safe }}",
        message="{{ body|safe }}\n",
        context={"subject": subject, "body": body},
        headers=headers,
    )


def queue_to_office(template, context):
    return queue(template, to=settings.OFFICE_EMAIL, language=GERMAN, context=context)
