"""How allauth behaves here: our texts and mails, our client address, the audit trail."""

import smtplib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from . import events, languages, outbox, sealed_seeds, second_factor, sessions
from .models import Event
from .rate_limits import client_address

# What the library would tell → what we tell; everything else it says is left out.
MESSAGES = {
    "account/messages/email_confirmed.txt": _("Your address is confirmed."),
    "account/messages/primary_email_set.txt": _("From now on we write to your new address."),
    "account/messages/login_code_sent.txt": _("The code is on its way to you."),
    "account/messages/logged_out.txt": _("You have signed out."),
    "mfa/messages/totp_activated.txt": _("The app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The app was removed."),
    "mfa/messages/recovery_codes_generated.txt": _("These are your new emergency codes."),
    "mfa/messages/webauthn_added.txt": _("The passkey was added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey was removed."),
    "usersessions/messages/sessions_logged_out.txt": _("All other devices were signed out."),
}
# What happened to the account, as the audit trail and the notice to its owner name it.
NOTICES = {
    "mfa/email/totp_activated": Event.Kind.FACTOR_ADDED,
    "mfa/email/webauthn_added": Event.Kind.FACTOR_ADDED,
    "mfa/email/totp_deactivated": Event.Kind.FACTOR_REMOVED,
    "mfa/email/webauthn_removed": Event.Kind.FACTOR_REMOVED,
    "mfa/email/recovery_codes_generated": Event.Kind.FACTOR_ADDED,
    "account/email/email_changed": Event.Kind.ADDRESS_CHANGED,
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is switched off. Please call us."),
        "incorrect_code": _("This code is not right, or it is too old."),
        "email_taken": _("This address cannot be used. Please choose another one."),
        "duplicate_email": _("This address already belongs to your account."),
        "same_as_current": _("This is your address already."),
        "too_many_login_attempts": _("Too many attempts. Please try again in five minutes."),
        "rate_limited": _("Too many attempts. Please try again in five minutes."),
        "unverified_primary_email": _("Please confirm your address first."),
    }

    def get_client_ip(self, request):
        return client_address(request) or "127.0.0.1"

    def new_user(self, request):
        user = super().new_user(request)
        user.language = languages.active()
        return user

    def clean_email(self, email):
        return super().clean_email(email).lower()

    def get_login_redirect_url(self, request):
        return reverse("admin:index") if request.user.is_staff else reverse("account")

    def add_message(
        self, request, level, message_template=None, message_context=None, extra_tags="", message=""
    ):
        text = message or MESSAGES.get(message_template)
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        sessions.begin(request)
        events.record(Event.Kind.LOG_IN, request=request, actor=user)
        return response

    def logout(self, request):
        if request.user.is_authenticated:
            events.record(Event.Kind.LOG_OUT, request=request)
        super().logout(request)

    def send_mail(self, template_prefix, email, context):
        """A code is of use only now: it passes by the outbox, and trouble is told at once."""
        name = template_prefix.rpartition("/")[2]
        context = context | {"email": email, "portal_url": settings.PORTAL_URL}
        text = render_to_string(f"account/mails/{name}.txt", context, self.request).strip()
        subject, _newline, body = text.partition("\n")
        subject, body = " ".join(subject.split()), body.strip() + "\n"
        if settings.IS_DEMO:
            outbox.keep_for_demo(subject, body, email)
        try:
            EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [email]).send()
        except (OSError, smtplib.SMTPException) as error:
            response = render(self.request, "account/no_mail.html", status=503)
            response["Retry-After"] = "60"
            raise ImmediateHttpResponse(response) from error

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        kind = NOTICES.get(template_prefix)
        if kind is None:
            return
        event = events.record(kind, request=self.request, actor=user, subject=user)
        outbox.queue(
            "account_notice",
            cause=f"account-notice:{event.pk}",
            to=email or user.email,
            language=user.language,
            context={"what": Event.Kind(kind).label},
            area="accounts",
            subject=user,
        )


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or it is too old."),
        "cannot_delete_authenticator": _(
            "Staff need a second factor. Add another one before you remove this one."
        ),
    }

    def encrypt(self, text):
        return sealed_seeds.seal(text)

    def decrypt(self, encrypted_text):
        return sealed_seeds.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator):
        """Staff keep at least one factor that can be used to sign in."""
        if not authenticator.user.is_staff:
            return True
        factors = Authenticator.objects.filter(
            user=authenticator.user, type__in=second_factor.TYPES
        )
        return factors.exclude(pk=authenticator.pk).exists()
