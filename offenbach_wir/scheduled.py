"""The frame's own work that comes round by itself."""

import datetime

from django.core.management import call_command

from . import digest, link_check, retention
from .jobs import MONDAY, job
from .rate_limits import forget_old_windows


@job("rate_limit_windows", every=datetime.timedelta(minutes=10))
def forget_counters(now):
    return f"{forget_old_windows()} deleted"


@job("expired_sessions", every=datetime.timedelta(hours=1))
def clear_expired_sessions(now):
    call_command("clearsessions")


@job("retention", daily_at="03:15", lease=datetime.timedelta(hours=2))
def apply_retention(now):
    """What was not finished in an hour goes on in the next night."""
    outcome = retention.run(now)
    return f"{outcome.done} rows, {outcome.stuck} held back by other records"


@job("links", daily_at="04:00", lease=datetime.timedelta(hours=2))
def check_links(now):
    looked_up, broken = link_check.run(now)
    return f"{looked_up} looked up, {broken} broken"


@job("digest", weekly_at=(MONDAY, "07:00"))
def send_digests(now):
    return f"{digest.send_digests(now)} people"
