"""What each of the actions on many cases does to one of them, and when it leaves it out."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from offenbach_wir.models import User
from projects.proposals import looking_after, steps
from projects.proposals.case import State
from projects.proposals.models import CaseLabel

from .bulk_form import ASSIGN, BEGIN_CHECK, LABEL, UNLABEL


@dataclass(frozen=True)
class Action:
    """`key` as BulkForm offers it; `target` is the colleague (None: nobody) or the label of it."""

    key: str
    target: Any

    @property
    def kind(self):
        return self.key.partition(":")[0]

    @property
    def words(self):
        """What will be done, for the heading and the button of the preview."""
        if self.kind == ASSIGN and self.target is None:
            return _("Give to nobody")
        return WORDS[self.kind]() % {"target": self.target}

    def refuses(self, proposal, seen):
        """Why the case is left out, or None. `seen` is the Chosen of the page before."""
        if proposal.step_number != seen.step_number:
            return _("It has gone on meanwhile: %(state)s.") % {
                "state": proposal.get_state_display()
            }
        return REFUSES[self.kind](proposal, self.target, seen)

    def perform(self, proposal, seen, request):
        """Does it. Returns why it could not be done after all, or None."""
        return PERFORMS[self.kind](proposal, self.target, seen, request)


def action_of(key):
    """The action of a value that BulkForm holds to be one."""
    kind, _colon, number = key.partition(":")
    if kind == ASSIGN:
        return Action(key, User.objects.filter(pk=number).first())
    if kind in (LABEL, UNLABEL):
        return Action(key, CaseLabel.objects.get(pk=number))
    return Action(key, None)


WORDS = {
    BEGIN_CHECK: lambda: _("Begin the formal check"),
    ASSIGN: lambda: _("Give to %(target)s"),
    LABEL: lambda: _("Add the label “%(target)s”"),
    UNLABEL: lambda: _("Remove the label “%(target)s”"),
}


def _cannot_begin(proposal, _target, _seen):
    if proposal.state != State.SUBMITTED:
        return _("Its state is: %(state)s.") % {"state": proposal.get_state_display()}
    if proposal.is_locked:
        return _("It is locked: %(because)s") % {"because": proposal.locked_because}
    return None


def _cannot_assign(proposal, target, seen):
    if not proposal.is_open_case:
        return _("It is not open: nobody has to look after it.")
    if proposal.assignee == target:
        return _("It is so already.")
    if proposal.assignee_id != seen.assignee:
        return _taken(proposal.assignee)
    return None


def _taken(assignee):
    if assignee is None:
        return _("Meanwhile nobody looks after it any more.")
    return _("Meanwhile %(name)s looks after it.") % {"name": assignee}


def _cannot_label(proposal, target, _seen):
    if proposal.is_draft:
        return _("A draft carries no labels.")
    return _("It is so already.") if target in proposal.labels.all() else None


def _cannot_unlabel(proposal, target, _seen):
    return None if target in proposal.labels.all() else _("It does not carry this label.")


def _begin(proposal, _target, seen, request):
    try:
        steps.take(BEGIN_CHECK, proposal, user=request.user, seen=seen.step_number, request=request)
    except steps.StaleError as error:
        state = error.proposal.get_state_display()
        return _("It has gone on meanwhile: %(state)s.") % {"state": state}
    except steps.LockedError as error:
        return _("It is locked: %(because)s") % {"because": error.because}
    except steps.MissingError as error:
        return " ".join(error.gaps)
    except PermissionDenied:
        return _("You may not take this step.")
    return None


def _assign(proposal, target, seen, request):
    try:
        looking_after.assign(proposal, target, by=request.user, seen=seen.assignee, request=request)
    except looking_after.TakenError as error:
        return _taken(error.assignee)
    return None


def _label(proposal, target, _seen, request):
    looking_after.change_labels(proposal, add=[target.pk], by=request.user, request=request)


def _unlabel(proposal, target, _seen, request):
    looking_after.change_labels(proposal, remove=[target.pk], by=request.user, request=request)


REFUSES = {
    BEGIN_CHECK: _cannot_begin,
    ASSIGN: _cannot_assign,
    LABEL: _cannot_label,
    UNLABEL: _cannot_unlabel,
}
PERFORMS = {BEGIN_CHECK: _begin, ASSIGN: _assign, LABEL: _label, UNLABEL: _unlabel}
