"""Who writes proposals: an organisation's side that the public never sees, and its members."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from programs.models import ApplicantKind
from projects.models import Organisation, SpokenLanguage


def new_key():
    """130 random bits in lower-case letters and digits: for addresses, not for reading out."""
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    return "".join(secrets.choice(alphabet) for _i in range(26))


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("May write")
    READER = "reader", _("May read")


class ApplicantQuerySet(models.QuerySet):
    def of(self, user):
        """Those the person belongs to, in any role."""
        return self.filter(Q(owner=user) | Q(pk__in=Membership.objects.of(user)))

    def writable_by(self, user):
        may_write = Membership.objects.filter(user=user, role=Role.EDITOR).values("applicant")
        return self.filter(Q(owner=user) | Q(pk__in=may_write))

    def owned_by(self, user):
        return self.filter(owner=user)


class Applicant(models.Model):
    """What a club tells once and every proposal uses.

    The owner is a column that is never empty, so that no organisation is ever without one;
    everybody else is a Membership.
    """

    class LegalForm(models.TextChoices):
        REGISTERED_ASSOCIATION = "registered_association", _("registered association (e. V.)")
        UNREGISTERED_GROUP = "unregistered_group", _("group without legal form")
        NON_PROFIT_COMPANY = "non_profit_company", _("non-profit company (gGmbH)")
        FOUNDATION = "foundation", _("foundation")
        CHURCH_BODY = "church_body", _("church body")
        PUBLIC_BODY = "public_body", _("public body")
        OTHER = "other", _("another form")

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    organisation = models.OneToOneField(
        Organisation,
        models.PROTECT,
        related_name="applicant",
        verbose_name=_("organisation"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="owned_applicants",
        verbose_name=_("owner"),
    )
    kind = models.ForeignKey(
        ApplicantKind, models.PROTECT, related_name="applicants", verbose_name=_("kind")
    )
    legal_form = models.CharField(_("legal form"), max_length=24, choices=LegalForm)
    is_charitable = models.BooleanField(_("charitable"), default=False)
    register_number = models.CharField(_("register number"), max_length=60, blank=True)
    street = models.CharField(_("street and number"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=10)
    city = models.CharField(_("town"), max_length=80)
    contact_name = models.CharField(_("contact person"), max_length=120)
    contact_email = models.EmailField(_("e-mail of the contact person"))
    contact_phone = models.CharField(_("phone of the contact person"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    languages = models.ManyToManyField(
        SpokenLanguage, blank=True, related_name="applicants", verbose_name=_("languages")
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("registered"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    objects = ApplicantQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__slug"]
        verbose_name = _("applicant")
        verbose_name_plural = _("applicants")
        constraints = [
            models.CheckConstraint(
                name="registered_association_has_its_number",
                condition=~Q(legal_form="registered_association") | ~Q(register_number=""),
                violation_error_message=_("Please give the number in the register."),
            ),
        ]

    def __str__(self):
        return self.organisation.name

    def get_absolute_url(self):
        return reverse("proposals:applicant", args=[self.key])

    @property
    def name(self):
        return self.organisation.name

    @property
    def has_no_legal_form(self):
        return self.legal_form == self.LegalForm.UNREGISTERED_GROUP

    @property
    def has_papers(self):
        """Statutes and notices of the tax office are things that clubs and the like have."""
        return self.legal_form in (
            self.LegalForm.REGISTERED_ASSOCIATION,
            self.LegalForm.NON_PROFIT_COMPANY,
            self.LegalForm.FOUNDATION,
        )

    def role_of(self, user):
        """The person's role here, or None."""
        if self.owner_id == user.pk:
            return Role.OWNER
        roles = {row.user_id: Role(row.role) for row in self.memberships.all()}
        return roles.get(user.pk)


class MembershipQuerySet(models.QuerySet):
    def of(self, user):
        """The applicants in which the person is a member beside the owner."""
        return self.filter(user=user).values("applicant")


class Membership(models.Model):
    """Somebody beside the owner who may read or write."""

    applicant = models.ForeignKey(Applicant, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("who")
    )
    role = models.CharField(
        _("role"), max_length=8, choices=[(r.value, r.label) for r in (Role.EDITOR, Role.READER)]
    )
    since = models.DateTimeField(_("since"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["since", "pk"]
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["applicant", "user"], name="member_once_an_applicant"),
            models.CheckConstraint(
                name="member_role_is_known", condition=Q(role__in=("editor", "reader"))
            ),
        ]

    def __str__(self):
        return f"{self.user} ({self.get_role_display()})"


def hash_of(secret):
    """What is stored of a secret link: enough to recognise it, too little to use it."""
    return salted_hmac("member-invitation", secret, algorithm="sha256").hexdigest()


class MemberInvitationQuerySet(models.QuerySet):
    def open(self, now=None):
        return self.filter(accepted_at=None, expires_at__gt=now or timezone.now())

    def by_secret(self, secret):
        return self.filter(secret_hash=hash_of(secret))


class MemberInvitation(models.Model):
    """Somebody asked by mail to write or read with the others; the link works once."""

    applicant = models.ForeignKey(Applicant, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(
        _("role"), max_length=8, choices=[(r.value, r.label) for r in (Role.EDITOR, Role.READER)]
    )
    language = models.CharField(_("language"), max_length=16, default="de")
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("sent"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)

    objects = MemberInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("invitation of a member")
        verbose_name_plural = _("invitations of members")
        constraints = [
            models.UniqueConstraint(
                fields=["applicant", "email"],
                condition=Q(accepted_at=None),
                name="member_invited_once_an_address",
            )
        ]

    def __str__(self):
        return self.email

    @property
    def may_write(self):
        return self.role == Role.EDITOR
