"""What happened with a proposal, in plain words, and what is next: who acts, until when."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from offenbach_wir.models import Event

from . import case

Kind = Event.Kind
WORDS = {
    Kind.PROPOSAL_STARTED: _("The draft was started."),
    Kind.SHARED: _("The draft was shared with the coordination for a talk."),
    Kind.PROPOSAL_SUBMITTED: _("The proposal was handed in."),
    Kind.PROPOSAL_WITHDRAWN: _("The proposal was withdrawn."),
    Kind.MESSAGE_SENT: _("A message was written."),
}


@dataclass(frozen=True)
class Step:
    at: datetime.datetime
    sentence: Any
    talk_on: datetime.date | None = None


@dataclass(frozen=True)
class Next:
    """What is next, who acts, and until when (a day, or None)."""

    sentence: Any
    who: Any
    until: Any = None


def past_of(proposal):
    """[Step], the oldest first, from the events that cannot be changed."""
    rows = (
        Event.objects.about(proposal).filter(kind__in=(*WORDS, Kind.CASE_STEP)).order_by("at", "pk")
    )
    return [Step(row.at, _sentence_of(row), _talk_day(row)) for row in rows]


def _sentence_of(event):
    if event.kind == Kind.CASE_STEP:
        return case.STEPS[event.detail["step"]].done
    return WORDS[Kind(event.kind)]


def _talk_day(event):
    """The day of the talk a draft was shared for; the booking itself is deleted soon."""
    day = event.detail.get("talk_on")
    return datetime.date.fromisoformat(day) if day else None


def next_of(proposal, gaps, deadline):
    if proposal.is_draft and gaps:
        return Next(
            _("Fill in what is still missing, then hand in."),
            _("You"),
            deadline.last_day if deadline else None,
        )
    if proposal.is_draft:
        return Next(
            _("Check everything once more and hand in."),
            _("You"),
            deadline.last_day if deadline else None,
        )
    if proposal.state in NEXT:
        sentence, who = NEXT[proposal.state]
        return Next(sentence, who, proposal.due_on if who is YOU else None)
    return Next(_("Nothing more. You can start a new proposal from this one."), YOU)


YOU, OFFICE, AUTHORITY = _("You"), _("The WIR coordination"), _("The granting authority")
State = case.State
NEXT = {
    State.SUBMITTED: (_("The WIR coordination reads your proposal and writes to you."), OFFICE),
    State.FORMAL_CHECK: (_("The WIR coordination checks your proposal."), OFFICE),
    State.SUPPLEMENT_REQUESTED: (
        _("Supply what the coordination asks for, then hand in again."),
        YOU,
    ),
    State.REVIEWED: (_("Your proposal was checked. It is passed on for the decision."), OFFICE),
    State.HANDED_OVER: (_("The granting authority decides."), AUTHORITY),
    State.DECIDED_BY_CITY: (_("The city decides. You get a letter and an e-mail."), OFFICE),
    State.APPROVED: (_("Accept the grant and say where the money goes."), YOU),
    State.ACCEPTED: (_("Your project begins with the grant period."), YOU),
    State.RUNNING: (_("Carry out your project. Tell us when something changes."), YOU),
    State.PROOF_DUE: (_("Write the proof of use and hand it in."), YOU),
    State.PROOF_SUBMITTED: (_("The coordination checks your proof of use."), OFFICE),
    State.CHECKED: (_("The coordination closes the case."), OFFICE),
    State.REPAYMENT: (_("Pay back what was paid too much."), YOU),
    State.CLOSED: (_("Nothing more. The case is closed."), OFFICE),
}
