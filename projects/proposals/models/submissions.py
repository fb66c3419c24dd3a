"""What was handed in, unchangeable, and what was said about it."""

import json

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .files import private_storage
from .proposal import Proposal


def pdf_name(version, filename):
    return f"versions/{version.proposal.key}-{version.number}.pdf"


class VersionQuerySet(models.QuerySet):
    def naming(self, file):
        """Those a file was handed in with; its key is random."""
        return self.filter(content__contains=file.key)


class Version(models.Model):
    """A proposal as it was handed in. The database refuses to change content and checksum.

    Whom to ask lies beside the content and outside the checksum, so that it can be erased alone.
    """

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("number"))
    # The exact text the checksum was made of.
    content = models.TextField(editable=False)
    checksum = models.CharField(_("checksum (SHA-256)"), max_length=64, editable=False)
    contact = models.JSONField(default=dict, editable=False)
    submitted_at = models.DateTimeField(_("handed in"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    pdf = models.FileField(storage=private_storage, upload_to=pdf_name, blank=True, max_length=120)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("version handed in")
        verbose_name_plural = _("versions handed in")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="version_number_once")
        ]

    def __str__(self):
        return f"{self.proposal.reference} ({self.number})"

    @property
    def data(self):
        return json.loads(self.content)


class Message(models.Model):
    """A few words between those who write a proposal and the coordination."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    is_from_office = models.BooleanField(default=False)
    text = models.TextField(_("message"), max_length=4000)
    sent_at = models.DateTimeField(_("sent"), auto_now_add=True)
    # Somebody of the city has read it, and it needs no answer ("Thank you").
    is_settled = models.BooleanField(default=False)
    # The form it was written in: pressing twice sends one.
    sent_by_form = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        ordering = ["sent_at", "pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self):
        return f"{self.sent_at:%Y-%m-%d %H:%M}"
