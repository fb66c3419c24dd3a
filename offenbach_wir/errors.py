"""Error pages in the reader's language that also work while the database does not."""

import errno
import sys

from django.conf import settings
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, ProgrammingError
from django.shortcuts import render
from django.utils import translation

from . import events, languages
from .models import Event

PIECE = 64 * 1024
# Somewhat more than the proxy lets pass (docs/deploy/nginx.conf).
LONGEST_REQUEST = 200 * 1024 * 1024


def _answer(request, status, reason="", retry_after=None):
    """Errors can come before or after the language is set, so it is read from the address."""
    first = request.path_info.lstrip("/").partition("/")[0]
    language = first if first in languages.codes() else _from_header(request)
    if status >= 500:
        request.without_database = True
    with translation.override(language):
        context = {"status": status, "reason": reason, "retry_after": retry_after}
        # So that who tells of trouble can name it; the same number stands in the log.
        context["request_id"] = getattr(request, "id", "") if status >= 500 else ""
        if retry_after and retry_after > 90:
            context["retry_minutes"] = -(-retry_after // 60)
        response = render(request, "errors/error.html", context, status=status)
    response["Content-Language"] = language
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def _from_header(request):
    language = translation.get_language_from_request(request)
    return language if language in languages.codes() else settings.LANGUAGE_CODE


def bad_request(request, exception=None):
    return _answer(request, 400)


def permission_denied(request, exception=None):
    """Also writes down who was refused what, for those who are signed in."""
    if getattr(request, "is_personal_area", False) and request.user.is_authenticated:
        match = request.resolver_match
        events.record(Event.Kind.DENIED, request=request, address=match.view_name if match else "")
    return _answer(request, 403)


def csrf_failure(request, reason=""):
    return _answer(request, 403, reason="csrf")


def not_found(request, exception=None):
    return _answer(request, 404)


def too_many_requests(request, retry_after):
    return _answer(request, 429, retry_after=retry_after)


def server_error(request):
    """Also comes here: what happens outside the views, as where a large upload finds no room."""
    if is_outage(sys.exc_info()[1]):
        _hear_out(request)
        return unavailable(request)
    return _answer(request, 500)


def _hear_out(request):
    """Reads what is still on its way and keeps none of it: a browser that is sending sees no answer
    before it is through, but a broken connection.
    """
    try:
        for _piece in range(LONGEST_REQUEST // PIECE):
            if not request.read(PIECE):
                break
    except OSError:  # nobody is there any more
        pass


def is_outage(exception):
    """Whether the database or the disk is in trouble, and not the program."""
    is_ours = isinstance(exception, IntegrityError | DataError | ProgrammingError)
    if isinstance(exception, DatabaseError | InterfaceError):
        return not is_ours
    return isinstance(exception, OSError) and exception.errno in (errno.ENOSPC, errno.EDQUOT)


def unavailable(request):
    return _answer(request, 503, retry_after=30)
