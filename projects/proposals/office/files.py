"""Files of a case: to take along, and a first look at pictures and PDF files."""

import io

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe
from PIL import Image

from offenbach_wir import events, private_files
from offenbach_wir.enclosure_files import CONTENT_TYPES, PICTURES
from offenbach_wir.models import Event
from projects.proposals import stored_previews
from projects.proposals.models import Enclosure, Paper

from .access import VIEW, case_page

# Twice what the page shows, for sharp displays.
LONGEST_EDGE = 480
# A PDF is drawn by the worker; other types would have to be opened by a whole office suite, and are
# only taken along.
PICTURE_TYPES = {CONTENT_TYPES[ending]: kind for ending, kind in PICTURES.items()}


@require_safe
@case_page(VIEW)
def file(request, proposal, file):
    """A file of what may be read: an enclosure, or a paper that was handed in with it."""
    row = _readable(proposal, file)
    events.record(Event.Kind.EXPORTED, request=request, subject=proposal, file=row.pk)
    return private_files.attachment(row.file, row.name, row.content_type)


@require_safe
@case_page(VIEW)
def preview(request, proposal, file):
    """A picture written anew from its pixels alone, of a PDF its first page as it was drawn."""
    row = _readable(proposal, file)
    try:
        content = _drawn(row) if row.content_type == stored_previews.PDF else _made_small(row)
    except (OSError, ValueError) as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _drawn(row):
    with row.preview.open("rb") as stored:  # ValueError: there is none
        return stored.read()


def _made_small(row):
    kind = PICTURE_TYPES.get(row.content_type)
    if kind is None:
        raise ValueError("Not a picture")
    with row.file.open("rb") as stored, Image.open(stored, formats=[kind]) as picture:
        picture.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
        picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
        small = io.BytesIO()
        picture.convert("RGB").save(small, "JPEG", quality=80)
    return small.getvalue()


def with_previews(proposal, entries):
    """The files of a version or a shared draft, each with what there is to look at: `preview` is
    "there", "waiting", "failed", "unscanned", or "" for what is only taken along; and `scan`, what
    the scanner for viruses said of it, also where there is none.
    """
    keys = [entry["key"] for entry in entries]
    rows = [
        *Enclosure.objects.filter(proposal=proposal, key__in=keys),
        *Paper.objects.filter(applicant=proposal.applicant_id, key__in=keys),
    ]
    found = {row.key: {"preview": _state_of(row), "scan": row.get_scan_display()} for row in rows}
    unknown = {"preview": "", "scan": ""}
    return [entry | found.get(entry["key"], unknown) for entry in entries]


def _state_of(row):
    if not row.may_be_passed_on:
        return "unscanned"
    return "there" if row.content_type in PICTURE_TYPES else stored_previews.state_of(row)


def _readable(proposal, key):
    version = proposal.versions.first()
    if version is None and not proposal.is_shared:
        raise Http404
    if version is None:
        rows = [*Enclosure.objects.current().filter(proposal=proposal, key=key)]
    else:
        handed_in = {entry["key"] for entry in version.data["enclosures"]}
        if key not in handed_in:
            raise Http404
        rows = [
            *Enclosure.objects.filter(proposal=proposal, key=key),
            *Paper.objects.filter(applicant=proposal.applicant_id, key=key),
        ]
    if not rows or not rows[0].may_be_passed_on:
        raise Http404
    return rows[0]
