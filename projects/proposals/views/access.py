"""Who may open which proposal: foreign ones are not there (404), own ones may be closed (403)."""

import functools

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from projects.proposals.models import Proposal
from projects.proposals.models.applicants import Role
from projects.proposals.questions import SectionKey

from . import unsaved


def _found(user, key):
    rows = Proposal.objects.visible_to(user).select_related(
        "applicant__organisation", "applicant__kind", "language", "funding_line", "earlier"
    )
    return get_object_or_404(
        rows.prefetch_related(
            "sections__saved_by", "funding_line__translations", "applicant__memberships"
        ),
        key=key,
    )


def signed_in(view):
    """Leads to the log-in without losing what was typed."""

    @functools.wraps(view)
    def opened(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return unsaved.sign_in_first(request, is_by_itself(request))
        return view(request, *args, **kwargs)

    return opened


def readable(view):
    """(request, proposal, …) for every member."""

    @signed_in
    @functools.wraps(view)
    def opened(request, key, **kwargs):
        return view(request, _found(request.user, key), **kwargs)

    return opened


def for_writers(view):
    """(request, proposal, …) for members who may write, whatever became of the proposal."""

    @signed_in
    @functools.wraps(view)
    def opened(request, key, **kwargs):
        proposal = _found(request.user, key)
        if proposal.applicant.role_of(request.user) == Role.READER:
            raise PermissionDenied
        return view(request, proposal, **kwargs)

    return opened


def while_a_draft(view):
    """(request, proposal, …) for members who may write, before it was handed in."""

    @signed_in
    @functools.wraps(view)
    def opened(request, key, **kwargs):
        proposal = _found(request.user, key)
        if not proposal.is_draft:
            return closed_answer(request, proposal)
        if not proposal.may_be_written_by(request.user):
            raise PermissionDenied
        return view(request, proposal, **kwargs)

    return opened


def writable(section=None):
    """(request, proposal, …) for members who may write, while that section is open; without one
    the address names it.

    Whoever comes back to a form that is closed now is led to the overview, which says what is open.
    """

    def decorate(view):
        @signed_in
        @functools.wraps(view)
        def opened(request, key, **kwargs):
            proposal = _found(request.user, key)
            wanted = section or SectionKey(kwargs["section"])
            if wanted not in proposal.open_sections:
                return closed_answer(request, proposal)
            if not proposal.may_be_written_by(request.user, wanted):
                raise PermissionDenied
            return view(request, proposal, **kwargs)

        return opened

    return decorate


def is_by_itself(request):
    """Whether the page saves by itself and wants to hear how it went, instead of a page."""
    return request.headers.get("X-Saves-Itself") == "yes"


def closed_answer(request, proposal):
    """What was handed in is changed only where the city asks for it; whoever tries is told."""
    # Asked anew: it may have been closed since the page was opened.
    names = [str(key.label) for key in _open_now(proposal)]
    if names:
        words = _("This part is closed. Open are only: %(sections)s.") % {
            "sections": ", ".join(names)
        }
    elif is_by_itself(request):
        words = _("This proposal has been handed in.")
    else:
        words = _("This proposal has been handed in. It can be read, but not changed any more.")
    if is_by_itself(request):
        return JsonResponse({"closed": True, "message": words}, status=410)
    messages.info(request, words)
    return redirect(proposal)


def _open_now(proposal):
    """The open sections in their order; those of a draft need no naming."""
    now = Proposal.objects.filter(pk=proposal.pk).first()
    is_asked = now is not None and not now.is_draft
    return sorted(now.open_sections, key=list(SectionKey).index) if is_asked else []
