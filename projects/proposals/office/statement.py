"""The city's statement on a proposal."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from projects.proposals import assessing, phases, statement
from projects.proposals.forms.office import StatementForm

from .access import CHANGE, case_page


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(CHANGE)
def write(request, proposal):
    stored = statement.statement_of(proposal)
    if request.method != "POST":
        return _page(request, proposal, StatementForm(statement=stored), stored)
    form = StatementForm(request.POST, statement=stored)
    if not form.is_valid():
        return _page(request, proposal, form, stored, status=422)
    try:
        statement.save(
            proposal,
            verdict=form.cleaned_data["verdict"],
            text=form.cleaned_data["text"],
            seen=form.cleaned_data["seen"],
            user=request.user,
            request=request,
        )
    except statement.OverwritingError as error:
        form.show_now(error.theirs)
        return _page(request, proposal, form, stored, theirs=error.theirs, status=409)
    except (phases.ClosedError, assessing.NotFreeError) as error:
        return _page(request, proposal, form, stored, closed=str(error), status=409)
    messages.success(request, _("The statement was saved."))
    return redirect("admin:proposal_case", proposal.key)


def _page(request, proposal, form, stored, *, theirs=None, closed="", status=200):
    context = {
        **admin.site.each_context(request),
        "title": _("Statement of the city"),
        "proposal": proposal,
        "form": form,
        "stored": stored,
        "theirs": theirs,
        "closed": closed or _closed(request, proposal),
    }
    return TemplateResponse(request, "proposals/office/statement.html", context, status=status)


def _closed(request, proposal):
    declaration = assessing.declaration_of(proposal, request.user)
    if declaration and declaration.has_conflict:
        return assessing.hindrance_of(declaration)
    return phases.closed_because(phases.Work.STATEMENT, proposal)
