"""The history of a case for colleagues: who, when, what, from which state to which, and why.

Applicants read timeline.py instead; nothing of this is shown to them.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offenbach_wir import event_words
from offenbach_wir.models import Event, User
from offenbach_wir.money import format_to_the_cent

from . import case
from .models import (
    CaseLabel,
    ChecklistAnswer,
    ChecklistItem,
    Criterion,
    Note,
    Statement,
    StepReason,
)

Kind = Event.Kind
CHANGES = {
    "note": gettext_lazy("Internal note written"),
    "locked": gettext_lazy("Case locked"),
    "unlocked": gettext_lazy("Case unlocked"),
    "checklist": gettext_lazy("Points of the formal check answered"),
    "declared": gettext_lazy("Declaration on conflicts of interest"),
    "scored": gettext_lazy("Scores given"),
    "statement": gettext_lazy("City's statement written"),
    "early_start": gettext_lazy("Permission of an early start recorded"),
    "amendment_prepared": gettext_lazy("Amendment of the grant prepared"),
    "amendment": gettext_lazy("Amendment of the grant in force"),
    "amendment_dropped": gettext_lazy("Amendment of the grant taken back"),
    "project": gettext_lazy("Public project made or changed by the grant"),
    "change_asked": gettext_lazy("Organisation has told of a change"),
    "change_agreed": gettext_lazy("Agreed to a change"),
    "change_refused": gettext_lazy("Change refused"),
    "money_asked_for": gettext_lazy("Organisation has asked for money"),
    "money_paid": gettext_lazy("Payment noted"),
    "money_refused": gettext_lazy("Request for money refused"),
    "interim_report": gettext_lazy("Interim report handed in"),
    "case_file": gettext_lazy("File of the case downloaded"),
    "assigned": gettext_lazy("Given to a colleague"),
    "followed": gettext_lazy("Followed"),
    "unfollowed": gettext_lazy("No longer followed"),
    "labels": gettext_lazy("Labels changed"),
}
DECLARED = {
    "free": gettext_lazy("no conflict of interest"),
    "conflict": gettext_lazy("conflict of interest"),
}
LABELS = {
    "labels_added": gettext_lazy("added: %(labels)s"),
    "labels_removed": gettext_lazy("removed: %(labels)s"),
}


@dataclass(frozen=True)
class Row:
    """`changes` are sentences of what was there before and is there now; `reason` was typed."""

    at: datetime.datetime
    who: str
    what: Any
    changes: tuple
    reason: str = ""


def events_of(proposal):
    return Event.objects.about(proposal).order_by("at", "pk")


def rows_of(proposal, events, *, with_scores):
    """[Row] for these events of a case. `with_scores` says how many points were given, too."""
    events = list(events)
    names = _Names(proposal, events, with_scores)
    return [
        Row(
            at=event.at,
            who=names.who(event),
            what=_what(event),
            changes=tuple(_changes(event, names)),
            reason=names.reason_of(event),
        )
        for event in events
    ]


def _what(event):
    if event.kind == Kind.CASE_CHANGED and event.detail.get("change") in CHANGES:
        return CHANGES[event.detail["change"]]
    step = _step_of(event)
    return step.done if step else event.get_kind_display()


def _step_of(event):
    if event.kind in (Kind.CASE_STEP, Kind.PROPOSAL_WITHDRAWN):
        return case.STEPS.get(event.detail.get("step"))
    return None


def _changes(event, names):
    detail = event.detail
    if _step_of(event):
        if "old" in detail:
            yield _arrow(_state(detail["old"]), _state(detail["new"]))
        return
    what = detail.get("change")
    if event.kind != Kind.CASE_CHANGED or what not in CHANGES:
        said = event_words.details(event)
        if said != "–":
            yield said
        return
    if what == "declared":
        yield _arrow(DECLARED.get(detail["old"]), DECLARED.get(detail["new"]))
    if what == "statement":
        yield _arrow(_verdict(detail["old"]), _verdict(detail["new"]))
    if what == "early_start":
        yield _arrow(_day(detail["old"]), _day(detail["new"]))
    if what in ("amendment", "amendment_prepared", "amendment_dropped"):
        yield _arrow(*(format_to_the_cent(Decimal(detail[side])) for side in ("old", "new")))
    if what == "assigned":
        yield _arrow(names.person(detail["before"]), names.person(detail["person"]) or _("nobody"))
    for key, sentence in LABELS.items():
        if detail.get(key):
            words = ", ".join(names.labels.get(number, str(number)) for number in detail[key])
            yield sentence % {"labels": words}
    for key, (old, new) in detail.get("points", {}).items():
        yield f"{names.points.get(key, key)}: {_arrow(_answer(old), _answer(new))}"
    if names.with_scores:
        for key, (old, new) in detail.get("scores", {}).items():
            yield f"{names.criteria.get(key, key)}: {_arrow(old, new)}"


def _day(iso):
    return date_format(datetime.date.fromisoformat(iso), "DATE_FORMAT") if iso else ""


def _arrow(old, new):
    if old in (None, ""):
        return str(new)
    return _("before: %(old)s; now: %(new)s") % {"old": old, "new": new}


def _state(value):
    return case.State(value).label if value in case.State.values else value


def _verdict(value):
    return Statement.Verdict(value).label if value in Statement.Verdict.values else value


def _answer(value):
    verdicts = ChecklistAnswer.Verdict
    return verdicts(value).label if value in verdicts.values else value


class _Names:
    """What events name by number, each looked up once for all of them."""

    def __init__(self, proposal, events, with_scores):
        self.with_scores = with_scores
        people = {event.actor_id for event in events}
        for event in events:
            people |= {event.detail.get("person"), event.detail.get("before")}
        self._people = User.objects.in_bulk(
            {number for number in people if isinstance(number, int)}
        )
        self._reasons = dict(
            StepReason.objects.filter(proposal=proposal).values_list("step_number", "text")
        )
        self._notes = dict(Note.objects.filter(proposal=proposal).values_list("pk", "text"))
        self.points = {str(pk): text for pk, text in _named(events, "points", ChecklistItem)}
        self.labels = dict(CaseLabel.objects.values_list("pk", "name"))
        self.criteria = {str(pk): name for pk, name in _named(events, "scores", Criterion)}

    def who(self, event):
        if event.actor_id is None:
            return _("the portal")
        return self.person(event.actor_id)

    def person(self, number):
        if number is None:
            return ""
        person = self._people.get(number)
        return str(person) if person else _("account %(n)s, deleted") % {"n": number}

    def reason_of(self, event):
        if _step_of(event):
            return self._reasons.get(event.detail.get("number"), "")
        if event.kind == Kind.CASE_CHANGED:
            return self._notes.get(event.detail.get("note"), "")
        return ""


def _named(events, key, model):
    numbers = {int(number) for event in events for number in event.detail.get(key, {})}
    return [(row.pk, str(row)) for row in model.objects.filter(pk__in=numbers)]
