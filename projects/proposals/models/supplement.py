"""What the city asks a proposal's writers to supply."""

import datetime
import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .proposal import Proposal
from .submissions import Version

# How long the organisation can read what it wrote and did not hand in. Its files go after as long
# as any file that was removed (personal_data.py).
UNSENT_KEPT = datetime.timedelta(days=30)


class SupplementRequestQuerySet(models.QuerySet):
    def with_unsent(self, now):
        """Those whose unsent changes can still be read."""
        return self.exclude(unsent="").filter(ended_at__gt=now - UNSENT_KEPT)


class SupplementRequest(models.Model):
    """Sections named here are open for writing until it is answered; all others stay locked."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="supplements")
    message = models.TextField(_("what is needed"), max_length=4000)
    due_on = models.DateField(_("until"))
    # Keys of questions.SectionKey.
    sections = models.JSONField(_("sections to open"), default=list)
    requested_at = models.DateTimeField(auto_now_add=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    # The version it was answered with; none where the city went on without.
    version = models.OneToOneField(
        Version, models.SET_NULL, null=True, blank=True, related_name="supplement"
    )
    # What was written and not handed in (snapshot.py), for the organisation alone.
    unsent = models.TextField(editable=False, blank=True, default="", db_default="")

    objects = SupplementRequestQuerySet.as_manager()

    class Meta:
        ordering = ["requested_at", "pk"]
        verbose_name = _("request for a supplement")
        verbose_name_plural = _("requests for supplements")
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(ended_at=None), name="one_open_supplement"
            )
        ]

    def __str__(self):
        return self.message[:60]

    @property
    def unsent_data(self):
        return json.loads(self.unsent)

    @property
    def unsent_until(self):
        """The last day on which the unsent changes can be read."""
        return timezone.localdate(self.ended_at + UNSENT_KEPT)
