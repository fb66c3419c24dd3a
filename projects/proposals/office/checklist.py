"""The points of the formal check: answered bit by bit, also by several colleagues at once."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from projects.proposals import checklist, needs, phases
from projects.proposals.forms.office import ChecklistForm

from .access import CHANGE, case_page


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(CHANGE)
def check(request, proposal):
    points = needs.checklist_of(proposal)
    if request.method != "POST":
        return _page(request, proposal, ChecklistForm(points=points))
    form = ChecklistForm(request.POST, points=points)
    if not form.is_valid():
        return _page(request, proposal, form, status=422)
    try:
        conflicts = checklist.save(proposal, form.given, user=request.user, request=request)
    except phases.ClosedError as error:
        return _page(request, proposal, form, closed=str(error), status=409)
    if conflicts:
        form.show_now(conflicts)
        return _page(request, proposal, form, conflicts=conflicts, status=409)
    n = sum(answer is None for _item, answer in needs.checklist_of(proposal))
    if n:
        messages.success(request, _("Saved. Points without an answer: %(n)s.") % {"n": n})
    else:
        messages.success(request, _("Saved. Every point is answered."))
    return redirect("admin:proposal_case", proposal.key)


def _page(request, proposal, form, *, conflicts=(), closed="", status=200):
    context = {
        **admin.site.each_context(request),
        "title": _("Formal check"),
        "proposal": proposal,
        "form": form,
        "conflicts": [
            (conflict, conflict.theirs, form[f"verdict_{conflict.given.item.pk}"].auto_id)
            for conflict in conflicts
        ],
        "closed": closed or phases.closed_because(phases.Work.CHECK, proposal),
    }
    return TemplateResponse(request, "proposals/office/checklist.html", context, status=status)
