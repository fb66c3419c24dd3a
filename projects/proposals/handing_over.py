"""What goes out to the granting authority, and the proof of what it was."""

from dataclasses import dataclass

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from offenbach_wir import file_names

from . import handover_files, letters
from .models import Handover, LetterTemplate
from .typesetting import FontsMissingError, TypesettingError

FOLDER = "letters"


class NotReadyError(Exception):
    """The letter cannot be made: no fonts on this machine, no text of the letter."""


@dataclass(frozen=True)
class Outgoing:
    """What goes out, made from one version, statement, recipient and day. `left_out` names files
    that are not in it: those are gone, infected, or not scanned yet.
    """

    version: object
    statement: str
    letter: bytes
    zip: handover_files.HandoverFile

    @property
    def left_out(self):
        return self.zip.left_out


def recipient_by_default():
    """As the last hand-over had it, else as the settings say; whoever hands over may change it."""
    last = Handover.objects.order_by("-recorded_at", "-pk").values_list("recipient", flat=True)
    return last.first() or settings.GRANTING_AUTHORITY


def statement_of(proposal):
    statement = getattr(proposal, "statement", None)
    return statement.text if statement else ""


def outgoing(proposal, *, recipient, on):
    """The Outgoing as it would leave now. NotReadyError."""
    version, statement = proposal.versions.first(), statement_of(proposal)
    try:
        letter = letters.endorsement(version, statement=statement, recipient=recipient, on=on)
    except (FontsMissingError, TypesettingError, LetterTemplate.DoesNotExist) as error:
        raise NotReadyError from error
    return Outgoing(
        version,
        statement,
        letter,
        handover_files.zip_of(version, letter_pdf=letter, statement=statement),
    )


def keep_letter(content):
    """Stores the letter that is sent; its name in the private storage."""
    return storages["private"].save(
        file_names.storage_name(FOLDER, "pdf"), ContentFile(content, name="letter.pdf")
    )


def sent(handover):
    """The ZIP that was handed over, made again of the same parts: the same bytes."""
    return handover_files.zip_of(
        handover.version, letter_pdf=handover.letter, statement=handover.statement
    )
