"""What assessors think of a proposal, and what the city states; internal until the hand-over."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.models import FundingLine

from .proposal import Proposal


class Criterion(models.Model):
    """What proposals are scored by: of one funding line, or of every line."""

    funding_line = models.ForeignKey(
        FundingLine,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="criteria",
        verbose_name=_("funding line"),
        help_text=_("Leave empty for every line."),
    )
    name = models.CharField(_("criterion"), max_length=120)
    explanation = models.CharField(_("what to look at"), max_length=300, blank=True)
    most_points = models.PositiveSmallIntegerField(
        _("most points"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")

    def __str__(self):
        return self.name


class ConflictDeclaration(models.Model):
    """Before assessing or deciding, each person says whether they are free to."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="conflict_declarations")
    # Nobody once the colleague's account is deleted.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    has_conflict = models.BooleanField(_("conflict of interest"))
    reason = models.CharField(_("what it is"), max_length=500, blank=True)
    declared_at = models.DateTimeField(_("declared"), auto_now=True)

    class Meta:
        verbose_name = _("declaration on conflicts of interest")
        verbose_name_plural = _("declarations on conflicts of interest")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "person"], name="declared_once_a_person")
        ]

    def __str__(self):
        return f"{self.person}: {self.has_conflict}"


class Score(models.Model):
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores")
    # Nobody once the colleague's account is deleted.
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    points = models.PositiveSmallIntegerField(_("points"))
    # As it was when it was scored: a criterion that is changed later changes no score.
    most_points = models.PositiveSmallIntegerField(editable=False)
    reason = models.TextField(_("reason"), max_length=2000)
    scored_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["criterion__position", "criterion_id", "assessor_id"]
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "criterion", "assessor"], name="scored_once_a_person"
            ),
            models.CheckConstraint(
                name="points_within_the_most",
                condition=Q(points__lte=F("most_points")),
                violation_error_message=_("That is more than the most points."),
            ),
            models.CheckConstraint(
                name="score_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Please give a reason."),
            ),
        ]

    def __str__(self):
        return f"{self.criterion}: {self.points}/{self.most_points}"


class Statement(models.Model):
    """The city's statement on a proposal: goes to the granting authority or to the deciders."""

    class Verdict(models.TextChoices):
        SUPPORTS = "supports", _("The city supports the project.")
        WITH_CONDITIONS = "with_conditions", _("The city supports it under conditions.")
        DOES_NOT = "does_not", _("The city does not support the project.")

    proposal = models.OneToOneField(Proposal, models.CASCADE, related_name="statement")
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict)
    text = models.TextField(_("statement"), max_length=6000)
    version = models.PositiveIntegerField(default=0, editable=False)
    written_at = models.DateTimeField(auto_now=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("statement of the city")
        verbose_name_plural = _("statements of the city")

    def __str__(self):
        return self.get_verdict_display()
