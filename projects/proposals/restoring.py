"""Back from the plain values of a version (snapshot.py) to the rows that are written in.

Only the sections that were open are written; whom to ask is in no version and stays as it is.
"""

import datetime

from django.db.models import F

from programs.models import FundingLine
from projects.models import District, SpokenLanguage, TargetGroup

from . import files, questions
from .models import Answer, CostItem, IncomeItem, InKindItem, PlannedUnits, Section
from .questions import Kind, SectionKey

LISTS = {
    "target_groups": (TargetGroup, "slug"),
    "districts": (District, "slug"),
    "languages": (SpokenLanguage, "code"),
}
OF_EVERY_ROW = ("description", "year")
ROWS = {
    "costs": (CostItem, ("kind", "quantity", "unit", "unit_amount", *OF_EVERY_ROW)),
    "incomes": (IncomeItem, ("kind", "amount", *OF_EVERY_ROW)),
    "in_kind": (InKindItem, ("hours", "rate", *OF_EVERY_ROW)),
}


def restore(proposal, data, sections, *, user, now):
    """Writes what these sections said in `data`. Call it in a transaction that holds the row."""
    for section in sections:
        _columns(proposal, section, data["columns"])
        _answers(proposal, section, data["answers"])
    if SectionKey.DECLARATIONS in sections:
        proposal.declared = data["declarations"]
        proposal.save(update_fields=["declared"])
    if SectionKey.COSTS in sections:
        _plan(proposal, data["plan"])
        _units(proposal, data["plan"], now)
    if SectionKey.ENCLOSURES in sections:
        _files(proposal, {file["key"] for file in data["enclosures"]}, user)
    # A form that somebody still has open is older than this.
    Section.objects.filter(proposal=proposal, key__in=sections).update(version=F("version") + 1)


def key_of(entry):
    """What an entry of a list is known by, whatever it is called."""
    return entry.get("slug") or entry.get("code")


def _columns(proposal, section, columns):
    written = []
    for question in questions.in_section(section):
        name = question.key
        if name not in columns:
            continue
        if name in LISTS:
            model, column = LISTS[name]
            keys = [key_of(entry) for entry in columns[name]]
            getattr(proposal, name).set(model.objects.filter(**{f"{column}__in": keys}))
            continue
        setattr(proposal, name, _value(proposal, question, columns[name]))
        written.append(name)
    if written:
        proposal.save(update_fields=written)


def _value(proposal, question, value):
    if question.key == "funding_line":
        # The case keeps the terms it was handed in with, and so their line.
        if proposal.terms is not None:
            return proposal.terms.line
        return FundingLine.objects.filter(slug=key_of(value)).first() if value else None
    if question.kind == Kind.DATE:
        return datetime.date.fromisoformat(value) if value else None
    return value


def _answers(proposal, section, answers):
    nothing = {"text": "", "german": ""}
    Answer.objects.bulk_create(
        (
            Answer(proposal=proposal, question=question.key, **answers.get(question.key, nothing))
            for question in questions.texts_in(section)
        ),
        update_conflicts=True,
        unique_fields=["proposal", "question"],
        update_fields=["text", "german"],
    )


def _plan(proposal, plan):
    for name, (model, columns) in ROWS.items():
        model.objects.filter(proposal=proposal).delete()
        model.objects.bulk_create(
            model(proposal=proposal, position=n, **{column: row[column] for column in columns})
            for n, row in enumerate(plan[name])
        )


def rates_of(plan):
    """The amounts per unit, as the version kept them."""
    rates = plan["terms"]["rates"] if plan["terms"] else []
    return [rate | {"units": rate.get("units"), "people": rate.get("people")} for rate in rates]


def _units(proposal, plan, now):
    """What the version planned of each amount per unit; rates are told by their place."""
    terms = proposal.terms_on(now.date())
    current = list(terms.rates.all()) if terms and terms.figures_confirmed else []
    PlannedUnits.objects.filter(proposal=proposal).delete()
    PlannedUnits.objects.bulk_create(
        PlannedUnits(proposal=proposal, rate=rate, units=kept["units"], people=kept["people"])
        for rate, kept in zip(current, rates_of(plan), strict=False)
        if kept["units"] is not None and rate.kind == kept["kind"]
    )


def _files(proposal, keys, user):
    """What was added goes out of sight, what was removed is back."""
    for row in proposal.enclosures.current().exclude(key__in=keys):
        files.remove(row, user=user)
    proposal.enclosures.filter(key__in=keys).update(removed_at=None, removed_by=None)
