"""Who carries projects: the public profile of an organisation."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey

from offenbach_wir.bin import BinnableContent, BinnableContentQuerySet
from offenbach_wir.richtext import RichTextField
from offenbach_wir.search import Searchable, SearchableQuerySet
from offenbach_wir.translated import ContentTranslation


class OrganisationQuerySet(SearchableQuerySet, BinnableContentQuerySet):
    def listed(self):
        return self.outside_the_bin().filter(is_listed=True)


class Organisation(Searchable, BinnableContent):
    class Kind(models.TextChoices):
        MIGRANT_ORGANISATION = "migrant_organisation", _("Migrant organisation")
        ASSOCIATION = "association", _("Association")
        WELFARE_BODY = "welfare_body", _("Welfare organisation")
        RELIGIOUS = "religious", _("Religious community")
        EDUCATION = "education", _("School or place of learning")
        MUNICIPAL = "municipal", _("City")
        INITIATIVE = "initiative", _("Initiative")

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    website = models.URLField(_("website"), blank=True)
    email = models.EmailField(
        _("e-mail"),
        blank=True,
        help_text=_("Never shown. Messages written in the portal are sent there."),
    )
    languages = models.ManyToManyField(
        "projects.SpokenLanguage",
        blank=True,
        related_name="organisations",
        verbose_name=_("languages"),
    )
    is_listed = models.BooleanField(_("shown in the portal"), default=False)
    is_example = models.BooleanField(_("invented example"), default=False, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("projects:organisation", args=[self.slug])

    @property
    def can_be_written_to(self):
        return bool(self.email)

    def search_parts(self):
        return [self.name], [
            value for t in self.translations.all() for value in (t.summary, t.body)
        ]


class OrganisationTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        Organisation, models.CASCADE, related_name="translations", null=True
    )
    summary = models.TextField(_("who they are, in one or two sentences"))
    body = RichTextField(_("text"), blank=True)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("organisation text")
