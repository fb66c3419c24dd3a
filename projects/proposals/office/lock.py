"""Locking a case, so that nothing goes on, and unlocking it; both with a reason."""

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from projects.proposals import notes
from projects.proposals.forms.office import LockForm

from .access import CHANGE, case_page


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(CHANGE)
def lock(request, proposal):
    if proposal.is_draft:
        raise Http404
    done = _("The case is locked. Nothing goes on until somebody unlocks it.")
    return _page(request, proposal, notes.lock, _("Lock the case"), done)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(CHANGE)
def unlock(request, proposal):
    return _page(
        request, proposal, notes.unlock, _("Unlock the case"), _("The case is open again.")
    )


def _page(request, proposal, change, title, done):
    form = LockForm(request.POST or None, submit=title)
    status, stale = 200, False
    if form.is_valid():
        try:
            change(proposal, form.cleaned_data["reason"], user=request.user, request=request)
        except notes.NotAsSeenError as error:
            proposal, status, stale = error.proposal, 409, True
        else:
            messages.success(request, done)
            return redirect("admin:proposal_case", proposal.key)
    elif form.is_bound:
        status = 422
    context = {
        **admin.site.each_context(request),
        "title": title,
        "proposal": proposal,
        "form": form,
        "stale": stale,
        "is_about_unlocking": change is notes.unlock,
    }
    return TemplateResponse(request, "proposals/office/lock.html", context, status=status)
