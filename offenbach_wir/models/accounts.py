"""What the frame itself keeps: accounts, counted requests, reports of barriers."""

import datetime
import secrets

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import languages


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


class Hits(models.Model):
    """Requests of one sender in one window of time; the sender is a keyed hash only."""

    key = models.CharField(max_length=64)
    window = models.BigIntegerField()
    n = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="hits_once_a_window")]

    def __str__(self):
        return f"{self.key}: {self.n}"


class SearchWord(models.Model):
    """A folded word that stands in some searchable text; typing errors are mended with them."""

    word = models.CharField(max_length=80, primary_key=True)

    def __str__(self):
        return self.word


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
    wish = models.CharField(_("subject"), max_length=10, choices=Wish, default=Wish.BARRIER)
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
