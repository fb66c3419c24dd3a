"""What the city works with at a case; nothing of it ever reaches those who wrote the proposal."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.models import FundingLine

from .proposal import Proposal


class CaseLabel(models.Model):
    name = models.CharField(_("name"), max_length=40, unique=True)
    is_in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("label of cases")
        verbose_name_plural = _("labels of cases")

    def __str__(self):
        return self.name


class SubstitutionQuerySet(models.QuerySet):
    def on(self, day):
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class Substitution(models.Model):
    """Who looks after whose cases while a colleague is away."""

    absent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who is away")
    )
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="substitutions",
        verbose_name=_("who stands in"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))

    objects = SubstitutionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        verbose_name = _("substitution")
        verbose_name_plural = _("substitutions")
        constraints = [
            models.CheckConstraint(
                name="substitution_ends_after_it_starts",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The end is before the start."),
            ),
            models.CheckConstraint(
                name="substitution_is_by_somebody_else",
                condition=~Q(absent=F("substitute")),
                violation_error_message=_("Nobody stands in for themselves."),
            ),
        ]

    def __str__(self):
        return f"{self.absent} → {self.substitute}"


class Note(models.Model):
    """An internal note."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(_("internal note"), max_length=4000)
    written_at = models.DateTimeField(_("written"), auto_now_add=True)
    # The form it was written in: pressing twice writes one.
    sent_by_form = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")

    def __str__(self):
        return f"{self.written_at:%Y-%m-%d %H:%M}"


class StepReason(models.Model):
    """Why a step was taken. The event of the step holds its number; the database refuses to change
    it, and it goes with the case.
    """

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="step_reasons")
    step_number = models.PositiveIntegerField()
    text = models.TextField(_("reason"), max_length=4000)

    class Meta:
        ordering = ["step_number"]
        verbose_name = _("reason of a step")
        verbose_name_plural = _("reasons of steps")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "step_number"], name="reason_once_a_step")
        ]

    def __str__(self):
        return self.text[:60]


class ChecklistItem(models.Model):
    """One point of the formal check: of one funding line, or of every line."""

    funding_line = models.ForeignKey(
        FundingLine,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="checklist",
        verbose_name=_("funding line"),
        help_text=_("Leave empty for every line."),
    )
    text = models.CharField(_("what is checked"), max_length=250)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("point of the formal check")
        verbose_name_plural = _("points of the formal check")

    def __str__(self):
        return self.text


class ChecklistAnswer(models.Model):
    class Verdict(models.TextChoices):
        YES = "yes", _("fulfilled")
        NO = "no", _("not fulfilled")
        NOT_NEEDED = "not_needed", _("does not apply")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="checklist_answers")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="+")
    verdict = models.CharField(_("result"), max_length=10, choices=Verdict)
    note = models.CharField(_("note"), max_length=500, blank=True)
    answered_at = models.DateTimeField(auto_now=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("result of a point")
        verbose_name_plural = _("results of points")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "item"], name="point_answered_once"),
            models.CheckConstraint(
                name="unfulfilled_point_says_why",
                condition=~Q(verdict="no") | ~Q(note=""),
                violation_error_message=_("Please note what is missing."),
            ),
        ]

    def __str__(self):
        return f"{self.item}: {self.get_verdict_display()}"
