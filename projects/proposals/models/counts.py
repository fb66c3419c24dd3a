"""Numbers of cases that were deleted, so that the figures for the council stay whole."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .decision import money


class CaseCount(models.Model):
    """So many cases of a year, line and end, without anybody in it."""

    year = models.PositiveSmallIntegerField(_("year"))
    line = models.SlugField(_("funding line"))
    state = models.CharField(_("state"), max_length=20)
    n = models.PositiveIntegerField(_("cases"), default=0)
    requested = money(_("requested (EUR)"), default=0)
    granted = money(_("granted (EUR)"), default=0)
    paid = money(_("paid (EUR)"), default=0)
    # Of those that were decided: how many, and the days it took them together.
    decided = models.PositiveIntegerField(_("decided"), default=0)
    days_to_decision = models.PositiveIntegerField(_("days to decision"), default=0)

    class Meta:
        ordering = ["year", "line", "state"]
        verbose_name = _("number of deleted cases")
        verbose_name_plural = _("numbers of deleted cases")
        constraints = [
            models.UniqueConstraint(fields=["year", "line", "state"], name="counted_once")
        ]

    def __str__(self):
        return f"{self.year} {self.line} {self.state}: {self.n}"
