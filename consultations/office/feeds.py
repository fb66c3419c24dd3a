"""The coordinator's talks in her own calendar: a secret address that can be renewed."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consultations.models import CalendarFeed, Coordinator
from consultations.models.feeds import new_feed_secret
from offenbach_wir import events
from offenbach_wir.models import Event
from offenbach_wir.office_pages import page_for

from . import rights

VIEW, CHANGE, DELETE = (
    f"consultations.{action}_calendarfeed" for action in ("view", "change", "delete")
)


def coordinators_for(user):
    """Whose calendars this person looks after: the own one, or all who change hours."""
    rows = Coordinator.objects.all()
    if not user.has_perm("consultations.change_openinghours"):
        rows = rows.filter(user=user)
    return rows


@page_for(VIEW)
@require_safe
def feeds(request):
    people = [
        {"coordinator": person, "url": address_of(feed) if (feed := _feed_of(person)) else ""}
        for person in coordinators_for(request.user).select_related("calendar_feed")
    ]
    # The own calendar stands first.
    people.sort(key=lambda row: row["coordinator"].user_id != request.user.pk)
    context = rights.context(request, _("Calendar feed"), people=people)
    return TemplateResponse(request, "consultations/office/feeds.html", context)


def _feed_of(coordinator):
    return getattr(coordinator, "calendar_feed", None)


def address_of(feed):
    return settings.PORTAL_URL + reverse("calendar_feed", args=[feed.secret])


@page_for(CHANGE)
@require_POST
def renew(request, pk):
    """A new secret address; the one before leads nowhere from now on."""
    coordinator = get_object_or_404(coordinators_for(request.user), pk=pk)
    feed, _is_new = CalendarFeed.objects.update_or_create(
        coordinator=coordinator, defaults={"secret": new_feed_secret()}
    )
    events.record(Event.Kind.DECISION, request=request, subject=feed, step="address renewed")
    messages.success(request, _("The address is new. Please enter it in your calendar."))
    return redirect("admin:calendar_feeds")


@page_for(DELETE)
@require_POST
def end(request, pk):
    coordinator = get_object_or_404(coordinators_for(request.user), pk=pk)
    feed = CalendarFeed.objects.filter(coordinator=coordinator).first()
    if feed:
        events.record(Event.Kind.DECISION, request=request, subject=feed, step="address removed")
        feed.delete()
    messages.success(request, _("There is no address any more."))
    return redirect("admin:calendar_feeds")


urls = [
    path("beratung/kalender/", feeds, name="calendar_feeds"),
    path("beratung/kalender/<int:pk>/neu/", renew, name="calendar_feed_renew"),
    path("beratung/kalender/<int:pk>/aus/", end, name="calendar_feed_end"),
]
