"""Deleting proposals for good, with every file that belongs to them."""

from django.db import transaction

from offenbach_wir import events, retention
from offenbach_wir.deleting import delete_rows
from offenbach_wir.models import Event

from .models import Decision, Enclosure, Handover, Proposal, Version


class NotPossibleError(Exception):
    """What was handed in meanwhile stays, and so does what a legal hold keeps."""


@transaction.atomic
def delete_draft(proposal, *, user, request=None):
    """For good, with its files; nothing where it has gone already. Raises NotPossibleError."""
    locked = Proposal.objects.select_for_update().filter(pk=proposal.pk).first()
    if locked is None:
        return
    holds = retention.active_holds().get(Proposal._meta.label_lower, ())
    if not locked.is_draft or locked.pk in holds:
        raise NotPossibleError
    delete_proposals([locked.pk])
    events.record(Event.Kind.DELETED, request=request, actor=user, subject=locked)


@transaction.atomic
def delete_proposals(keys):
    """(deleted, held back by others); files go when the transaction is through."""
    # A hand-over names a version, so it goes first.
    for model in (Enclosure, Decision, Handover, Version):
        rows = model.objects.filter(proposal__in=keys).values_list("pk", flat=True)
        delete_rows(model, list(rows))
    return delete_rows(Proposal, list(keys))
