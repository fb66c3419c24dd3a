"""What follows a grant: accepting it, duties and their days, changes, money that is paid."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .decision import Decision, money
from .proposal import Proposal


class Acceptance(models.Model):
    """The organisation accepts the grant and says where the money goes."""

    proposal = models.OneToOneField(Proposal, models.CASCADE, related_name="acceptance")
    account_holder = models.CharField(_("account holder"), max_length=120)
    iban = models.CharField(_("IBAN"), max_length=34)
    accepted_at = models.DateTimeField(auto_now_add=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("acceptance of a grant")
        verbose_name_plural = _("acceptances of grants")

    def __str__(self):
        return self.account_holder

    @property
    def masked_iban(self):
        """Enough to recognise the account: "DE89 … 3000"."""
        return f"{self.iban[:4]} … {self.iban[-4:]}"


class EarlyStart(models.Model):
    """The permission to begin before the decision is there."""

    proposal = models.OneToOneField(Proposal, models.CASCADE, related_name="early_start")
    permitted_from = models.DateField(_("may begin on"))
    permitted_on = models.DateField(_("day of the permission"))
    file_reference = models.CharField(
        _("file reference of the authority"), max_length=60, blank=True
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("permission of an early start")
        verbose_name_plural = _("permissions of early starts")

    def __str__(self):
        return f"{self.permitted_from:%Y-%m-%d}"


class DutyQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_at=None)


class Duty(models.Model):
    """One thing that is to be done until a day: the calendar of duties, and what reminders read.

    duties.py alone writes it, and keeps Proposal.due_on with it.
    """

    class Kind(models.TextChoices):
        CHECK = "check", _("Begin the check")
        SUPPLEMENT = "supplement", _("Hand in the supplement")
        ACCEPT = "accept", _("Accept the grant, give the bank data")
        INTERIM = "interim", _("Hand in the interim report")
        PROOF = "proof", _("Hand in the proof of use")
        CHECK_PROOF = "check_proof", _("Check the proof of use")
        REPAY = "repay", _("Pay the money back")
        CHANGE = "change", _("Answer the notice of a change")
        PAY = "pay", _("Answer the request for money")
        OTHER = "other", _("Something else")

    class Who(models.TextChoices):
        WRITERS = "writers", _("the organisation")
        OFFICE = "office", _("the city")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="duties")
    kind = models.CharField(_("duty"), max_length=12, choices=Kind)
    who = models.CharField(_("who"), max_length=8, choices=Who)
    due_on = models.DateField(_("until"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    opened_at = models.DateTimeField(_("known since"), default=timezone.now, editable=False)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        indexes = [models.Index(fields=["done_at", "due_on"], name="duty_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "kind"],
                condition=Q(done_at=None) & ~Q(kind__in=["other", "change", "pay"]),
                name="one_open_duty_a_kind",
            )
        ]

    def __str__(self):
        return self.get_kind_display()


class ChangeNotice(models.Model):
    """The organisation says that something will be different: money, time or content."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        AGREED = "agreed", _("agreed")
        REFUSED = "refused", _("refused")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="changes")
    text = models.TextField(_("what changes, and why"), max_length=4000)
    changes_money = models.BooleanField(_("money"), default=False)
    changes_time = models.BooleanField(_("time"), default=False)
    changes_content = models.BooleanField(_("content"), default=False)
    new_total_costs = money(_("total costs now (EUR)"), null=True, blank=True)
    # The whole plan as it is to be, in the form in which versions keep theirs; nothing where the
    # money stays as it is.
    rows = models.JSONField(_("changed plan"), null=True, blank=True, editable=False)
    new_ends_on = models.DateField(_("end now"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    sent_at = models.DateTimeField(auto_now_add=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    sent_by_form = models.CharField(max_length=64, unique=True, editable=False)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The amendment that came of it.
    decision = models.OneToOneField(
        Decision, models.SET_NULL, null=True, blank=True, related_name="change"
    )

    class Meta:
        ordering = ["sent_at", "pk"]
        verbose_name = _("notice of a change")
        verbose_name_plural = _("notices of changes")

    def __str__(self):
        return self.text[:60]


class Disbursement(models.Model):
    """A request for money, and its payment."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        PAID = "paid", _("paid")
        REFUSED = "refused", _("refused")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="disbursements")
    amount = money(_("sum (EUR)"))
    purpose = models.TextField(_("what it is spent on"), max_length=2000)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REQUESTED)
    requested_at = models.DateTimeField(auto_now_add=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    sent_by_form = models.CharField(max_length=64, unique=True, editable=False)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["requested_at", "pk"]
        verbose_name = _("request for money")
        verbose_name_plural = _("requests for money")
        constraints = [
            models.CheckConstraint(
                name="disbursement_is_more_than_nothing",
                condition=Q(amount__gt=0),
                violation_error_message=_("Please give a sum above 0."),
            ),
            models.CheckConstraint(
                name="paid_disbursement_has_its_day",
                condition=Q(state="paid", paid_on__isnull=False)
                | (~Q(state="paid") & Q(paid_on=None)),
                violation_error_message=_("Please give the day of the payment."),
            ),
        ]

    def __str__(self):
        return str(self.amount)
