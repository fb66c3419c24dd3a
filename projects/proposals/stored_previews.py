"""The first page of a PDF as a picture: drawn by the worker, kept beside the file.

Only of files that may be passed on: nothing of an unscanned file is looked at. How often drawing
was begun is counted before it begins, so that a file at which the worker itself dies is left alone
after a few times.
"""

import logging

from django.core.files.base import ContentFile
from django.db.models import F

from offenbach_wir import file_names, scanner
from offenbach_wir.enclosure_files import CONTENT_TYPES
from offenbach_wir.pdf_preview import NotDrawnError, first_page

logger = logging.getLogger(__name__)

PDF = CONTENT_TYPES["pdf"]
FOLDER = "previews"
MOST_TRIES = 3
PASSED_ON = [state for state in scanner.State if scanner.Verdict(state).may_be_passed_on]


def lacking(model):
    """Files of which a picture can be made, and has not been."""
    return (
        model.objects.filter(content_type=PDF, scan__in=PASSED_ON, preview="")
        .exclude(file="")
        .filter(preview_tries__lt=MOST_TRIES)
        .order_by("pk")
    )


def make(row):
    """Draws and stores it; whether it is there afterwards. Safe to repeat and against itself."""
    rows = type(row).objects.filter(pk=row.pk, preview="")
    if not rows.update(preview_tries=F("preview_tries") + 1):
        return False
    try:
        with row.file.open("rb") as file:
            content = first_page(file)
        name = row.preview.storage.save(
            file_names.storage_name(FOLDER, "jpg"), ContentFile(content)
        )
    except NotDrawnError as error:
        # The same file is not drawn next time either.
        rows.update(preview_tries=MOST_TRIES)
        logger.info("File %s %s has no preview: %s", row._meta.label, row.pk, error)
        return False
    except FileNotFoundError as error:
        logger.error("File %s %s is not there: %s", row._meta.label, row.pk, error)
        return False
    except OSError as error:
        # This machine is in trouble, not the file: it does not count.
        rows.update(preview_tries=F("preview_tries") - 1)
        logger.error("File %s %s has no preview yet: %s", row._meta.label, row.pk, error)
        return False
    # One UPDATE decides who drew it; the file may have gone by now.
    is_kept = rows.filter(scan__in=PASSED_ON).update(preview=name)
    if not is_kept:
        row.preview.storage.delete(name)
    return bool(is_kept)


def state_of(row):
    """ "there", "waiting", "failed" where it cannot be drawn, or "" for another kind of file."""
    if row.content_type != PDF:
        return ""
    if row.preview:
        return "there"
    return "waiting" if row.preview_tries < MOST_TRIES else "failed"
