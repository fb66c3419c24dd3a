"""Grant periods as the calendar reaches them: a project begins and ends on its day by itself."""

import logging

from django.utils import timezone

from . import steps
from .case import State
from .models import Proposal

logger = logging.getLogger(__name__)
# In this order: a period that is over already begins and ends at once.
STEPS = (
    ("begin_project", State.ACCEPTED, "starts_on__lte"),
    ("end_project", State.RUNNING, "ends_on__lt"),
)


class SomeFailedError(Exception):
    """Some cases did not go on; the others did."""


def go_on(now):
    """Takes the steps that are due; safe to repeat. Returns how many were taken.

    One case that fails does not stop the others; afterwards SomeFailedError tells of it.
    """
    n = failed = 0
    for key, state, is_due in STEPS:
        for proposal in list(_due(state, is_due, now)):
            try:
                steps.take(key, proposal, user=None, now=now)
            except (steps.StaleError, steps.MissingError, steps.LockedError):
                # Somebody has changed it this minute; the next run looks again.
                continue
            except Exception:
                logger.exception("Case %s: %s was not taken", proposal.pk, key)
                failed += 1
            else:
                n += 1
    if failed:
        raise SomeFailedError(f"{failed} failed, {n} went on")
    return n


def _due(state, is_due, now):
    """Cases in that state whose grant says that the day has come; locked ones wait."""
    counts = {
        "decisions__kind": "approval",
        "decisions__ended_at": None,
        "decisions__in_force_at__isnull": False,
        f"decisions__{is_due}": timezone.localdate(now),
    }
    return Proposal.objects.filter(state=state, locked_because="").filter(**counts)
