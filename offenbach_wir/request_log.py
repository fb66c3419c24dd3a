"""One line in the log for each request, and a number that ties all lines of a request together.

The line names the view, not the address: an address may carry a secret or a name. The number comes
from a proxy of our own, else it is made here; it goes into the answer and onto the page of an
error, so that who reports one can name it.
"""

import contextvars
import logging
import re
import secrets
import time

from django.conf import settings

logger = logging.getLogger("portal.access")

_current = contextvars.ContextVar("request_id", default="")
# What proxies make: hex, UUIDs, short words; nothing that could break a line or a page.
_PROPER = re.compile(r"[A-Za-z0-9_.:-]{8,64}", re.ASCII)


def current_id():
    """Of the request this thread is at, or ""."""
    return _current.get()


def request_log(get_response):
    """Outermost, so that it sees what really leaves and how long all of it took."""

    def middleware(request):
        request.id = _id_of(request)
        token = _current.set(request.id)
        started = time.perf_counter()
        try:
            response = get_response(request)
            response["X-Request-ID"] = request.id
            _write(request, response, time.perf_counter() - started)
        finally:
            _current.reset(token)
        return response

    return middleware


def _id_of(request):
    if settings.TRUSTED_PROXY_COUNT:
        sent = request.META.get("HTTP_X_REQUEST_ID", "")
        if _PROPER.fullmatch(sent):
            return sent
    return secrets.token_hex(8)


def view_of(request):
    """The name of the view that answered, or what did so before any view was asked."""
    match = getattr(request, "resolver_match", None)
    if match is not None:
        return match.view_name or "unnamed"
    if getattr(request, "was_kept", False):
        return "kept-page"
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"


def _write(request, response, seconds):
    facts = {
        "method": request.method if request.method in METHODS else "OTHER",
        "view": view_of(request),
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
    logger.info("%(method)s %(view)s %(status)s %(ms)s ms", facts, extra={"facts": facts})
    if settings.METRICS_TOKEN:
        from . import request_metrics

        request_metrics.count(facts["method"], facts["view"], facts["status"], seconds)


METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
