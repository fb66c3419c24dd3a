"""Internal notes at a case."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from projects.proposals import notes
from projects.proposals.forms.office import NoteForm
from projects.proposals.views.drafts import form_key

from .access import CHANGE, case_page
from .case import NOTE_ID, shown


@require_POST
@case_page(CHANGE)
def write(request, proposal):
    form = NoteForm(request.POST, auto_id=NOTE_ID)
    if not form.is_valid():
        return shown(request, proposal, note_form=form, status=422)
    notes.write(
        proposal,
        form.cleaned_data["note"],
        user=request.user,
        form_key=form_key(form.data.get("shown_at", "")),
        request=request,
    )
    messages.success(request, _("The note was stored."))
    return redirect("admin:proposal_case", proposal.key)
