"""A draft is open to the coordination for the talk that was booked about it, and no longer.

The proposal keeps the moment; it follows from the talks that stand, whatever happens to them.
"""

from django.db.models import Max
from django.utils import timezone

from projects.proposals.deadlines import last_moment_of
from projects.proposals.models import Proposal

from .models import Booking


def wanted(request):
    """The draft that a member of its organisation wants to talk about (case.book_advice)."""
    key = request.session.get(Proposal.ADVICE_IN_SESSION)
    if not key or not request.user.is_authenticated:
        return None
    return Proposal.objects.visible_to(request.user).drafts().filter(key=key).first()


def forget(request):
    request.session.pop(Proposal.ADVICE_IN_SESSION, None)


def follow(booking):
    """After any change of a talk: its draft is shared until the end of the day of the last one.

    Call it inside the transaction of the change.
    """
    if booking.proposal_id is None:
        return
    standing = Booking.objects.filter(
        proposal=booking.proposal_id,
        status__in=(Booking.Status.REQUESTED, Booking.Status.CONFIRMED),
    )
    last = standing.aggregate(last=Max("ends_at"))["last"]
    until = last_moment_of(timezone.localdate(last)) if last else None
    Proposal.objects.filter(pk=booking.proposal_id).update(shared_until=until)
