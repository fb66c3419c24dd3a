"""Pages that editors write: imprint, privacy, accessibility, introductions."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey

from offenbach_wir.richtext import RichTextField
from offenbach_wir.translated import ContentTranslation

from .content import Content


class Page(Content):
    class Key(models.TextChoices):
        """The places in the portal that show a page; each has its address in the frame."""

        PROGRAM = "programm", _("Programme (introduction)")
        FUNDING = "foerderung", _("Funding (introduction)")
        MATERIAL = "material", _("Information material (introduction)")
        TAKING_PART = "mitmachen", _("Taking part")
        ADVICE = "beratung", _("Advice (introduction)")
        IMPRINT = "impressum", _("Imprint")
        PRIVACY = "datenschutz", _("Privacy")
        ACCESSIBILITY = "barrierefreiheit", _("Accessibility statement")
        EASY_LANGUAGE = "leichte-sprache", _("Easy language")

    key = models.CharField(_("place"), max_length=40, choices=Key, unique=True)
    reviewed_on = models.DateField(_("last checked on"), null=True, blank=True)
    review_due_on = models.DateField(_("check again by"), null=True, blank=True)

    class Meta(Content.Meta):
        ordering = ["key"]
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def get_absolute_url(self):
        places = {
            self.Key.PROGRAM: "programs:program",
            self.Key.FUNDING: "programs:funding",
            self.Key.MATERIAL: "programs:material",
            self.Key.TAKING_PART: "projects:taking_part",
            self.Key.ADVICE: "consultations:advice",
        }
        if self.key in places:
            return reverse(places[self.key])
        return reverse("programs:page", args=[self.key])

    def search_parts(self):
        return self.all_texts("title"), self.all_texts("lead", "body")


class PageTranslation(ContentTranslation):
    master = TranslationsForeignKey(Page, models.CASCADE, related_name="translations", null=True)
    title = models.CharField(_("title"), max_length=200)
    lead = models.TextField(_("opening sentence"), blank=True)
    body = RichTextField(_("text"), blank=True)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("page text")
