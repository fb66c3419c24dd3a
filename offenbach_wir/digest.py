"""The weekly mail to staff who want it: what waits for them on the start page."""

import functools

from django.utils import timezone

from . import outbox
from .models import User
from .todo import entries_for


def send_digests(now):
    """Queues this week's mail for everybody for whom something waits; once a week and person."""
    year, week, _day = timezone.localtime(now).isocalendar()
    queued = 0
    for user in User.objects.filter(is_active=True, is_staff=True, wants_digest=True):
        if entries_for(user):
            # Called in each language of the mail, because the sentences are in it.
            entries = functools.partial(entries_for, user)
            outbox.queue(
                "digest",
                cause=f"digest:{user.pk}:{year}-W{week:02d}",
                to=user.email,
                language=user.language,
                context={"name": str(user), "entries": entries},
                subject=user,
            )
            queued += 1
    return queued
