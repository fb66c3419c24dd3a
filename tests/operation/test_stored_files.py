"""Files of a backup go through the storages: none of them needs a path."""

import hashlib
import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from offenbach_wir.backup import BackupError, files
from offenbach_wir.file_storage import StorageAwayError

MEMORY = {"BACKEND": "django.core.files.storage.InMemoryStorage"}


@pytest.fixture(autouse=True)
def elsewhere(settings):
    settings.STORAGES = settings.STORAGES | {"default": MEMORY, "private": MEMORY}


def said(content):
    return {"sha256": hashlib.sha256(content).hexdigest()}


def content_of(alias, name):
    with storages[alias].open(name) as file:
        return file.read()


def test_all_stored_files_are_found_in_all_folders():
    for alias, name in (("default", "a.png"), ("default", "b/c/d.pdf"), ("private", "b/e.odt")):
        storages[alias].save(name, ContentFile(b"x"))
    found = set(files.stored())
    assert found == {("default", "a.png"), ("default", "b/c/d.pdf"), ("private", "b/e.odt")}


def test_empty_storage_holds_nothing():
    assert list(files.stored()) == []


def test_file_comes_back_under_its_own_name():
    files.put("private", "b/e.odt", io.BytesIO(b"whole"), said(b"whole"))
    assert content_of("private", "b/e.odt") == b"whole"


@pytest.mark.parametrize("there", [b"hal", b"other"])
def test_what_an_interrupted_restore_left_is_replaced(there):
    storages["private"].save("b/e.odt", ContentFile(there))
    files.put("private", "b/e.odt", io.BytesIO(b"whole"), said(b"whole"))
    assert content_of("private", "b/e.odt") == b"whole"
    assert list(files.stored()) == [("private", "b/e.odt")]


def test_file_that_is_not_what_was_saved_is_refused():
    with pytest.raises(BackupError):
        files.put("private", "e.odt", io.BytesIO(b"other"), said(b"whole"))


def test_storage_that_is_away_is_no_missing_file(monkeypatch):
    def away(*args, **kwargs):
        raise StorageAwayError("away")

    storages["private"].save("e.odt", ContentFile(b"x"))
    monkeypatch.setattr(type(storages["private"]), "open", away)
    with pytest.raises(StorageAwayError):
        files.matches("private", "e.odt", said(b"x"))
