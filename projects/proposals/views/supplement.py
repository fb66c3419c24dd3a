"""Handing in again what the city has asked for: what is new, what is missing, one button; and what
was written and never handed in.
"""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from projects.proposals import differences, document, financing, snapshot, supplements, unsent
from projects.proposals import whole as wholes

from . import stepping
from .access import for_writers, readable
from .writing import address_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def hand_in(request, proposal):
    if proposal.is_draft:
        return redirect("proposals:check", proposal.key)
    return stepping.page(
        request,
        proposal,
        "hand_in_supplement",
        template="proposals/supplement.html",
        context=lambda request: _context(proposal),
        done=reverse("proposals:receipt", args=[proposal.key]),
    )


def _context(proposal):
    supplement, version = proposal.open_supplement, proposal.versions.first()
    whole = wholes.read(proposal)
    result = financing.check(whole)
    gaps, elsewhere = supplements.gaps_of(whole, proposal.open_sections, result)
    return {
        "supplement": supplement,
        "is_late": supplement is not None and supplements.is_late(supplement, timezone.now()),
        "gaps": [(gap, address_of(proposal, gap.section)) for gap in gaps],
        "elsewhere": elsewhere,
        "result": result,
        "differences": differences.between(version.data, snapshot.of(whole)) if version else None,
        # Whom to ask lies beside a version, so it is compared by itself.
        "has_other_contact": version is not None and version.contact != proposal.contact,
    }


@require_safe
@readable
def unsent_changes(request, proposal, pk):
    """What the organisation wrote for a supplement that ended without being handed in."""
    rows = proposal.supplements.with_unsent(timezone.now())
    supplement = get_object_or_404(rows.select_related("proposal"), pk=pk)
    changed, data = unsent.compared(supplement)
    context = {
        "proposal": proposal,
        "supplement": supplement,
        "differences": changed,
        "parts": [part for part in document.parts_of(data) if part.section in supplement.sections],
        "files": [
            change.after for change in changed.files if change.after and change.state != "renamed"
        ],
    }
    return render(request, "proposals/unsent.html", context)
