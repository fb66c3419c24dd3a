"""The bin: what an editor deletes is gone for everybody at once and deleted for good 30 days later.

One date says whether a record lies in it. Content with states (publishing.py) keeps its state in
step with that date; retention.py empties the bin.
"""

import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .translated import TranslatedContent, TranslatedContentQuerySet

KEPT_IN_THE_BIN = datetime.timedelta(days=30)


class BinnableQuerySet(models.QuerySet):
    def outside_the_bin(self):
        return self.filter(deleted_at=None)

    def in_the_bin(self):
        return self.exclude(deleted_at=None)


class Binnable(models.Model):
    # When it went into the bin; None outside of it.
    deleted_at = models.DateTimeField(_("in the bin since"), null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_binned(self):
        return self.deleted_at is not None

    def move_to_bin(self, *, by):
        self.deleted_at = timezone.now()
        self.save(update_fields=["deleted_at"])

    def take_out_of_bin(self, *, by):
        """It is back as it was."""
        self.deleted_at = None
        self.save(update_fields=["deleted_at"])


class BinnableContentQuerySet(BinnableQuerySet, TranslatedContentQuerySet):
    pass


class BinnableContent(Binnable, TranslatedContent):
    """Translated content without states: it is there, or it lies in the bin."""

    objects = BinnableContentQuerySet.as_manager()

    class Meta:
        abstract = True
