"""Bringing a backup back. Everything is checked before anything is changed; whoever is interrupted
gives the same command again.
"""

import json
import os
from contextlib import contextmanager
from pathlib import Path

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from post_office.models import STATUS, Email

from offenbach_wir import erasure

from . import BackupError, databases, files, keys, tables
from .archive import FILES, DumpReader, parts
from .making import ENVIRONMENT, ERASURES, FORMAT, verify
from .sealed import SealedReader

RECEIPT = "L-*.json"


class Restore:
    """One backup on its way back; `say` gets a sentence after each step."""

    def __init__(self, path, *, replace=False, erasures=None, say=print):
        self.path, self.replace, self.erasures, self.say = Path(path), replace, erasures, say
        self.opening = keys.configured()

    def run(self):
        self.check()
        self.remember()
        self.bring_back_database()
        self.bring_back_files()
        self.bring_forward()
        self.erase_again()
        begun().unlink()

    def check(self):
        """Reads all of the backup and looks at where it is to go; changes nothing."""
        with self._stream() as stream:
            self.name = stream.name
        self.manifest = verify(self.path, self.opening)
        if self.manifest["format"] != FORMAT:
            raise BackupError("This backup is of another format than this portal knows.")
        self._check_database()
        if self.erasures is not None and not Path(self.erasures).is_dir():
            raise BackupError(f"There is no folder of receipts at {self.erasures}.")
        count = sum(t["rows"] for t in self.manifest["database"]["tables"].values())
        self.say(
            f"The backup of {self.manifest['made_at']} is whole: {count} rows, "
            f"{len(self._files())} files."
        )

    def _check_database(self):
        vendor = self.manifest["database"]["vendor"]
        if vendor != connection.vendor:
            raise BackupError(
                f"This backup is of a {vendor} database, DATABASE_URL names a "
                f"{connection.vendor} database."
            )
        if unknown := databases.unknown_migrations(self.manifest["migrations"]):
            raise BackupError(
                f"This backup was made by a newer portal ({unknown[0]}). Install that version."
            )
        ours = databases.ours()
        if ours.holds_tables():
            if not self.replace and self._begun_with() != self.name:
                raise BackupError(
                    "The database already holds tables and was left as it is. "
                    "With --replace all of it is given up for the backup."
                )
            if ours.others_connected():
                raise BackupError(
                    "Others are connected to the database. Stop web server and worker first."
                )

    def _begun_with(self):
        """The name of the backup an interrupted restore was at."""
        try:
            return json.loads(begun().read_text())["backup"]
        except (OSError, ValueError, KeyError):
            return None

    def remember(self):
        begun().write_text(json.dumps({"backup": self.name, "file": self.path.name}))

    def bring_back_database(self):
        ours = databases.ours()
        if ours.holds_tables():
            ours.make_empty()
        with self._stream() as stream:
            ours.restore(DumpReader(stream))
        with ours.snapshot() as snapshot:
            found = snapshot.sums()
        if wrong := tables.differences(found, self.manifest["database"]["tables"]):
            raise BackupError(f"These tables are not as they were: {', '.join(wrong)}.")
        self.say(f"The database is back, {len(found)} tables compared with the manifest.")

    def bring_back_files(self):
        written = {}
        with self._stream() as stream:
            for name, file in parts(stream):
                if name.startswith(FILES):
                    alias, _slash, stored = name.removeprefix(FILES).partition("/")
                    files.put(alias, stored, file, self.manifest["parts"][name])
                    written[alias, stored] = name
                elif name.startswith(ERASURES):
                    _keep_receipt(name.removeprefix(ERASURES), file.read())
                elif name == ENVIRONMENT:
                    _write_for_us_alone(environment_file(), file.read())
        self.say(f"{len(written)} files are back, each compared with the manifest.")
        if more := set(files.stored()) - set(written):
            self.say(f"{len(more)} files lie in the storages that are not of this backup.")
        if missing := self.manifest["missing"]:
            self.say(f"{len(missing)} files were missing already: {', '.join(missing[:20])}")
        self.say(f"Keys and addresses stand in {environment_file()}.")

    def bring_forward(self):
        """To today's version of the portal, without what was true at the time only."""
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        for cache in caches.all(initialized_only=False):
            cache.clear()
        # Somebody may have signed out, or been put out, since.
        UserSession.objects.all().delete()
        Session.objects.all().delete()

    def erase_again(self):
        if self.erasures is not None:
            for receipt in Path(self.erasures).glob(RECEIPT):
                _keep_receipt(receipt.name, receipt.read_bytes())
        receipts = list(erasure.receipts())
        erased = sum(sum(erasure.erase_again(receipt).values()) for receipt in receipts)
        self.say(f"{len(receipts)} erasures repeated, {erased} rows erased again.")
        waiting = Email.objects.filter(status__in=(STATUS.queued, STATUS.requeued)).count()
        self.say(f"{waiting} mails wait to be sent; some may have gone out after the backup.")

    def _files(self):
        return [name for name in self.manifest["parts"] if name.startswith(FILES)]

    @contextmanager
    def _stream(self):
        with open(self.path, "rb") as file:
            yield SealedReader(file, self.opening)


def begun():
    """There while a restore is under way or was interrupted."""
    return settings.VAR_DIR / "restore-begun.json"


def environment_file():
    return settings.VAR_DIR / "restored.env"


def _keep_receipt(name, content):
    erasure.folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = erasure.folder() / name
    if not path.exists():
        path.write_bytes(content)


def _write_for_us_alone(path, content):
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
