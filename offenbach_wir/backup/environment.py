"""The part of the environment that links in mails, sessions and addresses rest on."""

import os
import re

from django.conf import settings

# Addresses and passwords of database, mail server and storage are the new host's own; the key of
# the backups is never in a backup.
KEPT = (
    *("SECRET_KEY", "SECRET_KEY_FALLBACKS", "PORTAL_URL", "ALLOWED_HOSTS"),
    *("DEFAULT_FROM_EMAIL", "OFFICE_EMAIL", "GRANTING_AUTHORITY"),
)


def lines():
    """Lines for .env that make another host the same portal to everybody who has its links."""
    values = {name: os.environ[name] for name in KEPT if os.environ.get(name)}
    values["SECRET_KEY"] = settings.SECRET_KEY
    if settings.SECRET_KEY_FALLBACKS:
        values["SECRET_KEY_FALLBACKS"] = ",".join(settings.SECRET_KEY_FALLBACKS)
    values["PORTAL_URL"] = settings.PORTAL_URL
    return "".join(f"{name}={_quoted(value)}\n" for name, value in sorted(values.items()))


def _quoted(value):
    return value if re.fullmatch(r"[\w.,:/@+-]+", value) else f"'{value}'"
