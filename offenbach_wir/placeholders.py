"""Placeholders in texts that staff write: `{reference}` becomes the value of that name.

By plain replacement: nothing staff or visitors write is ever run as a template, and a brace in a
value is a brace.
"""

import datetime
import re
from dataclasses import dataclass

from django.utils import formats, timezone

_NAME = re.compile(r"\{([a-z_]+)\}")
_BRACES = re.compile(r"\{[^{}]*\}?|\}")


@dataclass(frozen=True)
class Placeholder:
    """What staff may name in a text, and a value to show it with."""

    meaning: str
    example: object


def wrong_in(text, known):
    """The first brace, with what it encloses, that is no known placeholder, or an empty text."""
    rest = _NAME.sub(lambda found: "" if found[1] in known else found[0], text)
    found = _BRACES.search(rest)
    return found[0] if found else ""


def parts_of(text, known):
    """[(piece, "") or ("", name of a placeholder)]; names that are not known vanish."""
    parts, last = [], 0
    for found in _NAME.finditer(text):
        parts.append((text[last : found.start()], ""))
        if found[1] in known:
            parts.append(("", found[1]))
        last = found.end()
    parts.append((text[last:], ""))
    return [(piece, name) for piece, name in parts if piece or name]


def filled(text, known, values):
    """The text with the values of its placeholders; what has no value is replaced by nothing."""
    return "".join(
        as_text(values.get(name)) if name else piece for piece, name in parts_of(text, known)
    )


def as_text(value):
    """A value as the active language writes it."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return formats.date_format(value, "DATE_FORMAT")
    return str(formats.localize(value))
