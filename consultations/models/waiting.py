"""Who wants to be told when an earlier time becomes free."""

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from offenbach_wir import languages
from projects.models import SpokenLanguage

from .bookings import Booking, Channel, new_secret
from .offer import Concern

LINK_SALT = "consultations.waiting-link"


class WaitingEntryQuerySet(models.QuerySet):
    def waiting(self, now):
        """Those who are to be told; a mail address counts once it is confirmed."""
        has_right_address = Q(email="") | Q(confirmed_at__isnull=False)
        is_firm = Q(booking=None) | Q(booking__status=Booking.Status.CONFIRMED)
        return self.filter(has_right_address, is_firm, ends_at__gt=now)

    def for_display(self):
        return self.select_related("concern", "language", "booking").prefetch_related(
            "concern__translations", "language__translations"
        )


class WaitingEntry(models.Model):
    """Ends by itself at `ends_at`: the talk that is already booked, or some weeks."""

    secret = models.CharField(max_length=64, unique=True, default=new_secret, editable=False)
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    concern = models.ForeignKey(
        Concern, models.CASCADE, related_name="waiting_entries", verbose_name=_("concern")
    )
    channel = models.CharField(_("way to talk"), max_length=10, choices=Channel)
    language = models.ForeignKey(
        SpokenLanguage,
        models.PROTECT,
        related_name="waiting_entries",
        verbose_name=_("language of the talk"),
    )
    needs_interpreter = models.BooleanField(_("interpreter wanted"), default=False)
    written_language = models.CharField(
        _("language of mails"), max_length=16, default=languages.active
    )
    # The talk that would be moved to the earlier time.
    booking = models.OneToOneField(
        Booking, models.CASCADE, null=True, blank=True, related_name="waiting_entry"
    )
    ends_at = models.DateTimeField(_("waits until"))
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The time last offered, so that the same one is not offered twice.
    offered_at = models.DateTimeField(null=True, blank=True, editable=False)
    offered_slot = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    objects = WaitingEntryQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("entry of the waiting list")
        verbose_name_plural = _("waiting list")
        constraints = [
            models.CheckConstraint(
                name="waiting_entry_has_a_contact",
                condition=~Q(email="") | ~Q(phone=""),
                violation_error_message=_("Please give an e-mail address or a phone number."),
            )
        ]

    def __str__(self):
        return self.name or str(self.pk)

    @property
    def token(self):
        return signing.Signer(salt=LINK_SALT, sep=".").sign(self.secret)

    @property
    def link(self):
        return settings.PORTAL_URL + reverse("consultations:waiting_link", args=[self.token])


def waiting_entry_by_token(token):
    """The entry whose link carries that token, or None."""
    try:
        secret = signing.Signer(salt=LINK_SALT, sep=".").unsign(token)
    except signing.BadSignature:
        return None
    return WaitingEntry.objects.filter(secret=secret).first()
