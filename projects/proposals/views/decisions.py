"""What the organisation may read of decisions about its proposal."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from offenbach_wir import private_files
from projects.proposals import decisions

from .access import readable


@require_safe
@readable
def letter(request, proposal, decision):
    """The authority's letter, once the decision counts."""
    row = get_object_or_404(decisions.ever_in_force(proposal), key=decision)
    if not row.letter:
        raise Http404
    return private_files.attachment(row.letter, row.letter_name, "application/pdf")
