"""The key of the backups. It is kept elsewhere, never beside or inside a backup."""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from . import BackupError

PREFIX = "wir-backup-key-1:"
HOW_TO = "`manage.py back_up --new-key` makes one; set BACKUP_KEY or BACKUP_KEY_FILE."


@dataclass(frozen=True)
class Key:
    secret: bytes

    @property
    def number(self):
        """Tells keys apart in the head of a backup and gives nothing of them away."""
        return hashlib.sha256(b"number of a wir backup key" + self.secret).digest()[:8]

    def __repr__(self):
        return f"<Key {self.number.hex()}>"


def new_key():
    return PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")


def read(text):
    """The keys in the text, parted by commas or lines; the first one seals, all of them open."""
    words = text.replace(",", "\n").split()
    keys = [_read_one(word.removeprefix("BACKUP_KEY=")) for word in words]
    if not keys:
        raise BackupError(f"There is no key for backups. {HOW_TO}")
    return keys


def _read_one(word):
    coded = word.removeprefix(PREFIX)
    try:
        secret = base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not word.startswith(PREFIX) or len(secret) != 32:
        raise BackupError(f"What is given as the key for backups is none. {HOW_TO}")
    return Key(secret)


def configured():
    if settings.BACKUP_KEY:
        return read(settings.BACKUP_KEY)
    if not settings.BACKUP_KEY_FILE:
        return read("")
    try:
        return read(Path(settings.BACKUP_KEY_FILE).read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"The file of the key for backups cannot be read: {error}") from error
