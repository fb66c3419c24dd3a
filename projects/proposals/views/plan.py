"""Costs and financing: rows to fill in, and what the rule says about them."""

import json

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offenbach_wir import rate_limits
from projects.proposals import budget, exports, financing, pasting, plan_saving, saving, snapshot
from projects.proposals import whole as wholes
from projects.proposals.forms.plan import BLOCKS, MOST_ROWS, PlanForms, sum_of_rows
from projects.proposals.models import CostItem, IncomeItem, PlannedUnits
from projects.proposals.questions import SectionKey

from . import unsaved
from .access import readable, writable
from .writing import (
    after,
    closed_answer,
    conflict_answer,
    frame,
    is_by_itself,
    saved_answer,
    saved_in_words,
    unsaved_in_words,
    years_of,
)

MORE_ROWS = 5


@require_http_methods(["GET", "HEAD", "POST"])
@writable(SectionKey.COSTS)
def edit(request, proposal):
    whole = wholes.read(proposal)
    if request.method != "POST":
        typed = unsaved.take(request)
        if typed is not None:
            messages.info(request, unsaved_in_words())
        return _page(request, PlanForms(whole, years_of(proposal), typed))
    plan = PlanForms(whole, years_of(proposal), request.POST)
    is_valid = plan.is_valid()
    try:
        conflicts = plan_saving.save_plan(plan, user=request.user)
    except saving.ClosedError:
        return closed_answer(request, proposal)
    if conflicts:
        if is_by_itself(request):
            return conflict_answer(request)
        return _conflict(request, plan, {conflict.name for conflict in conflicts})
    if is_by_itself(request):
        problems = {field: str(sentence) for _label, sentence, field in plan.problems}
        return saved_answer(plan.seen_after(), {name: [text] for name, text in problems.items()})
    if not is_valid:
        return _page(request, plan, status=422, seen=plan.seen_after())
    messages.success(request, saved_in_words())
    return redirect(*after(proposal, SectionKey.COSTS, stay="stay" in request.POST))


@require_POST
@writable(SectionKey.COSTS)
def check(request, proposal):
    """What the rule says of what is typed, stored or not; changes nothing.

    A page that asks while somebody types gets the result alone.
    """
    plan = PlanForms(wholes.read(proposal), years_of(proposal), request.POST)
    plan.is_valid()
    if request.headers.get("X-Part") == "result":
        return render(request, "proposals/plan_result.html", {"result": _result(plan)})
    return _page(request, plan)


@require_POST
@writable(SectionKey.COSTS)
def more_rows(request, proposal):
    """The same page with more empty rows; what was typed stays, saved or not."""
    data = request.POST.copy()
    for name in BLOCKS:
        if data.get("more") == name:
            total = data.get(f"{name}-TOTAL_FORMS", "")
            shown = int(total) if total.isdecimal() and len(total) < 5 else 0
            data[f"{name}-TOTAL_FORMS"] = str(min(shown + MORE_ROWS, MOST_ROWS))
    return _page(request, PlanForms(wholes.read(proposal), years_of(proposal), data))


@require_POST
@writable(SectionKey.COSTS)
def paste(request, proposal):
    """Takes rows over from a spreadsheet, behind the rows that are there.

    What the page knew of the plan comes along, so that pressing twice adds the rows once.
    """
    text = request.POST.get("pasted", "").replace("\x00", "")
    rows, refused = pasting.read(text)
    problem = "" if rows else _("Please paste at least one line.")
    if rows and not refused:
        try:
            problem = _append(request, proposal, rows)
        except saving.ClosedError:
            return closed_answer(request, proposal)
    if not refused and not problem:
        added = ngettext("%(n)s row was added.", "%(n)s rows were added.", len(rows))
        messages.success(request, added % {"n": len(rows)})
        return redirect("proposals:plan", proposal.key)
    context = {"pasted": text[:20_000], "refused": refused, "problem": problem}
    plan = PlanForms(wholes.read(proposal), years_of(proposal))
    return _page(request, plan, status=422, paste=context)


@transaction.atomic
def _append(request, proposal, rows):
    """Adds the rows; or says why none was added."""
    is_income = request.POST.get("block") == "incomes"
    saving.lock(proposal, SectionKey.COSTS, request.user)
    plan = PlanForms(wholes.read(proposal), years_of(proposal), request.POST)
    name = "incomes" if is_income else "costs"
    stored = plan.stored[name]
    if plan.seen_sums().get(name) != sum_of_rows(stored):
        transaction.set_rollback(True)
        return _("The plan has changed meanwhile. Please look whether your rows are there already.")
    free = MOST_ROWS - len(stored)
    if len(rows) > free:
        transaction.set_rollback(True)
        return _("There is room for %(n)s more rows.") % {"n": free}
    year, model, made = years_of(proposal)[0], CostItem, _cost
    if is_income:
        model, made = IncomeItem, _income
    model.objects.bulk_create(
        made(proposal, row, year, len(stored) + n) for n, row in enumerate(rows)
    )
    return ""


def _cost(proposal, row, year, position):
    return CostItem(
        proposal=proposal,
        position=position,
        year=year,
        kind=budget.CostKind.OTHER_RUNNING,
        description=row.description,
        quantity=row.quantity,
        unit=row.unit,
        unit_amount=row.amount,
    )


def _income(proposal, row, year, position):
    return IncomeItem(
        proposal=proposal,
        position=position,
        year=year,
        kind=budget.IncomeKind.OTHER_INCOME,
        description=row.description,
        amount=budget.row_sum(row.quantity, row.amount),
    )


@require_safe
@readable
def download(request, proposal, format_name):
    """The plan as it is stored, as a table to take along."""
    rate_limits.count("export", f"account {request.user.pk}")
    return exports.plan_file(snapshot.of(wholes.read(proposal)), format_name)


def _result(plan):
    """What budget.py says of the rows as they are typed."""
    units = {rate: PlannedUnits(**values) for rate, values in plan.typed_units().items()}
    return financing.check_rows(
        plan.typed_rows("costs") if plan.data else plan.whole.costs,
        plan.typed_rows("incomes") if plan.data else plan.whole.incomes,
        plan.typed_rows("in_kind") if plan.data else plan.whole.in_kind,
        financing.terms_of(plan.whole.terms, units if plan.data else plan.whole.units),
    )


def _conflict(request, plan, blocks):
    """Shows what is stored; saving again replaces the `blocks` in question, and no other."""
    stored = wholes.read(plan.whole.proposal)
    now = json.loads(PlanForms(stored, years_of(plan.whole.proposal)).seen())
    seen = json.dumps(plan.seen_sums() | {name: now[name] for name in blocks})
    result = financing.check(stored)
    return _page(request, plan, status=409, seen=seen, theirs=stored, theirs_result=result)


def _page(request, plan, *, status=200, seen=None, **more):
    proposal = plan.whole.proposal
    if seen is None and plan.data:
        seen = plan.data.get("seen")
    context = {
        "plan": plan,
        "proposal": proposal,
        "section": SectionKey.COSTS,
        "result": _result(plan),
        "seen": seen or plan.seen(),
        # What is stored as the page is shown, for rows that are pasted behind it.
        "stored_seen": plan.seen(),
        **frame(proposal, SectionKey.COSTS),
        **more,
    }
    return render(request, "proposals/plan.html", context, status=status)
