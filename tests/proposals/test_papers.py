"""Papers of an organisation: uploaded once, opened by its members only, removed with history."""

import datetime
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from offenbach_wir import enclosure_files, retention, scanner
from programs.models import EnclosureKind
from projects.proposals.models import Paper
from tests.factories import make_account, make_applicant, make_member, picture_bytes, shown_at


def number_of_files():
    folder = Path(storages["private"].location)
    return sum(path.is_file() for path in folder.rglob("*"))


@pytest.fixture
def owner(client, db):
    user = make_account("ada@example.org")
    client.force_login(user)
    return user


@pytest.fixture
def applicant(owner):
    return make_applicant(owner)


def page_of(applicant, page=""):
    return f"/de/antraege/organisation/{applicant.key}/unterlagen/{page}"


def kind():
    return EnclosureKind.objects.filter(belongs_to_organisation=True).first()


def form(name="Satzung.png", content=None, **fields):
    content = picture_bytes(kind="PNG") if content is None else content
    values = {"kind": kind().pk, "expires_on": "", "shown_at": shown_at(1)}
    return values | {"file": SimpleUploadedFile(name, content)} | fields


def upload(client, applicant, **fields):
    client.post(page_of(applicant), form(**fields))
    return Paper.objects.get(applicant=applicant)


def test_paper_is_kept_outside_the_public_media_under_a_name_of_our_own(client, applicant):
    paper = upload(client, applicant, expires_on="2098-12-31")
    assert (paper.name, paper.expires_on) == ("Satzung.png", datetime.date(2098, 12, 31))
    assert "Satzung" not in paper.file.name
    assert storages["private"].exists(paper.file.name)
    assert not storages["default"].exists(paper.file.name)


def test_day_is_taken_as_people_write_it(client, applicant):
    assert upload(client, applicant, expires_on="31.12.2098").expires_on.year == 2098


def test_limits_stand_beside_the_field(client, applicant):
    page = client.get(page_of(applicant)).text
    assert enclosure_files.KINDS in page
    assert "20 MB" in page


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.html", b"<script>alert(1)</script>"),
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("x.pdf", b"MZ\x90\x00"),
        ("x.png", b""),
    ],
)
def test_other_files_are_refused_in_words(client, applicant, name, content):
    page = client.post(page_of(applicant), form(name, content))
    assert "file" in page.context["form"].errors
    assert not applicant.papers.exists()


def test_package_without_a_document_is_refused(client, applicant):
    package = BytesIO()
    with zipfile.ZipFile(package, "w") as zipped:
        zipped.writestr("a.txt", "a")
    page = client.post(page_of(applicant), form("x.docx", package.getvalue()))
    assert "file" in page.context["form"].errors


def test_kinds_of_single_proposals_are_no_choice(client, applicant):
    other = EnclosureKind.objects.filter(belongs_to_organisation=False).first()
    page = client.post(page_of(applicant), form(kind=other.pk))
    assert "kind" in page.context["form"].errors


def test_pressing_twice_keeps_one(client, applicant):
    moment, before = shown_at(1), number_of_files()
    for _n in range(2):
        client.post(page_of(applicant), form(shown_at=moment))
    assert applicant.papers.count() == 1
    assert number_of_files() == before + 1


def test_number_of_papers_is_bounded(client, applicant, monkeypatch):
    monkeypatch.setattr("projects.proposals.papers.MOST_PAPERS", 1)
    for _n in range(2):
        page = client.post(page_of(applicant), form())
    assert "file" in page.context["form"].errors
    assert applicant.papers.count() == 1


def test_full_disk_is_told_and_keeps_nothing(client, applicant, monkeypatch):
    def full(*args, **kwargs):
        raise OSError("No space left on device")

    monkeypatch.setattr(type(storages["private"]), "_save", full)
    page = client.post(page_of(applicant), form())
    assert page.status_code == 200
    assert "file" in page.context["form"].errors
    assert not applicant.papers.exists()


def test_infected_file_is_told_and_its_bytes_are_not_kept(client, applicant, monkeypatch):
    verdict = scanner.Verdict(scanner.State.INFECTED, found="Test")
    monkeypatch.setattr(scanner, "scan", lambda file: verdict)
    page = client.post(page_of(applicant), form())
    assert "file" in page.context["form"].errors
    paper = applicant.papers.get()
    assert not paper.file
    assert client.get(page_of(applicant, f"{paper.key}/")).status_code == 404


def test_download_is_an_attachment_nobody_keeps(client, applicant):
    paper = upload(client, applicant)
    response = client.get(page_of(applicant, f"{paper.key}/"))
    assert response["Content-Disposition"] == 'attachment; filename="Satzung.png"'
    assert "no-store" in response["Cache-Control"]
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")


@pytest.mark.parametrize("role", ["editor", "reader"])
def test_members_open_papers(client, applicant, role):
    paper = upload(client, applicant)
    member = Client()
    member.force_login(make_member(applicant, role))
    response = member.get(page_of(applicant, f"{paper.key}/"))
    assert b"".join(response.streaming_content)


def test_papers_of_others_are_not_there(client, applicant):
    paper = upload(client, applicant)
    stranger = Client()
    stranger.force_login(make_account())
    assert stranger.get(page_of(applicant, f"{paper.key}/")).status_code == 404
    other = make_applicant(applicant.owner)
    assert client.get(page_of(other, f"{paper.key}/")).status_code == 404
    assert client.post(page_of(other, f"{paper.key}/entfernen/")).status_code == 404


def test_nobody_opens_papers_without_signing_in(client, applicant):
    paper = upload(client, applicant)
    response = Client().get(page_of(applicant, f"{paper.key}/"))
    assert "/konto/anmelden/" in response["Location"]


def test_file_that_was_not_scanned_is_not_passed_on(client, applicant):
    paper = upload(client, applicant)
    applicant.papers.update(scan=scanner.State.FAILED)
    assert client.get(page_of(applicant, f"{paper.key}/")).status_code == 404


def test_reader_neither_uploads_nor_removes(client, applicant):
    paper = upload(client, applicant)
    reader = Client()
    reader.force_login(make_member(applicant, "reader"))
    assert reader.get(page_of(applicant)).status_code == 200
    assert reader.post(page_of(applicant), form()).status_code == 403
    assert reader.post(page_of(applicant, f"{paper.key}/entfernen/")).status_code == 403


def test_removed_paper_is_gone_for_everybody_and_its_file_later(client, applicant):
    paper = upload(client, applicant)
    for _n in range(2):
        client.post(page_of(applicant, f"{paper.key}/entfernen/"), {"ok": "1"})
    assert client.get(page_of(applicant, f"{paper.key}/")).status_code == 404
    assert storages["private"].exists(paper.file.name)


def test_removed_paper_is_deleted_with_its_file_after_30_days(
    client, applicant, django_capture_on_commit_callbacks
):
    paper = upload(client, applicant)
    applicant.papers.update(removed_at=timezone.now() - datetime.timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        retention.run()
    assert not applicant.papers.exists()
    assert not storages["private"].exists(paper.file.name)


def test_page_marks_papers_that_are_no_longer_valid(client, applicant):
    upload(client, applicant, expires_on="2020-01-01")
    assert "tag-help" in client.get(page_of(applicant)).text


def test_page_takes_as_many_queries_for_more_papers(client, applicant, count_queries):
    upload(client, applicant)
    for_one = count_queries(page_of(applicant))
    for _n in range(4):
        client.post(page_of(applicant), form())
    assert count_queries(page_of(applicant)) == for_one
