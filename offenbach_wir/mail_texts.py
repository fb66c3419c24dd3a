"""The mails the portal knows, and what staff made of their subject and introduction.

Each app registers its mails in its module `mails.py`:

    mail_texts.register(
        "barrier_report",
        _("To the office: a barrier was reported"),
        area=QueuedMail.Area.OFFICE,
        placeholders={"reference": Placeholder(_("number of the report"), "B-2A3B4C")},
        example={"pk": 17},
    )

The file templates/emails/<name>.txt extends emails/base.txt and fills three blocks: `subject` (one
line), `introduction`, and `body`, the facts nobody edits. It is plain text; the HTML version is
made from the same words. The values of the context are plain: names, numbers, days. Addresses of
pages are written with {% url %}, so that they lead to the page in the language of the mail.

Staff may replace subject and introduction per language (MailText). There `{reference}` becomes the
value of that name by plain replacement; nothing staff or visitors write is ever run as a template.
"""

import re
import secrets
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from . import languages, placeholders
from .models import MailText

GERMAN = settings.LANGUAGE_CODE
LONGEST_SUBJECT = 250

# The controls that turn the direction of whatever follows them in a line.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


@dataclass(frozen=True)
class Mail:
    """`example` holds what the file needs beside the placeholders. The content of a mail with a
    secret link (`is_secret`) is shown to nobody but its reader.
    """

    name: str
    purpose: str
    area: str
    placeholders: dict = field(default_factory=dict)
    example: dict = field(default_factory=dict)
    is_secret: bool = False

    @property
    def example_context(self):
        return {name: p.example for name, p in self.placeholders.items()} | self.example


@dataclass(frozen=True)
class Written:
    """One mail in one language, as plain text in three parts."""

    language: str
    subject: str
    introduction: str
    body: str

    @property
    def text(self):
        return "\n\n".join(part for part in (self.introduction, self.body) if part)

    @property
    def tag(self):
        return languages.bcp47(self.language)

    @property
    def direction(self):
        return languages.direction(self.language)

    @property
    def paragraphs(self):
        """Each paragraph a list of (line, is it an address of the portal)."""
        address = f"{settings.PORTAL_URL}/"
        return [
            [(line, line.startswith(address) and " " not in line) for line in lines.split("\n")]
            for lines in re.split(r"\n\s*\n", self.text)
        ]


_mails = {}


def register(name, purpose, *, area, placeholders=None, example=None, is_secret=False):
    if name in _mails:
        raise ValueError(f"Mail {name} is registered twice.")
    _mails[name] = Mail(name, purpose, area, placeholders or {}, example or {}, is_secret)
    return _mails[name]


def get(name):
    """The registered mail; None for one the portal no longer knows."""
    return _mails.get(name)


def in_areas(areas):
    return [mail for mail in _mails.values() if mail.area in areas]


def check_placeholders(mail, text):
    """Raises ValidationError for any brace that is not part of a listed placeholder."""
    if placeholders.wrong_in(text, mail.placeholders):
        allowed = ", ".join(f"{{{name}}}" for name in mail.placeholders) or _("none")
        raise ValidationError(
            _("Braces stand for placeholders only. This mail knows: %(allowed)s"),
            code="unknown_placeholder",
            params={"allowed": allowed},
        )


def own_text(name, language):
    """What staff wrote for this mail and language; an empty text where nobody wrote any."""
    saved = MailText.objects.filter(template=name, language=language).first()
    return saved or MailText(template=name, language=language)


def write(name, language, context, own=None):
    """The mail in that language; `own` is a text to try out instead of the saved one."""
    mail = _mails[name]
    own = own or own_text(name, language)
    with translation.override(language):
        subject, introduction, body = _parts(name, context)
        subject = _filled(own.subject, mail, context) or subject
        introduction = _filled(own.introduction, mail, context) or introduction
    return Written(
        language,
        " ".join(subject.translate(_TURNING).split())[:LONGEST_SUBJECT],
        introduction.translate(_TURNING),
        body,
    )


def both_texts(versions):
    """(text, HTML) of the versions of a mail, one below the other."""
    first, *others = versions
    text = first.text
    for version in others:
        text += f"\n\n{'-' * 60}\n{version.subject}\n\n{version.text}"
    return f"{text}\n", render_to_string("emails/mail.html", {"versions": versions})


def _parts(name, context):
    """[subject, introduction, body] as the file has them."""
    # A mark that no text can contain, whatever somebody wrote.
    cut = secrets.token_hex(16)
    values = context | {"cut": cut, "portal_url": settings.PORTAL_URL}
    text = render_to_string(f"emails/{name}.txt", values)
    return ["\n".join(part.splitlines()).strip() for part in text.split(cut)]


def _filled(text, mail, context):
    text = "\n".join(text.splitlines())
    return placeholders.filled(text, mail.placeholders, context).strip()
