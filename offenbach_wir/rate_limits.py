"""Limits on how often one address may ask, shared by all processes because they are counted in
the database. Addresses are kept as keyed hashes only, for one window.
"""

import datetime
import functools
import time

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .models import Hits
from .passing import passing


class TooManyRequestsError(Exception):
    """`is_first` tells the request that met the limit from those that follow in its window."""

    def __init__(self, scope, retry_after, *, is_first):
        self.scope, self.retry_after, self.is_first = scope, retry_after, is_first
        super().__init__(f"Retry after {retry_after} s")


def client_address(request):
    """The visitor's address; X-Forwarded-For counts only as far as our own proxies wrote it."""
    trusted = settings.TRUSTED_PROXY_COUNT
    forwarded = [
        part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part
    ]
    if trusted and len(forwarded) >= trusted:
        return forwarded[-trusted]
    return request.META.get("REMOTE_ADDR", "")


def count(scope, identity):
    """Counts one request; raises TooManyRequestsError beyond the scope's limit."""
    limit, seconds = settings.RATE_LIMITS[scope]
    now = int(time.time())
    window = now // seconds
    key = salted_hmac("rate-limit", f"{scope}|{identity}", algorithm="sha256").hexdigest()
    ends_at = datetime.datetime.fromtimestamp((window + 1) * seconds, datetime.UTC)
    n = _count_one(key, window, ends_at)
    if n > limit:
        left = (window + 1) * seconds - now
        raise TooManyRequestsError(scope, left, is_first=n == limit + 1)


def _count_one(key, window, ends_at):
    """Adds one and returns the new number, in one statement that no two processes can mix up."""
    table = connection.ops.quote_name(Hits._meta.db_table)
    with passing(), connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO {table} (key, "window", n, ends_at) VALUES (%s, %s, 1, %s)'  # noqa: S608
            f' ON CONFLICT (key, "window") DO UPDATE SET n = {table}.n + 1 RETURNING n',
            [key, window, connection.ops.adapt_datetimefield_value(ends_at)],
        )
        return cursor.fetchone()[0]


def limited(scope, when=lambda request: request.method == "POST"):
    """Decorates a view: beyond the limit it answers 429 with Retry-After."""

    def decorate(view):
        @functools.wraps(view)
        def guarded(request, *args, **kwargs):
            if when(request):
                count(scope, client_address(request))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def forget_old_windows():
    """Deletes counters whose window is over; the worker calls it."""
    return Hits.objects.filter(ends_at__lt=timezone.now()).delete()[0]
