"""What stands on the page of a case, read in a constant number of queries."""

from dataclasses import dataclass, replace

from django.utils import timezone

from offenbach_wir.models import QueuedMail
from offenbach_wir.roles import mail_areas_of
from programs.models import FundingTerms
from projects.proposals import (
    budget,
    case,
    document,
    financing,
    grants,
    needs,
    payments,
    snapshot,
    steps,
    timeline,
    versions,
)
from projects.proposals import whole as wholes
from projects.proposals.models import Proposal

from .access import CHANGE
from .files import with_previews
from .versions import PAGES


@dataclass(frozen=True)
class Action:
    """A step somebody may take; `missing` are sentences of what has to be there before."""

    step: case.Step
    missing: tuple


def read(proposal, user):
    now = timezone.now()
    duties = list(proposal.duties.all())
    return {
        **_content(proposal, now),
        **_next(proposal, user, duties, now),
        **_money(proposal, user.has_perm(CHANGE)),
        "past": timeline.past_of(proposal),
        "lines": versions.lines(proposal, **PAGES),
        "letters": proposal.messages.select_related("author"),
        "may_settle": user.has_perm(CHANGE)
        and Proposal.objects.awaiting_answer().contains(proposal),
        "notes": proposal.notes.select_related("author"),
        "labels": proposal.labels.all(),
        "supplements": proposal.supplements.select_related("version", "requested_by"),
        "lost_mails": _lost_mails(proposal, user),
    }


# --- What is next -------------------------------------------------------------------------------
def _next(proposal, user, duties, now):
    actions = [
        Action(step, tuple(needs.missing_before(step, proposal, user)))
        for step in steps.steps_for(proposal, user)
    ]
    mine = {action.step.key for action in actions}
    open_duties = [duty for duty in duties if duty.done_at is None]
    today = timezone.localdate(now)
    return {
        "actions": [action for action in actions if not action.step.is_side_way],
        "side_ways": [action for action in actions if action.step.is_side_way],
        "others_steps": [
            step
            for step in case.steps_from(proposal.state)
            if step.key not in mine and not step.is_side_way and needs.could_be(step, proposal)
        ],
        "next_duty": open_duties[0] if open_duties else None,
        "is_late": bool(open_duties) and open_duties[0].due_on < today,
        "duties": duties,
        "today": today,
    }


# --- What was handed in -------------------------------------------------------------------------
def _content(proposal, now):
    """The version handed in, a shared draft as it is now, or nothing."""
    version = proposal.versions.first()
    if version is not None:
        data, contact = version.data, version.contact
        # Put before the rule again with the terms of its day: what the club saw.
        rows = financing.rows_from_data(data["plan"])
        result = budget.check(
            rows.costs, rows.incomes, rows.in_kind, financing.terms_from_data(data)
        )
    elif proposal.is_shared:
        whole = wholes.read(proposal)
        # Papers of the organisation come with handing in only.
        whole.papers = []
        data, contact, result = snapshot.of(whole), proposal.contact, financing.check(whole)
    else:
        return {"version": None, "data": None, "result": None}
    return {
        "version": version,
        "data": data,
        "result": _for_office(result),
        "rates_of": version and _rates_of(version, data, proposal, now),
        "language": data["language"]["code"],
        "parts": document.parts_of(data, contact),
        "about": document.about_of(data),
        "plan_tables": document.plan_of(data),
        "declarations": document.declarations_of(data),
        "files": with_previews(proposal, data["enclosures"]),
    }


def _for_office(result):
    """What the check says, to those who read the plan."""
    return replace(result, messages=tuple(message.for_office for message in result.messages))


def _rates_of(version, data, proposal, now):
    """The day whose rates the case keeps, where the line has others by now; else None."""
    kept = financing.terms_from_data(data)
    rows = FundingTerms.objects.outside_the_bin().filter(line=proposal.funding_line_id)
    day = proposal.starts_on or timezone.localdate(now)
    current = rows.valid_on(day).prefetch_related("rates__translations").first()
    if kept is None or current is None:
        return None
    if _rule_of(kept) == _rule_of(financing.terms_of(current)):
        return None
    return timezone.localdate(version.submitted_at)


def _rule_of(terms):
    """The terms without names, and without what one proposal plans of them."""
    per_unit = tuple((rate.amount, rate.most_units) for rate in terms.per_unit)
    return replace(terms, line="", per_unit=per_unit)


# --- What came of it ----------------------------------------------------------------------------
def _money(proposal, may_change):
    decisions = list(proposal.decisions.select_related("fund", "prepared_by", "confirmed_by"))
    return {
        "decisions": decisions,
        "handover": getattr(proposal, "handover", None),
        "early_start": getattr(proposal, "early_start", None),
        "acceptance": getattr(proposal, "acceptance", None),
        "changes": proposal.changes.all(),
        "disbursements": proposal.disbursements.all(),
        "reports": proposal.reports.all(),
        "paid": grants.paid(proposal) if decisions else None,
        "may_note_payment": may_change and payments.may_be_paid(proposal),
        "unpaid": payments.unpaid(proposal) if proposal.has_grant else None,
    }


def _lost_mails(proposal, user):
    """Mails about the case that could not be delivered, for those who may see the outbox."""
    if not user.has_perm("offenbach_wir.view_queuedmail"):
        return []
    rows = QueuedMail.objects.needs_attention().in_areas(mail_areas_of(user))
    about = rows.filter(subject_type=proposal._meta.label_lower, subject_id=proposal.pk)
    return about.select_related("email")
