"""Uploaded pictures and documents of the public pages.

Any number of web processes may serve them; with files in a folder a proxy in front can take this
address over. From an object storage they are passed through here, so that pages load nothing from
another host. Names are random and never reused, so caches may keep them for ever.
"""

import mimetypes

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from .file_storage import StorageAwayError

PICTURES = {".avif": "image/avif", ".webp": "image/webp"}
YEAR = 365 * 24 * 60 * 60


@require_safe
def serve(request, name):
    try:
        file = default_storage.open(name)
    except StorageAwayError:
        raise  # whether the file is there is unknown
    except (OSError, SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    ending = f".{name.rpartition('.')[2].lower()}"
    kind = PICTURES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_picture = kind in ("image/avif", "image/webp", "image/png", "image/jpeg")
    response = FileResponse(file, content_type=kind, as_attachment=not is_picture)
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response
