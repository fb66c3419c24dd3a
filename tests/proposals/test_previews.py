"""Previews of enclosed PDF files: drawn by the worker, seen where the file may be seen."""

import datetime
import io
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult
from PIL import Image

from offenbach_wir import scanner
from offenbach_wir.deleting import delete_rows
from programs.models import EnclosureKind
from projects.proposals import files, removal, scheduled, stored_previews
from projects.proposals.models import Enclosure, Paper
from tests.factories import make_applicant, make_enclosure, make_whole_proposal
from tests.frame.files import page_of_text

from .test_case_page import fresh, hand_in
from .test_office import case_of, stepped_in

PDF = page_of_text()
BROKEN = PDF.replace(b"/Kids [3 0 R] /Count 1", b"/Kids [] /Count 0     ")
NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)


def enclosed(proposal, content=PDF, **fields):
    return make_enclosure(
        proposal,
        "Satzung.pdf",
        content,
        **({"extension": "pdf", "content_type": "application/pdf"} | fields),
    )


def take_in(proposal, content=PDF, name="Satzung.pdf"):
    return files.take_in(
        Enclosure,
        SimpleUploadedFile(name, content),
        kind=EnclosureKind.objects.filter(belongs_to_organisation=False).first(),
        user=proposal.applicant.owner,
        proposal=proposal,
    )


def tasks():
    return [(row.task_path.rpartition(".")[2], row.args_kwargs["args"]) for row in waiting()]


def waiting():
    return DBTaskResult.objects.filter(status="READY").order_by("enqueued_at")


def pictures():
    folder = Path(storages["private"].location) / stored_previews.FOLDER
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def work():
    """What the worker does with them; the worker itself would end the test's transaction."""
    for row in list(waiting()):
        row.task.call(*row.args_kwargs["args"])


def preview_of(row):
    return case_of(row.proposal, f"dateien/{row.key}/vorschau/")


@pytest.fixture(autouse=True)
def nothing_waits(db):
    """What loading the content has queued is not about these files."""
    DBTaskResult.objects.all().delete()


@pytest.fixture
def proposal(db):
    return make_whole_proposal()


# --- Drawing ------------------------------------------------------------------------------------
def test_worker_draws_the_first_page_of_a_pdf_that_was_taken_in(proposal):
    row = take_in(proposal)
    assert not row.preview
    work()
    row.refresh_from_db()
    with row.preview.open() as stored:
        assert Image.open(stored).size == (707, 1000)


def test_other_files_give_the_worker_nothing_to_draw(proposal):
    picture = io.BytesIO()
    Image.new("RGB", (40, 40)).save(picture, "PNG")
    take_in(proposal, picture.getvalue(), "Foto.png")
    assert tasks() == []


def test_paper_of_the_organisation_is_drawn_as_well(db):
    applicant = make_applicant()
    row = files.take_in(
        Paper,
        SimpleUploadedFile("Satzung.pdf", PDF),
        kind=EnclosureKind.objects.filter(belongs_to_organisation=True).first(),
        user=applicant.owner,
        applicant=applicant,
    )
    work()
    row.refresh_from_db()
    assert row.preview


@pytest.mark.parametrize("scan", [scanner.State.FAILED, scanner.State.INFECTED])
def test_nothing_of_a_file_that_may_not_be_passed_on_is_drawn(proposal, scan):
    enclosed(proposal, scan=scan)
    scheduled.ask_again_for_missing_previews(NOW)
    assert tasks() == []


def test_file_is_drawn_once_the_scanner_has_decided(proposal):
    row = enclosed(proposal, scan=scanner.State.FAILED)
    files.scan_again(row)
    assert tasks() == [("draw_enclosure", [row.pk])]


def test_broken_file_is_tried_once_and_left_alone(proposal):
    row = enclosed(proposal, BROKEN)
    assert not stored_previews.make(row)
    row.refresh_from_db()
    assert stored_previews.state_of(row) == "failed"
    scheduled.ask_again_for_missing_previews(NOW)
    assert tasks() == []


def test_file_at_which_the_worker_dies_is_given_up_in_the_end(proposal, monkeypatch):
    row = enclosed(proposal)

    def dies(file):
        raise SystemExit

    monkeypatch.setattr(stored_previews, "first_page", dies)
    for _ in range(stored_previews.MOST_TRIES):
        with pytest.raises(SystemExit):
            stored_previews.make(row)
    assert not stored_previews.lacking(Enclosure).exists()


def test_trouble_of_the_machine_does_not_count(proposal, monkeypatch):
    row = enclosed(proposal)

    def full(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stored_previews, "first_page", full)
    for _ in range(stored_previews.MOST_TRIES + 1):
        stored_previews.make(row)
    assert list(stored_previews.lacking(Enclosure)) == [row]


def test_file_that_is_gone_is_given_up(proposal):
    row = enclosed(proposal)
    row.file.storage.delete(row.file.name)
    for _ in range(stored_previews.MOST_TRIES):
        stored_previews.make(row)
    assert not stored_previews.lacking(Enclosure).exists()


def test_files_that_were_there_before_get_theirs_from_the_job(proposal):
    rows = [enclosed(proposal), enclosed(proposal)]
    scheduled.ask_again_for_missing_previews(NOW)
    scheduled.ask_again_for_missing_previews(NOW)
    assert sorted(tasks()) == sorted(("draw_enclosure", [row.pk]) for row in rows)
    work()
    assert not stored_previews.lacking(Enclosure).exists()


def test_drawing_twice_keeps_one_picture(proposal):
    row, before = enclosed(proposal), len(pictures())
    stored_previews.make(row)
    stored_previews.make(row)
    assert len(pictures()) == before + 1


def test_picture_of_a_file_that_went_meanwhile_is_not_kept(proposal, monkeypatch):
    row = enclosed(proposal)
    draw = stored_previews.first_page

    def slowly(file):
        Enclosure.objects.filter(pk=row.pk).delete()
        return draw(file)

    monkeypatch.setattr(stored_previews, "first_page", slowly)
    before = pictures()
    assert not stored_previews.make(row)
    assert pictures() == before


# --- Seeing -------------------------------------------------------------------------------------
def handed_in(proposal, content=PDF, *, draw=True, **fields):
    row = enclosed(proposal, content, **fields)
    if draw:
        stored_previews.make(row)
    hand_in(proposal)
    row.refresh_from_db()
    return row


def test_office_sees_the_first_page_of_an_enclosed_pdf(coordinator, proposal):
    row = handed_in(proposal)
    page = coordinator.get(case_of(proposal))
    assert f'src="{preview_of(row)}"' in page.text
    picture = coordinator.get(preview_of(row))
    assert picture["Content-Type"] == "image/jpeg"
    assert "no-store" in picture["Cache-Control"]
    assert "sandbox" in picture["Content-Security-Policy"]
    assert Image.open(io.BytesIO(picture.content)).size == (707, 1000)


@pytest.mark.parametrize(
    ("fields", "state"),
    [({}, "waiting"), ({"preview_tries": stored_previews.MOST_TRIES}, "failed")],
)
def test_page_says_why_there_is_no_picture(coordinator, proposal, fields, state):
    row = handed_in(proposal, draw=False, **fields)
    page = coordinator.get(case_of(proposal))
    assert page.context["files"][0]["preview"] == state
    assert preview_of(row) not in page.text
    assert coordinator.get(preview_of(row)).status_code == 404


def test_picture_whose_bytes_are_gone_is_not_found(coordinator, proposal):
    row = handed_in(proposal)
    row.preview.storage.delete(row.preview.name)
    assert coordinator.get(preview_of(row)).status_code == 404


def test_picture_of_a_file_that_may_not_be_passed_on_any_more_is_not_found(coordinator, proposal):
    row = handed_in(proposal)
    Enclosure.objects.filter(pk=row.pk).update(scan=scanner.State.FAILED)
    assert coordinator.get(preview_of(row)).status_code == 404
    assert coordinator.get(case_of(proposal)).context["files"][0]["preview"] == "unscanned"


def test_applicants_and_strangers_do_not_reach_the_office_picture(client, proposal):
    row = handed_in(proposal)
    assert client.get(preview_of(row)).status_code in (302, 404)
    client.force_login(proposal.applicant.owner)
    assert client.get(preview_of(row)).status_code in (302, 403, 404)


# --- Going --------------------------------------------------------------------------------------
def drawn(row):
    stored_previews.make(row)
    row.refresh_from_db()
    assert row.preview.storage.exists(row.preview.name)
    return row


def test_picture_goes_with_its_file(proposal, django_capture_on_commit_callbacks):
    row = drawn(enclosed(proposal))
    with django_capture_on_commit_callbacks(execute=True):
        delete_rows(Enclosure, [row.pk])
    assert not row.preview.storage.exists(row.preview.name)


def test_picture_goes_with_the_draft(proposal, django_capture_on_commit_callbacks):
    row = drawn(enclosed(proposal))
    with django_capture_on_commit_callbacks(execute=True):
        removal.delete_draft(fresh(proposal), user=proposal.applicant.owner)
    assert not row.preview.storage.exists(row.preview.name)


# --- What the scanner said ----------------------------------------------------------------------
@pytest.mark.parametrize("state", ["not_configured", "clean", "failed"])
def test_staff_reads_beside_each_file_whether_it_was_scanned(state):
    """ "Not checked", because there is no scanner, is a state of its own."""
    proposal = make_whole_proposal()
    enclosed(proposal, scan=state)
    page = stepped_in("coordinator").get(case_of(hand_in(proposal)))
    assert page.context["files"][0]["scan"] == scanner.State(state).label
    assert f"; {scanner.State(state).label})" in page.text
