"""Pictures with what the law and good manners ask of them: alternative text, author, rights."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey

from offenbach_wir import images
from offenbach_wir.bin import BinnableContent, BinnableContentQuerySet
from offenbach_wir.translated import GERMAN, ContentTranslation


def upload_path(picture, filename):
    """A name of our own; the uploaded name is no part of any address."""
    return images.storage_name("pictures", filename)


class PictureQuerySet(BinnableContentQuerySet):
    def lacking_sizes(self):
        return self.filter(sizes={})

    def lacking_alternative(self):
        """Those that tell something, but not in German words for people who cannot see them."""
        described = PictureTranslation.objects.filter(
            master=OuterRef("pk"), language_code=GERMAN, alt__gt=""
        )
        return self.filter(~Exists(described), is_decorative=False)

    def undescribed(self):
        """Those that lack their alternative text or their rights."""
        lacking = Picture.objects.lacking_alternative().order_by()
        return self.filter(
            Q(author="") | Q(rights="") | Q(consent="") | Q(pk__in=lacking.values("pk"))
        )


class Picture(BinnableContent):
    class Consent(models.TextChoices):
        NOBODY = "nobody", _("nobody is recognisable")
        GIVEN = "given", _("all recognisable people have agreed in writing")

    file = models.ImageField(
        _("picture"), upload_to=upload_path, width_field="width", height_field="height"
    )
    width = models.PositiveIntegerField(_("width"), editable=False, null=True)
    height = models.PositiveIntegerField(_("height"), editable=False, null=True)
    # {"avif": {"480": name, …}, "webp": {…}}, written by the task that makes the sizes.
    sizes = models.JSONField(editable=False, default=dict)
    is_decorative = models.BooleanField(
        _("decorative only"),
        default=False,
        help_text=_("Tick if the picture tells nothing that the text does not say."),
    )
    author = models.CharField(_("author"), max_length=120)
    rights = models.CharField(
        _("rights or licence"), max_length=200, help_text=_("For instance: CC BY 4.0")
    )
    consent = models.CharField(_("people in the picture"), max_length=10, choices=Consent)
    focus_x = models.PositiveSmallIntegerField(
        _("focus point from the left (%)"), default=50, validators=[MaxValueValidator(100)]
    )
    focus_y = models.PositiveSmallIntegerField(
        _("focus point from the top (%)"), default=50, validators=[MaxValueValidator(100)]
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = PictureQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(
                name="picture_names_author_and_rights",
                condition=~Q(author="") & ~Q(rights=""),
                violation_error_message=_("A picture needs an author and its rights."),
            )
        ]

    @property
    def alternative(self):
        return "" if self.is_decorative or not self.text else self.text.alt

    def sources(self):
        """[(type, srcset)] of the sizes made so far, best format first."""
        return images.srcsets(self.file.storage, self.sizes)


class PictureTranslation(ContentTranslation):
    master = TranslationsForeignKey(Picture, models.CASCADE, related_name="translations", null=True)
    title = models.CharField(_("title for the list"), max_length=120)
    alt = models.CharField(
        _("alternative text"),
        max_length=250,
        blank=True,
        help_text=_("What somebody should know who cannot see the picture."),
    )

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("picture text")
