"""Before the log-in: what a proposal takes, all questions, the form on paper, a worked example.

These pages are the same for everybody and touch neither session nor CSRF
(settings.PERSONAL_AREAS), so that any cache may keep them.
"""

from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from programs.models import ApplicantKind, FundingTerms
from projects.models import District, SpokenLanguage, TargetGroup
from projects.proposals import example, questions
from projects.proposals.budget import CostKind, IncomeKind
from projects.proposals.deadlines import deadline_of
from projects.proposals.forms.intro import DeadlineForm
from projects.proposals.models import Applicant, CostItem, IncomeItem, InKindItem
from projects.proposals.questions import Kind, SectionKey

# What is told once about the organisation, in the order of a form; the name stands before it.
ORGANISATION_FIELDS = (
    *("kind", "legal_form", "is_charitable", "register_number", "street", "postcode", "city"),
    *("contact_name", "contact_email", "contact_phone", "website", "languages"),
)
# Title, model, columns, kinds, and how many rows there are on paper.
PLAN = (
    (
        _("Costs"),
        CostItem,
        ("year", "kind", "description", "quantity", "unit", "unit_amount"),
        CostKind,
        11,
    ),
    (_("Income"), IncomeItem, ("year", "kind", "description", "amount"), IncomeKind, 8),
    (_("Unpaid work"), InKindItem, ("year", "description", "hours", "rate"), None, 4),
)
# Which section shows more than its questions.
EXTRAS = {
    SectionKey.COSTS: "plan",
    SectionKey.ENCLOSURES: "enclosures",
    SectionKey.DECLARATIONS: "declarations",
}
GERMAN_NAME = mark_safe(' lang="de" dir="ltr"')
FEWEST_LINES, MOST_LINES, CHARACTERS_A_LINE = 2, 12, 200


@require_safe
def intro(request):
    """By plain GET: ?line= is the line chosen in the questionnaire, ?start= the planned start."""
    form = DeadlineForm.asked_by(request)
    rows = [
        {"terms": terms, "deadline": _deadline(terms, form.start)}
        for terms in _open_terms(form.start)
    ]
    slug = request.GET.get("line", "")
    chosen = next((row for row in rows if row["terms"].line.slug == slug), None)
    kinds = ApplicantKind.objects.outside_the_bin().with_texts()
    return render(
        request,
        "proposals/intro.html",
        {
            "form": form,
            "start": form.start,
            "chosen": chosen,
            "chose_closed_line": bool(slug) and chosen is None,
            "rows": [row for row in rows if row is not chosen],
            "may_apply": [kind for kind in kinds if kind.may_apply],
            "may_not_apply": [kind for kind in kinds if not kind.may_apply],
        },
    )


def _open_terms(start=None):
    """Of the lines that are open today, the terms that hold on the planned start."""
    today = timezone.localdate()
    open_today = FundingTerms.objects.open_for_proposals(today).values("line")
    on = max(start, today) if start else today
    return FundingTerms.objects.open_for_proposals(on).filter(line__in=open_today).for_pages()


def _deadline(terms, start):
    """None where there is nothing to say beyond the rule that stands among the facts."""
    last_day = terms.deadline_for(start) if start else terms.city_deadline
    if last_day is None:
        return None
    return deadline_of(
        terms.deadline_rule,
        last_day,
        timezone.now(),
        line=terms.line.text.title,
        starts_on=start,
        is_confirmed=terms.is_deadline_certain,
    )


@require_safe
def questions_page(request):
    return render(request, "proposals/questions.html", _everything_asked())


@require_safe
def paper_form(request):
    return render(request, "proposals/paper_form.html", _everything_asked())


def _everything_asked():
    open_terms = list(_open_terms())
    options = _options(open_terms)
    parts, first = [], 1
    for section, asked in questions.grouped():
        parts.append(
            {
                "key": section.value,
                "title": section.label,
                "first": first,
                "questions": [_for_page(question, options) for question in asked],
                "extra": EXTRAS.get(section),
            }
        )
        first += len(asked)
    return {
        "organisation_fields": [
            Applicant._meta.get_field(name).verbose_name for name in ORGANISATION_FIELDS
        ],
        "parts": parts,
        "plan": [
            {
                "title": title,
                "columns": [model._meta.get_field(name) for name in columns],
                "kinds": kinds.choices if kinds else (),
                "rows": range(rows),
            }
            for title, model, columns, kinds, rows in PLAN
        ],
        "open_terms": open_terms,
        "declarations": questions.Declaration.labels,
    }


def _options(open_terms):
    """{question: [(name, language of the name)]} for the questions with a list."""
    return {
        "funding_line": [
            (terms.line.text.title, terms.line.text.lang_attrs) for terms in open_terms
        ],
        "target_groups": _names(TargetGroup),
        "districts": [(district.name, GERMAN_NAME) for district in District.objects.all()],
        "languages": _names(SpokenLanguage),
    }


def _names(model):
    rows = model.objects.outside_the_bin().with_texts()
    return [(row.text.name, row.text.lang_attrs) for row in rows if row.text]


def _for_page(question, options):
    lines = question.most // CHARACTERS_A_LINE
    return {
        "asked": question,
        "is_long": question.kind == Kind.LONG,
        "is_day": question.kind == Kind.DATE,
        "is_tick": question.kind == Kind.YES,
        "options": options.get(question.key, ()),
        "lines": range(min(MOST_LINES, max(FEWEST_LINES, lines))),
    }


@require_safe
def example_page(request):
    mistaken = example.checked(example.MISTAKEN_INCOME)
    return render(
        request,
        "proposals/example.html",
        {
            "costs": example.COSTS,
            "income": example.INCOME,
            "in_kind": example.IN_KIND,
            "percent": example.PERCENT,
            "result": example.checked(),
            "mistaken_income": example.MISTAKEN_INCOME,
            "mistaken": mistaken,
            "financing_types": [
                {
                    "name": FundingTerms.FinancingType(terms.financing_type).label,
                    "means": FundingTerms.FINANCING_MEANS[terms.financing_type],
                    "terms": terms,
                    "share": share,
                }
                for terms, share in example.by_financing_type()
            ],
            "later": example.later(),
        },
    )
