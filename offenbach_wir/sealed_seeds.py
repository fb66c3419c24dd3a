"""Seeds of second factors: unreadable in the database and in copies of it without SECRET_KEY.

The keys are derived from SECRET_KEY and its fallbacks. A seed under a former key is sealed anew by
a nightly job, so a fallback may go a day after the key was changed, as far as these are concerned.
"""

import base64
import hashlib
import logging
import secrets

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

logger = logging.getLogger(__name__)
MARK = "sealed:"
FIELDS = ("secret", "seed")


def seal(text):
    return MARK + _keys().encrypt(text.encode()).decode()


def unseal(text):
    """The seed; of one that no key opens a seed that no code can fit, so that it is denied."""
    if not text.startswith(MARK):
        return text
    try:
        return _keys().decrypt(text.removeprefix(MARK)).decode()
    except InvalidToken:
        logger.error("A second factor was sealed with a key that is not there any more.")
        return base64.b32encode(secrets.token_bytes(20)).decode()


def seal_with_newest_key():
    """The number of second factors whose seed lay open or under a former key."""
    done = 0
    for factor in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN):
        seeds = {field: factor.data[field] for field in FIELDS if factor.data.get(field)}
        changed = {field: seal(unseal(text)) for field, text in seeds.items() if _is_due(text)}
        if changed:
            factor.data |= changed
            factor.save(update_fields=["data"])
            done += 1
    return done


def _is_due(text):
    """What no key opens is not: it stays as it is until the person's factor is reset."""
    if not text.startswith(MARK):
        return True
    newest = Fernet(_derived(settings.SECRET_KEY))
    return not _is_opened_by(newest, text) and _is_opened_by(_keys(), text)


def _is_opened_by(key, text):
    try:
        key.decrypt(text.removeprefix(MARK))
    except InvalidToken:
        return False
    return True


def _keys():
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key):
    digest = hashlib.sha256(b"seeds of second factors\0" + key.encode()).digest()
    return base64.urlsafe_b64encode(digest)
