"""The private calendar a coordinator can subscribe to."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import Coordinator


def new_feed_secret():
    return secrets.token_urlsafe(32)


class CalendarFeed(models.Model):
    """A new secret makes the old address useless."""

    coordinator = models.OneToOneField(
        Coordinator, models.CASCADE, related_name="calendar_feed", verbose_name=_("coordinator")
    )
    secret = models.CharField(max_length=64, unique=True, default=new_feed_secret, editable=False)
    renewed_at = models.DateTimeField(_("renewed"), auto_now=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self):
        return str(self.coordinator)
