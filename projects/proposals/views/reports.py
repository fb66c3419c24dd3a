"""Interim report and proof of use: written like a proposal, then handed in and read only."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from projects.proposals import report_saving, reports, voucher_pasting
from projects.proposals.case import State
from projects.proposals.forms.plan import MOST_ROWS
from projects.proposals.forms.reports import OTHERS, ReportForms
from projects.proposals.models import Report
from projects.proposals.models.applicants import Role

from . import unsaved
from .access import for_writers, is_by_itself, readable
from .writing import conflict_answer, saved_answer, saved_in_words, unsaved_in_words

MORE_ROWS = 5
WORDS = {
    "costs": {
        "title": gettext_lazy("What did it cost?"),
        "more_title": gettext_lazy("Costs that were not planned"),
        "row_name": gettext_lazy("Costs, row"),
    },
    "incomes": {
        "title": gettext_lazy("Who paid?"),
        "more_title": gettext_lazy("Income that was not planned"),
        "row_name": gettext_lazy("Income, row"),
    },
    "unpaid": {
        "title": gettext_lazy("What was given without money?"),
        "more_title": gettext_lazy("Unpaid work that was not planned"),
        "row_name": gettext_lazy("Unpaid work, row"),
    },
}


def title_of(kind):
    return _("Proof of use") if kind == Report.Kind.PROOF else _("Interim report")


@require_http_methods(["GET", "HEAD", "POST"])
@readable
def report(request, proposal, kind):
    may_write = proposal.applicant.role_of(request.user) in (Role.OWNER, Role.EDITOR)
    if request.method == "POST" and not may_write:
        raise PermissionDenied
    there = _there(proposal, kind)
    if not may_write or not reports.is_open(proposal, kind, there):
        return _closed(request, proposal, kind, there)
    if request.method == "POST":
        return _save(request, ReportForms(proposal, kind, there, request.POST))
    typed = unsaved.take(request)
    if typed is not None:
        messages.info(request, unsaved_in_words())
    return _page(request, ReportForms(proposal, kind, there, typed))


def _there(proposal, kind):
    if not reports.is_asked_for(proposal, kind):
        raise Http404
    return reports.of(proposal, kind)


def _save(request, typed):
    if not typed.is_valid():
        if is_by_itself(request):
            return _refused_answer(typed)
        return _page(request, typed, status=422)
    try:
        saved = report_saving.save(typed, user=request.user)
    except report_saving.ClosedError:
        return _closed(request, typed.proposal, typed.kind)
    except report_saving.ConflictError as error:
        if is_by_itself(request):
            return conflict_answer(request)
        return _conflict(request, typed, error.report)
    if is_by_itself(request):
        return saved_answer(str(saved.version), {})
    messages.success(request, saved_in_words())
    return redirect("proposals:report", typed.proposal.key, typed.kind)


def _refused_answer(typed):
    errors = {field: str(sentence) for _label, sentence, field in typed.problems}
    words = _("Not saved yet: please mend what is marked.")
    return JsonResponse({"message": words, "errors": errors})


def _conflict(request, typed, stored):
    """Shows what is stored; saving again puts what is typed in its place."""
    data = typed.data.copy()
    data["seen"] = str(stored.version)
    mine = ReportForms(typed.proposal, typed.kind, stored, data)
    theirs = reports.reading_of(typed.proposal, stored)
    return _page(request, mine, status=409, theirs=theirs)


def _closed(request, proposal, kind, there=None):
    """To read only: for readers, before it is written, and once it was handed in."""
    there = there or reports.of(proposal, kind)
    if is_by_itself(request):
        words = _("This report is closed: it can be read, but not changed any more.")
        return JsonResponse({"closed": True, "message": words}, status=410)
    if request.method == "POST":
        messages.info(
            request, _("This report is closed: it can be read, but not changed any more.")
        )
        return redirect("proposals:grant", proposal.key)
    context = {
        "proposal": proposal,
        "title": title_of(kind),
        "reading": reports.reading_of(proposal, there) if there else None,
        "is_proof": kind == Report.Kind.PROOF,
        "years_to_keep": reports.YEARS_TO_KEEP,
    }
    return render(request, "proposals/report_read.html", context)


@require_POST
@for_writers
def check(request, proposal, kind):
    """What follows from what is typed, stored or not; changes nothing."""
    typed = ReportForms(proposal, kind, _there(proposal, kind), request.POST)
    if request.headers.get("X-Part") == "result":
        context = {"reading": typed.reading(), "is_proof": typed.is_proof}
        return render(request, "proposals/report_result.html", context)
    return _page(request, typed)


@require_POST
@for_writers
def more_rows(request, proposal, kind):
    """The same page with more empty rows; what was typed stays, saved or not."""
    data = request.POST.copy()
    for name in (*(f"other-{side}" for side in OTHERS), "vouchers"):
        if data.get("more") == name:
            total = data.get(f"{name}-TOTAL_FORMS", "")
            shown = int(total) if total.isdecimal() and len(total) < 5 else 0
            data[f"{name}-TOTAL_FORMS"] = str(min(shown + MORE_ROWS, MOST_ROWS))
    return _page(request, ReportForms(proposal, kind, _there(proposal, kind), data))


@require_POST
@for_writers
def paste(request, proposal):
    """Takes vouchers over from a spreadsheet, behind those that are stored."""
    kind = Report.Kind.PROOF
    text = request.POST.get("pasted", "").replace("\x00", "")
    vouchers, refused = voucher_pasting.read(text)
    problem = "" if vouchers else _("Please paste at least one line.")
    if vouchers and not refused:
        problem = _append(request, proposal, vouchers)
        if problem is None:
            return _closed(request, proposal, kind)
    if not refused and not problem:
        added = ngettext("%(n)s voucher was added.", "%(n)s vouchers were added.", len(vouchers))
        messages.success(request, added % {"n": len(vouchers)})
        return redirect("proposals:report", proposal.key, kind)
    context = {"pasted": text[:20_000], "refused": refused, "problem": problem}
    typed = ReportForms(proposal, kind, _there(proposal, kind))
    return _page(request, typed, status=422, paste=context)


def _append(request, proposal, vouchers):
    """Why nothing was added; None where the report is closed."""
    seen = request.POST.get("seen", "")
    try:
        report_saving.add_vouchers(
            proposal,
            vouchers,
            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
            user=request.user,
            most=MOST_ROWS,
        )
    except report_saving.ClosedError:
        return None
    except report_saving.ConflictError:
        return _(
            "The report has changed meanwhile. Please look whether your vouchers are there already."
        )
    except report_saving.GapsError as error:
        return _("There is room for %(n)s more rows.") % {"n": error.gaps[0]}
    return ""


@require_POST
@for_writers
def hand_in_interim(request, proposal):
    there = _there(proposal, Report.Kind.INTERIM)
    try:
        report_saving.hand_in_interim(proposal, user=request.user, request=request)
    except report_saving.ClosedError:
        return _closed(request, proposal, Report.Kind.INTERIM)
    except report_saving.GapsError as error:
        typed = ReportForms(proposal, Report.Kind.INTERIM, there)
        return _page(request, typed, status=422, refused=error.gaps)
    messages.success(request, _("The interim report was handed in. Thank you."))
    return redirect("proposals:grant", proposal.key)


def _page(request, typed, *, status=200, **more):
    stored = typed.report
    context = {
        "typed": typed,
        "proposal": typed.proposal,
        "kind": typed.kind,
        "title": title_of(typed.kind),
        "is_proof": typed.is_proof,
        "reading": typed.reading(),
        "stored": stored,
        "stored_seen": stored.version if stored else 0,
        "gaps": list(reports.gaps_of(typed.proposal, stored)),
        "may_hand_in": not typed.is_proof or typed.proposal.state == State.PROOF_DUE,
        "years_to_keep": reports.YEARS_TO_KEEP,
        "theirs": None,
        "paste": None,
        "refused": (),
        "blocks": [
            {
                "name": side,
                "planned": typed.planned[side].rows(),
                "others": typed.others[side],
                "prefix": f"other-{side}",
                **WORDS[side],
            }
            for side in typed.others
        ],
        **more,
    }
    return render(request, "proposals/report.html", context, status=status)
