"""Reports of barriers and the wish for another format."""

import datetime
import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offenbach_wir import languages


def new_reference():
    """A short number people can read out on the phone: no 0/O and 1/I, opens nothing by itself."""
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "B-" + "".join(secrets.choice(alphabet) for _i in range(6))


ANSWER_WITHIN = datetime.timedelta(weeks=6)


def answer_due_on():
    """Six weeks from today (domain.md section 4); after that the enforcement body can be asked."""
    return timezone.localdate() + ANSWER_WITHIN


class BarrierReportQuerySet(models.QuerySet):
    def open(self):
        return self.exclude(state=BarrierReport.State.ANSWERED)


class BarrierReport(models.Model):
    class State(models.TextChoices):
        NEW = "new", _("New")
        IN_PROGRESS = "in_progress", _("In progress")
        ANSWERED = "answered", _("Answered")

    class Wish(models.TextChoices):
        BARRIER = "barrier", _("I met a barrier on this website.")
        FORMAT = "format", _("I need a content in another format.")

    reference = models.CharField(
        _("reference"), max_length=12, unique=True, default=new_reference, editable=False
    )
    wish = models.CharField(
        _("what it is about"), max_length=10, choices=Wish, default=Wish.BARRIER
    )
    page_address = models.CharField(_("page"), max_length=300, blank=True)
    description = models.TextField(_("description"), max_length=4000)
    name = models.CharField(_("name"), max_length=120, blank=True)
    contact = models.CharField(_("e-mail or phone"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=16, default=languages.active)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.NEW)
    answer = models.TextField(_("what was done"), blank=True)
    created_at = models.DateTimeField(_("received"), auto_now_add=True)
    due_on = models.DateField(_("answer due"), default=answer_due_on)

    objects = BarrierReportQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("barrier report")
        verbose_name_plural = _("barrier reports")

    def __str__(self):
        return self.reference
