"""A PDF with a program, a file or a closed part inside is refused, however it is hidden."""

import zlib

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from offenbach_wir import pdf_content
from offenbach_wir.pdf_content import WINDOW, check_pdf
from tests.frame.files import answer, objects_stream, pdf, stream, upload

SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"


def refusal(content):
    with pytest.raises(ValidationError) as refused:
        check_pdf(upload(content))
    return refused.value.code


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"<< /Type /Catalog /OpenAction [2 0 R /XYZ null null 0] >>"),
        pdf(b"<< /S /URI /URI (https://verein.example.org/) >>"),
        pdf(stream(b"0 0 0 rg BT (JavaScript) Tj ET"), stream(b"\x00" * 5000)),
        pdf(objects_stream(b"<< /Type /Catalog >>")),
        pdf(objects_stream(b"<< /A 1 >>", b"/Type/ObjStm/N 1/First 4/Filter[/FlateDecode]")),
        pdf(stream(b"7 0 << >>", b"/Type /ObjStm /N 1 /First 4", packed=False)),
        pdf(b"<< /Type /Outlines /First 3 0 R >>", stream(b"icc", b"/N 3 /Filter /FlateDecode")),
        pdf(b"<< /EncryptMetadata false /Launcher 1 /JavaScripting 2 >>"),
        pdf(b"<< /Filter /DCTDecode >>\nstream\n\xff\xd8 /JS /AA \nendstream"),
    ],
)
def test_plain_pdf_is_taken(content):
    check_pdf(upload(content))


@pytest.mark.parametrize(
    "hidden",
    [
        SCRIPT,
        b"<< /S/JavaScript/JS(x)>>",
        b"<< /S /J#61va#53cript >>",
        b"<< /S /#4a#61#76#61#53#63#72#69#70#74>>",
        b"<< /S /#4AavaScript>>",
        b"<< /S /Launch /F (calc.exe) >>",
        b"<< /OpenAction << /S /ImportData >> >>",
        b"<< /S /GoToE >>",
        b"<< /AcroForm << /XFA 5 0 R >> >>",
        b"<< /Subtype /RichMedia >>",
    ],
)
def test_program_is_refused_in_the_open_and_in_an_object_stream(hidden):
    assert refusal(pdf(hidden)) == "active"
    assert refusal(pdf(objects_stream(hidden))) == "active"


def test_program_is_found_in_an_object_stream_that_does_not_say_what_it_is():
    assert refusal(pdf(stream(b"7 0 " + SCRIPT))) == "active"


def test_program_is_found_in_an_earlier_revision():
    assert refusal(pdf(SCRIPT) + pdf(b"<< >>")) == "active"


@pytest.mark.parametrize("at", range(WINDOW - 40, WINDOW + 8, 3))
def test_program_is_found_across_the_edge_of_a_window(at):
    content = pdf(b"%" + b"x" * (at - 20) + b"\n" + SCRIPT)
    assert refusal(content) == "active"


@pytest.mark.parametrize("at", [pdf_content.PIECE - 12, pdf_content.HEAD - 10, 300_000])
def test_program_is_found_anywhere_in_an_object_stream(at):
    assert refusal(pdf(objects_stream(b"x" * at + SCRIPT))) == "active"


@pytest.mark.parametrize("name", [b"/EmbeddedFile", b"/EmbeddedFiles", b"/Embedded#46ile"])
def test_file_inside_is_refused(name):
    assert refusal(pdf(b"<< /Type " + name + b" >>")) == "inside"


def test_encrypted_file_is_refused():
    assert refusal(pdf(b"<< >>", trailer=b"/Encrypt 5 0 R")) == "locked"


@pytest.mark.parametrize(
    "dictionary",
    [
        b"/Type /ObjStm /N 1 /First 4 /Filter [/ASCIIHexDecode /FlateDecode]",
        b"/Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /ASCIIHexDecode]",
        b"/Type /ObjStm /N 1 /First 4 /Filter /LZWDecode",
        b"/Type /ObjStm /N 1 /First 4 /Filter 9 0 R",
        b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Filter /LZWDecode",
        b"/Type /Obj#53tm /N 1 /First 4 /Filter /Crypt",
        b"/N 1 /First 4 /Filter /LZWDecode",
        b"/Type /ObjStm /X (endstream) /N 1 /Filter /LZWDecode",
    ],
)
def test_part_that_cannot_be_looked_into_is_refused(dictionary):
    body = zlib.compress(b"7 0 " + SCRIPT).hex().encode()
    assert refusal(pdf(stream(body, dictionary, packed=False))) == "closed"


def test_object_stream_with_a_predictor_is_refused():
    rows = b"".join(b"\x02" + b"7 0 <<>>"[i : i + 4] for i in (0, 4))
    dictionary = b"/Type /ObjStm /Filter /FlateDecode /DecodeParms << /Predictor 12 >>"
    assert refusal(pdf(stream(rows, dictionary))) == "closed"


def test_object_stream_that_grows_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(pdf_content, "MOST_UNPACKED_BYTES", 100_000)
    assert refusal(pdf(objects_stream(b" " * 200_000))) == "closed"


def test_many_object_streams_share_one_allowance(monkeypatch):
    monkeypatch.setattr(pdf_content, "MOST_UNPACKED_BYTES", 100_000)
    assert refusal(pdf(*[objects_stream(b" " * 20_000)] * 6)) == "closed"


def test_too_many_streams_are_refused(monkeypatch):
    monkeypatch.setattr(pdf_content, "MOST_STREAMS", 10)
    assert refusal(pdf(*[stream(b"q Q")] * 11)) == "closed"


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b" " + pdf(b"<< >>"), pdf(b"<< >>")[:-8], pdf(b"<< >>") + b"x" * 3000],
)
def test_cut_or_foreign_file_is_refused(content):
    assert refusal(content) == "damaged"


@given(st.binary(max_size=600))
def test_any_bytes_get_an_answer(content):
    file = upload(b"%PDF-1.7\n<</Type/ObjStm>>stream\n" + content + b"%%EOF")
    assert answer(check_pdf, file) != ""
