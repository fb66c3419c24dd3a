"""One line of a history of the demo's cases: what happens, who does it, when.

A line names a step of case.STEPS or an action; actions are in demo_office_history.py and
demo_grant_history.py and call the functions that the portal's own pages call.
"""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from offenbach_wir.models import User

from . import steps

COORDINATION, APPROVER = "koordination@example.org", "leitung@example.org"
BY_THE_CALENDAR = ("begin_project", "end_project")
ACTIONS = {}


def action(function):
    ACTIONS[function.__name__] = function
    return function


@dataclass
class Entry:
    """`row` is the line as the file has it, `key` the form it counts as sent by."""

    proposal: object
    row: dict
    at: datetime.datetime
    key: str

    def do(self):
        name = self.row["do"]
        if name in ACTIONS:
            ACTIONS[name](self)
        else:
            self.step(name)

    def step(self, key, work=None, *, user=None):
        steps.take(
            key,
            self.proposal,
            user=user or self.by(None if key in BY_THE_CALENDAR else COORDINATION),
            reason=self.row.get("reason", ""),
            work=work,
        )

    def by(self, otherwise):
        """Whom the line names, else the person of that address; None is the calendar."""
        email = self.row.get("by", otherwise)
        return User.objects.get(email=email) if email else None

    @property
    def writer(self):
        return self.by(self.proposal.applicant.owner.email)

    @property
    def today(self):
        return timezone.localdate(self.at)

    def day(self, days):
        return self.today + datetime.timedelta(days=days)
