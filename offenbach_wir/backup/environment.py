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
    return "".join(line(name, value) for name, value in sorted(values.items()))


def line(name, value):
    """For .env, a shell and systemd alike."""
    return f"{name}={_quoted(value)}\n"


def _quoted(value):
    if re.fullmatch(r"[\w.,:/@+-]+", value):
        return value
    return f"'{value}'" if "'" not in value else '"' + re.sub(r'(["\\$`])', r"\\\1", value) + '"'
