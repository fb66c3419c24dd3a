"""Which page of a case is open to whom: closed pages 403, cases of others 404."""

import functools

from django.shortcuts import get_object_or_404
from django.utils import timezone

from offenbach_wir.office_pages import page_for
from projects.proposals.models import Proposal

VIEW, CHANGE = "proposals.view_proposal", "proposals.change_proposal"


def found(request, key):
    """The proposal of that key, if this colleague may open it (404)."""
    rows = Proposal.objects.for_office(request.user, timezone.now()).select_related(
        "applicant__organisation", "applicant__kind", "language", "funding_line", "assignee"
    )
    return get_object_or_404(rows.prefetch_related("sections", "applicant__memberships"), key=key)


def case_page(permission):
    """(request, proposal, …) for colleagues who have that permission."""

    def decorate(view):
        @page_for(permission)
        @functools.wraps(view)
        def opened(request, key, **kwargs):
            return view(request, found(request, key), **kwargs)

        return opened

    return decorate
