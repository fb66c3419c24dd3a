"""The history of a case in words, and its file to take along."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offenbach_wir import events, rate_limits
from offenbach_wir.models import Event
from projects.proposals import archive, assessing, case_file, case_history

from .access import CHANGE, VIEW, case_page

A_PAGE = 100


@require_safe
@case_page(VIEW)
def history(request, proposal):
    declaration = assessing.declaration_of(proposal, request.user)
    page = Paginator(case_history.events_of(proposal), A_PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": _("History"),
        "proposal": proposal,
        "page": page,
        "rows": case_history.rows_of(
            proposal,
            page.object_list,
            with_scores=assessing.may_see_all(proposal, request.user, declaration),
        ),
        "may_take_along": request.user.has_perm(CHANGE),
    }
    return TemplateResponse(request, "proposals/office/history.html", context)


@require_safe
@case_page(CHANGE)
def download(request, proposal):
    """The file of the case; taking it along is part of its history."""
    if proposal.is_draft:
        raise Http404
    rate_limits.count("export", f"account {request.user.pk}")
    events.record(Event.Kind.CASE_CHANGED, request=request, subject=proposal, change="case_file")
    stem = slugify(f"akte {proposal.reference}")
    return archive.to_take_along(case_file.zip_of(proposal), stem)
