"""What is left of bookings after they are deleted: numbers without people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .bookings import Booking, Channel


class AdviceCount(models.Model):
    """How many bookings of a month had these answers; names instead of keys outlive their rows."""

    month = models.DateField(_("month"), help_text=_("The first day of the month."))
    concern = models.CharField(_("concern"), max_length=60)
    language = models.CharField(_("language of the talk"), max_length=16)
    channel = models.CharField(_("way to talk"), max_length=10, choices=Channel)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Booking.Status)
    n = models.PositiveIntegerField(_("number"), default=0)

    class Meta:
        ordering = ["month", "concern", "language", "channel", "outcome"]
        verbose_name = _("figure of advice")
        verbose_name_plural = _("figures of advice")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "concern", "language", "channel", "outcome"],
                name="one_count_for_each_kind",
            ),
            models.CheckConstraint(
                name="advice_count_on_the_first", condition=models.Q(month__day=1)
            ),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.concern} {self.outcome}: {self.n}"
