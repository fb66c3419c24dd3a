"""The stored files, read and written through the storages, wherever these keep them."""

import hashlib
import json
import tempfile

from django.apps import apps
from django.core.files import File
from django.core.files.storage import default_storage, storages
from django.db import models

from . import BackupError

ALIASES = ("default", "private")
READ = 1024 * 1024


def named_by_rows(snapshot):
    """{(alias of the storage, name)} of all files that rows of that moment name."""
    present, named = set(snapshot.table_names()), set()
    for model in apps.get_models():
        table = model._meta.db_table
        fields = [f for f in model._meta.local_concrete_fields if isinstance(f, models.FileField)]
        if not fields or table not in present:
            continue
        # The sizes of a picture are files as well; which, stands in its row.
        sizes = [f for f in model._meta.local_concrete_fields if f.name == "sizes"]
        columns = ", ".join(f'"{field.column}"' for field in [*fields, *sizes])
        for row in snapshot.rows(f'SELECT {columns} FROM "{table}"'):  # noqa: S608 (names of our models)
            for field, value in zip(fields, row, strict=False):
                if value:
                    alias = _alias_of(field.storage)
                    named.add((alias, value))
                    named |= {(alias, name) for name in _sizes(row[len(fields) :])}
    return named


def _sizes(columns):
    for value in columns:
        kinds = json.loads(value) if isinstance(value, str) else value
        for names in (kinds or {}).values():
            yield from names.values()


def _alias_of(storage):
    if storage is default_storage:
        return "default"
    for alias in ALIASES:
        if storage is storages[alias]:
            return alias
    raise BackupError(f"Files lie in a storage that backups do not know: {storage!r}.")


def stored():
    """(alias, name) of every file that lies in a storage."""
    for alias in ALIASES:
        for name in _below(storages[alias], ""):
            yield alias, name


def _below(storage, folder):
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        if name:
            yield f"{folder}{name}"
    for name in folders:
        yield from _below(storage, f"{folder}{name}/")


def wanted(snapshot):
    """(those to save, those named by rows), both {(alias, name)}.

    What lies there and no row names is saved too, unless it came after the snapshot: its row is not
    in the backup, so no erasure could find it after a restore.
    """
    named = named_by_rows(snapshot)
    older = {
        (alias, name)
        for alias, name in stored()
        if (alias, name) in named or _is_older(storages[alias], name, snapshot.moment)
    }
    return named | older, named


def _is_older(storage, name, moment):
    try:
        return storage.get_modified_time(name) <= moment
    except FileNotFoundError:
        return False


def matches(alias, name, said):
    """Whether the storage holds just that file."""
    try:
        with storages[alias].open(name, "rb") as file:
            found = hashlib.sha256()
            while data := file.read(READ):
                found.update(data)
    except FileNotFoundError:
        return False
    return found.hexdigest() == said["sha256"]


def put(alias, name, file, said):
    """Stores the file under just that name, unless it lies there already."""
    storage = storages[alias]
    if storage.exists(name):
        if matches(alias, name, said):
            return
        storage.delete(name)
    # A storage may want to read a file twice, which a stream cannot.
    with tempfile.TemporaryFile() as on_disk:
        while data := file.read(READ):
            on_disk.write(data)
        on_disk.seek(0)
        kept_as = storage.save(name, File(on_disk, name=name))
    if kept_as != name or not matches(alias, name, said):
        raise BackupError(f"The file {name} could not be stored as it was.")
