"""What was handed in when, each version as a PDF, and what changed from one to the other."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offenbach_wir import private_files
from projects.proposals import stored_pdf
from projects.proposals import versions as rules

from .access import readable

PAGES = {"pdf_page": "proposals:version_pdf", "compare_page": "proposals:version_differences"}


@require_safe
@readable
def versions(request, proposal):
    context = {
        "title": _("Versions handed in"),
        "proposal": proposal,
        "lines": rules.lines(proposal, **PAGES),
    }
    return render(request, "proposals/versions.html", context)


@require_safe
@readable
def compare(request, proposal, old, new):
    context = {
        "title": _("What changed from version %(old)s to version %(new)s")
        % {"old": old, "new": new},
        "proposal": proposal,
        "differences": rules.compared(proposal, old, new),
        "lines": rules.lines(proposal, **PAGES, compared=(old, new)),
    }
    return render(request, "proposals/versions.html", context)


@require_safe
@readable
def pdf(request, proposal, number):
    [version] = rules.of(proposal, number)
    if not stored_pdf.ready(version):
        messages.info(request, _("The PDF is being made. Please try again in a minute."))
        return redirect("proposals:versions", proposal.key)
    name = f"{proposal.reference}-{number}.pdf"
    return private_files.attachment(version.pdf, name, "application/pdf")
