"""When each scheduled job ran, and who is running it now."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobRun(models.Model):
    name = models.CharField(_("job"), max_length=60, unique=True)
    due_at = models.DateTimeField(_("due"), db_index=True)
    # Claimed by one UPDATE; a claim that was left behind by a killed process lapses.
    claimed_until = models.DateTimeField(null=True, editable=False)
    claimed_by = models.CharField(max_length=32, blank=True, editable=False)
    started_at = models.DateTimeField(_("last started"), null=True)
    finished_at = models.DateTimeField(_("last finished"), null=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    result = models.CharField(_("last result"), max_length=300, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("scheduled job")
        verbose_name_plural = _("scheduled jobs")

    def __str__(self):
        return self.name
