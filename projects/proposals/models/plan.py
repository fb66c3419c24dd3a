"""The rows of the budget plan. What they add up to is said by budget.py alone."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.models import FundingRate
from projects.proposals import budget

from .proposal import Proposal

FIRST_YEAR, LAST_YEAR = 2014, 2100


class PlanItem(models.Model):
    """One row; all rows of one kind are written anew with each saving of the plan."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="%(class)ss")
    position = models.PositiveSmallIntegerField(default=0)
    year = models.PositiveSmallIntegerField(
        _("budget year"),
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
    )
    description = models.CharField(_("description"), max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self):
        return self.description


class CostItem(PlanItem):
    kind = models.CharField(_("kind of costs"), max_length=24, choices=budget.CostKind)
    quantity = models.DecimalField(
        _("quantity"), max_digits=9, decimal_places=2, default=Decimal("1")
    )
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    unit_amount = models.DecimalField(_("amount per unit"), max_digits=12, decimal_places=2)

    class Meta(PlanItem.Meta):
        verbose_name = _("item of costs")
        verbose_name_plural = _("items of costs")
        constraints = [
            models.CheckConstraint(
                name="cost_item_is_positive",
                condition=Q(quantity__gt=0, unit_amount__gte=0),
                violation_error_message=_("Quantity and amount cannot be negative."),
            )
        ]

    @property
    def amount(self):
        return budget.row_sum(self.quantity, self.unit_amount)


class IncomeItem(PlanItem):
    kind = models.CharField(_("kind of income"), max_length=24, choices=budget.IncomeKind)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)

    class Meta(PlanItem.Meta):
        verbose_name = _("item of income")
        verbose_name_plural = _("items of income")
        constraints = [
            models.CheckConstraint(
                name="income_item_is_positive",
                condition=Q(amount__gte=0),
                violation_error_message=_("The amount cannot be negative."),
            )
        ]


class InKindItem(PlanItem):
    """Voluntary work or things given: the same sum on both sides, shown apart."""

    hours = models.DecimalField(_("hours"), max_digits=9, decimal_places=2)
    rate = models.DecimalField(_("amount per hour"), max_digits=12, decimal_places=2)

    class Meta(PlanItem.Meta):
        verbose_name = _("item of volunteer work")
        verbose_name_plural = _("items of volunteer work")
        constraints = [
            models.CheckConstraint(
                name="in_kind_item_is_positive",
                condition=Q(hours__gt=0, rate__gte=0),
                violation_error_message=_("Hours and amount cannot be negative."),
            )
        ]

    @property
    def amount(self):
        return budget.row_sum(self.hours, self.rate)


class PlannedUnits(models.Model):
    """How many units of an amount per unit a proposal plans: 36 teaching units for 12 people."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="planned_units")
    rate = models.ForeignKey(FundingRate, models.CASCADE, related_name="+")
    units = models.DecimalField(_("units"), max_digits=9, decimal_places=2)
    people = models.PositiveIntegerField(_("people"), default=1)

    class Meta:
        verbose_name = _("planned units")
        verbose_name_plural = _("planned units")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "rate"], name="units_once_a_rate"),
            models.CheckConstraint(
                name="planned_units_are_positive", condition=Q(units__gt=0, people__gt=0)
            ),
        ]

    def __str__(self):
        return f"{self.units} × {self.people}"
