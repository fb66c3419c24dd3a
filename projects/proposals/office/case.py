"""One case on one page, and answering the organisation."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from projects.proposals import messaging
from projects.proposals.forms.drafts import MessageForm
from projects.proposals.forms.office import NoteForm
from projects.proposals.views.drafts import form_key

from . import assigning, case_assessment, case_parts
from .access import CHANGE, VIEW, case_page

# Two forms stand on the page; the fields of one have names of their own.
NOTE_ID = "note_%s"


@require_safe
@case_page(VIEW)
def case(request, proposal):
    return shown(request, proposal)


def shown(request, proposal, *, form=None, note_form=None, status=200):
    """The page, also with a form that was refused."""
    context = {
        **admin.site.each_context(request),
        "title": str(proposal),
        "proposal": proposal,
        "form": form or MessageForm(),
        "note_form": note_form or NoteForm(auto_id=NOTE_ID),
        "may_change": request.user.has_perm(CHANGE),
        "desk": assigning.desk_of(proposal, request.user),
        **case_parts.read(proposal, request.user),
        **case_assessment.read(proposal, request.user),
    }
    return TemplateResponse(request, "proposals/office/case.html", context, status=status)


@require_POST
@case_page(CHANGE)
def answer(request, proposal):
    form = MessageForm(request.POST)
    if not form.is_valid():
        return shown(request, proposal, form=form, status=422)
    messaging.write(
        proposal,
        form.cleaned_data["text"],
        user=request.user,
        form_key=form_key(form.data.get("shown_at", "")),
        is_from_office=True,
        request=request,
    )
    messages.success(request, _("Your message was sent."))
    return redirect("admin:proposal_case", proposal.key)


@require_POST
@case_page(CHANGE)
def settle(request, proposal):
    """The last message needs no answer."""
    messaging.settle(proposal)
    messages.success(request, _("Noted: this needs no answer."))
    return redirect("admin:proposal_case", proposal.key)
