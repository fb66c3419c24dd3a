"""The secret address of a coordinator's talks, for her own calendar."""

import datetime

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consultations import calendars
from consultations.models import Booking, CalendarFeed
from offenbach_wir.rate_limits import limited

LOOKS_BACK = datetime.timedelta(days=30)


@never_cache
@require_safe
@limited("calendar_feed", when=lambda request: True)
def calendar(request, secret):
    """The public address: whoever has the secret reads it, without cookie and without a name."""
    feed = CalendarFeed.objects.filter(secret=secret).select_related("coordinator__user").first()
    if feed is None:
        raise Http404
    owner = feed.coordinator.user
    with translation.override(owner.language if owner else settings.LANGUAGE_CODE):
        name = f"{_('WIR advice')}: {feed.coordinator.name}"
        text = calendars.feed(talks_of(feed.coordinator, timezone.now()), name)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def talks_of(coordinator, now):
    """What stands, from 30 days ago; also what the office booked beyond the usual window."""
    over = Q(status__in=(Booking.Status.CONFIRMED, *Booking.OVER), starts_at__lte=now)
    ahead = Q(pk__in=Booking.objects.standing(now).upcoming(now).values("pk"))
    return (
        Booking.objects.filter(coordinator=coordinator, ends_at__gt=now - LOOKS_BACK)
        .filter(over | ahead)
        .for_display()
        .order_by("starts_at", "pk")
    )
