"""Who advises, and where to turn when it cannot wait."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey

from offenbach_wir.bin import BinnableContent, BinnableContentQuerySet
from offenbach_wir.translated import ContentTranslation
from programs.models import Picture
from projects.models import SpokenLanguage


class CoordinatorQuerySet(BinnableContentQuerySet):
    def public(self):
        return self.outside_the_bin().filter(is_public=True)

    def bookable(self):
        return self.public().filter(takes_bookings=True)


class Coordinator(BinnableContent):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="coordinator",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    languages = models.ManyToManyField(
        SpokenLanguage, blank=True, related_name="coordinators", verbose_name=_("languages")
    )
    picture = models.ForeignKey(
        Picture,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    is_public = models.BooleanField(_("shown in the portal"), default=True)
    is_example = models.BooleanField(_("invented example"), default=False, editable=False)
    takes_bookings = models.BooleanField(
        _("can be booked"),
        default=True,
        db_default=True,
        help_text=_("Off: nothing new can be booked; what is booked stays."),
    )
    buffer_minutes = models.PositiveSmallIntegerField(
        _("pause after a talk in minutes"),
        default=10,
        db_default=10,
        validators=[MaxValueValidator(120)],
        help_text=_("Nothing can be booked in it."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = CoordinatorQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("coordinator")
        verbose_name_plural = _("coordinators")

    def __str__(self):
        return self.name

    @property
    def locations(self):
        """The places where she or he advises this week or later, each once."""
        today = timezone.localdate()
        places = {
            hours.location_id: hours.location
            for hours in self.opening_hours.all()
            if hours.on_site and (hours.valid_until is None or hours.valid_until >= today)
        }
        return list(places.values())


class CoordinatorTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        Coordinator, models.CASCADE, related_name="translations", null=True
    )
    role = models.CharField(_("role"), max_length=160)
    introduction = models.TextField(_("what she or he advises on"))

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("coordinator text")


class HelpPlace(BinnableContent):
    """A place for urgent help, shown on the advice page."""

    phone = models.CharField(_("phone"), max_length=40)
    website = models.URLField(_("website"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("place for urgent help")
        verbose_name_plural = _("places for urgent help")


class HelpPlaceTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        HelpPlace, models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name"), max_length=160)
    description = models.TextField(_("when to call"))

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("text of the place")
