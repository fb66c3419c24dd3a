"""Enclosures: taken in, scanned, replaced, removed, and handed to the right people."""

import datetime
import io
import socketserver
import threading
import zipfile
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from offenbach_wir.models import Event
from programs.models import EnclosureKind
from projects.proposals import files, scheduled, submission
from projects.proposals.models import Enclosure
from tests.factories import (
    make_enclosure,
    make_half_line,
    make_member,
    make_proposal,
    make_whole_proposal,
    picture_bytes,
)
from tests.frame.files import odf
from tests.frame.test_scanner import Clamd, Server, honest

from .conftest import page_of, signed_in

NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)


def number_of_files():
    folder = Path(storages["private"].location)
    return sum(path.is_file() for path in folder.rglob("*"))


def kind():
    return EnclosureKind.objects.filter(belongs_to_organisation=False).first()


def status_of(client, path):
    """Of a page or a download; what is downloaded is read to its end, which closes it."""
    response = client.get(path)
    assert b"".join(response) is not None
    return response.status_code


def png(name="Zeitplan.png", content=None):
    return SimpleUploadedFile(name, picture_bytes(kind="PNG") if content is None else content)


def upload(client, proposal, *chosen, **fields):
    sent = {"kind": kind().pk, "files": list(chosen)} | fields
    return client.post(page_of(proposal, "anlagen/"), sent)


def strict(clamd):
    """Finds a virus in everything."""
    clamd.receive()
    clamd.answer(b"stream: Eicar FOUND\0")


@pytest.fixture
def scanner(settings):
    """scanner(play) starts a scanner that does that; without one nothing is scanned."""
    servers = []

    def start(play=honest):
        server = Server(("127.0.0.1", 0), Clamd)
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        settings.CLAMAV_TIMEOUT = 5
        server.play, server.received = play, []
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def dead_scanner(settings):
    with socketserver.TCPServer(("127.0.0.1", 0), None) as closed:
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{closed.server_address[1]}"


# --- Taking in ----------------------------------------------------------------------------------
def test_file_is_kept_outside_the_public_media_under_a_name_of_our_own(client, proposal):
    response = upload(client, proposal, png())
    row = Enclosure.objects.get(proposal=proposal)
    assert response["Location"] == page_of(proposal, "anlagen/")
    assert (row.name, row.kind, row.extension) == ("Zeitplan.png", kind(), "png")
    assert "Zeitplan" not in row.file.name
    assert storages["private"].exists(row.file.name)
    assert not storages["default"].exists(row.file.name)


def test_several_files_are_taken_in_at_once(client, proposal):
    upload(client, proposal, png("a.png"), png("b.png"), SimpleUploadedFile("c.odt", odf()))
    names = proposal.enclosures.values_list("name", flat=True)
    assert sorted(names) == ["a.png", "b.png", "c.odt"]


def test_good_files_are_kept_beside_a_refused_one(client, proposal):
    page = upload(client, proposal, png("a.png"), png("b.png", b"<svg/>"))
    assert page.status_code == 422
    assert [name for name, _why in page.context["problems"]] == ["b.png"]
    assert proposal.enclosures.get().name == "a.png"


def test_limits_stand_beside_the_field(client, proposal):
    page = client.get(page_of(proposal, "anlagen/")).text
    assert "PDF, ODT, DOCX, ODS, XLSX, JPEG, PNG" in page
    assert "20 MB" in page


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.html", b"<script>alert(1)</script>"),
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("x.pdf", b"MZ\x90\x00"),
        ("x.pdf", picture_bytes(kind="PNG")),
        ("x.png", b"\x89PNG\r\n\x1a\n"),
    ],
)
def test_files_of_other_content_are_refused_in_words(client, proposal, name, content):
    before = number_of_files()
    page = upload(client, proposal, png(name, content))
    assert page.status_code == 422
    assert not proposal.enclosures.exists()
    assert number_of_files() == before


def test_empty_file_is_refused_in_words(client, proposal):
    assert upload(client, proposal, png("leer.png", b"")).status_code == 422


def test_package_that_unpacks_to_too_much_is_refused(client, proposal):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", b"0" * 300_000_000)
    assert upload(client, proposal, png("x.odt", out.getvalue())).status_code == 422
    assert not proposal.enclosures.exists()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.png", "<b>x</b>.png", "\u202egnp.png", "x" * 150 + ".png", ".png"]
)
def test_odd_name_is_only_shown(client, proposal, name):
    upload(client, proposal, png(name))
    row = proposal.enclosures.get()
    assert "/" not in row.name
    assert "\u202e" not in row.name
    page = client.get(page_of(proposal, "anlagen/"))
    assert "<b>x</b>" not in page.text


def test_place_where_a_photo_was_taken_is_removed(client, proposal):
    exif = Image.Exif()
    exif[0x010E] = "geheimer Ort"
    content = picture_bytes(exif=exif)
    assert b"geheimer Ort" in content
    upload(client, proposal, png("foto.jpg", content))
    with proposal.enclosures.get().file.open() as kept:
        assert b"geheimer Ort" not in kept.read()


@pytest.mark.parametrize("chosen", ["", "x", "0", "-1", str(10**30), "\x00"])
def test_made_up_kind_is_refused_in_words(client, proposal, chosen):
    page = upload(client, proposal, png(), kind=chosen)
    assert page.status_code in (400, 422)
    assert not proposal.enclosures.exists()


def test_no_file_is_refused_in_words(client, proposal):
    assert upload(client, proposal).status_code == 422


def test_eleven_files_at_once_are_refused(client, proposal):
    page = upload(client, proposal, *(png(f"{n}.png") for n in range(11)))
    assert page.status_code == 422
    assert not proposal.enclosures.exists()


def test_more_files_than_a_request_may_have_are_refused_in_words(client, proposal):
    response = upload(client, proposal, *(png(f"{n}.png") for n in range(25)))
    assert response.status_code in (400, 413)
    assert "<h1" in response.text


def test_proposal_has_at_most_thirty_files(client, proposal):
    for n in range(files.MOST_FILES - 1):
        make_enclosure(proposal, f"{n}.png", b"x")
    page = upload(client, proposal, png("a.png"), png("b.png"))
    assert [name for name, _why in page.context["problems"]] == ["b.png"]
    assert proposal.enclosures.count() == files.MOST_FILES


def test_all_files_together_stay_below_the_limit(client, proposal):
    make_enclosure(proposal, size=files.MOST_BYTES - 10)
    before = number_of_files()
    page = upload(client, proposal, png())
    assert page.status_code == 422
    assert (proposal.enclosures.count(), number_of_files()) == (1, before)


def test_removed_files_count_for_no_limit(client, proposal):
    make_enclosure(proposal, size=files.MOST_BYTES, removed_at=NOW)
    assert upload(client, proposal, png()).status_code == 302


def test_full_disk_is_told_and_keeps_nothing(client, proposal, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    before = number_of_files()
    monkeypatch.setattr(type(storages["private"]), "_save", full)
    page = upload(client, proposal, png())
    assert page.status_code == 422
    assert not proposal.enclosures.exists()
    assert number_of_files() == before


def test_file_whose_row_cannot_be_made_leaves_nothing_behind(client, applicant):
    """Handed in between the opening of the page and the upload."""
    proposal = make_whole_proposal(applicant)
    submission.hand_in(proposal, user=applicant.owner)
    before = number_of_files()
    assert upload(client, proposal, png())["Location"] == page_of(proposal)
    assert number_of_files() == before


def test_upload_is_in_the_trail_without_the_name(client, proposal):
    upload(client, proposal, png("Pass von Mina.png"))
    event = Event.objects.filter(kind=Event.Kind.FILE_ADDED).latest("pk")
    assert "Mina" not in str(event.detail)


# --- Scanning -----------------------------------------------------------------------------------
def test_clean_file_is_clean(client, proposal, scanner):
    scanner()
    upload(client, proposal, png())
    row = proposal.enclosures.get()
    assert (row.scan, row.may_be_passed_on) == ("clean", True)
    assert row.scanned_at is not None


def test_infected_file_is_told_and_not_kept(client, proposal, scanner):
    scanner(strict)
    before = number_of_files()
    page = upload(client, proposal, png())
    assert page.status_code == 422
    assert "Virus" in page.text
    assert number_of_files() == before


def test_infected_file_replaces_nothing(client, proposal, scanner):
    old = make_enclosure(proposal)
    scanner(strict)
    upload(client, proposal, png(), replaces=old.key)
    old.refresh_from_db()
    assert old.removed_at is None


def test_infected_file_takes_no_room(client, proposal, scanner):
    """It is not there, so it is no file of the proposal either."""
    scanner(strict)
    upload(client, proposal, png())
    page = client.get(page_of(proposal, "pruefen/"))
    assert page.context["data"]["enclosures"] == []


def test_file_the_scanner_could_not_decide_on_is_kept_and_not_passed_on(
    client, proposal, dead_scanner
):
    assert upload(client, proposal, png()).status_code == 302
    row = proposal.enclosures.get()
    assert (row.scan, row.may_be_passed_on) == ("failed", False)
    assert status_of(client, page_of(proposal, f"anlagen/{row.key}/")) == 404
    assert str(row.get_scan_display()) in client.get(page_of(proposal, "anlagen/")).text


def test_undecided_file_is_scanned_again_by_itself(client, proposal, scanner):
    row = make_enclosure(proposal, scan="failed")
    scanner()
    scheduled.scan_files_again(NOW)
    row.refresh_from_db()
    assert row.scan == "clean"


def test_file_found_infected_later_is_deleted(client, proposal, scanner):
    row = make_enclosure(proposal, scan="failed")
    name = row.file.name
    scanner(strict)
    scheduled.scan_files_again(NOW)
    row.refresh_from_db()
    assert (row.scan, row.file.name) == ("infected", "")
    assert not storages["private"].exists(name)
    assert status_of(client, page_of(proposal, f"anlagen/{row.key}/")) == 404


def test_scanning_again_goes_on_when_a_file_is_gone(client, proposal, scanner):
    gone, there = make_enclosure(proposal, scan="failed"), make_enclosure(proposal, scan="failed")
    storages["private"].delete(gone.file.name)
    scanner()
    scheduled.scan_files_again(NOW)
    there.refresh_from_db()
    assert there.scan == "clean"


def test_undecided_file_is_part_of_what_is_handed_in_and_opens_once_it_is_clean(
    client, applicant, coordinator, scanner
):
    proposal = make_whole_proposal(applicant)
    row = make_enclosure(proposal, scan="failed")
    version = submission.hand_in(proposal, user=applicant.owner)
    assert [file["key"] for file in version.data["enclosures"]] == [row.key]
    page = f"/verwaltung/antraege/{proposal.key}/dateien/{row.key}/"
    assert status_of(coordinator, page) == 404
    scanner()
    scheduled.scan_files_again(NOW)
    assert status_of(coordinator, page) == 200


# --- Replacing and removing ---------------------------------------------------------------------
def test_replacing_keeps_the_old_file_as_history(client, proposal):
    old = make_enclosure(proposal, "alt.png")
    upload(client, proposal, png("neu.png"), replaces=old.key)
    old.refresh_from_db()
    new = Enclosure.objects.current().get(proposal=proposal)
    assert (new.name, new.replaces) == ("neu.png", old)
    assert old.removed_at is not None
    assert storages["private"].exists(old.file.name)


def test_refused_file_replaces_nothing(client, proposal):
    old = make_enclosure(proposal)
    upload(client, proposal, png("x.png", b"x"), replaces=old.key)
    old.refresh_from_db()
    assert old.removed_at is None


def test_full_proposal_can_still_replace_a_file(client, proposal):
    rows = [make_enclosure(proposal, f"{n}.png", b"x") for n in range(files.MOST_FILES)]
    assert upload(client, proposal, png("neu.png"), replaces=rows[0].key).status_code == 302
    assert Enclosure.objects.current().filter(proposal=proposal).count() == files.MOST_FILES


@pytest.mark.parametrize("key", ["a" * 26, "x", "\x00", "x" * 5000])
def test_made_up_file_to_replace_is_no_matter(client, proposal, key):
    assert upload(client, proposal, png(), replaces=key).status_code == 302
    assert client.get(page_of(proposal, "anlagen/"), {"replaces": key}).status_code == 200


def test_file_of_another_proposal_is_not_replaced(client, proposal, applicant):
    other = make_enclosure(make_proposal(applicant))
    upload(client, proposal, png(), replaces=other.key)
    other.refresh_from_db()
    assert other.removed_at is None


def test_removed_file_is_not_shown_and_not_opened_any_more(client, proposal):
    row = make_enclosure(proposal)
    client.post(page_of(proposal, f"anlagen/{row.key}/entfernen/"), {"ok": "1"})
    row.refresh_from_db()
    assert row.removed_at is not None
    assert status_of(client, page_of(proposal, f"anlagen/{row.key}/")) == 404
    assert row.name not in client.get(page_of(proposal, "anlagen/")).text.partition("<form")[0]


def test_removing_twice_is_removing_once(client, proposal):
    row = make_enclosure(proposal)
    for _n in range(2):
        client.post(page_of(proposal, f"anlagen/{row.key}/entfernen/"), {"ok": "1"})
    assert Event.objects.filter(kind=Event.Kind.FILE_REMOVED, subject_id=row.pk).count() == 1


def test_opening_the_address_of_a_button_removes_nothing(client, proposal):
    row = make_enclosure(proposal)
    assert client.get(page_of(proposal, f"anlagen/{row.key}/entfernen/")).status_code == 405


def test_file_is_not_removed_after_handing_in(client, applicant):
    proposal = make_whole_proposal(applicant)
    row = make_enclosure(proposal)
    submission.hand_in(proposal, user=applicant.owner)
    client.post(page_of(proposal, f"anlagen/{row.key}/entfernen/"), {"ok": "1"})
    row.refresh_from_db()
    assert row.removed_at is None


# --- Who may ------------------------------------------------------------------------------------
def test_download_is_an_attachment_that_nobody_stores_and_nothing_runs_in(client, proposal):
    row = make_enclosure(proposal, "Zeitplan.png")
    response = client.get(page_of(proposal, f"anlagen/{row.key}/"))
    assert b"".join(response).startswith(b"\x89PNG")
    assert response["Content-Disposition"] == 'attachment; filename="Zeitplan.png"'
    assert response["Content-Type"] == "image/png"
    assert "no-store" in response["Cache-Control"]
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_file_of_a_foreign_proposal_is_not_there(client, owner, proposal):
    row = make_enclosure(make_proposal())
    assert status_of(client, page_of(row.proposal, f"anlagen/{row.key}/")) == 404
    assert status_of(client, page_of(proposal, f"anlagen/{row.key}/")) == 404
    remove = client.post(page_of(proposal, f"anlagen/{row.key}/entfernen/"), {"ok": "1"})
    assert remove.status_code == 404


def test_reader_downloads_and_does_not_upload(applicant, proposal):
    reader = signed_in(make_member(applicant, "reader"))
    row = make_enclosure(proposal)
    assert status_of(reader, page_of(proposal, f"anlagen/{row.key}/")) == 200
    assert upload(reader, proposal, png()).status_code == 403
    remove = reader.post(page_of(proposal, f"anlagen/{row.key}/entfernen/"), {"ok": "1"})
    assert remove.status_code == 403


def test_removed_member_downloads_nothing_more(applicant, proposal):
    user = make_member(applicant, "reader")
    reader, row = signed_in(user), make_enclosure(proposal)
    applicant.memberships.all().delete()
    assert status_of(reader, page_of(proposal, f"anlagen/{row.key}/")) == 404


def test_file_whose_bytes_are_gone_is_not_there(client, proposal):
    row = make_enclosure(proposal)
    storages["private"].delete(row.file.name)
    assert status_of(client, page_of(proposal, f"anlagen/{row.key}/")) == 404


# --- What the line asks for ---------------------------------------------------------------------
def test_page_says_which_papers_are_missing(client, applicant):
    line = make_half_line()
    line.terms.get().required_enclosures.add(kind())
    proposal = make_whole_proposal(applicant, funding_line=line)
    missing = client.get(page_of(proposal, "anlagen/")).text
    assert kind().text.name in missing
    gaps = client.get(page_of(proposal, "pruefen/")).context["gaps"]
    assert [gap.section for gap, _page in gaps] == ["anlagen"]
    upload(client, proposal, png())
    assert client.get(page_of(proposal, "pruefen/")).context["gaps"] == []


def test_page_takes_as_many_queries_for_more_files(client, proposal, count_queries):
    make_enclosure(proposal)
    fewer = count_queries(page_of(proposal, "anlagen/"))
    for n in range(10):
        make_enclosure(proposal, f"{n}.png", b"x")
    assert count_queries(page_of(proposal, "anlagen/")) == fewer


def test_infected_files_take_no_room(client, proposal):
    for n in range(files.MOST_FILES):
        make_enclosure(proposal, f"virus-{n}.png", scan="infected")
    Enclosure.objects.filter(proposal=proposal).update(file="")
    assert upload(client, proposal, png()).status_code == 302
