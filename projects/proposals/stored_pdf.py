"""The PDF of a version: made once, kept in the private storage, made anew when it was forgotten."""

import logging

from django.core.files.base import ContentFile

from . import pdf, plan_tables
from .models import Version
from .typesetting import FontsMissingError, TypesettingError

logger = logging.getLogger(__name__)

# A plan of so many rows is set well within a second, so whoever asks need not wait for the worker.
MOST_ROWS_AT_ONCE = 60


def lacking():
    """The versions that have no PDF yet."""
    return Version.objects.filter(pdf="").order_by("pk")


def make(version):
    """Makes and stores it; whether it is there afterwards. Safe to repeat and against itself."""
    if version.pdf:
        return True
    try:
        content = pdf.make(version.data, version.contact, checksum=version.checksum)
    except (FontsMissingError, TypesettingError) as error:
        logger.error("Version %s has no PDF: %s", version.pk, error)
        return False
    storage = version.pdf.storage
    name = version.pdf.field.generate_filename(version, "proposal.pdf")
    name = storage.save(name, ContentFile(content))
    # One UPDATE decides who made it; the version may have gone and its contact been erased by now.
    unchanged = Version.objects.filter(pk=version.pk, pdf="", contact=version.contact)
    if not unchanged.update(pdf=name):
        storage.delete(name)
    found = Version.objects.filter(pk=version.pk).values_list("pdf", flat=True).first()
    version.pdf = found or ""
    return bool(found)


def is_quickly_made(version):
    return plan_tables.number_of_rows(version.data["plan"]) <= MOST_ROWS_AT_ONCE


def ready(version):
    """Whether it can be handed out now; one that is quickly made is made here."""
    return bool(version.pdf) or (is_quickly_made(version) and make(version))


def forget(version):
    """Takes the file away, because it names somebody who must not be named any more.

    The periodic job makes it anew of what is left.
    """
    name = version.pdf.name
    if name and Version.objects.filter(pk=version.pk, pdf=name).update(pdf=""):
        version.pdf.storage.delete(name)
    version.pdf = ""
