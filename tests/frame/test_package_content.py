"""Packages (ODT, ODS, DOCX, XLSX): what they claim is not believed, what runs is refused."""

import io
import struct
import zipfile

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from offenbach_wir import package_content
from offenbach_wir.package_content import kind_of_package
from tests.frame.files import (
    DOCX_MAIN,
    ODS,
    ODT,
    XLSX_MAIN,
    answer,
    odf,
    odf_content,
    ooxml,
    package,
    pdf,
    picture,
    relations,
    upload,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)
SVG = '<svg xmlns="http://www.w3.org/2000/svg">%s</svg>'


def kind(content):
    return kind_of_package(upload(content))


def refusal(content):
    with pytest.raises(ValidationError) as refused:
        kind_of_package(upload(content))
    return refused.value.code


def workbook():
    out, book = io.BytesIO(), Workbook()
    book.active.append(["Miete", 1200])
    book.save(out)
    return out.getvalue()


def link(target, element="text:a"):
    return f'<{element} xlink:href="{target}"/>'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (odf(), "odt"),
        (odf(kind=ODS), "ods"),
        (odf(link("https://verein.example.org/")), "odt"),
        (odf(link("Pictures/1.png", "draw:image"), **{"Pictures/1.png": picture("PNG")}), "odt"),
        (odf(**{"Pictures/1.svg": SVG % "<path d='M0 0'/>"}), "odt"),
        (odf(**{"Pictures/1.pdf": pdf(b"<< >>")}), "odt"),
        (odf(**{"Basic/script-lc.xml": '<!DOCTYPE l SYSTEM "libraries.dtd"><l/>'}), "odt"),
        (odf(**{"Basic/Standard/script-lb.xml": "<l/>", "Configurations2/": ""}), "odt"),
        (ooxml(), "docx"),
        (ooxml(XLSX_MAIN), "xlsx"),
        (workbook(), "xlsx"),
        (ooxml(**{"word/embeddings/Tabelle1.xlsx": workbook()}), "docx"),
        (
            ooxml(
                **{
                    "word/_rels/settings.xml.rels": relations(
                        "attachedTemplate", "file:///C:/Vorlagen/Brief.dotx"
                    )
                }
            ),
            "docx",
        ),
        (package({"mimetype": ODT + "-template", "content.xml": odf_content()}), None),
        (package({"mimetype": ODT}), None),
        (package({"liesmich.txt": "x"}), None),
        (ooxml(f"{DOCX_MAIN}x"), None),
    ],
)
def test_kind_is_told_by_the_parts(content, told):
    assert kind(content) == told


@pytest.mark.parametrize(
    "content",
    [
        ooxml(**{"word/vbaProject.bin": b"x"}),
        ooxml(**{"word/VBAPROJECT.BIN": b"x"}),
        ooxml(**{"xl/macrosheets/sheet1.xml": "<x/>"}),
        ooxml(**{"word/activeX/activeX1.xml": "<x/>"}),
        ooxml("application/vnd.ms-word.document.macroEnabled.main+xml"),
        ooxml(
            types='<Default Extension="txt" ContentType="application/vnd.ms-office.vbaProject"/>'
        ),
        ooxml(**{"word/_rels/document.xml.rels": relations("vbaProject", "a.txt", "Internal")}),
        ooxml(**{"word/document.xml": "<w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText>"}),
        ooxml(**{"word/header1.xml": '<w:fldSimple w:instr=" DDE excel x"/>'}),
        odf(**{"Basic/Standard/Module1.xml": "<x/>"}),
        odf(**{"Basic/script-lc.xml": "<l xlink:href='file:///x'/>"}),
        odf(**{"Dialogs/Standard/D.xml": "<x/>"}),
        odf(**{"Scripts/python/a.txt": "import os"}),
        odf('<office:script script:language="JavaScript"/>'),
        odf("<script:event-listener/>"),
        odf("<text:dde-connection-decl/>"),
        odf(link("vnd.sun.star.script:a$b?language=Python&amp;location=share")),
        odf(link("vnd.sun.star.&#115;cript:a")),
        odf(link("javascript:alert(1)")),
        odf(**{"Object 1/content.xml": odf_content("<script:event-listener/>")}),
    ],
)
def test_macro_is_refused(content):
    assert refusal(content) == "active"


@pytest.mark.parametrize(
    "content",
    [
        ooxml(**{"word/_rels/a.rels": relations("attachedTemplate", "https://example.org/a.dotm")}),
        ooxml(**{"word/_rels/a.rels": relations("attachedTemplate", "file://host/a.dotm")}),
        ooxml(**{"word/_rels/a.rels": relations("image", "https://example.org/a.png")}),
        ooxml(**{"word/_rels/a.rels": relations("oleObject", "https://example.org/", "eXternal")}),
        ooxml(XLSX_MAIN, **{"xl/externalLinks/externalLink1.xml": "<x/>"}),
        ooxml(XLSX_MAIN, **{"xl/connections.xml": "<x/>"}),
        odf(link("https://example.org/a.png", "draw:image")),
        odf(link("//example.org/a.png", "draw:image")),
        odf(link("../Andere.odt", "text:section-source")),
        odf(link("file:///etc/passwd", "draw:floating-frame")),
    ],
)
def test_content_fetched_from_elsewhere_is_refused(content):
    assert refusal(content) == "outside"


@pytest.mark.parametrize(
    "parts",
    [
        {"word/embeddings/oleObject1.bin": OLE},
        {"word/media/image1.png": b"MZ" + bytes(50)},
        {"word/media/image1.emf": b"\x7fELF"},
        {"word/start.sh": b"x"},
        {"word/seite.html": "x"},
        {"word/seite.xml": "\ufeff \n<!DOCTYPE HTML><body>"},
        {"word/afchunk.dat": "<html><script>alert(1)</script></html>"},
        {"word/media/a.svg": SVG % "<script>alert(1)</script>"},
        {"word/media/a.svg": SVG % "<path onload = 'alert(1)'/>"},
        {"word/media/a.svg": SVG % "<a href='JavaScript:alert(1)'/>"},
        {"word/media/a.png": SVG % "<script>"},
        {"word/embeddings/a.xlsx": package({"a.txt": "x"})},
        {"word/embeddings/a.xlsx": ooxml(**{"a.docx": ooxml()})},
        {"word/_rels/a.rels": relations("aFChunk", "a.dat", "Internal")},
        {"word/media/a.pdf": pdf(b"<< /Type /EmbeddedFile >>")},
    ],
)
def test_other_file_inside_is_refused(parts):
    assert refusal(ooxml(**parts)) == "inside"


def test_file_inside_is_checked_like_any_other():
    assert (
        refusal(ooxml(**{"word/embeddings/a.xlsx": ooxml(**{"x/vbaProject.bin": "x"})})) == "active"
    )
    assert refusal(odf(**{"Pictures/a.pdf": pdf(b"<< /S /JavaScript >>")})) == "active"


@pytest.mark.parametrize(
    "manifest",
    ["<m><file-entry><encryption-data/></file-entry></m>", "<m><encrypted-key/></m>"],
)
def test_document_with_a_password_is_refused(manifest):
    assert refusal(odf(**{"META-INF/manifest.xml": manifest})) == "locked"


def test_locked_part_is_refused():
    content = bytearray(ooxml())
    listed = content.index(b"PK\x01\x02")
    content[listed + 8] |= 1
    assert refusal(bytes(content)) == "locked"


@pytest.mark.parametrize(
    "parts",
    [
        {"content.xml": '<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>'},
        {"settings.xml": '<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>'},
        {"settings.xml": '<!DOCTYPE a [<!ENTITY b "x">]><a/>'.encode("utf-16")},
        {"content.xml": "<a>" * 300 + "</a>" * 300},
        {"content.xml": "<a><b></a>"},
        {"content.xml": b""},
    ],
)
def test_xml_that_is_broken_or_grows_is_refused(parts):
    assert refusal(odf(**parts)) == "damaged"


@pytest.mark.parametrize(
    "name", ["../a.xml", "/a.xml", "a\\b.xml", "C:/a.xml", "a//b.xml", "./a.xml", "a\n.xml"]
)
def test_part_outside_the_package_is_refused(name):
    assert refusal(odf(**{name: "<a/>"})) == "damaged"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["content.xml", "Content.XML"])
def test_part_that_appears_twice_is_refused(name):
    out = io.BytesIO(odf())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, odf_content("<script:event-listener/>"))
    assert refusal(out.getvalue()) == "damaged"


def test_package_of_two_kinds_is_refused():
    assert refusal(ooxml(mimetype=ODT)) == "damaged"


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(packing):
    assert refusal(package({"mimetype": ODT, "content.xml": odf_content()}, packing)) == "damaged"


def test_package_behind_something_else_is_refused():
    assert refusal(b"PK\x03\x04" + odf()) == "damaged"


@pytest.mark.parametrize("cut", [10, 100, 300, -30, -1])
def test_cut_package_is_refused(cut):
    assert refusal(odf()[:cut]) == "damaged"


def altered_list(content, offset, value):
    """The last part's entry in the list of parts, with one number of four bytes replaced."""
    content = bytearray(content)
    at = content.rindex(b"PK\x01\x02") + offset
    content[at : at + 4] = struct.pack("<I", value)
    return bytes(content)


@pytest.mark.parametrize(
    ("what", "offset", "value"),
    [
        ("checksum", 16, 1),
        ("packed size, smaller", 20, 5),
        ("packed size, larger", 20, 2**31),
        ("unpacked size, smaller", 24, 1),
        ("unpacked size, larger", 24, 2**31),
        ("place, of the first part", 42, 0),
        ("place, nowhere", 42, 2**31),
    ],
)
def test_wrong_claim_about_a_part_is_refused(what, offset, value):
    content = odf(**{"meta.xml": "<a>" + "x" * 500 + "</a>"})
    assert refusal(altered_list(content, offset, value)) == "damaged"


def test_bomb_is_refused_although_it_claims_to_be_small():
    content = odf(**{"Pictures/1.png": bytes(15 * 1024 * 1024)})
    assert refusal(altered_list(content, 24, 100)) == "unpacked"


def test_bomb_in_a_file_inside_is_refused():
    inside = ooxml(**{"word/media/1.png": bytes(15 * 1024 * 1024)})
    assert refusal(ooxml(**{"word/embeddings/a.docx": inside})) == "unpacked"


def test_bomb_of_elements_is_refused(monkeypatch):
    monkeypatch.setattr(package_content, "MOST_READ_BYTES", 100_000)
    assert refusal(odf("<text:p/>" * 20_000)) == "unpacked"


def test_overall_limit_holds_whatever_the_ratio(monkeypatch):
    monkeypatch.setattr(package_content, "MOST_UNPACKED_BYTES", 1000)
    assert refusal(odf(**{"a.txt": "x" * 800, "b.txt": "y" * 800})) == "unpacked"


def test_too_many_parts_are_refused():
    assert refusal(odf(**{f"a/{n}.txt": "" for n in range(2001)})) == "parts"


def test_endless_list_of_parts_is_not_even_read():
    assert refusal(odf(**{f"{n:03}{'x' * 2000}": "" for n in range(300)})) == "parts"


def test_checked_file_is_rewound():
    file = upload(odf())
    kind_of_package(file)
    assert file.tell() == 0


@settings(deadline=None)
@given(st.integers(0, len(odf()) - 1), st.integers(0, 255))
def test_package_with_any_byte_changed_gets_an_answer(at, value):
    content = bytearray(odf())
    content[at] = value
    assert answer(kind_of_package, upload(bytes(content))) != ""
