"""The demo: a page that steps in as each role, and the mails the portal would have sent.

Its addresses exist in demo mode only; urls.py leaves them out otherwise. Nobody can step in as
anybody but those who stand in ROLES and CLUB.
"""

from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from post_office.models import Attachment, Email

from . import events, second_factor, sessions
from .models import Event, User
from .rate_limits import limited
from .roles import ROLES

app_name = "demo"

MOST_MAILS = 50


@dataclass(frozen=True)
class ClubMember:
    """Somebody of an invented club; load_demo makes the account."""

    key: str
    name: Any
    does: Any
    demo_email: str


CLUB = {
    member.key: member
    for member in (
        ClubMember(
            "club-owner",
            _("Owner of a club"),
            _("Writes project outlines, hands them in and invites others to write along."),
            "vorstand@granatapfel.example.org",
        ),
        ClubMember(
            "club-reader",
            _("Reader of a club"),
            _("Reads the outlines of the club and changes nothing."),
            "sabine.vogt@example.org",
        ),
    )
}


@require_safe
def index(request):
    request.personal = True
    return render(request, "demo/index.html", {"roles": ROLES.values(), "club": CLUB.values()})


@limited("demo")
@require_POST
def step_in(request, role):
    """As staff with the second factor taken as given, or as somebody of a club without one."""
    if role in ROLES:
        _sign_in(request, User.objects.filter(email=ROLES[role].demo_email))
        request.session[second_factor.TAKEN_AS_GIVEN] = True
        return redirect("admin:index")
    if role in CLUB:
        _sign_in(request, User.objects.filter(email=CLUB[role].demo_email, is_staff=False))
        return redirect("proposals:own")
    raise Http404


def _sign_in(request, users):
    user = get_object_or_404(users, is_active=True)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    sessions.begin(request)
    UserSession.objects.create_from_request(request)
    events.record(Event.Kind.LOG_IN, request=request, actor=user)


@require_safe
def mails(request):
    request.personal = True
    return render(request, "demo/mails.html", {"mails": Email.objects.order_by("-pk")[:MOST_MAILS]})


@require_safe
def mail(request, pk):
    request.personal = True
    return render(request, "demo/mail.html", {"mail": get_object_or_404(Email, pk=pk)})


@require_safe
def mail_attachment(request, pk, attachment):
    request.personal = True
    found = get_object_or_404(Attachment, pk=attachment, emails=pk)
    return FileResponse(
        found.file.open(),
        as_attachment=True,
        filename=found.name,
        content_type=found.mimetype or "application/octet-stream",
    )


urlpatterns = [
    path("", index, name="index"),
    path("<slug:role>/einsteigen/", step_in, name="step_in"),
    path("mails/", mails, name="mails"),
    path("mails/<int:pk>/", mail, name="mail"),
    path("mails/<int:pk>/<int:attachment>/", mail_attachment, name="mail_attachment"),
]
