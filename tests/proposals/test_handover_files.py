"""What the city hands over: one ZIP file whose checksum can be proved again."""

import datetime
import hashlib
import io
import json
import tracemalloc
import zipfile

import jsonschema
import openpyxl
import pypdf
import pytest
import time_machine
from django.utils import timezone, translation

from offenbach_wir import scanner
from projects.proposals import (
    handover_files,
    letters,
    published_schema,
    snapshot,
    stored_pdf,
    submission,
)
from projects.proposals.models import LetterTemplate
from tests.factories import make_account, make_applicant, make_enclosure, make_whole_proposal
from tests.proposals.test_exports import body, enclose, make_proposal, make_version

LETTER = b"%PDF-1.7 letter"
STATEMENT = "Wir befürworten das Vorhaben.\nالنص العربي"


@pytest.fixture
def draft(db):
    return make_proposal()


def made(version, **changes):
    return handover_files.zip_of(
        version, **({"letter_pdf": LETTER, "statement": STATEMENT} | changes)
    )


def unpacked(file):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(file)))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def named(files, ending):
    [name] = [name for name in files if name.endswith(ending)]
    return files[name]


def test_everything_is_in_it(draft):
    enclose(draft, "Satzung.pdf", b"%PDF statutes")
    files = unpacked(made(make_version(draft)))
    assert len(files) == 9
    assert {"WIR-2027-0001.pdf", "plan.xlsx", "proposal.json", "checksums.txt"} <= set(files)
    assert files["Anlagen/01-Satzung.pdf"] == b"%PDF statutes"
    assert files["wir-proposal-1.schema.json"] == published_schema.content()
    assert LETTER in files.values()
    assert STATEMENT.encode() in files.values()


def test_it_is_german_whoever_asks(draft):
    version = make_version(draft)
    with translation.override("ar"):
        files = unpacked(made(version))
    book = openpyxl.load_workbook(io.BytesIO(files["plan.xlsx"]))
    assert book.sheetnames[0] == "Kosten"


def test_content_is_exactly_what_was_handed_in_and_fits_the_schema_beside_it(db):
    proposal = make_whole_proposal(make_applicant(make_account()))
    make_enclosure(proposal)
    version = submission.hand_in(proposal, user=proposal.applicant.owner)
    files = unpacked(made(version))
    content = files["proposal.json"]
    assert snapshot.checksum_of(content.decode()) == version.checksum
    schema = json.loads(files[published_schema.NAME])
    jsonschema.validate(json.loads(content), schema, jsonschema.Draft202012Validator)


def test_pdf_of_the_proposal_is_tagged(draft):
    reader = pypdf.PdfReader(io.BytesIO(unpacked(made(make_version(draft)))["WIR-2027-0001.pdf"]))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_checksums_list_every_other_file(draft):
    enclose(draft, "بيان.pdf", b"%PDF a")
    files = unpacked(made(make_version(draft)))
    listed = dict(
        reversed(line.split("  ", 1)) for line in files.pop("checksums.txt").decode().splitlines()
    )
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_same_input_gives_the_same_bytes_on_another_day(draft):
    enclose(draft, "Satzung.pdf", b"%PDF statutes")
    version = make_version(draft)
    first = made(version)
    recorded = first.checksum()
    assert hashlib.sha256(b"".join(first)).hexdigest() == recorded
    with time_machine.travel(timezone.now() + datetime.timedelta(days=400)):
        assert made(version).checksum() == recorded


def test_another_statement_gives_another_checksum(draft):
    version = make_version(draft)
    assert made(version).checksum() != made(version, statement="Nein.").checksum()


def test_letter_that_was_sent_is_read_from_its_storage(draft):
    version = make_version(draft)
    stored_pdf.make(version)
    letter = version.pdf
    assert named(unpacked(made(version, letter_pdf=letter)), "proposal.json")
    assert made(version, letter_pdf=letter).checksum() != made(version).checksum()


def test_letter_of_the_city_goes_into_it(draft):
    LetterTemplate.objects.update_or_create(
        key="endorsement", defaults={"subject": "{title}", "body": "{statement}"}
    )
    version = make_version(draft)
    letter = letters.endorsement(
        version, statement=STATEMENT, recipient="Amt", on=datetime.date(2027, 1, 15)
    )
    assert letter in unpacked(made(version, letter_pdf=letter)).values()


@pytest.mark.parametrize("scan", [scanner.State.INFECTED, scanner.State.FAILED])
def test_file_that_may_not_be_passed_on_is_named_and_left_out(draft, scan):
    enclose(draft, "virus.pdf", scan=scan)
    file = made(make_version(draft))
    assert file.left_out == ("virus.pdf",)
    files = unpacked(file)
    assert not any(name.startswith("Anlagen/") for name in files)
    assert "- virus.pdf" in next(
        text.decode() for name, text in files.items() if b"virus.pdf" in text and "json" not in name
    )


def test_file_that_vanished_meanwhile_is_named(draft):
    row = enclose(draft, "weg.pdf")
    version = make_version(draft)
    row.file.storage.delete(row.file.name)
    assert made(version).left_out == ("weg.pdf",)


def test_it_keeps_little_in_memory(draft):
    for n in range(3):
        enclose(draft, f"gross-{n}.pdf", b"%PDF" + bytes(range(256)) * 40_000)
    version = make_version(draft)
    stored_pdf.make(version)
    file = made(version)
    tracemalloc.start()
    size = sum(map(len, file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 10_000
    assert peak < 5_000_000


def test_answer_is_an_attachment_nobody_stores(draft):
    answer = made(make_version(draft)).answer()
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith("attachment")
    assert body(answer).startswith(b"PK")
