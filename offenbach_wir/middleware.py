"""What happens to every request and response, beside what Django and its packages do."""

import logging

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponsePermanentRedirect
from django.utils.cache import patch_cache_control

from . import languages

logger = logging.getLogger(__name__)


def isolation_headers(get_response):
    """Outermost, so that redirects and static files carry them too (hardening.md section 3)."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.IS_DEMO:
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response

    return middleware


def plain_input(get_response):
    """Answers 400 to NUL bytes in addresses: neither database can store or compare them.

    In form fields Django's own validators refuse them with a message.
    """

    def middleware(request):
        if "\x00" in request.path_info:
            from . import errors

            return errors.bad_request(request)
        return get_response(request)

    return middleware


def health_by_any_name(get_response):
    """A balancer, a container or Prometheus asks each host by number, not by one of our names."""

    def middleware(request):
        if request.path_info in ("/healthz", "/metrics"):
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0].lstrip(".")
        return get_response(request)

    return middleware


PUBLIC_FOR = 60


def caching_headers(get_response):
    """Public pages may be kept by any cache for a minute; everything else by none.

    Public is what was answered without a session and without setting a cookie.
    """

    def middleware(request):
        response = get_response(request)
        if response.has_header("Cache-Control"):
            return response
        personal = bool(response.cookies) or getattr(request, "personal", False)
        session = getattr(request, "session", None)
        personal = personal or (session is not None and session.accessed)
        if request.method in ("GET", "HEAD") and response.status_code == 200 and not personal:
            patch_cache_control(response, public=True, max_age=PUBLIC_FOR)
        else:
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def old_addresses(get_response):
    """Leads addresses of the city's former pages, and former short names, to today's page."""

    def middleware(request):
        response = get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        target = target_of_old_address(request.path_info)
        return HttpResponsePermanentRedirect(target) if target else response

    return middleware


def target_of_old_address(path):
    # The frame stands above the apps, but settings import this module before they are loaded.
    from programs.models import OldAddress

    first, _slash, rest = path.lstrip("/").partition("/")
    is_ours = first in languages.codes()
    bare = f"/{rest}" if is_ours else path
    try:
        row = OldAddress.objects.filter(path__in={bare, bare.rstrip("/"), f"{bare}/"}).first()
    except (DatabaseError, InterfaceError):
        return None
    if row is None:
        return None
    return f"/{first if is_ours else settings.LANGUAGE_CODE}{row.target}"


def refusals(get_response):
    """Turns what a view may raise into a page: too many requests, or a database or a storage that
    is away.
    """

    def middleware(request):
        return get_response(request)

    def process_exception(request, exception):
        from . import errors, events
        from .file_storage import StorageAwayError
        from .models import Event
        from .rate_limits import TooManyRequestsError

        if isinstance(exception, TooManyRequestsError):
            if exception.is_first:
                events.record(Event.Kind.LIMITED, request=request, scope=exception.scope)
            return errors.too_many_requests(request, exception.retry_after)
        if isinstance(exception, StorageAwayError):
            logger.error("%s, at %s", exception, request.path)
            return errors.unavailable(request)
        if isinstance(exception, OverflowError):
            # A made-up number larger than any key; one of the databases cannot even ask for it.
            return errors.bad_request(request)
        if errors.is_outage(exception):
            logger.error("Trouble with database or disk at %s: %s", request.path, exception)
            return errors.unavailable(request)
        return None

    middleware.process_exception = process_exception
    return middleware
