"""What letters of the city may name, and how a text with placeholders becomes paragraphs.

Pure: no database, no request. Every value stays a piece of its own with its language and direction,
so that an Arabic title does not turn the German sentence around it.
"""

import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offenbach_wir import placeholders
from offenbach_wir.money import format_to_the_cent
from offenbach_wir.placeholders import Placeholder

from . import typesetting
from .snapshot import name_in

GERMAN = "de"
PLACEHOLDERS = {
    "organisation": Placeholder(
        gettext_lazy("name of the organisation"), "Verein Musterbaum e. V."
    ),
    "title": Placeholder(gettext_lazy("title of the project"), "Ein Garten für alle"),
    "reference": Placeholder(gettext_lazy("reference of the case"), "WIR-2027-0001"),
    "line": Placeholder(gettext_lazy("funding line"), "Modellprojekte"),
    "amount": Placeholder(gettext_lazy("grant that is asked for"), "12.500,00 EUR"),
    "period": Placeholder(gettext_lazy("first and last day"), "01.03.2027 – 28.02.2028"),
    "statement": Placeholder(
        gettext_lazy("statement of the city, with all its paragraphs"),
        "Das Vorhaben passt zu den Zielen der Stadt.\n"
        "Der Verein ist im Nordend bekannt und arbeitet verlässlich. Wir befürworten es.",
    ),
    "recipient": Placeholder(
        gettext_lazy("whom the letter is for: the first line of the address"),
        "Regierungspräsidium Darmstadt",
    ),
    "date": Placeholder(gettext_lazy("day of the letter"), datetime.date(2027, 1, 15)),
}
EXAMPLE = {name: placeholder.example for name, placeholder in PLACEHOLDERS.items()}
# Written by applicants, maybe in another language than German.
IN_THEIR_LANGUAGE = {"title"}


def check(text):
    """Raises ValidationError that names the first brace that is not a listed placeholder."""
    if wrong := placeholders.wrong_in(text, PLACEHOLDERS):
        raise ValidationError(
            _("%(wrong)s is no placeholder of this letter. It knows: %(allowed)s"),
            code="unknown_placeholder",
            params={
                "wrong": wrong[:60],
                "allowed": ", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
            },
        )


def values_of(data, *, statement="", recipient="", on):
    """The values of the placeholders, from what a version holds (snapshot.of) and this letter."""
    columns, line = data["columns"], data["columns"]["funding_line"]
    days = [columns[key] for key in ("starts_on", "ends_on")]
    with translation.override(GERMAN):
        period = " – ".join(_day(day) for day in days if day)
    return {
        "organisation": data["applicant"]["name"],
        "title": columns["title"],
        "reference": data["reference"] or "",
        "line": name_in(line["name"], GERMAN) if line else "",
        "amount": format_to_the_cent(Decimal(data["plan"]["result"]["requested_share"])),
        "period": period,
        "statement": statement,
        "recipient": next(iter(recipient.splitlines()), ""),
        "date": on,
    }


def _day(day):
    return date_format(datetime.date.fromisoformat(day), "SHORT_DATE_FORMAT")


def line_of(text, values, language=GERMAN):
    """A text of one line as pieces."""
    return [piece for pieces in paragraphs_of(text, values, language) for piece in pieces["pieces"]]


def paragraphs_of(text, values, language=GERMAN):
    """[{"dir", "pieces"}], one a line of the filled text; empty lines are no paragraphs.

    `language` is that of what applicants wrote. A paragraph that is nothing but one value runs in
    the direction of that value, every other one from left to right, as the letter does.
    """
    paragraphs, current = [], []
    with translation.override(GERMAN):
        for piece, name in placeholders.parts_of(text, PLACEHOLDERS):
            value = placeholders.as_text(values.get(name)) if name else piece
            code = language if name in IN_THEIR_LANGUAGE else GERMAN
            first, *others = typesetting.lines(value)
            current.append((first, code, bool(name)))
            for line in others:
                paragraphs.append(current)
                current = [(line, code, bool(name))]
    return [made for pieces in (*paragraphs, current) if (made := _paragraph(pieces)) is not None]


def _paragraph(pieces):
    pieces = [piece for piece in pieces if piece[0]]
    if not "".join(text for text, *_rest in pieces).strip():
        return None
    made = [typesetting.piece(text, code) for text, code, _is_value in pieces]
    is_one_value = len(pieces) == 1 and pieces[0][2]
    return {"dir": made[0]["dir"] if is_one_value else "ltr", "pieces": made}
