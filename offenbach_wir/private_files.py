"""Handing out a file of the private storage; who may have it was decided before, by a view."""

from django.http import FileResponse, Http404

from . import file_names
from .enclosure_files import CONTENT_TYPES

ANY = "application/octet-stream"
HANDED_OUT_AS = {*CONTENT_TYPES.values(), "application/zip"}


def attachment(stored_file, display_name, content_type):
    """The file as a download, streamed. `stored_file` is a FileField's file or an open one.

    Nothing a browser could run comes out of here: other content types are plain bytes, and if one
    is opened all the same it may load nothing and has no origin.
    """
    try:
        if stored_file.closed:
            stored_file = stored_file.open("rb")
        stored_file.seek(0)
    except (FileNotFoundError, ValueError) as error:  # ValueError: the field has no file
        raise Http404 from error
    response = FileResponse(
        stored_file,
        as_attachment=True,
        filename=file_names.cleaned(display_name),
        content_type=content_type if content_type in HANDED_OUT_AS else ANY,
    )
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
