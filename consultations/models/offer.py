"""What can be booked: concerns with their length, places, and the rules of booking."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey

from consultations.slots import STEP_MINUTES
from offenbach_wir.bin import BinnableContent, BinnableContentQuerySet
from offenbach_wir.translated import ContentTranslation

LONGEST_TALK_MINUTES = 240


class ConcernQuerySet(BinnableContentQuerySet):
    def offered(self):
        return self.outside_the_bin().filter(is_offered=True)


class Concern(BinnableContent):
    """What somebody comes with; it says how long the talk is."""

    slug = models.SlugField(_("short name in the address"), max_length=60, unique=True)
    minutes = models.PositiveSmallIntegerField(
        _("length in minutes"), help_text=_("In steps of five minutes, for instance 30 or 60.")
    )
    is_offered = models.BooleanField(_("can be booked"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        constraints = [
            models.CheckConstraint(
                name="concern_has_a_sensible_length",
                condition=Q(minutes__gte=STEP_MINUTES, minutes__lte=LONGEST_TALK_MINUTES),
                violation_error_message=_("A talk is between 5 and 240 minutes long."),
            ),
            models.CheckConstraint(
                name="concern_length_in_steps",
                condition=Exact(F("minutes") % STEP_MINUTES, 0),
                violation_error_message=_("Please give the length in steps of five minutes."),
            ),
        ]


class ConcernTranslation(ContentTranslation):
    master = TranslationsForeignKey(Concern, models.CASCADE, related_name="translations", null=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("in one or two sentences"), blank=True)
    what_to_bring = models.TextField(
        _("what to bring"), blank=True, help_text=_("One thing a line.")
    )

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("text of the concern")


class Location(BinnableContent):
    """Where talks on site take place."""

    slug = models.SlugField(_("short name in the address"), max_length=60, unique=True)
    street = models.CharField(_("street"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=10)
    city = models.CharField(_("town"), max_length=80)
    is_step_free = models.BooleanField(_("step-free"), default=False)
    has_lift = models.BooleanField(_("lift"), default=False)
    has_hearing_loop = models.BooleanField(_("hearing loop"), default=False)
    has_quiet_room = models.BooleanField(_("quiet room"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("place of advice")
        verbose_name_plural = _("places of advice")

    @property
    def address(self):
        """ "Musterstraße 1, 63065 Offenbach am Main" """
        return f"{self.street}, {self.postcode} {self.city}"


class LocationTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        Location, models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name"), max_length=160)
    directions = models.TextField(_("way there"), blank=True)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("text of the place")


class AdviceRules(models.Model):
    """The rules of booking, one row; the coordinator may change them."""

    minimum_notice_hours = models.PositiveSmallIntegerField(
        _("shortest notice in hours"),
        default=24,
        validators=[MinValueValidator(0), MaxValueValidator(24 * 14)],
        help_text=_("How long before a talk it can still be booked."),
    )
    window_days = models.PositiveSmallIntegerField(
        _("bookable ahead in days"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("Longer windows lead to more people not coming."),
    )
    start_every_minutes = models.PositiveSmallIntegerField(
        _("a talk may start every … minutes"),
        default=30,
        choices=[(n, str(n)) for n in (10, 15, 20, 30, 60)],
    )
    needs_confirmation = models.BooleanField(
        _("bookings with e-mail are confirmed by a link"),
        default=True,
        help_text=_("Without it such bookings are firm at once."),
    )
    confirm_hours = models.PositiveSmallIntegerField(
        _("time to confirm in hours"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(72)],
        help_text=_("Afterwards the time becomes free again; at the latest two hours before."),
    )
    reminder_hours = models.PositiveSmallIntegerField(
        _("reminder so many hours before"),
        default=24,
        validators=[MaxValueValidator(24 * 7)],
        help_text=_("0 sends no reminders."),
    )

    class Meta:
        verbose_name = _("rules of booking")
        verbose_name_plural = _("rules of booking")
        constraints = [
            models.CheckConstraint(
                name="one_set_of_advice_rules",
                condition=Q(pk=1),
                violation_error_message=_("There is one set of rules; please change that one."),
            )
        ]

    def __str__(self):
        return str(self._meta.verbose_name)

    @classmethod
    def current(cls):
        return next(iter(cls.objects.filter(pk=1)), None) or cls(pk=1)
