"""Decisions as parts of pages: for the organisation and for the office."""

from django import template
from django.utils import timezone

from projects.proposals import (
    amendments,
    decisions,
    early_start,
    grants,
    project_pictures,
    public_project,
)
from projects.proposals.case import State
from projects.proposals.models import Handover

register = template.Library()


@register.inclusion_tag("proposals/decision_shown.html")
def decision_shown(proposal):
    """What the organisation sees: only what counts, never what is still prepared."""
    return {
        "proposal": proposal,
        "decision": decisions.shown_decision(proposal),
        "early_start": early_start.of(proposal),
    }


@register.inclusion_tag("proposals/office/decision_panel.html", takes_context=True)
def decision_panel(context, proposal):
    """What the office can do with hand-over, decision, amendment and public project of a case."""
    user = context["request"].user
    may_change = user.has_perm("proposals.change_proposal")
    project = proposal.project
    return {
        # The form of the button needs it.
        "csrf_token": context.get("csrf_token"),
        "proposal": proposal,
        "letters": proposal.decisions.exclude(letter=""),
        "amendment": grants.amendment_of(proposal) if proposal.has_grant else None,
        "handover": Handover.objects.filter(proposal=proposal).first(),
        "early_start": early_start.of(proposal),
        "start_warning": early_start.warning_of(proposal, timezone.now())
        if early_start.may_be_permitted(proposal)
        else None,
        "may_permit": may_change and early_start.may_be_permitted(proposal),
        "may_hand_over": may_change and proposal.state == State.REVIEWED and _goes_out(proposal),
        "may_amend": may_change and amendments.may_be_changed(proposal),
        "may_publish": public_project.may_be_made(proposal, user),
        "differences": public_project.differences(proposal) if project else [],
        "may_take_over": project is not None and public_project.may_take_over(project, user),
        "n_pictures": project_pictures.number_for(proposal, user),
    }


def _goes_out(proposal):
    return not proposal.is_decided_by_city
