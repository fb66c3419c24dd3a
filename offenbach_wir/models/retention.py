"""Exceptions from the retention rules, and the record of what was erased on request."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import record_names


class LegalHoldQuerySet(models.QuerySet):
    def active(self):
        return self.filter(Q(until=None) | Q(until__gte=timezone.localdate()), lifted_at=None)


class LegalHold(models.Model):
    """A record that must stay although its period is over, for a stated reason."""

    subject_type = models.CharField(_("record"), max_length=60)
    subject_id = models.BigIntegerField(_("number"))
    reason = models.CharField(_("reason"), max_length=300)
    until = models.DateField(_("until"), null=True, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    set_at = models.DateTimeField(_("since"), auto_now_add=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True, editable=False)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-set_at"]
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id"],
                condition=Q(lifted_at=None),
                name="legal_hold_once",
            )
        ]

    def __str__(self):
        return record_names.name_of(self.subject_type, self.subject_id)


class Erasure(models.Model):
    """The receipt of an erasure; keys only, so that a restored backup can be erased again."""

    reference = models.CharField(_("reference"), max_length=16, unique=True, editable=False)
    person = models.CharField(max_length=64, editable=False)  # keyed hash of the address
    at = models.DateTimeField(_("time"), auto_now_add=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    # {"offenbach_wir.user": {"done": "delete", "keys": [17]}, …}
    rows = models.JSONField(default=dict, editable=False)

    class Meta:
        ordering = ["-at"]
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")

    def __str__(self):
        return self.reference
