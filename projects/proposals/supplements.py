"""What the city asks to be supplied: asking, what the answer still lacks, and the end of asking."""

from django.utils import timezone

from . import completeness, financing, unsent
from .models import Message, SupplementRequest

USUAL_DAYS = 14


def ask(proposal, *, message, due_on, sections, user):
    """Opens these sections; what is asked also stands among the letters of the case.

    Call it inside the transaction of the step, whose mail it is (case_mails.py).
    """
    request = SupplementRequest.objects.create(
        proposal=proposal, message=message, due_on=due_on, sections=sections, requested_by=user
    )
    Message.objects.create(
        proposal=proposal,
        author=user,
        is_from_office=True,
        text=message,
        sent_by_form=f"supplement:{request.pk}",
    )
    return request


def end(proposal, *, user, now):
    """Nothing is asked for any more, whatever was answered. Returns what the event says of it.

    What was written and not handed in is laid aside, so that the proposal says what the city has.
    """
    request = proposal.supplements.filter(ended_at=None).first()
    if request is None:
        return {}
    request.ended_at = now
    request.save(update_fields=["ended_at"])
    return {"unsent": True} if unsent.lay_aside(request, proposal, user=user) else {}


def is_late(request, now):
    """Handing in is still possible then; the coordination sees that it came late."""
    return timezone.localdate(now) > request.due_on


def gaps_of(read, sections, result=None):
    """([Gap], [Gap]): what is missing in the open sections, and what lies in closed ones.

    The latter hinder nobody: they came with time (a paper has run out), and who cannot mend
    something is not held up by it.
    """
    gaps = completeness.gaps_of(read, result or financing.check(read))
    return (
        [gap for gap in gaps if gap.section in sections],
        [gap for gap in gaps if gap.section not in sections],
    )
