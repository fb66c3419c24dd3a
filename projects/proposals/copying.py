"""A new draft from an earlier proposal: answers and plan come along, and dates are shifted."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import budget, financing, submission
from .models import Answer, CostItem, IncomeItem, InKindItem, PlannedUnits, Section
from .questions import SectionKey
from .sentences import say

COPIED = ("title", "place", "participants", "wants_early_start")
LISTS = ("target_groups", "districts", "languages")
ROWS = (CostItem, IncomeItem, InKindItem)


@transaction.atomic
def start_from(earlier, *, user, form_key, title="", request=None, today=None):
    """The new draft. Dates move by whole years until the start lies ahead; enclosures and
    declarations do not come along, because they have to be looked at anew.
    """
    today = today or timezone.localdate()
    draft = submission.start(
        applicant=earlier.applicant,
        language=earlier.language,
        user=user,
        form_key=form_key,
        request=request,
    )
    if draft.earlier_id is not None or draft.title:
        return draft  # pressed twice
    for name in COPIED:
        setattr(draft, name, getattr(earlier, name))
    draft.title = title or earlier.title
    draft.funding_line = earlier.funding_line
    draft.earlier = earlier
    years = years_ahead(earlier.starts_on, today)
    draft.starts_on = shifted(earlier.starts_on, years)
    draft.ends_on = shifted(earlier.ends_on, years)
    draft.save()
    for name in LISTS:
        getattr(draft, name).add(*getattr(earlier, name).all())
    Answer.objects.bulk_create(
        Answer(proposal=draft, question=row.question, text=row.text, german=row.german)
        for row in earlier.answers.all()
    )
    for model in ROWS:
        rows = list(model.objects.filter(proposal=earlier))
        for row in rows:
            row.pk, row.proposal, row.year = None, draft, row.year + years
        model.objects.bulk_create(rows)
    _take_units_along(earlier, draft, today)
    _ask_what_the_line_pays_now(earlier, draft)
    taken = [key for key in SectionKey if key not in NOT_COPIED]
    Section.objects.filter(proposal=draft, key__in=taken).update(
        saved_at=timezone.now(), saved_by=user
    )
    return draft


def _take_units_along(earlier, draft, today):
    """Those of rates that the line pays at the new start, too."""
    rows = list(earlier.planned_units.filter(rate__terms=draft.terms_on(today)))
    for row in rows:
        row.pk, row.proposal = None, draft
    PlannedUnits.objects.bulk_create(rows)


def _ask_what_the_line_pays_now(earlier, draft):
    """Where the one row asked for all the line paid then, it asks for all the line pays now."""
    then, now = _allowed(earlier), _allowed(draft)
    rows = list(draft.incomeitems.filter(kind=budget.IncomeKind.STATE_FUNDS))
    if None not in (then, now) and len(rows) == 1 and rows[0].amount == then != now:
        draft.incomeitems.filter(pk=rows[0].pk).update(amount=now)


def _allowed(proposal):
    """What the line pays at most for the plan as it is stored."""
    rows = [list(model.objects.filter(proposal=proposal)) for model in ROWS]
    units = {row.rate_id: row for row in PlannedUnits.objects.filter(proposal=proposal)}
    terms = financing.terms_of(proposal.terms_on(timezone.localdate()), units)
    return financing.check_rows(*rows, terms).allowed_share


def changes_since_earlier(draft, result):
    """[Sentence]: what is different from the proposal the draft was begun with."""
    earlier = draft.earlier
    if earlier is None:
        return []
    changes = []
    if draft.starts_on != earlier.starts_on and earlier.starts_on and draft.starts_on:
        changes.append(
            say(
                _("The start moved from %(old)s to %(new)s, the end likewise. Please check both."),
                old=earlier.starts_on,
                new=draft.starts_on,
            )
        )
    if draft.funding_line_id and draft.terms_on(timezone.localdate()) is None:
        changes.append(say(_("The funding line is not open at the new start.")))
    then = _allowed(earlier)
    if None not in (then, result.allowed_share) and then != result.allowed_share:
        changes.append(
            say(
                _("The line pays at most %(new)s for this plan now, then it was %(old)s."),
                old=then,
                new=result.allowed_share,
            )
        )
    if any(row.key in NOT_COPIED and not row.is_started for row in draft.sections.all()):
        changes.append(
            say(_("Enclosures and declarations did not come along: please give them anew."))
        )
    return changes


NOT_COPIED = (SectionKey.ENCLOSURES, SectionKey.DECLARATIONS)


def years_ahead(starts_on, today):
    """By how many whole years a start must move to lie ahead of today."""
    years = 0
    while starts_on is not None and shifted(starts_on, years) <= today:
        years += 1
    return years


def shifted(day, years):
    """The same day so many years later; 29 February becomes the 28th in a common year."""
    if day is None or not years:
        return day
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return datetime.date(day.year + years, 2, 28)
