"""Colleagues: invite, accept, give roles, switch off, help after a lost phone."""

import datetime

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import EmailAddress, Login
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from . import events, outbox
from .models import Event, Invitation, User
from .rate_limits import limited
from .sessions import end_sessions

IN_SESSION = "invitation"
ADMINISTRATOR = "administrator"


class LastAdministratorError(Exception):
    """Without an administrator nobody could give rights any more."""


@transaction.atomic
def invite(*, email, name, roles, invited_by, language="de", request=None):
    """Makes an invitation, takes back an open one to the same address, and queues the mail.

    Returns (invitation, link). The link works once, for INVITATION_DAYS.
    """
    email = email.lower()
    now = timezone.now()
    Invitation.objects.filter(email=email, accepted_at=None, revoked_at=None).update(revoked_at=now)
    invitation = Invitation(
        email=email,
        name=name,
        language=language,
        invited_by=invited_by,
        expires_at=now + datetime.timedelta(days=settings.INVITATION_DAYS),
    )
    secret = invitation.new_secret()
    invitation.save()
    invitation.roles.set(roles)
    events.record(
        Event.Kind.INVITED,
        request=request,
        actor=invited_by,
        subject=invitation,
        roles=sorted(group.name for group in roles),
    )
    link = link_to(secret, language)
    outbox.queue(
        "invitation",
        cause=f"invitation:{invitation.pk}",
        to=email,
        language=language,
        context={"name": name, "link": link, "days": settings.INVITATION_DAYS},
        area="accounts",
        subject=invitation,
    )
    return invitation, link


def link_to(secret, language):
    with translation.override(language):
        return settings.PORTAL_URL + reverse("invitation_link", args=[secret])


def take_back(invitation, *, request):
    """An invitation that was not accepted loses its link; doing it twice changes nothing."""
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if rows.update(revoked_at=timezone.now()):
        events.record(Event.Kind.INVITATION_TAKEN_BACK, request=request, subject=invitation)


@never_cache
@require_safe
@limited("sign_in", when=lambda request: True)
def open_invitation(request, secret):
    """Opening the link changes nothing; it moves the secret out of the address bar."""
    request.session[IN_SESSION] = secret
    response = redirect("invitation")
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("sign_in")
def accept(request):
    secret = request.session.get(IN_SESSION, "")
    invitation = Invitation.objects.open().by_secret(secret).first()
    if invitation is None:
        return render(request, "account/invitation_over.html", status=404)
    if request.method == "POST":
        user = join(invitation, request)
        if user is None:
            return render(request, "account/invitation_over.html", status=404)
        del request.session[IN_SESSION]
        login = Login(user=user, email=user.email, redirect_url=reverse("mfa_index"))
        return perform_login(request, login)
    return render(request, "account/invitation.html", {"invitation": invitation})


@transaction.atomic
def join(invitation, request):
    """Makes the account (or adds the roles to the one there is); None if somebody was quicker."""
    rows = Invitation.objects.open().filter(pk=invitation.pk)
    if not rows.update(accepted_at=timezone.now()):
        return None
    user = User.objects.filter(email=invitation.email).first()
    if user is None:
        user = User.objects.create_user(invitation.email, language=invitation.language)
    elif not user.is_active:
        return None
    user.name = user.name or invitation.name
    user.is_staff = True
    user.save()
    user.groups.add(*invitation.roles.all())
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    events.record(Event.Kind.JOINED, request=request, actor=user, subject=invitation)
    return user


def _administrators_beside(user):
    return (
        User.objects.filter(is_active=True, is_staff=True, groups__name=ADMINISTRATOR)
        .exclude(pk=user.pk)
        .exists()
    )


@transaction.atomic
def set_roles(user, roles, *, request):
    """Raises LastAdministratorError rather than leaving the portal without one."""
    before = set(user.groups.values_list("name", flat=True))
    after = {group.name for group in roles}
    Group.objects.select_for_update().filter(name=ADMINISTRATOR).first()
    if ADMINISTRATOR in before - after and not _administrators_beside(user):
        raise LastAdministratorError
    if before != after:
        user.groups.set(roles)
        user.is_staff = bool(after)
        user.save(update_fields=["is_staff"])
        events.record(
            Event.Kind.ROLES_CHANGED,
            request=request,
            subject=user,
            added=sorted(after - before),
            removed=sorted(before - after),
        )


@transaction.atomic
def set_active(user, is_active, *, request):
    """Switching off ends all sessions; raises LastAdministratorError."""
    Group.objects.select_for_update().filter(name=ADMINISTRATOR).first()
    is_administrator = user.groups.filter(name=ADMINISTRATOR).exists()
    if not is_active and is_administrator and not _administrators_beside(user):
        raise LastAdministratorError
    if user.is_active != is_active:
        user.is_active = is_active
        user.save(update_fields=["is_active"])
        kind = Event.Kind.ACTIVATED if is_active else Event.Kind.DEACTIVATED
        events.record(kind, request=request, subject=user)
    if not is_active:
        end_sessions(user)


@transaction.atomic
def reset_second_factor(user, *, request):
    """After a lost phone: the next log-in by mail code leads to adding a new factor."""
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    event = events.record(Event.Kind.FACTOR_RESET, request=request, subject=user)
    outbox.queue(
        "account_notice",
        cause=f"account-notice:{event.pk}",
        to=user.email,
        language=user.language,
        context={"what": Event.Kind.FACTOR_RESET.label},
        area="accounts",
        subject=user,
    )
