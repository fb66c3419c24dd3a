"""People with an account, and invitations to colleagues."""

import secrets

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager):
    def create_user(self, email, **fields):
        """An account without a password: people sign in with a code or a passkey."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=16, default="de")
    is_staff = models.BooleanField(_("works for the city"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    wants_digest = models.BooleanField(
        _("weekly mail with open tasks"),
        default=False,
        help_text=_("Each Monday morning: what waits for you on the start page."),
    )
    date_joined = models.DateTimeField(_("since"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self):
        return self.name or self.email

    def get_short_name(self):
        return str(self)


def hash_of(secret):
    """What is stored of a secret link: enough to recognise it, too little to use it."""
    return salted_hmac("invitation", secret, algorithm="sha256").hexdigest()


class InvitationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())

    def by_secret(self, secret):
        return self.filter(secret_hash=hash_of(secret))


class Invitation(models.Model):
    """A colleague asked to work in the back office; the link in her mail makes the account."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=16, default="de")
    roles = models.ManyToManyField(Group, verbose_name=_("roles"))
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="invitations"
    )
    created_at = models.DateTimeField(_("sent"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("taken back"), null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_once_open_per_address",
            )
        ]

    def __str__(self):
        return self.email

    def new_secret(self):
        """A fresh 256-bit secret; only its hash is kept."""
        secret = secrets.token_urlsafe(32)
        self.secret_hash = hash_of(secret)
        return secret
