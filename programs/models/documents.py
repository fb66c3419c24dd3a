"""Information material for download, with type, size, language and rights."""

import datetime
import secrets

from django.core.validators import FileExtensionValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey

from offenbach_wir.translated import ContentTranslation

from .content import Content, ContentQuerySet

EXPIRES_SOON = datetime.timedelta(days=30)


def upload_path(document, filename):
    """A folder of its own, so that the download can carry a readable name."""
    extension = filename.rpartition(".")[2].lower()
    return f"documents/{secrets.token_hex(6)}/{document.slug}.{extension}"


class DocumentQuerySet(ContentQuerySet):
    def expiring(self):
        """Published ones whose last day has passed or comes within 30 days."""
        until = timezone.localdate() + EXPIRES_SOON
        return self.filter(state=Document.State.PUBLISHED, expires_on__lte=until)


class Document(Content):
    slug = models.SlugField(_("short name in addresses"), unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    file = models.FileField(
        _("file"),
        upload_to=upload_path,
        blank=True,
        validators=[FileExtensionValidator(["pdf", "odt", "docx"])],
        help_text=_("PDF, ODT or DOCX. Without a file the page says how to get the document."),
    )
    language = models.CharField(
        _("language of the document"),
        max_length=35,
        help_text=_("Language code, for instance: de, en, ar, de-leicht"),
    )
    author = models.CharField(_("rights holder"), max_length=200)
    licence = models.CharField(_("licence"), max_length=200)
    published_on = models.DateField(_("date of the document"), null=True, blank=True)
    expires_on = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Afterwards it is no longer shown.")
    )

    objects = DocumentQuerySet.as_manager()

    class Meta(Content.Meta):
        ordering = ["position", "pk"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def search_parts(self):
        return self.all_texts("title"), [
            *self.all_texts("description", "permission_note"),
            self.author,
        ]

    @property
    def file_type(self):
        return self.file.name.rpartition(".")[2].upper()

    @property
    def file_size(self):
        """Bytes, or None where the file is missing on disk."""
        try:
            return self.file.size
        except OSError:
            return None


class DocumentTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        Document, models.CASCADE, related_name="translations", null=True
    )
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"))
    permission_note = models.CharField(_("note on permission"), max_length=300, blank=True)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("document text")
