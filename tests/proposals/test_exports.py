"""A plan as a table and a proposal as a ZIP file to take along."""

import csv
import datetime
import io
import json
import tracemalloc
import zipfile

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.http import Http404
from django.utils import translation

from offenbach_wir import scanner
from offenbach_wir.models import User
from programs.models import ApplicantKind, EnclosureKind
from projects.models import Organisation, SpokenLanguage
from projects.proposals import exports, scheduled, snapshot, stored_pdf, tasks, typesetting
from projects.proposals.models import Applicant, Enclosure, Proposal, Version
from tests.proposals.plain_data import CONTACT, cost, data, in_kind, income, plan

AT = datetime.datetime(2026, 11, 25, 13, 5, 9, tzinfo=datetime.UTC)
FORMULA = '=HYPERLINK("https://example.org";"x")'


def body(response):
    return b"".join(response.streaming_content)


def rows_of(response):
    text = body(response).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def book_of(plan):
    with exports.plan_workbook(plan) as file:
        return openpyxl.load_workbook(io.BytesIO(file.read()))


# --- The plan -----------------------------------------------------------------------------------
def test_workbook_has_numbers_as_numbers():
    sheet = book_of(plan())["Kosten"]
    assert [cell.value for cell in sheet[2]] == [
        *("Honorare", "Leitung der Treffen", 12.5, "Stunden", 45, 2027, 562.5),
    ]
    assert sheet["G2"].number_format == "#,##0.00"


def test_workbook_ends_with_the_totals():
    book = book_of(plan(in_kind=[in_kind()]))
    assert [cell.value for cell in book["Einnahmen"][3]][-1] == 562.5
    assert [cell.value for cell in book["Ehrenamtliche Arbeit"][3]][-1] == 600


def test_workbook_runs_no_formula_of_others():
    sheet = book_of(plan([cost(description=FORMULA, unit="+1\x07")]))["Kosten"]
    assert sheet["B2"].data_type == "s"
    assert sheet["B2"].value == f"'{FORMULA}"
    assert sheet["D2"].value == "'+1"


def test_workbook_in_arabic_runs_from_right_to_left():
    with translation.override("ar"):
        assert book_of(plan()).worksheets[0].sheet_view.rightToLeft


def test_csv_has_one_line_for_each_row_and_the_totals():
    values = data(plan=plan([cost()], [income()], [in_kind()]))
    rows = rows_of(exports.plan_file(values, "csv"))
    assert [row[0] for row in rows] == [
        *("Teil", "Kosten", "Einnahmen", "Ehrenamtliche Arbeit"),
        *("Kosten insgesamt", "Einnahmen insgesamt"),
    ]
    assert rows[1][3:] == ["12,50", "Stunden", "45,00", "2027", "562,50"]


def test_csv_runs_no_formula_of_others():
    rows = rows_of(exports.plan_file(data(plan=plan([cost(description=FORMULA)])), "csv"))
    assert rows[1][2] == f"'{FORMULA}"


def test_file_of_the_plan_is_an_attachment_named_for_the_proposal():
    response = exports.plan_file(data(), "csv")
    assert 'attachment; filename="plan-wir-2027-0001-' in response["Content-Disposition"]


def test_other_formats_are_not_there():
    with pytest.raises(Http404):
        exports.plan_file(data(), "ods")


# --- Everything ---------------------------------------------------------------------------------
def make_proposal(**changes):
    owner = User.objects.create_user(email="amira@example.org")
    organisation = Organisation.objects.create(name="Verein Musterbaum e. V.", slug="musterbaum-x")
    applicant = Applicant.objects.create(
        organisation=organisation,
        owner=owner,
        kind=ApplicantKind.objects.first(),
        legal_form=Applicant.LegalForm.REGISTERED_ASSOCIATION,
        register_number="VR 12345",
        street="Musterstraße 1",
        postcode="63065",
        city="Offenbach am Main",
        contact_name="Amira Beispiel",
        contact_email="amira@example.org",
    )
    return Proposal.objects.create(
        applicant=applicant,
        language=SpokenLanguage.objects.get(code="de"),
        title="Ein Garten für alle",
        **changes,
    )


@pytest.fixture
def draft(db):
    return make_proposal()


def enclose(proposal, name="satzung.pdf", content=b"%PDF-1.7", **changes):
    extension = name.rpartition(".")[2]
    row = Enclosure(
        proposal=proposal,
        kind=EnclosureKind.objects.first(),
        name=name,
        extension=extension,
        content_type="application/pdf",
        size=len(content),
        sha256="ab" * 32,
        **{"scan": scanner.State.CLEAN, **changes},
    )
    row.file.save(f"enclosures/{row.key}.{extension}", ContentFile(content), save=False)
    row.save()
    return row


def make_version(proposal, **changes):
    enclosed = [
        {
            "kind": {"de": "Satzung"},
            "name": row.name,
            "size": row.size,
            "content_type": row.content_type,
            "sha256": row.sha256,
            "key": row.key,
        }
        for row in proposal.enclosures.all()
    ]
    content = snapshot.as_text(data(**{"enclosures": enclosed, **changes}))
    return Version.objects.create(
        proposal=proposal,
        number=1,
        content=content,
        checksum=snapshot.checksum_of(content),
        contact=CONTACT,
        submitted_at=AT,
    )


@pytest.fixture
def version(draft):
    return make_version(draft)


def unpacked(source):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(exports.zip_of(source))))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def test_zip_of_a_version_has_everything(draft):
    enclose(draft, "Satzung.pdf", b"%PDF statutes")
    version = make_version(draft)
    files = unpacked(version)
    assert list(files) == [
        *("WIR-2027-0001.pdf", "plan.xlsx", "proposal.json"),
        *("Anlagen/01-Satzung.pdf", "liesmich.txt"),
    ]
    assert files["Anlagen/01-Satzung.pdf"] == b"%PDF statutes"


def test_content_in_the_zip_has_the_checksum_of_the_receipt(version):
    content = unpacked(version)["proposal.json"].decode()
    assert snapshot.checksum_of(content) == version.checksum
    assert "amira@example.org" not in content


def test_zip_of_a_draft_is_what_it_is_today(draft):
    enclose(draft)
    files = unpacked(draft)
    assert "Entwurf.pdf" in files
    assert json.loads(files["proposal.json"])["reference"] is None


def test_same_and_hostile_names_stay_apart_and_inside(draft):
    for name in ("../../a.pdf", "a.pdf", "C:\\x\\a.pdf"):
        enclose(draft, name)
    names = [name for name in unpacked(make_version(draft)) if name.startswith("Anlagen/")]
    assert names == [f"Anlagen/0{n}-a.pdf" for n in (1, 2, 3)]


@pytest.mark.parametrize("scan", [scanner.State.INFECTED, scanner.State.FAILED])
def test_file_that_may_not_be_passed_on_is_named_and_left_out(draft, scan):
    enclose(draft, "virus.pdf", scan=scan)
    files = unpacked(make_version(draft))
    assert not any(name.startswith("Anlagen/") for name in files)
    assert "- virus.pdf" in files["liesmich.txt"].decode()


def test_file_that_is_gone_is_named_and_left_out(draft):
    row = enclose(draft, "weg.pdf")
    version = make_version(draft)
    row.file.storage.delete(row.file.name)
    assert "- weg.pdf" in unpacked(version)["liesmich.txt"].decode()


def test_files_of_others_do_not_come_with_a_version(draft):
    foreign = make_version(draft, enclosures=[])
    other = Proposal.objects.create(applicant=draft.applicant, language=draft.language)
    enclose(other)
    assert not any(name.startswith("Anlagen/") for name in unpacked(foreign))


def test_zip_keeps_little_in_memory(draft):
    enclose(draft, "gross.pdf", b"%PDF" + bytes(range(256)) * 40_000)
    version = make_version(draft)
    stored_pdf.make(version)
    tracemalloc.start()
    size = sum(map(len, exports.zip_of(version)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 10_000
    assert peak < 5_000_000


def test_zip_without_fonts_says_that_the_pdf_is_missing(version, settings, tmp_path):
    settings.PDF_FONTS = [str(tmp_path)]
    typesetting.forget_fonts()
    try:
        files = unpacked(version)
    finally:
        typesetting.forget_fonts()
    assert "- WIR-2027-0001.pdf" in files["liesmich.txt"].decode()


def test_everything_is_an_attachment_nobody_stores(version):
    response = exports.everything(version)
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"].startswith("attachment")
    assert body(response).startswith(b"PK")


# --- The stored PDF -----------------------------------------------------------------------------
def stored(version):
    """What lies in the storage for it, or nothing."""
    name = Version.objects.get(pk=version.pk).pdf.name
    if not name:
        return b""
    with version.pdf.storage.open(name) as file:
        return file.read()


def test_task_stores_the_pdf_once(version):
    tasks.make_version_pdf.call(version.pk)
    first = stored(version)
    assert first.startswith(b"%PDF-")
    tasks.make_version_pdf.call(version.pk)
    assert stored(version) == first


def test_task_of_a_version_that_is_gone_does_nothing(db):
    tasks.make_version_pdf.call(0)


def test_pdf_of_a_small_plan_is_ready_at_once(version):
    assert stored_pdf.ready(version)
    assert stored(version).startswith(b"%PDF-")


def test_pdf_of_a_large_plan_is_left_to_the_worker(draft):
    version = make_version(draft, plan=plan([cost()] * 61))
    assert not stored_pdf.ready(version)
    assert not stored(version)


def test_pdf_made_twice_at_once_is_stored_once(version):
    other = Version.objects.get(pk=version.pk)
    assert stored_pdf.make(version)
    other.pdf = ""
    assert stored_pdf.make(other)
    assert other.pdf.name == version.pdf.name
    folder, _slash, _name = version.pdf.name.rpartition("/")
    beside = version.pdf.storage.listdir(folder)[1]
    assert len([name for name in beside if version.proposal.key in name]) == 1


def test_pdf_with_an_erased_contact_is_not_stored(version):
    Version.objects.filter(pk=version.pk).update(contact={})
    assert not stored_pdf.make(version)
    assert not stored(version)


def test_forgotten_pdf_is_gone_from_the_disk_too(version):
    stored_pdf.make(version)
    storage, name = version.pdf.storage, version.pdf.name
    stored_pdf.forget(version)
    assert not storage.exists(name)
    assert list(stored_pdf.lacking()) == [version]


def test_lost_pdf_is_queued_again_but_not_twice(version):
    assert scheduled.ask_again_for_missing_pdfs(AT) == "1 PDF-Dateien eingereiht"
    assert scheduled.ask_again_for_missing_pdfs(AT) == "0 PDF-Dateien eingereiht"


def test_missing_fonts_fail_the_task_politely(version, settings, tmp_path, caplog):
    settings.PDF_FONTS = [str(tmp_path)]
    typesetting.forget_fonts()
    try:
        tasks.make_version_pdf.call(version.pk)
    finally:
        typesetting.forget_fonts()
    assert "apt-get install" in caplog.text
    assert not stored(version)


def test_missing_fonts_fail_the_job_where_operators_see_it(version, settings, tmp_path):
    settings.PDF_FONTS = [str(tmp_path)]
    typesetting.forget_fonts()
    try:
        with pytest.raises(typesetting.FontsMissingError):
            scheduled.ask_again_for_missing_pdfs(AT)
    finally:
        typesetting.forget_fonts()
