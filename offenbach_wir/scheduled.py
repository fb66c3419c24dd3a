"""The frame's own work that comes round by itself."""

import datetime

from django.core.management import call_command
from django.utils.translation import gettext_lazy as _

from . import digest, link_check, retention, sealed_seeds
from .jobs import MONDAY, job
from .rate_limits import forget_old_windows


@job("rate_limit_windows", title=_("Forget counted requests"), every=datetime.timedelta(minutes=10))
def forget_counters(now):
    return _("%(n)s deleted") % {"n": forget_old_windows()}


@job("expired_sessions", title=_("Clear ended sessions"), every=datetime.timedelta(hours=1))
def clear_expired_sessions(now):
    call_command("clearsessions")


@job(
    "retention",
    title=_("Apply the retention rules"),
    daily_at="03:15",
    lease=datetime.timedelta(hours=2),
)
def apply_retention(now):
    """What was not finished in an hour goes on in the next night."""
    outcome = retention.run(now)
    return _("%(n)s entries, %(stuck)s held back by other records") % {
        "n": outcome.done,
        "stuck": outcome.stuck,
    }


@job("links", title=_("Check the links"), daily_at="04:00", lease=datetime.timedelta(hours=2))
def check_links(now):
    looked_up, broken = link_check.run(now)
    return _("%(n)s looked up, %(broken)s broken") % {"n": looked_up, "broken": broken}


@job("digest", title=_("Send the weekly mail"), weekly_at=(MONDAY, "07:00"))
def send_digests(now):
    return _("sent to %(n)s people") % {"n": digest.send_digests(now)}


@job("second_factors", title=_("Seal second factors with the newest key"), daily_at="04:30")
def seal_second_factors(now):
    return _("%(n)s sealed") % {"n": sealed_seeds.seal_with_newest_key()}
