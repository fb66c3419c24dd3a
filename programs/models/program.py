"""The programme, its names over the years, its focus areas, measures and partners."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey

from offenbach_wir.bin import BinnableContent
from offenbach_wir.richtext import RichTextField
from offenbach_wir.translated import ContentTranslation, TranslatedContent

from .content import Content


class Program(TranslatedContent):
    parts = ("periods",)

    slug = models.SlugField(_("short name in addresses"), unique=True)
    starts_on = models.DateField(_("start in Offenbach"))
    ends_on = models.DateField(_("end in Offenbach"), null=True, blank=True)
    predecessor = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successor",
        verbose_name=_("predecessor"),
    )

    class Meta:
        ordering = ["-starts_on"]
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.CheckConstraint(
                name="program_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The end is before the start."),
            )
        ]


class ProgramTranslation(ContentTranslation):
    master = TranslationsForeignKey(Program, models.CASCADE, related_name="translations", null=True)
    name = models.CharField(_("name"), max_length=200)
    summary = models.TextField(_("in one or two sentences"))
    body = RichTextField(_("text"), blank=True)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("programme text")


class ProgramPeriod(TranslatedContent):
    """A stretch of time in which the programme had one name and one ministry."""

    program = models.ForeignKey(
        Program, models.CASCADE, related_name="periods", verbose_name=_("programme")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)

    class Meta:
        ordering = ["starts_on"]
        verbose_name = _("programme period")
        verbose_name_plural = _("programme periods")
        constraints = [
            models.CheckConstraint(
                name="program_period_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The end is before the start."),
            )
        ]


class ProgramPeriodTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        ProgramPeriod, models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name in this time"), max_length=200)
    funder = models.CharField(_("funded by"), max_length=200, blank=True)
    description = models.TextField(_("what happened"))

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("period text")


class FocusArea(Content):
    parts = ("measures",)

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="focus_areas", verbose_name=_("programme")
    )
    slug = models.SlugField(_("short name in addresses"), unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    picture = models.ForeignKey(
        "programs.Picture",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )

    class Meta(Content.Meta):
        ordering = ["position", "pk"]
        verbose_name = _("focus area")
        verbose_name_plural = _("focus areas")

    def get_absolute_url(self):
        return reverse("programs:focus_area", args=[self.slug])

    def search_parts(self):
        measures = Measure.objects.filter(focus_area=self).with_texts()
        measure_texts = [
            value for m in measures for t in m.translations.all() for value in (t.title, t.body)
        ]
        return self.all_texts("title"), [
            *self.all_texts("aim", "summary", "body"),
            *measure_texts,
        ]


class FocusAreaTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        FocusArea, models.CASCADE, related_name="translations", null=True
    )
    title = models.CharField(_("title"), max_length=200)
    aim = models.TextField(_("aim in one sentence"))
    summary = models.TextField(_("summary for lists"))
    body = RichTextField(_("text"), blank=True)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("focus area text")


class Measure(TranslatedContent):
    """A working aim of the city inside a focus area."""

    focus_area = models.ForeignKey(
        FocusArea, models.CASCADE, related_name="measures", verbose_name=_("focus area")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("measure")
        verbose_name_plural = _("measures")


class MeasureTranslation(ContentTranslation):
    master = TranslationsForeignKey(Measure, models.CASCADE, related_name="translations", null=True)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("measure text")


class Partner(BinnableContent):
    """A body the programme works with in town or beyond."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    website = models.URLField(_("website"), blank=True)
    advises = models.BooleanField(
        _("advises people"),
        default=False,
        db_default=False,
        help_text=_("Then the page “Advice” names it among the other places that advise."),
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("partner")
        verbose_name_plural = _("partners")


class PartnerTranslation(ContentTranslation):
    master = TranslationsForeignKey(Partner, models.CASCADE, related_name="translations", null=True)
    name = models.CharField(_("name"), max_length=200)
    role = models.TextField(_("what it does in the programme"))

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("partner text")
