"""Answering the points of the formal check: nobody overwrites a colleague unseen.

Each point of the form carries what its reader had before the eyes. What was not changed is left as
it is now; what both changed is a conflict, and then nothing is written.
"""

from dataclasses import dataclass

from django.db import transaction

from offenbach_wir import events
from offenbach_wir.models import Event

from . import needs, phases
from .forms.sections import sum_of
from .models import ChecklistAnswer


@dataclass(frozen=True)
class Given:
    """What somebody gave for one point; `seen` is the sum of what stood there before."""

    item: object
    verdict: str
    note: str
    seen: str


@dataclass(frozen=True)
class Conflict:
    """A point that somebody else has answered otherwise meanwhile."""

    given: Given
    theirs: ChecklistAnswer


def seen_of(answer):
    """The sum of an answer (or None), to notice whether it is still the same."""
    return sum_of(f"{answer.verdict}\n{answer.note}" if answer else "")


@transaction.atomic
def save(proposal, given, *, user, request=None):
    """Writes the changed ones of [Given]. Returns [Conflict]; with one, nothing is written at all.

    Raises phases.ClosedError.
    """
    phases.locked_for(phases.Work.CHECK, proposal)
    stored = {item.pk: answer for item, answer in needs.checklist_of(proposal)}
    changed, conflicts = [], []
    for one in given:
        now, typed = seen_of(stored.get(one.item.pk)), sum_of(f"{one.verdict}\n{one.note}")
        if typed in (one.seen, now):
            continue
        if stored[one.item.pk] and one.seen != now:
            conflicts.append(Conflict(one, stored[one.item.pk]))
        changed.append(one)
    if conflicts or not changed:
        return conflicts
    _write(proposal, changed, user)
    events.record(
        Event.Kind.CASE_CHANGED,
        request=request,
        actor=user,
        subject=proposal,
        change="checklist",
        points={
            str(one.item.pk): [getattr(stored[one.item.pk], "verdict", ""), one.verdict]
            for one in changed
        },
    )
    return []


def _write(proposal, changed, user):
    ChecklistAnswer.objects.bulk_create(
        [
            ChecklistAnswer(
                proposal=proposal,
                item=one.item,
                verdict=one.verdict,
                note=one.note,
                answered_by=user,
            )
            for one in changed
        ],
        update_conflicts=True,
        unique_fields=["proposal", "item"],
        update_fields=["verdict", "note", "answered_by", "answered_at"],
    )
