"""Who looks after a case, who follows it, which labels it carries: small changes beside the steps.

Each is one transaction with its event; nothing of it is told to those who wrote the proposal.
"""

from django.db import transaction

from offenbach_wir import events
from offenbach_wir.models import Event

from . import case_mails
from .models import CaseLabel, Proposal


class TakenError(Exception):
    """Somebody else looks after the case than the page showed. `assignee` is who does, or None."""

    def __init__(self, assignee):
        self.assignee = assignee
        super().__init__(f"assigned to {assignee.pk if assignee else None}")


@transaction.atomic
def assign(proposal, to, *, by, seen, request=None):
    """Gives the case to that colleague, or to nobody (None). Returns whether that is news.

    `seen` is the key of the colleague the page showed, or None. Raises TakenError.
    """
    locked = _locked(proposal)
    before, after = locked.assignee_id, to.pk if to else None
    if before == after:
        return False
    if before != seen:
        raise TakenError(locked.assignee)
    locked.assignee = to
    locked.save(update_fields=["assignee"])
    event = _note(locked, by, request, change="assigned", person=after, before=before)
    if to is not None and to.pk != by.pk:
        case_mails.assigned(locked, to, by, event)
    return True


@transaction.atomic
def follow(proposal, user, *, request=None):
    locked = _locked(proposal)
    if not locked.followers.contains(user):
        locked.followers.add(user)
        _note(locked, user, request, change="followed")


@transaction.atomic
def unfollow(proposal, user, *, request=None):
    locked = _locked(proposal)
    if locked.followers.contains(user):
        locked.followers.remove(user)
        _note(locked, user, request, change="unfollowed")


@transaction.atomic
def change_labels(proposal, *, add=(), remove=(), by, request=None):
    """Adds and removes labels, given as keys; what others have changed meanwhile stays. Returns
    whether that is news.
    """
    locked = _locked(proposal)
    there = set(locked.labels.values_list("pk", flat=True))
    usable = CaseLabel.objects.filter(is_in_use=True, pk__in=set(add) - there)
    added = sorted(usable.values_list("pk", flat=True))
    removed = sorted(set(remove) & there)
    locked.labels.add(*added)
    locked.labels.remove(*removed)
    if added or removed:
        _note(locked, by, request, change="labels", labels_added=added, labels_removed=removed)
    return bool(added or removed)


def _locked(proposal):
    rows = Proposal.objects.select_for_update(of=("self",))
    return rows.select_related("applicant__organisation", "assignee").get(pk=proposal.pk)


def _note(proposal, by, request, **detail):
    return events.record(
        Event.Kind.CASE_CHANGED, request=request, actor=by, subject=proposal, **detail
    )
