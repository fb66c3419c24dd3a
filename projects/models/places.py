"""Where, for whom and in which languages: short lists that staff may extend."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey

from offenbach_wir.bin import BinnableContent
from offenbach_wir.translated import ContentTranslation


class District(models.Model):
    """One of the town's Stadtteile. Its name is a proper name and is not translated."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(_("short name in addresses"), unique=True)
    has_neighbourhood_office = models.BooleanField(_("has a neighbourhood office"), default=False)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("district")
        verbose_name_plural = _("districts")

    def __str__(self):
        return self.name


class TargetGroup(BinnableContent):
    slug = models.SlugField(_("short name in addresses"), unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("target group")
        verbose_name_plural = _("target groups")


class TargetGroupTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        TargetGroup, models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("name of the target group")


class SpokenLanguage(BinnableContent):
    """A language people speak in a project or in advice; not a language of this website."""

    code = models.CharField(_("language code"), max_length=16, unique=True)
    name_in_itself = models.CharField(_("name in the language itself"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("spoken language")
        verbose_name_plural = _("spoken languages")


class SpokenLanguageTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        SpokenLanguage, models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("name of the language")
