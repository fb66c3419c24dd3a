"""Handing over, deciding, and the city's own funds."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models import District

from .applicants import new_key
from .files import private_storage
from .proposal import Proposal
from .submissions import Version


def money(label, **options):
    """Euros with two places."""
    return models.DecimalField(label, max_digits=12, decimal_places=2, **options)


class Handover(models.Model):
    """What was given to the granting authority, when, and the proof of what it was."""

    proposal = models.OneToOneField(Proposal, models.CASCADE, related_name="handover")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    recipient = models.CharField(_("recipient"), max_length=200)
    handed_over_on = models.DateField(_("day"))
    note = models.CharField(_("how it was sent"), max_length=300, blank=True)
    # The statement and the letter as they were sent.
    statement = models.TextField(editable=False)
    letter = models.FileField(storage=private_storage, blank=True, max_length=120)
    # Of the ZIP file that was handed over.
    checksum = models.CharField(_("checksum (SHA-256)"), max_length=64, editable=False)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")

    def __str__(self):
        return self.recipient


class CityFund(models.Model):
    """A small fund of the city: so much for an area in a year.

    What is committed and paid stands in the row, so that the database itself refuses more than
    there is, however many decide at once. grants.py alone writes it.
    """

    name = models.CharField(_("name"), max_length=120)
    district = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
        help_text=_("Leave empty for the whole town."),
    )
    year = models.PositiveSmallIntegerField(_("year"))
    amount = money(_("budget (EUR)"))
    most_per_project = money(_("at most per project (EUR)"), null=True, blank=True)
    committed = money(_("committed (EUR)"), default=0, editable=False)
    paid = money(_("paid (EUR)"), default=0, editable=False)
    is_in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["-year", "name", "pk"]
        verbose_name = _("fund of the city")
        verbose_name_plural = _("funds of the city")
        constraints = [
            models.UniqueConstraint(fields=["name", "year"], name="fund_once_a_year"),
            models.CheckConstraint(
                name="fund_is_never_overcommitted",
                condition=Q(committed__gte=0) & Q(committed__lte=F("amount")),
                violation_error_message=_("More is committed than the budget holds."),
            ),
            models.CheckConstraint(
                name="fund_pays_what_is_committed",
                condition=Q(paid__gte=0) & Q(paid__lte=F("committed")),
                violation_error_message=_("More was paid than is committed."),
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.year}"

    @property
    def left(self):
        return self.amount - self.committed


class Decision(models.Model):
    """A grant or a rejection: recorded from the authority's letter, or made by the city itself.

    A decision of the city is prepared by one person and confirmed by another; only a confirmed one
    is in force. An amendment replaces the one before it.
    """

    class Kind(models.TextChoices):
        APPROVAL = "approval", _("approval")
        REJECTION = "rejection", _("rejection")

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="decisions")
    kind = models.CharField(_("decision"), max_length=10, choices=Kind)
    decided_on = models.DateField(_("day of the decision"))
    file_reference = models.CharField(
        _("file reference of the authority"), max_length=60, blank=True
    )
    amount = money(_("grant (EUR)"), null=True, blank=True)
    starts_on = models.DateField(_("grant period: from"), null=True, blank=True)
    ends_on = models.DateField(_("grant period: until"), null=True, blank=True)
    conditions = models.TextField(_("conditions of the grant"), max_length=6000, blank=True)
    naming_duty = models.CharField(
        _("how funders are to be named"),
        max_length=500,
        blank=True,
        help_text=_("Logo and wording that the decision asks for."),
    )
    interim_due_on = models.DateField(_("interim report until"), null=True, blank=True)
    proof_due_on = models.DateField(_("proof of use until"), null=True, blank=True)
    reasons = models.TextField(_("reasons of the rejection"), max_length=4000, blank=True)
    ways_on = models.TextField(_("ways on"), max_length=4000, blank=True)
    letter = models.FileField(_("letter"), storage=private_storage, blank=True, max_length=120)
    letter_name = models.CharField(max_length=200, blank=True, editable=False)
    fund = models.ForeignKey(
        CityFund,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("fund of the city"),
    )
    # Who decided stays on record as long as the decision, so these accounts are not deleted.
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="prepared_decisions"
    )
    prepared_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="confirmed_decisions",
    )
    # In force from then on; none while it waits for the second person.
    in_force_at = models.DateTimeField(null=True, blank=True, editable=False)
    # An amendment names the decision that it changes, and replaces it once it is in force.
    amends = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, editable=False, related_name="amendments"
    )
    # When it stopped counting: sent back, or replaced by an amendment.
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-prepared_at", "-pk"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            # An amendment that waits for its second person stands beside what is in force.
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(ended_at=None) & (Q(amends=None) | Q(in_force_at__isnull=False)),
                name="one_decision_counts",
            ),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(ended_at=None, in_force_at=None, amends__isnull=False),
                name="one_amendment_waits",
            ),
            models.CheckConstraint(
                name="decision_is_confirmed_by_somebody_else",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("prepared_by")),
                violation_error_message=_("The decision is confirmed by somebody else."),
            ),
            # The city's own money leaves nobody's hands alone.
            models.CheckConstraint(
                name="money_of_the_city_needs_two",
                condition=Q(fund=None)
                | Q(in_force_at=None)
                | Q(prepared_by__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="approval_says_how_much_and_when",
                condition=Q(kind="rejection")
                | Q(amount__gt=0, starts_on__isnull=False, ends_on__isnull=False),
                violation_error_message=_("An approval needs a sum and a period."),
            ),
            models.CheckConstraint(
                name="rejection_has_reasons",
                condition=Q(kind="approval") | (~Q(reasons="") & Q(amount=None, fund=None)),
                violation_error_message=_("A rejection needs reasons."),
            ),
            models.CheckConstraint(
                name="grant_period_ends_after_it_starts",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The end is before the start."),
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def is_approval(self):
        return self.kind == self.Kind.APPROVAL

    @property
    def is_in_force(self):
        return self.in_force_at is not None and self.ended_at is None
