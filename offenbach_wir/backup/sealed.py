"""Streams that are encrypted and authenticated piece by piece, in constant memory.

A head, then pieces of 1 MiB sealed with AES-256-GCM. The nonce of a piece is its number and whether
it is the last, so that pieces that were altered, exchanged, dropped or added are refused. Each file
has a key of its own, made from the backup key and a random salt in its head.
"""

import io
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from . import BackupError

MAGIC = b"WIR backup 1\n"
NUMBER_BYTES, SALT_BYTES, TAG_BYTES = 8, 32, 16
HEAD_BYTES = len(MAGIC) + NUMBER_BYTES + SALT_BYTES
PIECE = 1024 * 1024


class BrokenBackupError(BackupError):
    """The file is not what was once written."""


def _cipher(key, head):
    salt = head[-SALT_BYTES:]
    return AESGCM(HKDF(SHA256(), 32, salt, b"wir backup file").derive(key.secret))


def _nonce(number, is_last):
    return number.to_bytes(11, "big") + bytes([is_last])


class SealedWriter(io.RawIOBase):
    """Seals what is written to it into `file`. Only `finish()` makes it whole."""

    def __init__(self, file, key):
        self.file = file
        self._head = MAGIC + key.number + secrets.token_bytes(SALT_BYTES)
        self._cipher = _cipher(key, self._head)
        self._waiting, self._number = bytearray(), 0
        file.write(self._head)

    def writable(self):
        return True

    def write(self, data):
        self._waiting += data
        # The last piece is never empty unless all is, so one more byte must wait behind a piece.
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        return len(data)

    def finish(self):
        self._seal(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _seal(self, piece, is_last):
        nonce = _nonce(self._number, is_last)
        self.file.write(self._cipher.encrypt(nonce, piece, self._head))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Gives back what was sealed; nothing of a piece before all of it is known to be genuine.

    What was cut off shows only at the end: read to the end before believing anything.
    """

    def __init__(self, file, keys):
        self.file = file
        self._head = file.read(HEAD_BYTES)
        if len(self._head) < HEAD_BYTES or not self._head.startswith(MAGIC):
            raise BrokenBackupError("This is no backup of the portal, or only its beginning.")
        number = self._head[len(MAGIC) :][:NUMBER_BYTES]
        key = next((key for key in keys if key.number == number), None)
        if key is None:
            raise BackupError(f"This backup was sealed with another key (number {number.hex()}).")
        self._cipher = _cipher(key, self._head)
        self._next = file.read(PIECE + TAG_BYTES)
        self._open, self._place, self._number = b"", 0, 0

    @property
    def name(self):
        """Tells this backup from all others."""
        return self._head[-SALT_BYTES:].hex()

    def readable(self):
        return True

    def readinto(self, buffer):
        if self._place == len(self._open) and self._next is not None:
            self._open_next()
        given = self._open[self._place : self._place + len(buffer)]
        buffer[: len(given)] = given
        self._place += len(given)
        return len(given)

    def _open_next(self):
        piece, following = self._next, self.file.read(PIECE + TAG_BYTES)
        nonce = _nonce(self._number, is_last=not following)
        try:
            self._open = self._cipher.decrypt(nonce, piece, self._head)
        except (InvalidTag, ValueError) as error:
            raise BrokenBackupError(
                "This backup is damaged: it was cut off, altered or put together anew "
                f"(piece {self._number + 1})."
            ) from error
        self._place = 0
        self._number += 1
        self._next = following or None
