"""Making a backup: first the database, then its files; sealed, read back, then put in place."""

import contextlib
import datetime
import errno
import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages

from offenbach_wir import erasure

from . import BackupError, databases, environment, files, keys, rotation
from .archive import FILES, ArchiveWriter, verified
from .sealed import SealedReader, SealedWriter

FORMAT = 1
UNFINISHED = ".part"
ERASURES = "erasures/"
ENVIRONMENT = "environment"


@dataclass(frozen=True)
class Made:
    path: Path
    bytes: int
    manifest: dict
    removed: list


def make(folder, plan, now=None):
    """Makes a backup in the folder, removes outdated ones and notes it for the health report.

    Until it was read back and compared it has a name that nobody takes for a backup's.
    """
    now = now or datetime.datetime.now(datetime.UTC)
    opening = keys.configured()
    with _explained(folder), _alone_in(folder):
        for left in folder.glob(f".*{UNFINISHED}"):
            left.unlink()
        path = folder / rotation.name_at(now)
        unfinished = folder / f".{path.name}{UNFINISHED}"
        try:
            with open(unfinished, "xb", opener=_for_us_alone) as file:
                _write(file, opening[0], now)
                _to_disk(file)
            manifest = verify(unfinished, opening)
            unfinished.rename(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _sync_folder(folder)
        _note(path, manifest)
        removed = rotation.outdated([p.name for p in folder.iterdir()], plan)
        for name in removed:
            (folder / name).unlink()
    return Made(path, path.stat().st_size, manifest, removed)


def verify(path, opening):
    """The manifest of a backup of which every byte was read and compared."""
    with open(path, "rb") as file:
        # From the disk, not from memory.
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return verified(SealedReader(file, opening))


def _write(file, key, now):
    sealed = SealedWriter(file, key)
    with ArchiveWriter(sealed) as archive:
        database, migrations, missing = _add_everything(archive)
        archive.finish(
            {
                "format": FORMAT,
                "made_at": now.isoformat(timespec="seconds"),
                "database": database,
                "migrations": migrations,
                "missing": missing,
            }
        )
    sealed.finish()


def _add_everything(archive):
    with databases.ours().snapshot() as snapshot:
        with snapshot.dump() as stream:
            whole = archive.add_dump(stream)
        database = whole | {
            "vendor": snapshot.vendor,
            "version": str(snapshot.version),
            "moment": snapshot.moment.isoformat(),
            "tables": snapshot.sums(),
        }
        migrations = databases.applied_migrations(snapshot)
        wanted, named = files.wanted(snapshot)
    missing = _add_files(archive, wanted, named)
    for receipt in sorted(erasure.folder().glob("*.json")):
        archive.add_bytes(f"{ERASURES}{receipt.name}", receipt.read_bytes())
    archive.add_bytes(ENVIRONMENT, environment.lines().encode())
    return database, migrations, missing


def _add_files(archive, wanted, named):
    """Names of files that rows of the snapshot name and that are not there."""
    missing = []
    for alias, name in sorted(wanted):
        storage = storages[alias]
        try:
            with storage.open(name, "rb") as file:
                archive.add(f"{FILES}{alias}/{name}", file, storage.size(name))
        except FileNotFoundError:
            if (alias, name) in named:
                missing.append(f"{alias}/{name}")
    return missing


def _for_us_alone(path, flags):
    return os.open(path, flags, 0o600)


def _to_disk(file):
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder):
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _note(path, manifest):
    """For the health report."""
    note = settings.VAR_DIR / "backup-last.json"
    unfinished = note.with_name(f".{note.name}{UNFINISHED}")
    unfinished.write_text(
        json.dumps(
            {
                "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
                "bytes": path.stat().st_size,
                "verified": True,
                "file": path.name,
                "missing": len(manifest["missing"]),
            }
        )
    )
    unfinished.replace(note)


@contextlib.contextmanager
def _alone_in(folder):
    with open(folder / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError("Another backup into this folder is under way.") from None
        yield


@contextlib.contextmanager
def _explained(folder):
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise BackupError(
                f"There is not enough room for the backup in {folder}. What was begun is removed, "
                "earlier backups are untouched."
            ) from error
        raise BackupError(f"The backup could not be written: {error}") from error
    except databases.Trouble as error:
        raise BackupError(f"The database could not be read or copied: {error}") from error
