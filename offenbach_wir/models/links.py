"""Addresses found in content, and whether they still lead somewhere."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FoundLinkQuerySet(models.QuerySet):
    def broken(self):
        """Those that failed for certain, not only once (link_check.py)."""
        return self.filter(broken_since__isnull=False)


class FoundLink(models.Model):
    """One address in one language of one record."""

    subject_type = models.CharField(_("record"), max_length=60)
    subject_id = models.BigIntegerField(_("number"))
    language = models.CharField(_("language"), max_length=16, blank=True)
    url = models.CharField(_("address"), max_length=2000)
    is_internal = models.BooleanField(default=False)
    problem = models.CharField(_("problem"), max_length=20, blank=True)
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    checked_at = models.DateTimeField(_("checked"), null=True, db_index=True)
    broken_since = models.DateTimeField(_("broken since"), null=True)

    objects = FoundLinkQuerySet.as_manager()

    class Meta:
        ordering = ["broken_since", "pk"]
        verbose_name = _("link")
        verbose_name_plural = _("links")
        indexes = [models.Index("subject_type", "subject_id", name="link_by_subject")]

    def __str__(self):
        return self.url
