"""What the city hands over to the granting authority: one ZIP file, in German.

In it: the proposal as a tagged PDF, its plan as a table, its exact content and the schema of that,
the enclosures, the city's statement and covering letter, and the checksum of each. The same
version, letter and statement give the same bytes, so that the checksum that was recorded can be
proved again by making the file again.
"""

import datetime
import hashlib
from dataclasses import dataclass

from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from . import archive, exports, published_schema

GERMAN = "de"
CHECKSUMS = "checksums.txt"


@dataclass(frozen=True)
class HandoverFile:
    """Every iteration makes the bytes anew, in parts. `left_out` names what could not be put in."""

    stem: str
    members: tuple
    left_out: tuple
    moment: datetime.datetime

    def __iter__(self):
        return archive.streamed(self.members, self.moment, checksums=CHECKSUMS)

    def checksum(self):
        """SHA-256 of the whole file; it is made once for this, and nothing of it is kept."""
        digest = hashlib.sha256()
        for part in self:
            digest.update(part)
        return digest.hexdigest()

    def answer(self):
        return archive.to_take_along(iter(self), self.stem)


def zip_of(version, *, letter_pdf, statement):
    """The HandoverFile of a version.

    `letter_pdf` is the covering letter: bytes (letters.endorsement), or the stored file of a letter
    that was sent. `statement` is the city's statement as plain text. What fails, fails here, before
    the first part has left.
    """
    with translation.override(GERMAN):
        members, left_out = exports.members_of_version(version)
        members = [
            _letter(_("covering-letter.pdf"), letter_pdf),
            *members,
            archive.of_text(_("statement.txt"), statement),
            archive.of_bytes(published_schema.NAME, published_schema.content()),
            archive.of_text(_("read-me.txt"), _read_me(left_out)),
        ]
    return HandoverFile(
        stem=slugify(version.proposal.reference),
        members=tuple(members),
        left_out=tuple(left_out),
        moment=version.submitted_at,
    )


def _letter(name, letter):
    return (
        archive.of_bytes(name, letter)
        if isinstance(letter, bytes)
        else archive.stored(name, letter)
    )


def _read_me(left_out):
    lines = [
        _("Handed over by the city of Offenbach am Main: a project outline of the WIR programme."),
        _("This is not yet the application to the state."),
        "",
        _("%(file)s is the exact text that the checksum on the receipt was made of (SHA-256).")
        % {"file": exports.CONTENT},
        _("%(file)s says how it is built.") % {"file": published_schema.NAME},
        _("%(file)s lists the SHA-256 of every other file.") % {"file": CHECKSUMS},
    ]
    return exports.as_read_me(lines, left_out)
