"""Signing in and registering: one field, one code."""

from allauth.account.forms import (
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    RequestLoginCodeForm,
)
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from allauth.usersessions.models import UserSession
from django import forms
from django.utils.translation import gettext_lazy as _

from . import languages
from .forms import TrapMixin
from .models import User
from .rate_limits import client_address, count


def _email_field():
    return forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )


class RequestCodeForm(RequestLoginCodeForm):
    email = _email_field()

    def clean_email(self):
        """Counts codes by account and connection before anything costly happens."""
        self.cleaned_data["email"] = self.cleaned_data["email"].lower()
        email = super().clean_email()
        address = client_address(context.request)
        count("code_here", f"{email}|{address}")
        if not UserSession.objects.filter(user=self._user, ip=address or "127.0.0.1").exists():
            count("code_elsewhere", email)
        return email


class SignupForm(TrapMixin, AllauthSignupForm):
    field_order = ["email", "website", "shown_at"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"] = _email_field()


class OneCodeMixin:
    """The package says "Authenticator code" here and "Code" there; we say one word."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget.attrs.pop("placeholder", None)


class MailCodeForm(OneCodeMixin, ConfirmLoginCodeForm):
    pass


class AddressCodeForm(OneCodeMixin, ConfirmEmailVerificationCodeForm):
    pass


class SecondFactorForm(OneCodeMixin, AuthenticateForm):
    pass


class ConfirmAgainForm(OneCodeMixin, ReauthenticateForm):
    pass


class AppForm(OneCodeMixin, ActivateTOTPForm):
    pass


class NamedPasskeyMixin:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")


class AddPasskeyForm(NamedPasskeyMixin, AddWebAuthnForm):
    pass


class RenamePasskeyForm(NamedPasskeyMixin, EditWebAuthnForm):
    pass


class PreferencesForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language", "wants_digest"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Your name")
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"),
            choices=[(code, languages.name_in_itself(code)) for code in languages.codes()],
            help_text=_("For mails to you, and for the back office."),
        )
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        if not self.instance.is_staff:
            del self.fields["wants_digest"]


class DeleteAccountForm(forms.Form):
    understood = forms.BooleanField(label=_("Yes, delete my account and my data for good."))
