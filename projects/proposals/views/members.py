"""Pages of those who work together, and the way in for those who are invited."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offenbach_wir.rate_limits import count, limited
from projects.proposals import members as rules
from projects.proposals.forms.applicants import InvitationForm, RoleForm
from projects.proposals.models import MemberInvitation

from .applicant_access import owned, readable

IN_SESSION = "member_invitation"


@require_http_methods(["GET", "HEAD", "POST"])
@readable
def members(request, applicant):
    """The list for everybody in it; the owner invites here."""
    form = None
    if applicant.is_owned:
        form = InvitationForm(
            request.POST if request.method == "POST" else None, applicant=applicant
        )
    elif request.method == "POST":
        raise PermissionDenied
    if form and form.is_valid():
        _invite(request, applicant, form)
        return redirect("proposals:members", applicant.key)
    memberships = applicant.memberships.select_related("user")
    return render(
        request,
        "proposals/members.html",
        {
            "applicant": applicant,
            "form": form,
            "memberships": [_with_form(row) for row in memberships],
            "invitations": MemberInvitation.objects.open().filter(applicant=applicant),
        },
    )


def _with_form(membership):
    membership.form = RoleForm(
        initial={"role": membership.role}, auto_id=f"id_role_{membership.pk}"
    )
    return membership


def _invite(request, applicant, form):
    count("member_invitation", f"account {request.user.pk}")
    cleaned = form.cleaned_data
    with transaction.atomic():
        if form.is_first_sending():
            rules.invite(
                applicant,
                email=cleaned["email"],
                role=cleaned["role"],
                language=cleaned["language"],
                by=request.user,
                request=request,
            )
    messages.success(request, _("The invitation is on its way to %s.") % cleaned["email"])


def _membership(applicant, pk):
    return get_object_or_404(applicant.memberships.select_related("user"), pk=pk)


@require_POST
@owned
def role(request, applicant, pk):
    membership = _membership(applicant, pk)
    form = RoleForm(request.POST)
    if form.is_valid():
        rules.change_role(membership, form.cleaned_data["role"], by=request.user, request=request)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Not changed: please choose one of the roles."))
    return redirect("proposals:members", applicant.key)


@require_http_methods(["GET", "HEAD", "POST"])
@owned
def remove(request, applicant, pk):
    membership = _membership(applicant, pk)
    if request.method == "POST":
        rules.remove(membership, by=request.user, request=request)
        messages.success(request, _("%s is no longer a member.") % membership.user)
        return redirect("proposals:members", applicant.key)
    return _ask(
        request,
        applicant,
        title=_("Remove %s?") % membership.user,
        says=_(
            "The person can no longer open this organisation and its proposals, from the next "
            "click on. What the person has written stays."
        ),
        button=_("Remove"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@owned
def hand_over(request, applicant, pk):
    membership = _membership(applicant, pk)
    if request.method == "POST":
        if rules.hand_over(applicant, membership, by=request.user, request=request):
            messages.success(request, _("%s is the owner now.") % membership.user)
        else:
            messages.error(request, _("Not handed over: this person is no longer a member."))
        return redirect("proposals:members", applicant.key)
    return _ask(
        request,
        applicant,
        title=_("Hand over to %s?") % membership.user,
        says=_(
            "From then on this person invites and removes members and may delete the "
            "organisation. You stay as somebody who may write."
        ),
        button=_("Hand over"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@readable
def leave(request, applicant):
    """Everybody but the owner; the owner is told to hand over first."""
    if applicant.is_owned:
        messages.error(
            request, _("You are the owner. Please hand over to another member first, then leave.")
        )
        return redirect("proposals:members", applicant.key)
    if request.method == "POST":
        rules.leave(applicant, user=request.user, request=request)
        messages.success(request, _("You have left “%s”.") % applicant.name)
        return redirect("account")
    return _ask(
        request,
        applicant,
        title=_("Leave this organisation?"),
        says=_(
            "You can no longer open the organisation and its proposals. What you have written "
            "stays. To come back you need a new invitation."
        ),
        button=_("Leave"),
    )


def _ask(request, applicant, **words):
    """A page with one button, because removing and handing over cannot be taken back."""
    return render(request, "proposals/ask.html", {"applicant": applicant, **words})


@require_POST
@owned
def take_back(request, applicant, pk):
    invitation = get_object_or_404(
        applicant.invitations.filter(accepted_at=None).select_related("applicant"), pk=pk
    )
    rules.take_back(invitation, by=request.user, request=request)
    messages.success(request, _("The invitation was taken back; its link no longer works."))
    return redirect("proposals:members", applicant.key)


# --- The way in ---------------------------------------------------------------------------------
@never_cache
@require_safe
@limited("sign_in", when=lambda request: True)
def invitation_link(request, secret):
    """Opening the link changes nothing; it moves the secret out of the address bar."""
    request.session[IN_SESSION] = secret
    response = redirect("proposals:invitation")
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("sign_in")
def invitation(request):
    """Says what it is about; without an account it leads to one and back here."""
    found = (
        MemberInvitation.objects.open()
        .by_secret(request.session.get(IN_SESSION, ""))
        .select_related("applicant__organisation")
        .first()
    )
    if found is None:
        return _over(request)
    if request.method == "POST" and request.user.is_authenticated:
        applicant = rules.accept(found, user=request.user, request=request)
        del request.session[IN_SESSION]
        if applicant is None:
            return _over(request)
        messages.success(request, _("Welcome. You work with “%s” now.") % applicant.name)
        return redirect(applicant)
    return render(
        request,
        "proposals/invitation.html",
        {"invitation": found, "here": reverse("proposals:invitation")},
    )


def _over(request):
    return render(request, "proposals/invitation_over.html", status=404)
