"""From plain values to a tagged PDF (PDF/UA-1), right in every script the fonts know.

The template is ours and fixed; what people wrote comes in as JSON and is never code. Pure: no
database, no request; the same values give the same bytes.
"""

import functools
import json
import re
import unicodedata
from pathlib import Path

import typst
from django.conf import settings

from offenbach_wir import languages

TEMPLATES = Path(__file__).parent / "typst"
# What stands where no font has the sign. It is a white square, as readers know it.
NO_GLYPH = "□"
# Letters of the portal's languages; without these fonts a PDF would be a page of squares.
NEEDED_FAMILIES = ("Noto Sans", "Noto Sans Arabic", "DejaVu Sans")
GET_FONTS = (
    "The fonts for PDF files are missing. On Debian: apt-get install fonts-noto-core "
    "fonts-dejavu-core. Elsewhere set PDF_FONTS to the folders they are in."
)
# Each round replaces everything the fonts lack; a new lack can only come of signs that were joined.
MOST_ROUNDS = 5

# NUL and the other controls, those that turn the direction of what follows, halves of characters.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufeff]")
_HALVES = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
# Scripts without spaces break where their own rules say.
_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_LONG_WORD = re.compile(rf"[^\s\u200b{_NO_SPACES}]{{29,}}")
BREAK_EVERY = 14
_JOINING = "\u200c\u200d\ufe0e\ufe0f"
_LACKING = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
# Writing systems that run right to left, of languages the portal's own list does not know.
_RIGHT_TO_LEFT = {"ar", "ckb", "dv", "fa", "he", "ku", "prs", "ps", "sd", "syr", "ug", "ur", "yi"}


class FontsMissingError(Exception):
    """The machine lacks fonts; what to do stands in the message, for operators."""


class TypesettingError(Exception):
    """The template could not be set. The message names no content."""


@functools.cache
def _fonts():
    folders = [str(folder) for folder in settings.PDF_FONTS if Path(folder).is_dir()]
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=folders
    )
    return fonts, frozenset(fonts.families())


def missing_families():
    """The font families that have to be there and are not."""
    return sorted(set(NEEDED_FAMILIES) - _fonts()[1])


def forget_fonts():
    """Looks at the folders again: for tests and after fonts were installed."""
    _fonts.cache_clear()


def look_for_fonts():
    """FontsMissingError where there are none; those installed since the last look count."""
    if missing_families():
        forget_fonts()
        if missing_families():
            raise FontsMissingError(GET_FONTS)


def make(template, values, *, made_at):
    """(PDF, whether signs had to be replaced). `values` are what the template reads as JSON.

    `made_at` is an aware moment that the file carries. FontsMissingError without fonts.
    """
    look_for_fonts()
    lacking = set()
    for _round in range(MOST_ROUNDS):
        replaced = _replacing(lacking, values)
        try:
            return _compile(template, replaced, made_at), bool(lacking)
        except typst.TypstError as error:
            found = set(map(_unescaped, _LACKING.findall(error.diagnostic)))
            if not found - lacking:
                raise TypesettingError(f"{template} could not be set") from None
            lacking |= found
    raise TypesettingError(f"{template} asks for ever more signs")


def _compile(template, values, made_at):
    compiler = typst.Compiler(
        input=str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=_fonts()[0],
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps(values)},
    )
    return compiler.compile(
        format="pdf", pdf_standards=["ua-1"], timestamp=int(made_at.timestamp())
    )


def _unescaped(text):
    return _ESCAPED.sub(_sign_of, text)


def _sign_of(match):
    by_number, simple = match.groups()
    return chr(int(by_number, 16)) if by_number else _SIMPLE_ESCAPES.get(simple, simple)


def _replacing(lacking, values):
    """The values with a square for each sign or group of signs that no font has."""
    values = {**values, "has_squares": bool(lacking)}
    if not lacking:
        return values
    longest_first = sorted(lacking, key=len, reverse=True)
    sign = re.compile(f"(?:{'|'.join(map(re.escape, longest_first))})[{_JOINING}]*")
    return _in_every_text(values, lambda text: sign.sub(NO_GLYPH, text))


def _in_every_text(value, change):
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _in_every_text(part, change) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_in_every_text(part, change) for part in value]
    return value


# --- What people wrote --------------------------------------------------------------------------
def line(text, code=""):
    """A text of one line as the template wants it: {"text", "lang", "dir"}."""
    return _piece(" ".join(_plain(text).split()), code)


def paragraphs(text, code=""):
    """The lines of a longer text, each with its own direction, as a browser shows `dir="auto"`."""
    whole = [_plain(part).rstrip() for part in lines(text)]
    return [_piece(part, code) for part in whole if part.strip()]


def lines(text):
    """The lines of a text, however they end; at least one, which may be empty."""
    return _LINE_END.split(str(text))


def piece(text, code=""):
    """Part of a line: the blanks around it stay."""
    return _piece(_plain(text), code)


def _piece(text, code):
    return {"text": text, "lang": _tag(code), "dir": _direction(text, code)}


def _plain(text):
    text = _HALVES.sub(NO_GLYPH, _HIDDEN.sub("", str(text).replace("\t", " ")))
    return _LONG_WORD.sub(_with_breaks, text)


def _with_breaks(match):
    """Places where a very long word may be broken, never between a letter and its marks."""
    broken, since = [], 0
    for sign in match[0]:
        belongs = unicodedata.combining(sign) or sign in _JOINING or broken[-1:] == ["\u200d"]
        if since >= BREAK_EVERY and not belongs:
            broken.append("\u200b")
            since = 0
        broken.append(sign)
        since += 1
    return "".join(broken)


def _tag(code):
    """The language for a screen reader: two or three letters, or nothing where we cannot say."""
    first = languages.bcp47(code).partition("-")[0].lower() if code else ""
    return first if re.fullmatch("[a-z]{2,3}", first) else ""


def _direction(text, code):
    """That of the first letter that has one, else that of the language."""
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind == "L":
            return "ltr"
        if kind in ("R", "AL"):
            return "rtl"
    return "rtl" if _tag(code) in _RIGHT_TO_LEFT else "ltr"
