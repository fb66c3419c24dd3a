"""Files of applicants: outside the public media, under names of our own, never overwritten."""

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offenbach_wir import scanner
from programs.models import EnclosureKind, Picture

from .applicants import Applicant, new_key
from .proposal import Proposal


def private_storage():
    return storages["private"]


class StoredFileQuerySet(models.QuerySet):
    def current(self):
        """Those that were neither replaced nor taken away."""
        return self.filter(removed_at=None)


class StoredFile(models.Model):
    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    kind = models.ForeignKey(
        EnclosureKind, models.PROTECT, related_name="+", verbose_name=_("what it is")
    )
    # Stored by enclosure_files.keep under a name of our own.
    file = models.FileField(storage=private_storage, max_length=120)
    # As the person called it: for showing only.
    name = models.CharField(_("name of the file"), max_length=200)
    extension = models.CharField(max_length=5)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(
        _("virus scan"), max_length=16, choices=scanner.State, default=scanner.State.FAILED
    )
    scanned_at = models.DateTimeField(_("scanned"), null=True, blank=True)
    # The first page of a PDF as a picture, and how often drawing it was begun (stored_previews.py).
    # Both have a default of the database, for rows that an older version writes meanwhile.
    preview = models.FileField(
        storage=private_storage,
        max_length=120,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    preview_tries = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["kind__position", "kind_id", "uploaded_at", "pk"]

    def __str__(self):
        return self.name

    @property
    def may_be_passed_on(self):
        """Unscanned and infected files are not handed to anybody."""
        return scanner.Verdict(scanner.State(self.scan)).may_be_passed_on

    @property
    def is_infected(self):
        return self.scan == scanner.State.INFECTED


class Enclosure(StoredFile):
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="enclosures")
    replaces = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaced_by", editable=False
    )

    class Meta(StoredFile.Meta):
        verbose_name = _("enclosure")
        verbose_name_plural = _("enclosures")

    def get_absolute_url(self):
        return reverse("proposals:enclosure", args=[self.proposal.key, self.key])


class TakenPicture(models.Model):
    """Which picture of the portal was made of which enclosure, so that none is made twice.

    The picture is content with rights of its own: it stays when the enclosure goes, and an
    enclosure whose picture was deleted can be taken over anew.
    """

    enclosure = models.OneToOneField(Enclosure, models.CASCADE, related_name="taken")
    picture = models.OneToOneField(Picture, models.CASCADE, related_name="+")
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("picture taken over from a proposal")
        verbose_name_plural = _("pictures taken over from proposals")

    def __str__(self):
        return str(self.picture)


class PaperQuerySet(StoredFileQuerySet):
    def valid_on(self, day):
        return self.current().filter(Q(expires_on=None) | Q(expires_on__gte=day))


class Paper(StoredFile):
    """A paper of the organisation (statutes, notices), given once and used by every proposal."""

    applicant = models.ForeignKey(Applicant, models.CASCADE, related_name="papers")
    expires_on = models.DateField(_("valid until"), null=True, blank=True)

    objects = PaperQuerySet.as_manager()

    class Meta(StoredFile.Meta):
        verbose_name = _("paper of an organisation")
        verbose_name_plural = _("papers of organisations")

    def get_absolute_url(self):
        return reverse("proposals:paper", args=[self.applicant.key, self.key])

    @property
    def has_expired(self):
        return self.expires_on is not None and self.expires_on < timezone.localdate()
