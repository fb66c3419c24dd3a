"""Uploaded files: nothing outside the folder, documents as downloads."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from programs.models import Document
from tests.factories import make_picture


@pytest.fixture
def document(db):
    return Document.objects.exclude(file="").first()


def get(client, path):
    response = client.get(path)
    response.getvalue()  # reads a file to its end, which closes it
    return response


@pytest.mark.parametrize(
    "name",
    [
        *("../demo-secret-key", "../../manage.py", "documents/../../test.sqlite3", "/etc/passwd"),
        *("%2e%2e/demo-secret-key", "..%2fdemo-secret-key", "%2fetc%2fpasswd"),
        *("..\\demo-secret-key", "documents", "documents/", ".", "documents/.", "gibt-es-nicht"),
        *("x" * 5000, "%ff%fe", "ümläut.pdf"),
    ],
)
def test_nothing_but_uploaded_files_is_served(client, db, name):
    assert client.get(f"/media/{name}").status_code == 404


def test_folder_itself_is_not_listed(client, db):
    assert client.get("/media/").status_code == 404


def test_document_is_a_download(client, document):
    response = get(client, document.file.url)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{document.slug}.pdf"'


def test_document_arrives_whole(client, document):
    with document.file.open("rb") as file:
        assert client.get(document.file.url).getvalue() == file.read()


def test_picture_is_shown_in_the_page(client, db):
    response = get(client, make_picture().file.url)
    assert response["Content-Type"] == "image/jpeg"
    assert "attachment" not in response.get("Content-Disposition", "")


@pytest.mark.parametrize("name", ["seite.html", "bild.svg", "skript.js", "ohne-endung"])
def test_what_a_browser_could_run_is_a_download(client, db, name):
    stored = default_storage.save(f"documents/{name}", ContentFile(b"<script>alert(1)</script>"))
    response = get(client, default_storage.url(stored))
    default_storage.delete(stored)
    assert response["Content-Disposition"].startswith("attachment")
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_file_may_be_kept_for_ever_because_its_name_never_returns(client, document):
    assert "immutable" in get(client, document.file.url)["Cache-Control"]


def test_file_takes_no_post(client, document):
    assert client.post(document.file.url, {"x": "1"}).status_code == 405
