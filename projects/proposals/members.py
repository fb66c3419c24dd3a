"""Who works together in an organisation: invite, accept, give roles, remove, hand over.

Each step is one transaction that takes the organisation's row first and asks for the rights again,
so that two steps at once do not cross; each can be repeated without effect. PermissionDenied is
raised where the person acting has lost the right meanwhile.
"""

import datetime
import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from offenbach_wir import events
from offenbach_wir.models import Event, User

from . import mails
from .applicants import locked
from .models import MemberInvitation, Membership
from .models.applicants import Role, hash_of

SECRET_BYTES = 32


def _owned(applicant, by):
    """The organisation's row, locked, which `by` owns at this moment."""
    current = locked(applicant)
    if current is None or current.owner_id != by.pk:
        raise PermissionDenied
    return current


def _member_of(current, membership):
    return Membership.objects.filter(pk=membership.pk, applicant=current).first()


@transaction.atomic
def invite(applicant, *, email, role, language, by, request=None):
    """Queues the mail with the link, which works once; an older invitation to the address ends.

    Returns (invitation, secret); the secret stands in that mail only.
    """
    current = _owned(applicant, by)
    email = email.lower()
    MemberInvitation.objects.filter(applicant=current, email=email, accepted_at=None).delete()
    secret = secrets.token_urlsafe(SECRET_BYTES)
    invitation = MemberInvitation.objects.create(
        applicant=current,
        email=email,
        role=role,
        language=language,
        secret_hash=hash_of(secret),
        invited_by=by,
        expires_at=timezone.now() + datetime.timedelta(days=settings.INVITATION_DAYS),
    )
    _record(Event.Kind.MEMBER_INVITED, current, request, by, role=str(role))
    mails.member_invited(invitation, secret)
    return invitation, secret


@transaction.atomic
def take_back(invitation, *, by, request=None):
    """An invitation nobody has accepted yet loses its link."""
    current = _owned(invitation.applicant, by)
    rows = MemberInvitation.objects.filter(pk=invitation.pk, accepted_at=None)
    if rows.delete()[0]:
        _record(Event.Kind.INVITATION_TAKEN_BACK, current, request, by)


@transaction.atomic
def accept(invitation, *, user, request=None):
    """The organisation joined; None where the invitation is over or somebody was quicker.

    Who is a member already gets the role of the invitation; the owner stays the owner.
    """
    current = locked(invitation.applicant)
    if current is None:
        return None
    now = timezone.now()
    if not MemberInvitation.objects.open(now).filter(pk=invitation.pk).update(accepted_at=now):
        return None
    if current.owner_id != user.pk:
        Membership.objects.update_or_create(
            applicant=current, user=user, defaults={"role": invitation.role}
        )
        _record(Event.Kind.MEMBER_JOINED, current, request, user, role=invitation.role)
    return current


@transaction.atomic
def change_role(membership, role, *, by, request=None):
    current = _owned(membership.applicant, by)
    rows = Membership.objects.filter(pk=membership.pk, applicant=current).exclude(role=role)
    if rows.update(role=role):
        _record(
            *(Event.Kind.MEMBER_ROLE_CHANGED, current, request, by),
            member=membership.user_id,
            role=str(role),
        )


@transaction.atomic
def remove(membership, *, by, request=None):
    """The person loses access with the next request."""
    current = _owned(membership.applicant, by)
    if Membership.objects.filter(pk=membership.pk, applicant=current).delete()[0]:
        _record(*(Event.Kind.MEMBER_REMOVED, current, request, by), member=membership.user_id)


@transaction.atomic
def leave(applicant, *, user, request=None):
    """Everybody but the owner may go; the owner hands over first (PermissionDenied)."""
    current = locked(applicant)
    if current is None:
        return
    if current.owner_id == user.pk:
        raise PermissionDenied
    if Membership.objects.filter(applicant=current, user=user).delete()[0]:
        _record(Event.Kind.MEMBER_REMOVED, current, request, user, member=user.pk)


@transaction.atomic
def hand_over(applicant, membership, *, by, request=None):
    """The member becomes the owner, the owner an editor; False where the member is not there."""
    current = _owned(applicant, by)
    member = _member_of(current, membership)
    if member is None or not User.objects.filter(pk=member.user_id, is_active=True).exists():
        return False
    _make_owner(current, member, by=by, request=request)
    return True


@transaction.atomic
def appoint(applicant, user, *, by, request=None):
    """Staff make a member the owner, because the owner cannot be reached; False as `hand_over`."""
    current = locked(applicant)
    member = current and Membership.objects.filter(applicant=current, user=user).first()
    if member is None or not user.is_active:
        return False
    _make_owner(current, member, by=by, request=request)
    return True


def _make_owner(current, member, *, by, request):
    """The member becomes the owner and is told so by mail, the former owner an editor."""
    former, current.owner_id = current.owner_id, member.user_id
    member.delete()
    current.save(update_fields=["owner", "updated_at"])
    Membership.objects.create(applicant=current, user_id=former, role=Role.EDITOR)
    event = _record(
        *(Event.Kind.OWNERSHIP_HANDED_OVER, current, request, by), member=current.owner_id
    )
    mails.now_responsible(current, User.objects.get(pk=current.owner_id), event)


def _record(kind, applicant, request, actor, **detail):
    return events.record(kind, request=request, actor=actor, subject=applicant, **detail)
