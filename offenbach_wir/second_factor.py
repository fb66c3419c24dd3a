"""Staff work only with a second factor proven in this session; without it they can add one."""

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.shortcuts import redirect

TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# In demo mode the page of roles gives it; nothing else sets this key, and production ignores it.
TAKEN_AS_GIVEN = "demo_second_factor"
# What staff without a second factor may open: adding one, and leaving.
ENROLMENT = {
    *("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"),
    *("mfa_download_recovery_codes", "mfa_generate_recovery_codes", "mfa_list_webauthn"),
    *("mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_logout"),
}


def is_proven(request):
    """Whether this session has shown a second factor, at log-in or afterwards."""
    if settings.IS_DEMO and request.session.get(TAKEN_AS_GIVEN):
        return True
    records = get_authentication_records(request, request.user)
    return any(r.get("method") == "mfa" for r in records) and is_mfa_enabled(request.user, TYPES)


def proven_now(request, kind):
    """A factor that was just added has been shown by adding it."""
    record_authentication(request, request.user, "mfa", type=kind, reauthenticated=True)


def enrolment_first(get_response):
    """Leads staff without a second factor to adding one, from every personal page."""

    def middleware(request):
        return get_response(request)

    def process_view(request, view, args, kwargs):
        match = request.resolver_match
        is_ours = getattr(request, "is_personal_area", False)
        if not is_ours or match.view_name in ENROLMENT or not request.user.is_authenticated:
            return None
        if not request.user.is_staff or is_proven(request):
            return None
        if is_mfa_enabled(request.user, TYPES):
            return redirect("mfa_reauthenticate")
        return redirect("mfa_index")

    middleware.process_view = process_view
    return middleware
