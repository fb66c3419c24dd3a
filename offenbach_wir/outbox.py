"""The one way mails leave the portal: queued with the data that causes them, sent by the worker.

Every mail is registered with its texts (mail_texts.py) and goes out once per cause. Delivery is at
least once: a worker killed between sending and noting it sends again, under the same Message-ID.
"""

import datetime
import hashlib
import logging
import smtplib
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from post_office.connections import connections
from post_office.models import PRIORITY, STATUS, Email
from post_office.utils import create_attachments

from . import languages, mail_texts
from .mail_texts import GERMAN
from .models import QueuedMail

logger = logging.getLogger(__name__)

# After the first failure one minute, then ever longer; after the last one staff must look.
RETRY_AFTER = [
    datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440)
]
# Longer than one mail ever takes; then another process may try it.
LEASE = datetime.timedelta(minutes=5)


@dataclass
class Prepared:
    """A mail whose texts are written, not queued yet."""

    email: Email
    queued: QueuedMail
    attachments: tuple

    def queue(self):
        """Queues it; call this inside the transaction that causes it."""
        try:
            with transaction.atomic():
                self.email.save()
                self.queued.email = self.email
                self.queued.save()
                _attach(self.email, self.attachments)
        except IntegrityError:
            return QueuedMail.objects.select_related("email").get(cause=self.queued.cause)
        return self.queued


def queue(template, **mail):
    """Queues that mail once per cause; call it inside the transaction that causes it.

    Takes what `prepare` takes. A second call with the same cause queues nothing and returns the
    first mail.
    """
    return prepare(template, **mail).queue()


def prepare(
    template,
    *,
    cause,
    to,
    language,
    context,
    area=None,
    subject=None,
    reply_to=None,
    attachments=(),
):
    """Writes that mail, for a transaction that is to be short; its queue() belongs inside.

    `cause` names the step: "barrier-report:17". `subject` is the record the mail is about, `area`
    the one it is registered with unless given, attachments are (name, bytes, content type). Raises
    ValidationError where `to` is not exactly one address; forms check with `validate_recipient`.
    """
    validate_recipient(to)
    language = language if language in languages.codes() else GERMAN
    queued = QueuedMail(
        cause=cause,
        template=template,
        language=language,
        area=area or mail_texts.get(template).area,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
    )
    return Prepared(_email(template, language, context, cause, to, reply_to), queued, attachments)


def queue_to_office(template, *, cause, context, **options):
    return queue(
        template,
        cause=cause,
        to=settings.OFFICE_EMAIL,
        language=GERMAN,
        context=context,
        **options,
    )


def keep_for_demo(subject, body, to):
    """Shows a mail that bypasses the outbox (a sign-in code) among the mails of the demo."""
    if settings.IS_DEMO:
        Email.objects.create(
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[to],
            subject=subject,
            message=body,
            status=STATUS.sent,
        )


def validate_recipient(address):
    """One plain address: a comma, which quotes allow, would make several of it in the queue."""
    validate_email(address)
    if "," in address:
        raise ValidationError("One address only.", code="invalid")


def message_id(cause):
    host = urlsplit(settings.PORTAL_URL).hostname
    return f"<{hashlib.sha256(cause.encode()).hexdigest()[:40]}@{host}>"


def _email(template, language, context, cause, to, reply_to):
    # Made directly: the queue's own functions take texts for templates and would run what a
    # visitor wrote.
    versions = [
        mail_texts.write(template, code, context) for code in dict.fromkeys([language, GERMAN])
    ]
    text, html = mail_texts.both_texts(versions)
    headers = {"Auto-Submitted": "auto-generated"}
    if reply_to:
        headers["Reply-To"] = reply_to
    return Email(
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        cc=[],
        bcc=[],
        subject=versions[0].subject,
        message=text,
        html_message=html,
        headers=headers,
        message_id=message_id(cause),
        priority=PRIORITY.medium,
        status=STATUS.queued,
    )


def _attach(email, attachments):
    for name, content, content_type in attachments:
        file = {"file": ContentFile(content), "mimetype": _without_charset(content_type)}
        email.attachments.add(*create_attachments({name: file}))


def _without_charset(content_type):
    """The charset of a text is added when it is sent; twice would be one too many."""
    parts = [part.strip() for part in content_type.split(";")]
    return "; ".join(part for part in parts if not part.lower().startswith("charset="))


def send_waiting(stopped=lambda: False):
    """Sends what is due, each mail by one process only. Returns how many were sent.

    A refused mail does not hold up the others; where no server answers, or once `stopped()` is
    true, the rest waits for the next round.
    """
    sent = 0
    try:
        while not stopped() and (email := _claim_next()):
            problem = _send(email)
            sent += problem is None
            if problem is not None and not _server_answered(problem):
                break
    finally:
        connections.close()
    return sent


def _due(now):
    return Email.objects.filter(
        Q(scheduled_time=None) | Q(scheduled_time__lte=now),
        status__in=(STATUS.queued, STATUS.requeued),
    )


def _claim_next():
    """The mail that is next, kept from all other processes for a while: one UPDATE decides."""
    now = timezone.now()
    for email in _due(now).order_by("-priority", "pk")[:20]:
        mine = _due(now).filter(pk=email.pk, scheduled_time=email.scheduled_time)
        if mine.update(scheduled_time=now + LEASE):
            return email
    return None


def _send(email):
    """Sends one mail and notes the outcome. Returns the problem, or None."""
    problem = None
    try:
        email.dispatch(commit=False, disconnect_after_delivery=False)
    except Exception as error:
        problem = error
        logger.warning("Mail %s was not sent: %s", email.pk, type(error).__name__)
        outcome = _outcome_of_failure(email, error)
        email.logs.create(
            status=STATUS.failed, exception_type=type(error).__name__, message=str(error)[:1000]
        )
    else:
        outcome = {"status": STATUS.sent, "scheduled_time": None}
    Email.objects.filter(pk=email.pk).update(last_updated=timezone.now(), **outcome)
    return problem


def _outcome_of_failure(email, error):
    tries = email.number_of_retries or 0
    if is_final(error) or tries >= len(RETRY_AFTER):
        return {"status": STATUS.failed, "scheduled_time": None}
    return {
        "status": STATUS.requeued,
        "scheduled_time": timezone.now() + RETRY_AFTER[tries],
        "number_of_retries": tries + 1,
    }


def is_final(error):
    """The server will never take this mail: it answered 5xx to the recipient or to the content."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _answer in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _server_answered(error):
    return isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
