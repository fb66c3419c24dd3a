"""Bookings of talks, from a time that is held for a visitor to what became of the talk."""

import datetime
import secrets

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations import slots
from offenbach_wir import languages
from projects.models import SpokenLanguage
from projects.proposals.models import Proposal

from .offer import Concern, Location
from .people import Coordinator

LINK_SALT = "consultations.booking-link"
SECRET_BYTES = 20  # 160 bits


def new_reference():
    """A short number to read out on the phone: no 0/O and 1/I; it opens nothing by itself."""
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "T-" + "".join(secrets.choice(alphabet) for _i in range(7))


def new_secret():
    return secrets.token_hex(SECRET_BYTES)


class Channel(models.TextChoices):
    ON_SITE = "on_site", _("on site")
    PHONE = "phone", _("by phone")
    VIDEO = "video", _("by video")


class AccessNeed(models.TextChoices):
    """What the office prepares; the needs, never the reasons (domain.md section 5)."""

    STEP_FREE = "step_free", _("step-free way in")
    LIFT = "lift", _("lift")
    HEARING_LOOP = "hearing_loop", _("hearing loop")
    SIGN_LANGUAGE = "dgs", _("German Sign Language (DGS)")
    EASY_LANGUAGE = "easy_language", _("easy language (Leichte Sprache)")
    LARGE_PRINT = "large_print", _("large print")
    QUIET_ROOM = "quiet_room", _("quiet room")
    ASSISTANCE_DOG = "assistance_dog", _("assistance dog")


def _has_lapsed(now):
    return Q(status=Booking.Status.HELD, held_until__lte=now) | Q(
        status=Booking.Status.REQUESTED, confirm_by__lte=now
    )


class BookingQuerySet(models.QuerySet):
    def active(self):
        """Those that occupy a time, whether it is still theirs by the clock or not."""
        return self.filter(status__in=Booking.OCCUPYING)

    def lapsed(self, now):
        """Those whose time has become free again and that still occupy it."""
        return self.filter(_has_lapsed(now))

    def standing(self, now):
        """Those that occupy a time by right."""
        return self.active().exclude(_has_lapsed(now))

    def booked(self):
        """Everything but times that are merely held."""
        return self.exclude(status=Booking.Status.HELD)

    def upcoming(self, now):
        return self.filter(
            status__in=(Booking.Status.REQUESTED, Booking.Status.CONFIRMED), ends_at__gt=now
        )

    def for_display(self):
        return self.for_mails().select_related("proposal")

    def for_mails(self):
        return self.select_related(
            "coordinator", "concern", "location", "language"
        ).prefetch_related(
            "concern__translations",
            "location__translations",
            "language__translations",
        )


class Booking(models.Model):
    class Status(models.TextChoices):
        HELD = "held", _("held")
        REQUESTED = "requested", _("not confirmed yet")
        CONFIRMED = "confirmed", _("confirmed")
        # The time to confirm went by; the time of the talk is free again.
        LAPSED = "lapsed", _("not confirmed in time")
        CANCELLED_BY_CLIENT = "cancelled_by_client", _("cancelled by the visitor")
        CANCELLED_BY_OFFICE = "cancelled_by_office", _("cancelled by the office")
        ATTENDED = "attended", _("took place")
        NO_SHOW = "no_show", _("nobody came")

    OCCUPYING = (Status.HELD, Status.REQUESTED, Status.CONFIRMED)
    CANCELLED = (Status.CANCELLED_BY_CLIENT, Status.CANCELLED_BY_OFFICE)
    OVER = (Status.ATTENDED, Status.NO_SHOW)

    reference = models.CharField(
        _("reference"), max_length=12, unique=True, default=new_reference, editable=False
    )
    secret = models.CharField(max_length=64, unique=True, default=new_secret, editable=False)
    status = models.CharField(_("state"), max_length=20, choices=Status, default=Status.HELD)
    coordinator = models.ForeignKey(
        Coordinator, models.PROTECT, related_name="bookings", verbose_name=_("coordinator")
    )
    concern = models.ForeignKey(
        Concern, models.PROTECT, related_name="bookings", verbose_name=_("concern")
    )
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    # With the pause after the talk.
    occupied_until = models.DateTimeField(editable=False)
    channel = models.CharField(_("way to talk"), max_length=10, choices=Channel)
    location = models.ForeignKey(
        Location,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name=_("place"),
    )
    language = models.ForeignKey(
        SpokenLanguage,
        models.PROTECT,
        related_name="bookings",
        verbose_name=_("language of the talk"),
    )
    # The draft this talk is about, which the coordination may read until the talk (sharing.py).
    proposal = models.ForeignKey(
        Proposal,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposal"),
    )
    needs_interpreter = models.BooleanField(_("interpreter wanted"), default=False)
    # The language of pages and mails.
    written_language = models.CharField(
        _("language of mails"), max_length=16, default=languages.active
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_for_somebody_else = models.BooleanField(_("booked for somebody else"), default=False)
    people = models.PositiveSmallIntegerField(_("number of people"), default=1)
    access_needs = models.JSONField(_("access needs"), default=list, blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    office_note = models.TextField(_("note for colleagues"), max_length=2000, blank=True)
    video_link = models.URLField(_("address of the video talk"), blank=True)
    # Counts the changes a calendar must know of (RFC 5545, SEQUENCE).
    sequence = models.PositiveIntegerField(default=0, editable=False)
    # A keyed hash of the visitor's address until it is confirmed, for the limit of holds.
    holder = models.CharField(max_length=64, blank=True, editable=False)
    held_until = models.DateTimeField(null=True, blank=True, editable=False)
    confirm_by = models.DateTimeField(_("to confirm by"), null=True, blank=True, editable=False)
    booked_at = models.DateTimeField(_("booked"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        indexes = [
            models.Index(fields=["coordinator", "starts_at"], name="booking_by_coordinator"),
            models.Index(fields=["status", "starts_at"], name="booking_by_state"),
            models.Index(fields=["holder"], name="booking_by_holder", condition=~Q(holder="")),
            models.Index(
                fields=["starts_at", "occupied_until"],
                name="booking_occupying",
                condition=Q(status__in=("held", "requested", "confirmed")),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="booking_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at"), occupied_until__gte=F("ends_at")),
            ),
            models.CheckConstraint(
                name="booking_has_a_contact",
                condition=~Q(status__in=("requested", "confirmed")) | ~Q(email="") | ~Q(phone=""),
                violation_error_message=_("Please give an e-mail address or a phone number."),
            ),
            models.CheckConstraint(
                name="held_booking_has_an_end",
                condition=~Q(status="held") | Q(held_until__isnull=False),
            ),
            models.CheckConstraint(
                name="booking_on_site_has_a_place",
                condition=~Q(channel="on_site") | Q(location__isnull=False),
            ),
            models.CheckConstraint(
                name="booking_for_some_people", condition=Q(people__gte=1, people__lte=20)
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        """The page of the booking for whoever came by its link; without the secret."""
        return reverse("consultations:booking", args=[self.reference])

    @property
    def token(self):
        """What the secret link carries: signed, so that guessing costs nothing but a look."""
        return signing.Signer(salt=LINK_SALT, sep=".").sign(self.secret)

    @property
    def link(self):
        """The secret link, in the language of the page or mail it stands in."""
        return settings.PORTAL_URL + reverse("consultations:link", args=[self.token])

    @property
    def minutes(self):
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def is_held(self):
        return self.status == self.Status.HELD

    @property
    def is_requested(self):
        return self.status == self.Status.REQUESTED

    @property
    def is_confirmed(self):
        return self.status == self.Status.CONFIRMED

    @property
    def is_cancelled(self):
        return self.status in self.CANCELLED

    @property
    def is_lapsed(self):
        return self.status == self.Status.LAPSED

    @property
    def is_by_video(self):
        return self.channel == Channel.VIDEO

    @property
    def is_on_site(self):
        return self.channel == Channel.ON_SITE

    @property
    def awaits_outcome(self):
        return self.is_confirmed and self.starts_at <= timezone.now()

    def is_standing(self, now=None):
        """Whether the visitor can still count on it, move it or cancel it."""
        now = now or timezone.now()
        return (
            self.status in (self.Status.REQUESTED, self.Status.CONFIRMED)
            and not self.has_lapsed(now)
            and now < self.ends_at
        )

    def has_lapsed(self, now):
        if self.status == self.Status.HELD:
            return self.held_until <= now
        return (
            self.status == self.Status.REQUESTED
            and self.confirm_by is not None
            and self.confirm_by <= now
        )

    @property
    def access_needs_in_words(self):
        known = dict(AccessNeed.choices)
        return [known[need] for need in self.access_needs if need in known]

    @property
    def deleted_on(self):
        """The day from which nothing but a count is left, as the visitor is told."""
        from consultations.periods import deleted_on

        return deleted_on(self)

    def occupy(self):
        """Takes the steps of this booking's time; IntegrityError where one is taken."""
        minutes = int((self.occupied_until - self.starts_at).total_seconds()) // 60
        OccupiedStep.objects.bulk_create(
            OccupiedStep(booking=self, coordinator_id=self.coordinator_id, step=step)
            for step in slots.steps(self.starts_at, minutes)
        )

    def vacate(self):
        self.occupied_steps.all().delete()


class OccupiedStep(models.Model):
    """Five minutes of a coordinator's time, given away once: the constraint is the guarantee.

    `step` counts five-minute steps since 1970 in UTC (slots.step_of).
    """

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="occupied_steps")
    coordinator = models.ForeignKey(Coordinator, models.CASCADE, related_name="+", db_index=False)
    step = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("occupied time")
        verbose_name_plural = _("occupied times")
        constraints = [
            models.UniqueConstraint(fields=["coordinator", "step"], name="time_given_away_once")
        ]

    def __str__(self):
        moment = datetime.datetime.fromtimestamp(self.step * slots.STEP_MINUTES * 60, datetime.UTC)
        return f"{moment:%Y-%m-%d %H:%M} UTC"


def booking_by_token(token):
    """The booking whose link carries that token, or None."""
    try:
        secret = signing.Signer(salt=LINK_SALT, sep=".").unsign(token)
    except signing.BadSignature:
        return None
    return Booking.objects.booked().filter(secret=secret).first()
