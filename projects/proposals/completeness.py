"""What is still missing in a proposal: one list, from which the states of the sections, the check
before handing in and the refusal of handing in are made.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import financing, questions
from .questions import SectionKey


class SectionState(Enum):
    NOT_STARTED = _("not started")
    INCOMPLETE = _("incomplete")
    DONE = _("done")


@dataclass(frozen=True)
class Gap:
    """Something that handing in asks for. `field` is the id of the field that mends it."""

    section: SectionKey
    sentence: Any
    field: str = ""


def gaps_of(whole, result=None):
    """[Gap] in the order of the sections. `result` is that of financing.check, if it is known."""
    result = result or financing.check(whole)
    return [
        *_unanswered(whole),
        *_line_closed(whole),
        *_plan_gaps(whole, result),
        *_missing_papers(whole),
        *_undeclared(whole),
    ]


def _unanswered(whole):
    for question in questions.QUESTIONS:
        if not question.is_required:
            continue
        if question.is_text:
            there = whole.text_of(question.key).strip()
        elif question.kind == questions.Kind.CHOICES:
            there = getattr(whole.proposal, question.key).all()
        else:
            there = getattr(whole.proposal, question.key)
        if not there:
            field = f"id_{question.key}"
            is_list = question.kind in (questions.Kind.CHOICE, questions.Kind.CHOICES)
            yield Gap(question.section, question.label, f"field-{field}" if is_list else field)


def _line_closed(whole):
    if whole.proposal.funding_line_id and whole.terms is None:
        yield Gap(
            SectionKey.LINE,
            _("This line is not open at your planned start. Please choose another line or day."),
            "field-id_funding_line",
        )


def _plan_gaps(whole, result):
    if not whole.costs:
        yield Gap(SectionKey.COSTS, _("The plan has no costs yet."), "costs")
    if not whole.incomes:
        yield Gap(SectionKey.COSTS, _("The plan has no income yet."), "incomes")
    if whole.costs and whole.incomes:
        for message in result.errors:
            yield Gap(SectionKey.COSTS, message.text, "plan-result")


def _missing_papers(whole):
    for kind in whole.missing_kinds:
        yield Gap(
            SectionKey.ENCLOSURES,
            _("Missing: %(paper)s") % {"paper": kind.text.name},
            "upload",
        )


def _undeclared(whole):
    if len(set(whole.proposal.declared)) < len(questions.Declaration):
        yield Gap(
            SectionKey.DECLARATIONS,
            _("Some declarations are not ticked yet."),
            "field-id_declared",
        )


def states_of(whole, gaps):
    """{SectionKey: SectionState}"""
    started = {row.key for row in whole.proposal.sections.all() if row.is_started}
    if whole.enclosures:
        started.add(SectionKey.ENCLOSURES)
    lacking = {gap.section for gap in gaps}
    states = {}
    for section in SectionKey:
        is_silent = section == SectionKey.ENCLOSURES and section not in lacking
        if section not in started and not (is_silent and whole.required_kinds):
            states[section] = SectionState.NOT_STARTED
        else:
            states[section] = SectionState.INCOMPLETE if section in lacking else SectionState.DONE
    return states
