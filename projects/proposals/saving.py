"""Saving one section: only what was changed is written, and nobody overwrites anybody.

Each form carries what its reader had before the eyes. A field that was not changed is left as it is
now, one that nobody else changed is written, and one that both changed is a conflict, shown with
both versions. The section's row is the lock: who saves first in the database is first.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from . import questions
from .forms.sections import GERMAN_SUFFIX, plain_value, sum_of
from .models import Answer, Proposal, Section

COLUMNS = {question.key for question in questions.QUESTIONS if question.is_column} | {"declared"}
LISTS = {"target_groups", "districts", "languages"}


class ClosedError(Exception):
    """What was handed in is not changed any more, unless the city has asked for it."""


@dataclass(frozen=True)
class Conflict:
    """A field that somebody else changed since this form was shown."""

    name: str
    mine: object
    theirs: object
    by: object
    at: object


def stored_values(proposal, section):
    """{field: value} of a section as it is now, for a form or for comparing."""
    answers = {
        answer.question: answer
        for answer in proposal.answers.filter(
            question__in=[question.key for question in questions.texts_in(section)]
        )
    }
    values = {}
    for question in questions.in_section(section):
        if question.is_text:
            answer = answers.get(question.key)
            values[question.key] = answer.text if answer else ""
            values[question.key + GERMAN_SUFFIX] = answer.german if answer else ""
        elif question.key in LISTS:
            values[question.key] = list(getattr(proposal, question.key).all())
        else:
            values[question.key] = getattr(proposal, question.key)
    if section == questions.SectionKey.DECLARATIONS:
        values["declared"] = proposal.declared
    return values


@transaction.atomic
def lock(proposal, section, user):
    """Takes the section for this transaction; raises ClosedError. Returns (proposal, before).

    `before` is the section's row as it was: who saved it last, and when.
    """
    now = timezone.now()
    # Writing to the row takes it: handing in and the end of a supplement wait, or were first.
    Proposal.objects.filter(pk=proposal.pk).update(updated_at=now)
    locked = Proposal.objects.select_related("language").filter(pk=proposal.pk).first()
    if locked is None or section not in locked.open_sections:
        raise ClosedError
    before = Section.objects.select_related("saved_by").get(proposal=proposal, key=section)
    Section.objects.filter(pk=before.pk).update(
        version=F("version") + 1, saved_at=now, saved_by=user
    )
    return locked, before


@transaction.atomic
def save(form, *, user):
    """Writes the changed, valid fields of a bound and cleaned SectionForm. Returns [Conflict].

    Where there is a conflict nothing is written at all. Days that do not fit to each other, be it
    to what somebody else wrote, become errors of the form. Raises ClosedError.
    """
    proposal, before = lock(form.proposal, form.section, user)
    stored = stored_values(proposal, form.section)
    changed, conflicts = {}, []
    for name, typed in form.cleaned_data.items():
        seen = form.seen_sums.get(name)
        if sum_of(typed) in (seen, sum_of(stored[name])):
            continue
        if seen != sum_of(stored[name]):
            conflicts.append(Conflict(name, typed, stored[name], before.saved_by, before.saved_at))
        changed[name] = typed
    if conflicts:
        transaction.set_rollback(True)
        return conflicts
    days = [changed.get(name, stored.get(name)) for name in ("starts_on", "ends_on")]
    if all(days) and days[1] < days[0]:
        form.refuse_days()
        changed = {name: changed[name] for name in changed.keys() & form.cleaned_data.keys()}
    _write(proposal, changed)
    return []


def _write(proposal, changed):
    columns = [name for name in changed if name in COLUMNS and name not in LISTS]
    for name in columns:
        setattr(proposal, name, changed[name])
    if columns:
        proposal.save(update_fields=[*columns, "updated_at"])
    for name in LISTS & changed.keys():
        getattr(proposal, name).set(changed[name])
    _write_answers(proposal, {name: changed[name] for name in changed.keys() - COLUMNS})


def _write_answers(proposal, changed):
    questions_changed = {name.removesuffix(GERMAN_SUFFIX) for name in changed}
    answers = {row.question: row for row in proposal.answers.filter(question__in=questions_changed)}
    for name, value in changed.items():
        question = name.removesuffix(GERMAN_SUFFIX)
        answer = answers.setdefault(question, Answer(proposal=proposal, question=question))
        setattr(answer, "german" if name.endswith(GERMAN_SUFFIX) else "text", plain_value(value))
    Answer.objects.bulk_create(
        answers.values(),
        update_conflicts=True,
        unique_fields=["proposal", "question"],
        update_fields=["text", "german"],
    )
