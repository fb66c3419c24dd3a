"""Keeps secret links out of the log, whoever writes an address into it."""

import logging
import re

# Tokens and signed secrets are long and stand between slashes; names of pages are shorter.
_SECRET = re.compile(r"(?<=/)[\w.:~-]{32,}(?=/|\.ics|\s|$|\?|')")


def without_secrets(text):
    return _SECRET.sub("…", text)


class NoSecrets(logging.Filter):
    def filter(self, record):
        message = record.getMessage()
        cleaned = without_secrets(message)
        if cleaned != message:
            record.msg, record.args = cleaned, ()
        return True
