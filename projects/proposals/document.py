"""A proposal to read: labels in the active language, answers as they were written.

Made from the plain values of snapshot.py, so that draft, check page, receipt, the page of the
coordination and the PDF say the same.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from offenbach_wir import languages

from . import plan_tables, questions
from .questions import Kind, SectionKey
from .snapshot import name_in


@dataclass(frozen=True)
class Entry:
    """`code` is the language of the text where a person wrote it, else empty."""

    key: str
    label: str
    text: str
    code: str = ""
    german: str = ""


@dataclass(frozen=True)
class Part:
    section: SectionKey
    entries: tuple

    @property
    def title(self):
        return self.section.label


def parts_of(data, contact=None):
    """[Part] for every section in its order. `contact` fills the questions about whom to ask."""
    return [
        Part(section, tuple(_entry(question, data, contact or {}) for question in asked))
        for section, asked in questions.grouped()
    ]


def _entry(question, data, contact):
    label = str(question.label)
    if question.is_text:
        answer = data["answers"].get(question.key, {})
        return Entry(
            question.key,
            label,
            answer.get("text", ""),
            data["language"]["code"],
            answer.get("german", ""),
        )
    if question.key in contact:
        return Entry(question.key, label, contact[question.key])
    value = data["columns"].get(question.key)
    code = data["language"]["code"] if question.kind == Kind.SHORT else ""
    return Entry(question.key, label, _in_words(question, value), code)


def _in_words(question, value):
    if question.kind == Kind.YES:
        return _("Yes") if value else _("No")
    if value in (None, "", []):
        return ""
    if question.kind == Kind.CHOICE:
        return name_in(value["name"], languages.active())
    if question.kind == Kind.CHOICES:
        return ", ".join(name_in(row["name"], languages.active()) for row in value)
    if question.kind == Kind.DATE:
        return date_format(datetime.date.fromisoformat(value), "DATE_FORMAT")
    return str(value)


@dataclass(frozen=True)
class PlanTables:
    """The plan as tables: rows of words and Decimals, and what they add up to."""

    costs: tuple
    incomes: tuple
    in_kind: tuple
    result: dict


def plan_of(data):
    plan = data["plan"]
    return PlanTables(
        costs=tuple(
            {
                **row,
                "kind": plan_tables.cost_kind(row),
                "quantity": Decimal(row["quantity"]),
                "unit_amount": Decimal(row["unit_amount"]),
                "amount": Decimal(row["amount"]),
            }
            for row in plan["costs"]
        ),
        incomes=tuple(
            {
                **row,
                "kind": plan_tables.income_kind(row),
                "amount": Decimal(row["amount"]),
            }
            for row in plan["incomes"]
        ),
        in_kind=tuple(
            {
                **row,
                "hours": Decimal(row["hours"]),
                "rate": Decimal(row["rate"]),
                "amount": Decimal(row["amount"]),
            }
            for row in plan["in_kind"]
        ),
        result={
            name: None if value is None else Decimal(value)
            for name, value in plan["result"].items()
        },
    )


def declarations_of(data):
    """[(sentence, was it ticked)] of everything that has to be declared."""
    return [(d.label, d.value in data["declarations"]) for d in questions.Declaration]


def about_of(data):
    """[(label, words)] of the organisation that applies."""
    applicant = data["applicant"]
    place = " ".join(filter(None, (applicant["postcode"], applicant["city"])))
    return [
        (_("Organisation"), applicant["name"]),
        (_("Kind"), name_in(applicant["kind"], languages.active())),
        (_("Legal form"), legal_form_of(data)),
        (_("Charitable"), _("Yes") if applicant["is_charitable"] else _("No")),
        (_("Number in the register"), applicant["register_number"]),
        (_("Address"), ", ".join(filter(None, (applicant["street"], place)))),
        (_("Website"), applicant["website"]),
    ]


def legal_form_of(data):
    from .models import Applicant

    return Applicant.LegalForm(data["applicant"]["legal_form"]).label
