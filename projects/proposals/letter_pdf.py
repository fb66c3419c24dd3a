"""A letter of the city as a tagged PDF (PDF/UA-1), in the form of DIN 5008.

Pure: plain values in, bytes out; the same values give the same bytes. Letters are German.
"""

import datetime
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import letter_texts, typesetting
from .letter_texts import GERMAN

TEMPLATE = "letter.typ"
NOON = datetime.time(12, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Sender:
    """Who writes: empty parts are left out."""

    name: str
    street: str = ""
    place: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Letter:
    """`subject` and `body` with their placeholders, `values` for these (letter_texts.values_of);
    `recipient` and `signed_by` have a line for each line. `language` is that of the proposal.
    """

    sender: Sender
    recipient: str
    on: datetime.date
    subject: str
    body: str
    signed_by: str = ""
    values: dict = field(default_factory=dict)
    language: str = GERMAN


def make(letter):
    """The bytes of the PDF. typesetting.FontsMissingError, TypesettingError as for proposals."""
    with translation.override(GERMAN):
        values = _values(letter)
    made_at = datetime.datetime.combine(letter.on, NOON)
    content, _squares = typesetting.make(TEMPLATE, values, made_at=made_at)
    return content


def _values(letter):
    sender, reference = letter.sender, letter.values.get("reference", "")
    # A file without a title would not be accessible.
    subject = letter_texts.line_of(letter.subject, letter.values, letter.language) or [
        typesetting.line(_("Letter"), GERMAN)
    ]
    address = [part for part in (sender.name, sender.street, sender.place) if part]
    facts = (
        (_("Phone"), sender.phone),
        (_("E-mail"), sender.email),
        (_("Our reference"), reference),
        (_("Date"), date_format(letter.on, "DATE_FORMAT")),
    )
    return {
        "lang": GERMAN,
        "title": " ".join("".join(piece["text"] for piece in subject).split()),
        "author": typesetting.line(sender.name)["text"],
        "sender": [typesetting.line(part, GERMAN) for part in address],
        "recipient": typesetting.paragraphs(letter.recipient, GERMAN),
        "facts": [
            {"label": label, "value": typesetting.line(value, GERMAN)}
            for label, value in facts
            if value
        ],
        "subject": subject,
        "reference": typesetting.line(reference),
        "paragraphs": letter_texts.paragraphs_of(letter.body, letter.values, letter.language),
        "signed_by": typesetting.paragraphs(letter.signed_by, GERMAN),
        "words": {
            "page": _("Page %(n)s of %(all)s") % {"n": "{n}", "all": "{all}"},
            "squares": _(
                "Some signs have no picture in the fonts of this file. A white square (□) stands "
                "in their place."
            ),
        },
    }
