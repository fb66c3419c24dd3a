"""The account: signing in, second factor, own data. One log-in for applicants and staff."""

import json

from allauth.account import views as account
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from . import erasure, events, second_factor, sessions
from .account_forms import DeleteAccountForm, PreferencesForm
from .models import Event
from .rate_limits import limited

# What stands in a browser's name for itself → what people call it; the first that fits.
BROWSERS = {
    **{"Edg": "Edge", "OPR/": "Opera", "SamsungBrowser": "Samsung Internet"},
    **{"Firefox": "Firefox", "FxiOS": "Firefox", "Chrome": "Chrome", "CriOS": "Chrome"},
    "Safari": "Safari",
}
SYSTEMS = {
    **{"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows"},
    **{"CrOS": "ChromeOS", "Mac OS X": "macOS", "Linux": "Linux"},
}

sign_in_limit = method_decorator(limited("sign_in"), name="dispatch")


@sign_in_limit
class SignInView(account.RequestLoginCodeView):
    template_name = "account/login.html"


@sign_in_limit
class SignInCodeView(account.ConfirmLoginCodeView):
    def form_invalid(self, form):
        user = getattr(self._process, "user", None)
        events.record(Event.Kind.LOG_IN_FAILED, request=self.request, subject=user, by="code")
        return super().form_invalid(form)


@sign_in_limit
class RegisterView(account.SignupView):
    pass


@sign_in_limit
class AddressCodeView(account.ConfirmEmailVerificationCodeView):
    pass


@sign_in_limit
class SecondFactorView(mfa.AuthenticateView):
    def form_invalid(self, form):
        user = self.stage.login.user
        events.record(Event.Kind.LOG_IN_FAILED, request=self.request, subject=user, by="factor")
        return super().form_invalid(form)


@sign_in_limit
class ConfirmAgainView(mfa.ReauthenticateView):
    pass


@sign_in_limit
class PasskeySignInView(webauthn.LoginWebAuthnView):
    pass


class SecurityView(mfa.IndexView):
    """Also where staff without a second factor are led."""

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "must_enrol": user.is_staff and not second_factor.is_proven(self.request)
        }


class AddAppView(totp.ActivateTOTPView):
    def form_valid(self, form):
        response = super().form_valid(form)
        second_factor.proven_now(self.request, Authenticator.Type.TOTP)
        return response


class AddPasskeyView(webauthn.AddWebAuthnView):
    def get_initial(self):
        return super().get_initial() | {"passwordless": True, "name": _("Passkey")}

    def form_valid(self, form):
        response = super().form_valid(form)
        second_factor.proven_now(self.request, Authenticator.Type.WEBAUTHN)
        return response


@require_GET
@login_required
def overview(request):
    return render(request, "account/overview.html")


def _device(user_agent):
    """The device in few words: “Firefox, Windows”."""
    known = [
        next((name for sign, name in names.items() if sign in user_agent), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, known)) or user_agent[:40]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request):
    form = PreferencesForm(
        request.POST if request.method == "POST" else None, instance=request.user
    )
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account")
    return render(request, "account/preferences.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own_sessions(request):
    """Lists where one is signed in; POST ends all other sessions, or one by its number."""
    if request.method == "POST":
        rows = UserSession.objects.filter(user=request.user).exclude(
            session_key=request.session.session_key
        )
        number = request.POST.get("session", "")
        if number:
            rows = rows.filter(pk=int(number) if number.isdecimal() and len(number) < 18 else 0)
        ended = [row.end() for row in rows]
        if ended:
            events.record(
                Event.Kind.SESSIONS_ENDED, request=request, subject=request.user, n=len(ended)
            )
            messages.success(request, _("The other devices were signed out."))
        return redirect("usersessions_list")
    rows = list(sessions.open_sessions(request.user).order_by("-last_seen_at"))
    for row in rows:
        row.device = _device(row.user_agent)
    return render(request, "usersessions/usersession_list.html", {"sessions": rows})


@require_GET
@login_required
def own_data(request):
    """Everything the portal keeps about this account, to read."""
    raise_if_reauthentication_required(request, app="portal")
    parts = erasure.parts_of(erasure.person_of(request.user))
    return render(request, "account/data.html", {"parts": parts})


@require_GET
@login_required
def own_data_file(request):
    """The same as a file to take along."""
    raise_if_reauthentication_required(request, app="portal")
    events.record(Event.Kind.EXPORTED, request=request, subject=request.user)
    text = json.dumps(erasure.export_of(request.user), ensure_ascii=False, indent=2, default=str)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="wir-portal-{day}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete_account(request):
    """Deletes the own account at once; staff ask an administrator, so that no work is orphaned."""
    if request.user.is_staff:
        return render(request, "account/delete.html", {"is_staff": True}, status=403)
    raise_if_reauthentication_required(request, app="portal")
    obstacles = erasure.obstacles_for(request.user.pk)
    form = DeleteAccountForm(request.POST if request.method == "POST" else None)
    if not obstacles and form.is_valid():
        try:
            receipt = erasure.erase(request.user, asked_by=None)
        except erasure.NotYetError as error:
            obstacles = error.obstacles
        else:
            logout(request)
            return render(request, "account/deleted.html", {"receipt": receipt})
    status = 409 if obstacles and request.method == "POST" else 200
    context = {"form": form, "obstacles": obstacles}
    return render(request, "account/delete.html", context, status=status)
