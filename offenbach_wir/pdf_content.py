"""What a PDF may not hold: programs, other files, parts that nobody can look into.

The file is read in windows, never whole. Checked are

- the beginning and the end, so that a cut file is noticed;
- names in the raw bytes, also written with #xx: JavaScript, Launch, ImportData, GoToE, RichMedia,
  Rendition, Movie, XFA, EmbeddedFile(s), Encrypt. Earlier revisions inside the file count too;
- the same names inside object streams, which are unpacked within limits. A stream counts as one if
  its dictionary says so or its content begins like one. One that is packed other than by plain
  Flate is refused, because we could not look inside.

Not checked: pictures and fonts (a reader's own business), links to web pages (nothing happens until
they are followed). A scanner for viruses stands beside this, see scanner.py.
"""

import re
import zlib

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

WINDOW = 256 * 1024
BEHIND = 4096
AHEAD = 64
HEAD = 512
PIECE = 64 * 1024
LAST_BYTES = 2048
MOST_STREAMS = 20_000
MOST_UNPACKED_BYTES = 200 * 1024 * 1024

NAME_ENDS = rb"(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"


def _name(*words):
    """A pattern for these names; any letter may be written as its number: /J#61vaScript."""

    def letter(sign):
        number = "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in f"{ord(sign):02x}")
        return f"(?:{sign}|#{number})"

    spelled = "|".join("".join(map(letter, word)) for word in words)
    return b"/(?:" + spelled.encode() + b")" + NAME_ENDS


PROGRAMS = (
    *("JavaScript", "Launch", "ImportData", "GoToE"),
    *("RichMedia", "Rendition", "Movie", "XFA"),
)
SUSPECT = re.compile(
    b"(?P<program>" + _name(*PROGRAMS) + b")"
    b"|(?P<file>" + _name("EmbeddedFile", "EmbeddedFiles") + b")"
    b"|(?P<locked>" + _name("Encrypt") + b")"
)
MARKS = re.compile(
    b"(?P<announced>" + _name("ObjStm") + b")"
    rb"|(?P<stream>(?<![A-Za-z])stream[\x00\t\x0c ]*(?:\r\n|\n|\r)?)"
)
SAYS_OBJECTS = re.compile(_name("ObjStm"))
FIRST, COUNT = re.compile(_name("First")), re.compile(_name("N"))
FILTER = re.compile(_name("Filter"))
PLAIN_FLATE = re.compile(
    _name("Filter")
    + rb"\s*(?:\[\s*"
    + _name("FlateDecode")
    + rb"\s*\]|"
    + _name("FlateDecode")
    + b")"
)
# An object stream begins with pairs of numbers: which object, and where.
NUMBERS = re.compile(rb"\s*\d+\s+\d+\s")

PROGRAM = _(
    "This PDF contains a program or an action that can start by itself. Please print it into a new "
    "PDF (“Print”, then “Save as PDF”) and choose the new file."
)
FILE_INSIDE = _(
    "This PDF has other files inside. Please print it into a new PDF (“Print”, then “Save as PDF”) "
    "and choose the new file; add the others one by one."
)
LOCKED = _(
    "This file is protected by a password or against changes. Please save it without this "
    "protection and choose it again."
)
CLOSED = _(
    "We cannot look inside this PDF to check it. Please print it into a new PDF (“Print”, then "
    "“Save as PDF”) and choose the new file."
)
DAMAGED = _(
    "This file is damaged or not complete. Please open it on your computer, save it again and "
    "choose it again."
)
WORDS = {
    "program": (PROGRAM, "active"),
    "file": (FILE_INSIDE, "inside"),
    "locked": (LOCKED, "locked"),
}


def check_pdf(file):
    """Raises ValidationError in words for the person who chose the file."""
    size = file.seek(0, 2)
    file.seek(0)
    begins = file.read(5) == b"%PDF-"
    file.seek(max(0, size - LAST_BYTES))
    if not begins or b"%%EOF" not in file.read(LAST_BYTES):
        raise ValidationError(DAMAGED, code="damaged")
    announced, opened, streams, allowance = 0, 0, 0, MOST_UNPACKED_BYTES
    for offset, window, start, end in _windows(file, size):
        _refuse_suspects(window, start, end)
        for mark in MARKS.finditer(window, start):
            if mark.start() >= end:
                break
            if mark["announced"]:
                announced += 1
                continue
            streams += 1
            dictionary = window[max(0, mark.start() - BEHIND) : mark.start()]
            is_one, unpacked = _look_inside(file, offset + mark.end(), dictionary, allowance)
            opened += is_one
            allowance -= unpacked
            if streams > MOST_STREAMS:
                raise ValidationError(CLOSED, code="closed")
    if announced > opened:
        raise ValidationError(CLOSED, code="closed")
    file.seek(0)


def _windows(file, size):
    """Overlapping pieces: (offset, bytes, where its own part starts, where it ends)."""
    for own in range(0, size, WINDOW):
        offset = max(0, own - BEHIND)
        file.seek(offset)
        window = file.read(own - offset + WINDOW + AHEAD)
        yield offset, window, own - offset, own - offset + WINDOW


def _refuse_suspects(text, start, end):
    found = SUSPECT.search(text, start)
    if found and found.start() < end:
        raise ValidationError(*WORDS[found.lastgroup])


def _look_inside(file, at, before, allowance):
    """(whether this is an object stream, bytes unpacked); refuses what is in it or hides in it."""
    dictionary = before.rpartition(b"endstream")[2]
    is_named = bool(SAYS_OBJECTS.search(dictionary))
    # Some readers ask for these two keys only. An outline before a stream has one of them as well.
    own = dictionary.rpartition(b"endobj")[2]
    says_so = is_named or bool(FIRST.search(own) and COUNT.search(own))
    pieces = _unpacked(file, at)
    head = next(pieces, b"")
    if not says_so and not NUMBERS.match(head):
        return False, len(head)
    if says_so and not FILTER.search(dictionary):
        return is_named, len(head)  # not packed: the raw bytes are read anyway
    is_plain = len(FILTER.findall(dictionary)) == 1 and PLAIN_FLATE.search(dictionary)
    if says_so and not (is_plain and NUMBERS.match(head)):
        raise ValidationError(CLOSED, code="closed")
    unpacked, rest = len(head), head
    for piece in pieces:
        unpacked += len(piece)
        if unpacked > allowance:
            raise ValidationError(CLOSED, code="closed")
        _refuse_suspects(rest, 0, len(rest) - AHEAD)
        rest = rest[-AHEAD:] + piece
    _refuse_suspects(rest, 0, len(rest))
    return is_named, unpacked


def _unpacked(file, at):
    """Pieces of what is packed there, as far as it can be unpacked; none are empty."""
    unpacker, most = zlib.decompressobj(), HEAD
    file.seek(at)
    while not unpacker.eof:
        packed = unpacker.unconsumed_tail or file.read(4096)
        if not packed:
            return
        try:
            piece = unpacker.decompress(packed, most)
        except zlib.error:
            return
        if piece:
            yield piece
            most = PIECE
