"""The pages of the steps that an organisation takes in its case."""

from django.http import Http404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from projects.proposals import case

from . import stepping
from .access import for_writers


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def step(request, proposal, step):
    # Handing in again and withdrawing have pages of their own.
    if step not in case.STEPS or case.STEPS[step].actor != case.Actor.WRITERS or step in ELSEWHERE:
        raise Http404
    return stepping.page(
        request,
        proposal,
        step,
        template="proposals/step.html",
        context=lambda request: {},
        done=reverse("proposals:overview", args=[proposal.key]),
    )


ELSEWHERE = ("withdraw", "hand_in_supplement")
