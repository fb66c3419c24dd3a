"""Copying and restoring the embedded database."""

import datetime
import os
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection
from django.db.backends.sqlite3._functions import register as register_functions

from . import BackupError
from .tables import sum_of

VENDOR = "sqlite"
COPIED_AT_ONCE = 1024 * 1024


def place():
    return Path(connection.settings_dict["NAME"])


class Snapshot:
    """A copy of the database at one moment, in a file that has no name any more."""

    vendor = VENDOR
    version = sqlite3.sqlite_version

    def __init__(self, copy, file, moment):
        self._copy, self._file, self.moment = copy, file, moment

    def rows(self, statement):
        return self._copy.execute(statement).fetchall()

    def table_names(self):
        return table_names(self._copy)

    def sums(self):
        return sums(self._copy)

    @contextmanager
    def dump(self):
        self._file.seek(0)
        yield self._file


@contextmanager
def snapshot():
    """Writers go on meanwhile: in WAL mode the copy is made from one reading transaction."""
    if not place().exists():
        raise BackupError(f"There is no database at {place()}.")
    # Beside the database, because it is as large and as secret. Its name goes before the first row
    # is in it, so that nothing stays behind whatever happens.
    handle, path = tempfile.mkstemp(prefix=".snapshot-", dir=place().parent)
    with os.fdopen(handle, "r+b", buffering=0) as file, closing(sqlite3.connect(path)) as copy:
        register_functions(copy)
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA synchronous = OFF")
        copy.execute("BEGIN EXCLUSIVE")
        copy.rollback()
        os.unlink(path)
        moment = datetime.datetime.now(datetime.UTC)
        with closing(sqlite3.connect(place(), timeout=20)) as original:
            original.backup(copy)
        _leave_log_mode(file)
        _assert_sound(copy)
        yield Snapshot(copy, file, moment)


def _leave_log_mode(file):
    """The copy says of itself that it has a write-ahead log, and reading it would want files with
    names. Versions of the format and counter of changes as in https://sqlite.org/fileformat2.html.
    """
    handle = file.fileno()
    os.pwrite(handle, b"\x01\x01", 18)
    counter = int.from_bytes(os.pread(handle, 4, 24), "big") + 1
    for place_of_counter in (24, 92):
        os.pwrite(handle, counter.to_bytes(4, "big"), place_of_counter)


def _assert_sound(own):
    (answer,) = own.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        raise BackupError(f"The database is damaged: {answer}")


def table_names(own):
    found = own.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found if not name.startswith("sqlite_")]


def sums(own):
    return {name: sum_of(_as_bytes(own, name)) for name in table_names(own)}


def _as_bytes(own, table):
    quoted = table.replace('"', '""')
    for row in own.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 (quoted above)
        yield repr(row).encode()


def restore(stream):
    """All of the database or nothing: it is written beside the old one, which it then replaces."""
    connection.close()
    new = place().with_name(f"{place().name}.restoring")
    with open(new, "wb") as file:
        os.chmod(new, 0o600)
        while data := stream.read(COPIED_AT_ONCE):
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    with closing(sqlite3.connect(new)) as own:
        register_functions(own)
        _assert_sound(own)
    for ending in ("-wal", "-shm"):
        Path(f"{new}{ending}").unlink(missing_ok=True)
        Path(f"{place()}{ending}").unlink(missing_ok=True)
    os.replace(new, place())


def holds_tables():
    return place().exists() and bool(connection.introspection.table_names())


def others_connected():
    """Whether another process has the database open. It would go on in the file that was replaced,
    and nobody would ever see what it wrote there.
    """
    connection.close()
    with closing(sqlite3.connect(place(), timeout=0)) as own:
        own.execute("PRAGMA locking_mode = EXCLUSIVE")
        try:
            own.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return True
            raise
    return False


def make_empty():
    """The new file takes the place of the old one."""
