"""The labels of one case."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from projects.proposals import looking_after

from .access import CHANGE, case_page

MOST_LABELS = 200


@require_POST
@case_page(CHANGE)
def labels(request, proposal):
    """What is ticked now and was not when the page was opened is added, the opposite removed."""
    ticked = _keys(request.POST.getlist("labels"))
    seen = _keys(request.POST.get("seen", "").split(","))
    if proposal.is_draft:
        messages.error(request, _("A draft carries no labels."))
    elif looking_after.change_labels(
        proposal, add=ticked - seen, remove=seen - ticked, by=request.user, request=request
    ):
        messages.success(request, _("The labels were saved."))
    else:
        messages.info(request, _("The labels were so already."))
    return redirect("admin:proposal_case", proposal.key)


def _keys(texts):
    """The keys among what a form sent, bounded in length and number."""
    found = {text for text in texts[:MOST_LABELS] if text.isascii() and text.isdigit()}
    return {int(text) for text in found if len(text) < 10}
