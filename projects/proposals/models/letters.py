"""Texts of the letters that the city sends."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from projects.proposals import letter_texts


class LetterTemplate(models.Model):
    """A letter with placeholders; what they may be is said in letter_texts.py.

    Changing one changes no letter that was sent: those are kept as files.
    """

    class Key(models.TextChoices):
        ENDORSEMENT = "endorsement", _("Statement of the city (covering letter)")

    key = models.CharField(_("letter"), max_length=20, unique=True, choices=Key)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=6000)
    signed_by = models.TextField(_("signature"), max_length=300, blank=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)
    # Who saves an older one is shown both (programs.conflicts).
    version = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        ordering = ["key"]
        verbose_name = _("text of a letter")
        verbose_name_plural = _("texts of letters")

    def __str__(self):
        return self.get_key_display()

    def save(self, *args, **kwargs):
        """Counts the version in the database, whatever number this row was read with."""
        if not self._state.adding:
            self.version = F("version") + 1
        super().save(*args, **kwargs)
        if not isinstance(self.version, int):
            # Read anew when somebody asks.
            del self.version

    def clean(self):
        wrong = {}
        for name in ("subject", "body"):
            try:
                letter_texts.check(getattr(self, name))
            except ValidationError as error:
                wrong[name] = error
        if wrong:
            raise ValidationError(wrong)
