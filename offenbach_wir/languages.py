"""What a language code means on a page: its tag, its direction, its own name."""

import functools

from django.conf import settings
from django.utils.translation import get_language, get_language_info

# Registered subtags where our code differs from what browsers and screen readers know.
BCP47 = {"de-leicht": "de-simple"}


@functools.cache
def codes():
    return tuple(code for code, _name in settings.LANGUAGES)


def bcp47(code):
    """The tag for a `lang` attribute: "de-leicht" → "de-simple"."""
    return BCP47.get(code, code)


@functools.cache
def direction(code):
    return "rtl" if get_language_info(code)["bidi"] else "ltr"


@functools.cache
def name_in_itself(code):
    name = get_language_info(code)["name_local"]
    return name[:1].upper() + name[1:]


def active():
    """The language of the page being written; German outside any request."""
    language = get_language() or settings.LANGUAGE_CODE
    return language if language in codes() else settings.LANGUAGE_CODE


def isolated(text):
    """For what reads from left to right, "1.250,00 EUR": within text of the other direction it
    would be turned round, so there it stands in an isolate (two signs that are not seen).
    """
    is_turned = text and direction(active()) == "rtl"
    return f"\u2066{text}\u2069" if is_turned else text


def path_in(path, code):
    """The same page in another language: the first segment of every public path is the language."""
    first, _slash, rest = path.lstrip("/").partition("/")
    return f"/{code}/{rest}" if first in codes() else f"/{code}/"
