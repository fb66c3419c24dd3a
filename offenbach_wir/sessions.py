"""How long a session lives, and ending sessions.

Only pages of a person look at the session at all; public pages are the same for everybody.
"""

import logging
import time

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from django.utils.translation import gettext as _

from . import errors, languages

logger = logging.getLogger(__name__)

BACK_OFFICE = "verwaltung"
BEGAN, SEEN = "began_at", "seen_at"
NOTE_EVERY_SECONDS = 60


def is_personal(path):
    """Whether the address belongs to the account, the proposals or the back office."""
    first, _slash, rest = path.lstrip("/").partition("/")
    area, _slash, page = rest.partition("/")
    areas = settings.PERSONAL_AREAS
    is_own = first in languages.codes() and area in areas and page not in areas[area]
    return first == BACK_OFFICE or is_own


def session_limits(get_response):
    """Ends a session that was idle too long or is too old, whatever was done in it."""

    def middleware(request):
        request.is_personal_area = is_personal(request.path_info)
        if request.is_personal_area:
            try:
                _keep_limits(request)
            except (DatabaseError, InterfaceError) as error:
                logger.error("Session not read at %s: %s", request.path, error)
                return errors.unavailable(request)
        return get_response(request)

    return middleware


def begin(request):
    """Starts the clocks of a session; called at every way of signing in."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def _keep_limits(request):
    if not request.user.is_authenticated:
        return
    now = int(time.time())
    began = request.session.setdefault(BEGAN, now)
    seen = request.session.setdefault(SEEN, now)
    too_old = now - began >= settings.SESSION_COOKIE_AGE
    if too_old or now - seen >= settings.SESSION_IDLE_SECONDS:
        logout(request)
        messages.info(request, _("For your safety you were signed out. Please sign in again."))
    elif now - seen >= NOTE_EVERY_SECONDS:
        request.session[SEEN] = now
        UserSession.objects.filter(session_key=request.session.session_key).update(
            last_seen_at=timezone.now()
        )


def open_sessions(user):
    """Sessions with which that person is signed in somewhere."""
    rows = UserSession.objects.filter(user=user)
    alive = Session.objects.filter(
        session_key__in=rows.values("session_key"), expire_date__gt=timezone.now()
    )
    return rows.filter(session_key__in=alive.values("session_key"))


def end_sessions(user):
    """Ends every session of that person; returns how many there were."""
    rows = list(UserSession.objects.filter(user=user))
    for row in rows:
        row.end()
    return len(rows)
