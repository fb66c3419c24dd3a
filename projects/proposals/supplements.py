"""What the city asks to be supplied: asking, what the answer still lacks, and the end of asking."""

from django.utils import timezone

from . import completeness, financing
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


def end(proposal, now):
    """Nothing is asked for any more, whatever was answered."""
    proposal.supplements.filter(ended_at=None).update(ended_at=now)


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
