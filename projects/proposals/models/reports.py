"""What an organisation reports about a grant: interim report and proof of use."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .decision import money
from .proposal import Proposal


class Report(models.Model):
    """Written like a proposal: saved as often as one likes, then handed in."""

    class Kind(models.TextChoices):
        INTERIM = "interim", _("interim report")
        PROOF = "proof", _("proof of use")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="reports")
    kind = models.CharField(_("report"), max_length=8, choices=Kind)
    narrative = models.TextField(_("what was done and achieved"), max_length=10000, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Whoever meets another version is told whose it is.
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The result of the check: what the grant comes to in the end, and what is owed.
    final_grant = money(_("final grant (EUR)"), null=True, blank=True)
    result_note = models.TextField(_("result of the check"), max_length=4000, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    repaid_on = models.DateField(_("paid back on"), null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("report on a grant")
        verbose_name_plural = _("reports on grants")
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(kind="proof"), name="one_proof_of_use"
            )
        ]

    def __str__(self):
        return self.get_kind_display()


class ActualItem(models.Model):
    """What really was spent or came in; in the structure of the plan."""

    class Side(models.TextChoices):
        COST = "cost", _("costs")
        INCOME = "income", _("income")
        UNPAID = "unpaid", _("unpaid work")

    report = models.ForeignKey(Report, models.CASCADE, related_name="items")
    side = models.CharField(max_length=6, choices=Side)
    kind = models.CharField(_("kind"), max_length=20, blank=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    # As it stood in the plan that was granted; nothing where it was not planned.
    planned = money(_("planned (EUR)"), default=0)
    actual = money(_("actual (EUR)"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["side", "position", "pk"]
        verbose_name = _("item of a financial statement")
        verbose_name_plural = _("items of financial statements")

    def __str__(self):
        return self.description


class ActualUnits(models.Model):
    """How many units of an amount per unit there really were: 30 teaching units for 10 people.

    `place` is that of the rate among the rates that the version keeps, as it holds no other key.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="units")
    place = models.PositiveSmallIntegerField()
    units = models.DecimalField(_("units"), max_digits=9, decimal_places=2)
    people = models.PositiveIntegerField(_("people"), default=1)

    class Meta:
        ordering = ["place", "pk"]
        verbose_name = _("real units")
        verbose_name_plural = _("real units")
        constraints = [
            models.UniqueConstraint(fields=["report", "place"], name="real_units_once_a_rate"),
            models.CheckConstraint(
                name="real_units_are_not_negative", condition=Q(units__gte=0, people__gt=0)
            ),
        ]

    def __str__(self):
        return f"{self.units} × {self.people}"


class Voucher(models.Model):
    """One line of the list of vouchers; the papers themselves stay with the organisation."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="vouchers")
    paid_on = models.DateField(_("day of payment"))
    payee = models.CharField(_("to whom"), max_length=120)
    reason = models.CharField(_("what for"), max_length=200)
    amount = money(_("sum (EUR)"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")

    def __str__(self):
        return f"{self.payee}: {self.amount}"
