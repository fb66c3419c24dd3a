"""Addresses of the account. The names are those that allauth asks for."""

from allauth.account import views as account
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import include, path

from . import account_views as views
from . import team

sign_in = views.SignInView.as_view()
again = views.ConfirmAgainView.as_view()

security = [
    path("", views.SecurityView.as_view(), name="mfa_index"),
    path("app/", views.AddAppView.as_view(), name="mfa_activate_totp"),
    path("app/entfernen/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("notfallcodes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("notfallcodes/neu/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("notfallcodes/datei/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/neu/", views.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/entfernen/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
]

urlpatterns = [
    path("", views.overview, name="account"),
    path("anmelden/", sign_in, name="account_login"),
    path("anmelden/", sign_in, name="account_request_login_code"),
    # There are no passwords; who asks for a new one gets a code.
    path("anmelden/", sign_in, name="account_reset_password"),
    path("anmelden/code/", views.SignInCodeView.as_view(), name="account_confirm_login_code"),
    path("anmelden/passkey/", views.PasskeySignInView.as_view(), name="mfa_login_webauthn"),
    path("anmelden/zweiter-faktor/", views.SecondFactorView.as_view(), name="mfa_authenticate"),
    path("registrieren/", views.RegisterView.as_view(), name="account_signup"),
    path(
        "registrieren/code/",
        views.AddressCodeView.as_view(),
        name="account_email_verification_sent",
    ),
    path("abmelden/", account.logout, name="account_logout"),
    path("gesperrt/", account.account_inactive, name="account_inactive"),
    path("bestaetigen/", again, name="mfa_reauthenticate"),
    path("bestaetigen/", again, name="account_reauthenticate"),
    path(
        "bestaetigen/passkey/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("adresse/", account.email, name="account_email"),
    path("sicherheit/", include(security)),
    path("sitzungen/", views.own_sessions, name="usersessions_list"),
    path("einstellungen/", views.preferences, name="account_preferences"),
    path("daten/", views.own_data, name="account_data"),
    path("daten/datei/", views.own_data_file, name="account_data_file"),
    path("loeschen/", views.delete_account, name="account_delete"),
    path("einladung/", team.accept, name="invitation"),
    path("einladung/<str:secret>/", team.open_invitation, name="invitation_link"),
]
