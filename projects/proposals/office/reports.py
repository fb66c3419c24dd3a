"""Reading the reports of an organisation: the statement, what the rule says of it, vouchers."""

from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from projects.proposals import reports, steps
from projects.proposals.models import Report
from projects.proposals.views.reports import title_of

from .access import VIEW, case_page

OF_THE_PROOF = ("check_proof", "return_proof", "demand_repayment", "record_repayment", "close")


@require_safe
@case_page(VIEW)
def report(request, proposal, kind):
    """What is still being written is the organisation's own; it is read once it is handed in."""
    there = reports.of(proposal, kind)
    if there is None or there.submitted_at is None:
        raise Http404
    is_proof = kind == Report.Kind.PROOF
    offered = [step for step in steps.steps_for(proposal, request.user) if step.key in OF_THE_PROOF]
    context = {
        **admin.site.each_context(request),
        "title": title_of(kind),
        "proposal": proposal,
        "reading": reports.reading_of(proposal, there).for_office,
        "is_proof": is_proof,
        "steps": offered if is_proof else [],
    }
    return TemplateResponse(request, "proposals/office/report.html", context)
