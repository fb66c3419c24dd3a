"""What the outbox knows of a mail beside its sending, and the texts staff can change."""

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from post_office.models import STATUS, Email


class QueuedMailQuerySet(models.QuerySet):
    def undeliverable(self):
        return self.filter(email__status=STATUS.failed)

    def needs_attention(self):
        """Undeliverable ones that nobody has dealt with yet."""
        return self.undeliverable().filter(settled_at=None)

    def waiting(self):
        return self.filter(email__status__in=(STATUS.queued, STATUS.requeued))

    def sent(self):
        return self.filter(email__status=STATUS.sent)

    def in_areas(self, areas):
        return self.filter(area__in=areas)


class QueuedMail(models.Model):
    """One mail of the portal: why it exists, whose it is. The text lies in the queue's own row."""

    class Area(models.TextChoices):
        """Who may read it: the role that owns the matter (roles.py)."""

        OFFICE = "office", _("Office")
        ACCOUNTS = "accounts", _("Accounts")
        ADVICE = "advice", _("Advice")
        PROPOSALS = "proposals", _("Proposals")

    class State(models.TextChoices):
        """What became of it, read from the queue's own row; that row is deleted in the end."""

        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        UNDELIVERABLE = "undeliverable", _("undeliverable")
        DELETED = "deleted", _("content deleted after its period")

    # The same cause queues nothing twice: "barrier-report:17", "reminder:42:2026-11-22".
    cause = models.CharField(max_length=160, unique=True, editable=False)
    template = models.CharField(_("mail"), max_length=60)
    language = models.CharField(_("language"), max_length=16)
    area = models.CharField(_("area"), max_length=12, choices=Area, default=Area.OFFICE)
    # The record the mail is about, so that erasing it reaches the mail.
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    email = models.OneToOneField(
        Email, models.SET_NULL, null=True, related_name="queued_mail", editable=False
    )
    created_at = models.DateTimeField(_("queued"), auto_now_add=True, db_index=True)
    settled_at = models.DateTimeField(_("dealt with"), null=True, editable=False)

    objects = QueuedMailQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("mail")
        verbose_name_plural = _("outbox")
        indexes = [models.Index("subject_type", "subject_id", name="mail_by_subject")]

    def __str__(self):
        return self.cause

    @property
    def state(self):
        if self.email is None:
            return self.State.DELETED
        states = {STATUS.sent: self.State.SENT, STATUS.failed: self.State.UNDELIVERABLE}
        return states.get(self.email.status, self.State.WAITING)

    @property
    def can_be_sent_again(self):
        return self.state in (self.State.SENT, self.State.UNDELIVERABLE)

    @property
    def needs_attention(self):
        return self.state == self.State.UNDELIVERABLE and self.settled_at is None

    @transaction.atomic
    def send_again(self):
        """Puts it back into the queue, all tries before it. False where it waits there already."""
        ended = Email.objects.filter(pk=self.email_id, status__in=(STATUS.sent, STATUS.failed))
        is_queued = bool(
            ended.update(
                status=STATUS.queued,
                scheduled_time=None,
                number_of_retries=0,
                last_updated=timezone.now(),
            )
        )
        if is_queued:
            QueuedMail.objects.filter(pk=self.pk).update(settled_at=None)
        return is_queued

    def settle(self):
        """Somebody has dealt with it in another way. False where there was nothing to deal with."""
        rows = QueuedMail.objects.needs_attention().filter(pk=self.pk)
        return bool(rows.update(settled_at=timezone.now()))


class MailText(models.Model):
    """Subject and introduction of a mail as staff wants them, in one language."""

    template = models.CharField(_("mail"), max_length=60)
    language = models.CharField(_("language"), max_length=16, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=150, blank=True)
    introduction = models.TextField(_("introduction"), max_length=2000, blank=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        ordering = ["template", "language"]
        verbose_name = _("text of a mail")
        verbose_name_plural = _("texts of mails")
        constraints = [
            models.UniqueConstraint(fields=["template", "language"], name="mail_text_once")
        ]

    def __str__(self):
        # The register of mails stands above the models.
        from offenbach_wir import mail_texts

        mail = mail_texts.get(self.template)
        return f"{mail.purpose if mail else self.template} ({self.language.upper()})"
