"""Handing in again what the city has asked for: what is new, what is missing, one button."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from projects.proposals import differences, financing, snapshot, supplements
from projects.proposals import whole as wholes

from . import stepping
from .access import for_writers
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
