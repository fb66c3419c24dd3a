"""What stands on every page: the office, a notice, and where old addresses lead."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey

from offenbach_wir.bin import BinnableContent, BinnableContentQuerySet
from offenbach_wir.richtext import RichTextField
from offenbach_wir.translated import ContentTranslation, TranslatedContent


class Office(TranslatedContent):
    """The one office behind the portal; its phone and hours stand on every page."""

    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    street = models.CharField(_("street"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("office")
        constraints = [
            models.CheckConstraint(
                name="one_office",
                condition=Q(pk=1),
                violation_error_message=_("There is one office; please change that one."),
            )
        ]

    @property
    def phone_link(self):
        """The number as phones dial it: "069 90009-123" → "+496990009123"."""
        digits = "".join(c for c in self.phone if c.isdigit() or c == "+")
        return f"+49{digits[1:]}" if digits.startswith("0") else digits


class OfficeTranslation(ContentTranslation):
    master = TranslationsForeignKey(Office, models.CASCADE, related_name="translations", null=True)
    name = models.CharField(_("name"), max_length=200)
    hours = models.CharField(_("office hours"), max_length=300, blank=True)
    directions = models.TextField(_("way there"), blank=True)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("office text")


class NoticeQuerySet(BinnableContentQuerySet):
    def showing(self, at=None):
        at = at or timezone.now()
        return self.outside_the_bin().filter(
            Q(shown_from=None) | Q(shown_from__lte=at),
            Q(shown_until=None) | Q(shown_until__gt=at),
            is_on=True,
        )


class Notice(BinnableContent):
    """A banner above every page, for instance when the office is closed."""

    is_on = models.BooleanField(_("switched on"), default=False)
    shown_from = models.DateTimeField(_("show from"), null=True, blank=True)
    shown_until = models.DateTimeField(_("show until"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.CheckConstraint(
                name="notice_ends_after_it_starts",
                condition=Q(shown_from=None)
                | Q(shown_until=None)
                | Q(shown_until__gt=F("shown_from")),
                violation_error_message=_("The end is before the start."),
            )
        ]


class NoticeTranslation(ContentTranslation):
    master = TranslationsForeignKey(Notice, models.CASCADE, related_name="translations", null=True)
    title = models.CharField(_("title"), max_length=120)
    body = RichTextField(_("text"))

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("notice text")


class OldAddress(models.Model):
    """An address of the city's former pages, or a former short name, and where it leads now."""

    path = models.CharField(
        _("old path"),
        max_length=250,
        unique=True,
        help_text=_("From the first slash, without host and without language."),
    )
    target = models.CharField(
        _("new path"),
        max_length=250,
        help_text=_("A path of this portal without language, for instance /foerderung/"),
    )

    class Meta:
        ordering = ["path"]
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        constraints = [
            models.CheckConstraint(
                name="old_address_leads_into_the_portal",
                condition=Q(target__startswith="/") & ~Q(target__startswith="//"),
                violation_error_message=_("The new path starts with one slash."),
            ),
            models.CheckConstraint(
                name="old_address_leads_elsewhere",
                condition=~Q(path=F("target")),
                violation_error_message=_("The old and the new path are the same."),
            ),
        ]

    def __str__(self):
        return self.path
