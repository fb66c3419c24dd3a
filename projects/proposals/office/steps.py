"""The pages of the steps that the city takes."""

from django.contrib import admin
from django.http import Http404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from projects.proposals import case
from projects.proposals.views import stepping

from .access import VIEW, case_page


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(VIEW)
def step(request, proposal, step):
    if step not in case.STEPS or case.STEPS[step].actor == case.Actor.WRITERS:
        raise Http404
    return stepping.page(
        request,
        proposal,
        step,
        template="proposals/office/step.html",
        context=admin.site.each_context,
        done=reverse("admin:proposal_case", args=[proposal.key]),
    )
