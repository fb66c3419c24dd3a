"""Giving a case to somebody, taking it over, following it."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from projects.proposals import looking_after
from projects.proposals.colleagues import who_look_after
from projects.proposals.models import CaseLabel

from .access import CHANGE, VIEW, case_page


@dataclass(frozen=True)
class Desk:
    """What the page of a case says about who looks after it. `labels` are (label, is it on)."""

    colleagues: list
    labels: list
    has_left: bool
    is_mine: bool
    is_followed: bool
    may_change: bool

    @property
    def labels_on(self):
        return [label for label, is_on in self.labels if is_on]

    @property
    def labels_seen(self):
        return ",".join(str(label.pk) for label in self.labels_on)


def desk_of(proposal, user):
    colleagues = list(who_look_after())
    on = set(proposal.labels.values_list("pk", flat=True))
    offered = [label for label in CaseLabel.objects.all() if label.is_in_use or label.pk in on]
    assignee = proposal.assignee_id
    return Desk(
        colleagues=colleagues,
        labels=[(label, label.pk in on) for label in offered],
        has_left=assignee is not None and assignee not in {row.pk for row in colleagues},
        is_mine=assignee == user.pk,
        is_followed=proposal.followers.contains(user),
        may_change=user.has_perm(CHANGE),
    )


@require_POST
@case_page(CHANGE)
def assign(request, proposal):
    """To the colleague chosen, or to nobody."""
    chosen = request.POST.get("assignee", "")
    to = next((user for user in who_look_after() if str(user.pk) == chosen), None)
    if to is None and chosen:
        messages.error(request, _("This colleague does not look after cases. Please choose again."))
        return _back(proposal)
    return _give(request, proposal, to)


@require_POST
@case_page(CHANGE)
def take(request, proposal):
    """Whoever presses the button looks after it."""
    return _give(request, proposal, request.user)


def _give(request, proposal, to):
    if not proposal.is_open_case:
        messages.error(request, _("This case is not open: nobody has to look after it."))
        return _back(proposal)
    seen = request.POST.get("seen", "")
    try:
        looking_after.assign(
            proposal,
            to,
            by=request.user,
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None,
            request=request,
        )
    except looking_after.TakenError as error:
        messages.warning(request, _now(error.assignee) + " " + _("Nothing was changed."))
        return _back(proposal)
    messages.success(request, _now(to))
    return _back(proposal)


def _now(assignee):
    if assignee is None:
        return _("Nobody looks after this case now.")
    return _("This case is now looked after by %(name)s.") % {"name": assignee}


@require_POST
@case_page(VIEW)
def follow(request, proposal):
    if proposal.is_draft:
        messages.error(request, _("A draft cannot be followed."))
        return _back(proposal)
    looking_after.follow(proposal, request.user, request=request)
    messages.success(request, _("You follow this case: each step comes to you as a mail."))
    return _back(proposal)


@require_POST
@case_page(VIEW)
def unfollow(request, proposal):
    looking_after.unfollow(proposal, request.user, request=request)
    messages.success(request, _("You no longer follow this case."))
    return _back(proposal)


def _back(proposal):
    return redirect("admin:proposal_case", proposal.key)
