"""Finished public pages, kept for a minute and shared by all processes.

Public pages are the same for everybody: no session, no cookie, the language in the address. So the
finished bytes are kept, already compressed. Whatever staff saves empties the cache at once; a
planned publication shows within the minute. Parts that many pages share (footer, names of filters)
are kept the same way for pages that are made anew.
"""

import gzip
import hashlib
import logging

from django.core.cache import caches
from django.db import DatabaseError
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from . import languages

logger = logging.getLogger(__name__)

SECONDS = 60
MISSING = object()
# Searches are each their own; addresses with many filters are seldom asked for twice.
LONGEST_QUERY = 120
KEPT_HEADERS = ("Content-Type", "Content-Language", "Cache-Control")


def forget_pages():
    """Called after every change of content."""
    caches["pages"].clear()


def kept(name, build):
    """What `build()` returns for the active language, at most SECONDS old."""
    key = f"part:{name}:{languages.active()}"
    try:
        value = caches["pages"].get(key, MISSING)
        if value is MISSING:
            value = build()
            caches["pages"].set(key, value, SECONDS)
    except OSError as error:
        logger.warning("Part not kept: %s", error)
        value = build()
    return value


def page_cache(get_response):
    """Inside the headers' middleware, outside everything that costs time."""

    def middleware(request):
        key = _key(request)
        if key is None:
            return get_response(request)
        try:
            kept = caches["pages"].get(key)
        except DatabaseError:
            kept = None
        if kept is not None:
            request.was_kept = True
            request.get_host()  # a host that is not ours is refused here too
            return _answer(request, *kept)
        response = get_response(request)
        if _may_be_kept(request, response):
            headers = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
            try:
                packed = gzip.compress(response.content, compresslevel=6, mtime=0)
                caches["pages"].set(key, (packed, headers), SECONDS)
            except (DatabaseError, OSError) as error:
                logger.warning("Page not kept: %s", error)
        return response

    return middleware


def _key(request):
    first = request.path_info.lstrip("/").partition("/")[0]
    query = request.META.get("QUERY_STRING", "")
    is_public = request.method in ("GET", "HEAD") and first in languages.codes()
    if not is_public or len(query) > LONGEST_QUERY or "q=" in query:
        return None
    return hashlib.sha256(f"{request.path_info}?{query}".encode()).hexdigest()


def _may_be_kept(request, response):
    return (
        request.method == "GET"
        and response.status_code == 200
        and not response.streaming
        and "public" in response.get("Cache-Control", "")
        and not response.cookies
        and not response.has_header("Content-Disposition")
    )


def _answer(request, packed, headers):
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(packed, headers=headers)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(gzip.decompress(packed), headers=headers)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
