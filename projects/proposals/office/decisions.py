"""Letters of decisions, and the permission to begin before there is one."""

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from offenbach_wir import events, private_files
from offenbach_wir.models import Event
from projects.proposals import early_start as rules
from projects.proposals.forms.early_start import EarlyStartForm

from .access import CHANGE, VIEW, case_page

PDF = "application/pdf"


@require_safe
@case_page(VIEW)
def letter(request, proposal, decision):
    row = get_object_or_404(proposal.decisions, key=decision)
    if not row.letter:
        raise Http404
    events.record(Event.Kind.EXPORTED, request=request, subject=proposal, decision=row.pk)
    return private_files.attachment(row.letter, row.letter_name, PDF)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(CHANGE)
def early_start(request, proposal):
    """Records that the authority permits to begin before the decision."""
    form = EarlyStartForm(request.POST or None, proposal=proposal)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                rules.permit(proposal, user=request.user, request=request, **form.cleaned_data)
            except rules.NotPossibleError:
                form.add_error(None, _("The case has gone on: there is a decision, or it is over."))
            else:
                messages.success(request, _("The permission is recorded. The organisation knows."))
                return redirect("admin:proposal_case", proposal.key)
        status = 422
    context = {
        **admin.site.each_context(request),
        "title": _("Permission of an early start"),
        "proposal": proposal,
        "form": form,
        "may_begin": rules.may_be_permitted(proposal),
    }
    return TemplateResponse(request, "proposals/office/early_start.html", context, status=status)
