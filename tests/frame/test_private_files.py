"""Private files leave the portal as downloads only, with headers of their own."""

import io

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.db.models.fields.files import FieldFile, FileField
from django.http import Http404

from offenbach_wir.private_files import attachment

FIELD = FileField(storage=storages["private"])


@pytest.fixture
def stored():
    """The file as a model's field has it, and gone after the test."""
    name = storages["private"].save("enclosures/00/test.pdf", ContentFile(b"%PDF-1.7 content"))
    FIELD.attname = "file"
    file = FieldFile(type("Row", (), {})(), FIELD, name)
    yield file
    storages["private"].delete(name)


def answer(file, name="Satzung.pdf", kind="application/pdf"):
    response = attachment(file, name, kind)
    response.content_sent = response.getvalue()
    file.close()
    return response


def test_file_arrives_whole_and_streamed(stored):
    response = answer(stored)
    assert response.streaming
    assert response.content_sent == b"%PDF-1.7 content"
    assert response["Content-Length"] == "16"


def test_file_is_a_download_that_no_cache_keeps_and_nothing_in_it_runs(stored):
    response = answer(stored)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="Satzung.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("Gebühren.pdf", "attachment; filename*=utf-8''Geb%C3%BChren.pdf"),
        ("نظام.pdf", "attachment; filename*=utf-8''%D9%86%D8%B8%D8%A7%D9%85.pdf"),
        ('a"; filename="b.exe', 'attachment; filename="a-- filename=-b.exe"'),
        ("a\r\nSet-Cookie: x=1.pdf", 'attachment; filename="a Set-Cookie- x=1.pdf"'),
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ("", 'attachment; filename="Datei"'),
    ],
)
def test_name_cannot_break_out_of_its_header(stored, name, sent):
    assert answer(stored, name)["Content-Disposition"] == sent


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "text/javascript", "", "x\r\ny: z"])
def test_what_a_browser_could_run_is_plain_bytes(stored, kind):
    assert answer(stored, kind=kind)["Content-Type"] == "application/octet-stream"


def test_open_file_is_sent_from_its_beginning():
    file = File(io.BytesIO(b"%PDF-1.7"), name="a.pdf")
    file.seek(3)
    assert answer(file).content_sent == b"%PDF-1.7"


def test_file_that_is_gone_is_not_found(stored):
    storages["private"].delete(stored.name)
    with pytest.raises(Http404):
        attachment(stored, "a.pdf", "application/pdf")


def test_field_without_a_file_is_not_found():
    FIELD.attname = "file"
    with pytest.raises(Http404):
        attachment(FieldFile(type("Row", (), {})(), FIELD, ""), "a.pdf", "application/pdf")
