"""What the form of a project in the back office says about the case it came from."""

from django.template.loader import render_to_string

from offenbach_wir import beside

from . import project_pictures, public_project
from .models import Proposal


@beside.register("projects.project")
def case_of_project(request, project):
    proposal = (
        Proposal.objects.filter(project=project)
        .select_related("applicant__organisation", "terms", "project")
        .first()
    )
    if proposal is None:
        return ""
    context = {
        "proposal": proposal,
        "project": project,
        # The case itself is for those who look after proposals; the rest is about the public page.
        "may_read": request.user.has_perm("proposals.view_proposal"),
        "naming_duty": public_project.naming_duty_of(proposal),
        "differences": public_project.differences(proposal),
        "may_take_over": public_project.may_take_over(project, request.user),
        "n_pictures": project_pictures.number_for(proposal, request.user),
    }
    return render_to_string("proposals/office/project_panel.html", context, request)
