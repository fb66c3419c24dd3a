"""What was handed in when, each version as a PDF, and what changed from one to the other."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offenbach_wir import events, private_files
from offenbach_wir.models import Event
from projects.proposals import stored_pdf
from projects.proposals import versions as rules

from .access import VIEW, case_page

PAGES = {
    "pdf_page": "admin:proposal_version_pdf",
    "compare_page": "admin:proposal_version_differences",
}


@require_safe
@case_page(VIEW)
def versions(request, proposal):
    context = {
        **admin.site.each_context(request),
        "title": _("Versions handed in"),
        "proposal": proposal,
        "lines": rules.lines(proposal, **PAGES),
    }
    return TemplateResponse(request, "proposals/office/versions.html", context)


@require_safe
@case_page(VIEW)
def compare(request, proposal, old, new):
    context = {
        **admin.site.each_context(request),
        "title": _("What changed from version %(old)s to version %(new)s")
        % {"old": old, "new": new},
        "proposal": proposal,
        "differences": rules.compared(proposal, old, new),
        "lines": rules.lines(proposal, **PAGES, compared=(old, new)),
    }
    return TemplateResponse(request, "proposals/office/versions.html", context)


@require_safe
@case_page(VIEW)
def pdf(request, proposal, number):
    [version] = rules.of(proposal, number)
    if not stored_pdf.ready(version):
        messages.info(request, _("The PDF is being made. Please try again in a minute."))
        return redirect("admin:proposal_versions", proposal.key)
    events.record(Event.Kind.EXPORTED, request=request, subject=proposal, version=number)
    name = f"{proposal.reference}-{number}.pdf"
    return private_files.attachment(version.pdf, name, "application/pdf")
