"""The button that makes a public project of an approved case, and the one that takes over what an
amendment changed.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from projects.proposals import project_pictures
from projects.proposals import public_project as rules
from projects.proposals.models import Proposal

from .access import CHANGE, case_page, page_for

PROJECT = "admin:projects_project_change"


@require_POST
@case_page(CHANGE)
def make(request, proposal):
    if not request.user.has_perm("projects.add_project"):
        raise PermissionDenied
    had_one = proposal.project_id is not None
    try:
        project = rules.make(proposal, user=request.user, request=request)
    except rules.NotPossibleError:
        messages.error(request, _("There is no grant in force, so there is no project to show."))
        return redirect("admin:proposal_case", proposal.key)
    if had_one:
        messages.info(request, _("This case has its public project already."))
    else:
        messages.success(
            request,
            _("The draft of the public project is there. Please complete it, then publish it."),
        )
        if not project.organisation.is_listed:
            messages.info(
                request,
                _("The organisation is not shown in the portal yet; please look at its profile."),
            )
    proposal.project = project
    if project_pictures.may_take(proposal, request.user) and project_pictures.offered(proposal):
        return redirect("admin:proposal_pictures", proposal.key)
    return redirect(PROJECT, project.pk)


@require_POST
@page_for("projects.change_project")
def take_over(request, pk):
    rows = Proposal.objects.select_related("project", "terms", "applicant__organisation")
    proposal = get_object_or_404(rows, project=pk)
    if not rules.may_take_over(proposal.project, request.user):
        raise PermissionDenied
    if rules.take_over(proposal, user=request.user, request=request):
        messages.success(request, _("The project says now what the grant says."))
    else:
        messages.info(request, _("The project says already what the grant says."))
    return redirect(PROJECT, pk)
