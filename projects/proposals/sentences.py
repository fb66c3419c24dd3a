"""What a check has to say: sentences that are put into the reader's language when they are read.

Pure values: no database, no clock, no request. Money is written to the cent, days as each language
writes them.
"""

import datetime
import enum
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.formats import date_format

from offenbach_wir.languages import isolated
from offenbach_wir.money import format_to_the_cent


class Severity(enum.StrEnum):
    """An error stands in the way of handing in; a warning does not; a hint only explains."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True)
class Sentence:
    """A lazily translated template with its values; `str()` of it is for the active language.

    `for_office` is what colleagues of the city read in its place, as a tuple.
    """

    template: object
    values: tuple = ()
    office: tuple | None = None

    @property
    def for_office(self):
        return (self,) if self.office is None else self.office

    def __str__(self):
        return str(self.template % {name: _written(value) for name, value in self.values})


def say(template, **values):
    return Sentence(template, tuple(sorted(values.items())))


def ask(template, *, office=None, **values):
    """A sentence that speaks to the organisation: what it should do, what is its own. Colleagues
    read `office` in its place, another sentence, or nothing.
    """
    instead = () if office is None else (office,)
    return Sentence(template, tuple(sorted(values.items())), instead)


def _written(value):
    if isinstance(value, Decimal):
        return isolated(format_to_the_cent(value))
    if isinstance(value, datetime.date):
        return date_format(value, "DATE_FORMAT")
    return value


@dataclass(frozen=True)
class Message:
    """One finding: what is the matter, by which rule, and the way out.

    `row_key` is the key of the row to change, empty where it is no single row. `amount` is the sum
    it is about, in euros.
    """

    code: str
    severity: Severity
    sentences: tuple[Sentence, ...]
    row_key: str = ""
    amount: Decimal | None = None

    @property
    def text(self):
        return " ".join(str(sentence) for sentence in self.sentences)

    def __str__(self):
        return self.text

    @property
    def for_office(self):
        """The same finding for those who read the plan and do not write it: it leads to no row."""
        read = tuple(said for sentence in self.sentences for said in sentence.for_office)
        return replace(self, sentences=read, row_key="")


def error(code, *sentences, row=None, amount=None):
    return _message(code, Severity.ERROR, sentences, row, amount)


def warning(code, *sentences, row=None, amount=None):
    return _message(code, Severity.WARNING, sentences, row, amount)


def hint(code, *sentences, row=None, amount=None):
    return _message(code, Severity.HINT, sentences, row, amount)


def _message(code, severity, sentences, row, amount):
    return Message(code, severity, sentences, row.key if row else "", amount)
