"""Information material: checked by content, shown with type, size, language and rights."""

import datetime
import io
import zipfile

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from offenbach_wir import uploads
from programs.models import Document
from tests.factories import in_state

PDF = b"%PDF-1.7\n%%EOF"


def package(*names, content=b"x"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("A.PDF", PDF),
        ("a.odt", package("mimetype", "content.xml")),
        ("a.docx", package("[Content_Types].xml", "word/document.xml")),
    ],
)
def test_document_that_is_what_it_says_is_taken(name, content):
    uploads.check_document(ContentFile(content, name=name))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<html><script>alert(1)</script></html>"),
        ("a.pdf", b""),
        ("a.pdf", b" %PDF-1.7"),
        ("a.pdf", package("word/document.xml")),
        ("a.odt", PDF),
        ("a.odt", package("word/document.xml")),
        ("a.docx", package("content.xml")),
        ("a.docx", b"PK\x03\x04 cut"),
        ("a.exe", b"MZ"),
        ("a.html", b"<html>"),
        ("ohne", PDF),
    ],
)
def test_document_that_is_something_else_is_refused(name, content):
    with pytest.raises(ValidationError):
        uploads.check_document(ContentFile(content, name=name))


def test_package_that_unpacks_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_UNPACKED_BYTES", 1000)
    with pytest.raises(ValidationError):
        uploads.check_document(
            ContentFile(package("content.xml", content=b"0" * 5000), name="a.odt")
        )


def test_document_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    with pytest.raises(ValidationError):
        uploads.check_document(ContentFile(PDF, name="a.pdf"))


def test_document_says_type_size_language_and_rights(client, db):
    page = client.get("/de/material/").text.replace("\u00a0", " ")
    article = page.partition('id="wir-at-a-glance"')[2].partition("</article>")[0]
    for fact in ("PDF", "KB", "English", "Stadt Offenbach am Main", "CC BY 4.0", "weitergeben"):
        assert fact in article


def test_document_without_a_file_says_how_to_get_it(client, db):
    page = client.get("/de/material/").text
    article = page.partition('id="infomaterial-integration-2012"')[2].partition("</article>")[0]
    assert "download" not in article
    assert "Tuncay Akbas" in article


def test_document_whose_file_is_gone_does_not_break_the_page(client, db):
    document = Document.objects.get(slug="checkliste-foerderantrag")
    Document.objects.filter(pk=document.pk).update(file="documents/weg/weg.pdf")
    assert client.get("/de/material/").status_code == 200


@pytest.mark.parametrize(("day", "is_shown"), [("2026-12-31", True), ("2027-01-01", False)])
def test_document_is_shown_until_its_last_day(client, db, day, is_shown):
    Document.objects.filter(slug="checkliste-foerderantrag").update(
        expires_on=datetime.date(2026, 12, 31)
    )
    with time_machine.travel(f"{day}T12:00:00+01:00", tick=False):
        page = client.get("/de/material/").text
    assert ('id="checkliste-foerderantrag"' in page) is is_shown


@pytest.mark.parametrize("state", ["draft", "review", "archived", "deleted"])
def test_document_that_is_not_published_is_not_shown(client, db, state):
    Document.objects.filter(slug="checkliste-foerderantrag").update(**in_state(state))
    assert "checkliste-foerderantrag" not in client.get("/de/material/").text


def test_page_without_documents_says_so(client, db):
    Document.objects.update(state="draft")
    assert client.get("/de/material/").status_code == 200
