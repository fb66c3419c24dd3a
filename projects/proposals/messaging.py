"""Messages between those who write a proposal and the coordination."""

from django.db import IntegrityError, transaction

from offenbach_wir import events
from offenbach_wir.models import Event, User

from . import mails
from .models import Message


@transaction.atomic
def write(proposal, text, *, user, form_key, is_from_office=False, request=None):
    """Stores a message and tells the other side by mail; the same form pressed twice sends one."""
    try:
        with transaction.atomic():
            message = Message.objects.create(
                proposal=proposal,
                author=user,
                is_from_office=is_from_office,
                text=text,
                sent_by_form=form_key,
            )
    except IntegrityError:
        return Message.objects.get(sent_by_form=form_key)
    events.record(Event.Kind.MESSAGE_SENT, request=request, actor=user, subject=proposal)
    if is_from_office:
        for reader in writers_of(proposal):
            mails.message_to_applicant(message, reader)
    else:
        mails.message_to_office(message)
    return message


def writers_of(proposal):
    """The owner and those who may write."""
    applicant = proposal.applicant
    may_write = applicant.memberships.filter(role="editor").values("user")
    return User.objects.filter(is_active=True).filter(pk__in=[applicant.owner_id]) | (
        User.objects.filter(is_active=True, pk__in=may_write)
    )


def settle(proposal):
    """The last words of the organisation need no answer."""
    return proposal.messages.filter(is_from_office=False).update(is_settled=True)
