"""Signing in as a browser would: address, code from the mail, second factor."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
)
from django.contrib.auth.models import Group
from django.core import mail

from offenbach_wir.models import User

SECRET = "JBSWY3DPEHPK3PXP"


def code_in(message):
    """The code of a mail stands alone on a line."""
    return re.search(r"^ {4}(\S+)$", message.body, re.M)[1]


def ask_for_code(client, email, **more):
    return client.post("/de/konto/anmelden/", {"email": email, **more})


def sign_in(client, email, **more):
    """Returns the answer to the right code."""
    ask_for_code(client, email, **more)
    return client.post("/de/konto/anmelden/code/", {"code": code_in(mail.outbox[-1]), **more})


def app_code():
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def make_user(email="verein@example.org", *roles, factor=False, **fields):
    user = User.objects.create_user(email, is_staff=bool(roles), **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    if factor:
        TOTP.activate(user, SECRET)
        RecoveryCodes.activate(user)
    return user


@pytest.fixture
def applicant(db):
    return make_user()


@pytest.fixture
def clerk(db):
    """An editor with an app for codes, as in production."""
    return make_user("kollegin@example.org", "editor", factor=True)


@pytest.fixture
def newcomer(db):
    """An editor who has no second factor yet."""
    return make_user("neu@example.org", "editor")


def factors(user):
    return list(Authenticator.objects.filter(user=user).values_list("type", flat=True))


@pytest.fixture
def row_of(db):
    """row_of(label) is one record of that kind; made where the examples have none."""
    from . import addresses

    return addresses.rows()


@pytest.fixture
def ask(db, settings, monkeypatch):
    """ask(persona, method, path) is the answer; what it changed is undone, as are its cookies."""
    from . import addresses

    return addresses.asker(settings, monkeypatch)
