"""Taking in, scanning and removing files of applicants; enclosures and papers alike.

Nothing is overwritten: who replaces or removes a file leaves the old one, marked, until retention
takes it (personal_data.py).
"""

import logging

from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from offenbach_wir import enclosure_files, events, scanner
from offenbach_wir.models import Event

from . import tasks

logger = logging.getLogger(__name__)

MOST_FILES = 30
MOST_BYTES = 150 * 1024 * 1024


def take_in(model, upload, *, kind, user, request=None, inside=None, **fields):
    """Checks, scans and stores one upload; returns the stored row.

    Reading, scanning and writing the bytes take their time and stand outside the transaction;
    `inside` is called in it, before the row is made, and may refuse. Raises ValidationError in
    words. An infected file is recorded, but its bytes are not kept, and it replaces nothing.
    """
    checked = enclosure_files.check_enclosure(upload)
    try:
        verdict = scanner.scan(checked.file)
        name = "" if verdict.state == scanner.State.INFECTED else enclosure_files.keep(checked)
    finally:
        # A cleaned picture is a temporary file of its own; nobody else closes it.
        checked.file.close()
    try:
        with transaction.atomic():
            if inside is not None:
                inside()
            row = model.objects.create(
                kind=kind,
                file=name,
                name=checked.display_name,
                extension=checked.extension,
                content_type=checked.content_type,
                size=checked.size,
                sha256=checked.sha256,
                scan=verdict.state,
                scanned_at=timezone.now() if verdict.state == scanner.State.CLEAN else None,
                uploaded_by=user,
                **fields,
            )
            events.record(
                Event.Kind.FILE_ADDED,
                request=request,
                actor=user,
                subject=row,
                about=fields_about(row),
                scan=str(verdict.state),
            )
            tasks.draw_later(row)
            if fields.get("replaces") is not None and not row.is_infected:
                remove(fields["replaces"], user=user, request=request)
    except BaseException:
        if name:
            storages["private"].delete(name)
        raise
    return row


def fields_about(row):
    """What the file belongs to, as codes for the trail."""
    owner = getattr(row, "proposal", None) or row.applicant
    return {"type": owner._meta.label_lower, "id": owner.pk}


@transaction.atomic
def remove(row, *, user, request=None):
    """Takes a file out of what is shown; the row and its bytes stay for a while."""
    rows = type(row).objects.current().filter(pk=row.pk)
    if rows.update(removed_at=timezone.now(), removed_by=user):
        events.record(
            Event.Kind.FILE_REMOVED,
            request=request,
            actor=user,
            subject=row,
            about=fields_about(row),
        )


def scan_again(row):
    """For files that the scanner could not decide on; returns the new state."""
    try:
        with row.file.open("rb") as file:
            verdict = scanner.scan(file)
    except OSError as error:
        logger.error("File %s %s cannot be read: %s", row._meta.label, row.pk, error)
        return scanner.State.FAILED
    if verdict.state != scanner.State.FAILED:
        type(row).objects.filter(pk=row.pk).update(scan=verdict.state, scanned_at=timezone.now())
        if verdict.state == scanner.State.INFECTED:
            row.file.delete(save=False)
            type(row).objects.filter(pk=row.pk).update(file="")
        tasks.draw_later(row)
    return verdict.state
