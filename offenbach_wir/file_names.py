"""Names of files: what people called theirs is text to show, what storage calls them is ours."""

import secrets
import unicodedata

from django.utils.translation import gettext as _

MOST_CHARACTERS = 100
# Folders of most systems take 255 bytes; room is left for the ending and a "(1)".
MOST_BYTES = 200
MOST_MARKS = 4
# Not allowed in names on one system or another, or with a meaning in a header.
REPLACED = dict.fromkeys(map(ord, '<>:"|?*;%'), "-")
# Controls, invisible signs (some turn the writing direction), halves of characters.
DROPPED = {"Cc", "Cf", "Co", "Cs", "Cn"}


def ending(name):
    """What follows the last dot, in small letters, where it looks like an ending: "pdf", or ""."""
    stem, dot, last = plain(name).rpartition(".")
    last = last.lower()
    looks_like_one = last.isascii() and last.isalnum() and last[:1].isalpha() and len(last) <= 5
    return last if dot and stem and looks_like_one else ""


def cleaned(name, extension=""):
    """The name to show and to download under: no path, nothing invisible, at most 106 characters.

    With an extension the name ends in it, whatever it ended in before.
    """
    text = plain(name)
    own = extension or ending(text)
    if ending(text):
        text = text.rpartition(".")[0]
    text = _shortened(text).strip(" .-") or _("File")
    return f"{text}.{own}" if own else text


def plain(name):
    """The last part of a path, without what cannot be seen."""
    text = str(name).replace("\\", "/").rstrip("/").rpartition("/")[2][:2000]
    text = unicodedata.normalize("NFC", text)
    text = "".join(" " if sign.isspace() else sign for sign in text)
    seen = (sign for sign in text if unicodedata.category(sign) not in DROPPED)
    text = unicodedata.normalize("NFC", "".join(seen))
    return " ".join(text.translate(REPLACED).split()).strip(" .")


def _shortened(text):
    """Cut to the limits; of marks stacked on one letter the first few stay."""
    kept, marks, size = [], 0, 0
    for sign in text:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        size += len(sign.encode())
        if len(kept) == MOST_CHARACTERS or size > MOST_BYTES:
            break
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def storage_name(folder, extension):
    """A name nobody can guess and nobody chose."""
    key = secrets.token_hex(16)
    return f"{folder}/{key[:2]}/{key}.{extension}"
