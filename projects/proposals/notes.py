"""Internal notes at a case, and locking it: both are for colleagues only."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from offenbach_wir import events
from offenbach_wir.models import Event

from .models import Note, Proposal
from .models.applicants import new_key


class NotAsSeenError(Exception):
    """The case is locked already, or was unlocked already; `proposal` is as it is now."""

    def __init__(self, proposal):
        self.proposal = proposal
        super().__init__(proposal.locked_because)


@transaction.atomic
def write(proposal, text, *, user, form_key, request=None):
    """Stores a note; the same form pressed twice stores one."""
    try:
        with transaction.atomic():
            note = Note.objects.create(
                proposal=proposal, author=user, text=text, sent_by_form=form_key
            )
    except IntegrityError:
        return Note.objects.get(sent_by_form=form_key)
    _record("note", note, user, request)
    return note


@transaction.atomic
def lock(proposal, reason, *, user, request=None):
    """No step and no assessing until it is unlocked. The reason stays as a note."""
    row = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if row.is_locked:
        raise NotAsSeenError(row)
    row.locked_because = reason
    row.save(update_fields=["locked_because"])
    _record("locked", _noted(row, _("Locked: %(why)s") % {"why": reason}, user), user, request)


@transaction.atomic
def unlock(proposal, reason, *, user, request=None):
    row = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if not row.is_locked:
        raise NotAsSeenError(row)
    row.locked_because = ""
    row.save(update_fields=["locked_because"])
    _record("unlocked", _noted(row, _("Unlocked: %(why)s") % {"why": reason}, user), user, request)


def _noted(proposal, text, user):
    return Note.objects.create(proposal=proposal, author=user, text=text, sent_by_form=new_key())


def _record(what, note, user, request):
    events.record(
        Event.Kind.CASE_CHANGED,
        request=request,
        actor=user,
        subject=note.proposal,
        change=what,
        note=note.pk,
    )
