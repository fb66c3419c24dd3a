"""The demo: a page that steps in as each role, and the mails the portal would have sent.

Its addresses exist in demo mode only; urls.py leaves them out otherwise.
"""

from django.contrib.auth import login
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe
from post_office.models import Attachment, Email

from . import second_factor, sessions
from .models import User
from .rate_limits import limited
from .roles import ROLES

app_name = "demo"

MOST_MAILS = 50


@require_safe
def index(request):
    request.personal = True
    return render(request, "demo/index.html", {"roles": ROLES.values()})


@limited("demo")
@require_POST
def step_in(request, role):
    if role not in ROLES:
        raise Http404
    user = get_object_or_404(User, email=ROLES[role].demo_email, is_active=True)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session[second_factor.TAKEN_AS_GIVEN] = True
    sessions.begin(request)
    return redirect("admin:index")


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
