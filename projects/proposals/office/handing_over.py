"""What goes out to the granting authority: looked at before, and downloaded again afterwards."""

from django.contrib import admin, messages
from django.core.files.base import ContentFile
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offenbach_wir import events, private_files
from offenbach_wir.models import Event
from projects.proposals import handing_over as rules
from projects.proposals.models import Handover

from .access import CHANGE, VIEW, case_page

PDF = "application/pdf"


def _preview(proposal):
    """As it would leave today; NotReadyError."""
    if proposal.versions.first() is None:
        raise Http404
    return rules.outgoing(proposal, recipient=rules.recipient_by_default(), on=timezone.localdate())


@require_safe
@case_page(CHANGE)
def look(request, proposal):
    """What goes out, before anything does."""
    try:
        outgoing = _preview(proposal)
    except rules.NotReadyError:
        outgoing = None
    context = {
        **admin.site.each_context(request),
        "title": _("What goes out"),
        "proposal": proposal,
        "outgoing": outgoing,
        "names": [member.name for member in outgoing.zip.members] if outgoing else [],
        "has_statement": bool(rules.statement_of(proposal).strip()),
    }
    return TemplateResponse(request, "proposals/office/handover.html", context)


@require_safe
@case_page(CHANGE)
def preview_zip(request, proposal):
    try:
        outgoing = _preview(proposal)
    except rules.NotReadyError:
        return _not_ready(request, proposal)
    events.record(Event.Kind.EXPORTED, request=request, subject=proposal, handover="preview")
    return outgoing.zip.answer()


@require_safe
@case_page(CHANGE)
def preview_letter(request, proposal):
    try:
        outgoing = _preview(proposal)
    except rules.NotReadyError:
        return _not_ready(request, proposal)
    name = f"{proposal.reference}-{_('covering-letter.pdf')}"
    return private_files.attachment(ContentFile(outgoing.letter), name, PDF)


def _not_ready(request, proposal):
    messages.error(
        request, _("The letter cannot be made just now. Please tell whoever runs the portal.")
    )
    return redirect("admin:handover", proposal.key)


@require_safe
@case_page(VIEW)
def sent_zip(request, proposal):
    """The same file again, with the checksum that was recorded."""
    handover = get_object_or_404(Handover.objects.select_related("version"), proposal=proposal)
    if not handover.letter:
        raise Http404
    answer = rules.sent(handover).answer()
    events.record(
        Event.Kind.EXPORTED,
        request=request,
        subject=proposal,
        handover=handover.pk,
        checksum=handover.checksum,
    )
    return answer


@require_safe
@case_page(VIEW)
def sent_letter(request, proposal):
    handover = get_object_or_404(Handover, proposal=proposal)
    if not handover.letter:
        raise Http404
    events.record(Event.Kind.EXPORTED, request=request, subject=proposal, handover=handover.pk)
    name = f"{proposal.reference}-{_('covering-letter.pdf')}"
    return private_files.attachment(handover.letter, name, PDF)
