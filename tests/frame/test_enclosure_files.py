"""A file a club encloses: told by content, cleaned, measured and kept under a name of our own."""

import hashlib
import io
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.core.files.uploadedfile import TemporaryUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from offenbach_wir import enclosure_files, images
from offenbach_wir.enclosure_files import check_enclosure, keep
from tests.frame.files import (
    ODS,
    XLSX_MAIN,
    answer,
    objects_stream,
    odf,
    ooxml,
    package,
    pdf,
    picture,
    upload,
)

PDF = pdf(b"<< /Type /Catalog >>")
EVERY_KIND = {
    "pdf": PDF,
    "odt": odf(),
    "ods": odf(kind=ODS),
    "docx": ooxml(),
    "xlsx": ooxml(XLSX_MAIN),
    "jpg": picture("JPEG"),
    "png": picture("PNG"),
}


def refusal(content, name="anlage"):
    with pytest.raises(ValidationError) as refused:
        check_enclosure(upload(content, name))
    assert refused.value.messages[0]
    return refused.value.code


def seen(checked):
    return Image.open(checked.file)


@pytest.mark.parametrize("extension", EVERY_KIND)
@pytest.mark.parametrize("with_ending", [True, False])
def test_each_kind_is_taken_with_and_without_its_ending(extension, with_ending):
    name = f"Unser Nachweis.{extension}" if with_ending else "Unser Nachweis"
    checked = check_enclosure(upload(EVERY_KIND[extension], name))
    assert checked.extension == extension
    assert checked.display_name == f"Unser Nachweis.{extension}"
    assert checked.content_type == enclosure_files.CONTENT_TYPES[extension]


@pytest.mark.parametrize("extension", EVERY_KIND)
def test_content_of_another_kind_than_the_ending_says_is_refused(extension):
    for other in {*EVERY_KIND, "exe", "html", "docm"} - {extension}:
        assert refusal(EVERY_KIND[extension], f"a.{other}") == "ending"


@pytest.mark.parametrize("name", ["a.JPG", "a.jpeg", "a.jpe", "a.jfif"])
def test_all_endings_of_a_jpeg_are_taken(name):
    assert check_enclosure(upload(EVERY_KIND["jpg"], name)).display_name == "a.jpg"


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"#!/bin/sh\n",
        b"MZ" + bytes(60),
        b"GIF89a" + bytes(20),
        b"{\\rtf1 }",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60),
        b"\x00\x00\x00\x18ftypheic" + bytes(60),
        b"\xef\xbb\xbf" + PDF,
        package({"a.txt": "x"}),
        picture("WEBP"),
        b"Liebe Stadt",
    ],
)
@pytest.mark.parametrize("name", ["anlage", "anlage.pdf", "anlage.png"])
def test_other_kinds_are_refused_whatever_the_name(content, name):
    assert refusal(content, name) == "kind"


def test_empty_file_is_refused():
    assert refusal(b"") == "empty"


def test_file_above_the_limit_is_refused_before_it_is_read(settings):
    settings.ENCLOSURE_MOST_BYTES = 1024 * 1024
    with pytest.raises(ValidationError, match="1 MB") as refused:
        check_enclosure(upload(b"x" * (1024 * 1024 + 1), "a.pdf"))
    assert refused.value.code == "too_large"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pdf(b"<< /S /JavaScript >>"), "active"),
        (pdf(objects_stream(b"<< /S /Launch >>")), "active"),
        (ooxml(**{"word/vbaProject.bin": b"x"}), "active"),
        (b"%PDF-1.7 cut", "damaged"),
        (picture("JPEG")[:200], "damaged"),
        (picture("PNG", (300, 300))[:100], "damaged"),
        (b"\xff\xd8\xff" + bytes(100), "damaged"),
    ],
)
def test_what_is_wrong_inside_is_refused(content, code):
    assert refusal(content) == code


def test_size_and_checksum_are_those_of_the_file():
    checked = check_enclosure(upload(PDF, "a.pdf"))
    assert (checked.size, checked.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    assert checked.file.read() == PDF


def test_file_on_disk_is_taken_like_one_in_memory():
    file = TemporaryUploadedFile("Satzung.pdf", "text/html", len(PDF), None)
    file.write(PDF)
    assert check_enclosure(file).content_type == "application/pdf"


def photo(kind, orientation=6, size=(60, 40)):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, "Mina Muster"
    exif.get_ifd(0x8825)[1] = "N"
    extra = {"comment": b"Mina"} if kind == "JPEG" else {}
    return picture(kind, size, exif=exif, icc_profile=b"Mina" * 50, **extra)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_picture_is_turned_upright_and_tells_nothing_else(kind):
    checked = check_enclosure(upload(photo(kind), "foto"))
    assert seen(checked).size == (40, 60)
    checked.file.seek(0)
    content = checked.file.read()
    assert b"Mina" not in content
    assert b"Exif" not in content
    assert checked.size == len(content)
    assert checked.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((3000, 2000), (3000, 2000)),
        ((5000, 3000), (4000, 2400)),
        ((4960, 7016), (2828, 4000)),
        ((900, 6000), (900, 6000)),
        ((2000, 12000), (1000, 6000)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_picture_becomes_smaller_and_stays_readable(kind, size, kept):
    assert seen(check_enclosure(upload(picture(kind, size, "L"), "scan"))).size == kept


@pytest.mark.parametrize(
    ("kind", "mode", "kept"),
    [
        *(("JPEG", "L", "L"), ("JPEG", "CMYK", "RGB"), ("PNG", "1", "L"), ("PNG", "L", "L")),
        *(
            ("PNG", "P", "RGB"),
            ("PNG", "RGBA", "RGBA"),
            ("PNG", "LA", "RGBA"),
            ("PNG", "I;16", "L"),
        ),
    ],
)
def test_picture_of_any_colours_is_taken(kind, mode, kept):
    assert seen(check_enclosure(upload(picture(kind, mode=mode), "scan"))).mode == kept


def test_scan_with_16_bits_keeps_its_greys():
    out = io.BytesIO()
    Image.new("I;16", (10, 10), 40_000).save(out, "PNG")
    assert seen(check_enclosure(upload(out.getvalue(), "scan"))).getpixel((5, 5)) == 40_000 // 256


def test_thin_lines_of_a_black_and_white_scan_survive():
    page = Image.new("1", (7016, 4960), 1)
    ImageDraw.Draw(page).line((0, 2001, 7016, 2001), fill=0)
    out = io.BytesIO()
    page.save(out, "PNG")
    column = seen(check_enclosure(upload(out.getvalue(), "scan"))).crop((500, 0, 501, 2828))
    assert min(column.tobytes()) < 200


def test_photo_with_a_second_one_behind_it_is_a_jpeg():
    second = Image.new("RGB", (30, 20))
    content = picture("MPO", save_all=True, append_images=[second])
    assert seen(check_enclosure(upload(content, "a.jpg"))).format == "JPEG"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_too_many_pixels_are_refused(kind, monkeypatch):
    monkeypatch.setattr(images, "MOST_PIXELS", 1000)
    assert refusal(picture(kind), "a") == "too_many_pixels"


def test_something_behind_a_picture_is_not_kept():
    checked = check_enclosure(upload(picture("PNG") + b"<script>alert(1)</script>", "a.png"))
    assert b"script" not in checked.file.read()


def test_file_is_kept_outside_public_media_under_a_name_of_our_own():
    name = keep(check_enclosure(upload(PDF, "../../Satzung.pdf")))
    with storages["private"].open(name) as kept:
        assert kept.read() == PDF
    storages["private"].delete(name)
    assert re.fullmatch(r"enclosures/[0-9a-f]{2}/[0-9a-f]{32}\.pdf", name)


def full_disk(*_args, **_options):
    raise OSError(28, "No space left on device")


def test_full_disk_is_told_in_words_and_leaves_nothing(monkeypatch):
    checked, names = check_enclosure(upload(PDF, "a.pdf")), []
    storage = storages["private"]
    storage_name = enclosure_files.storage_name

    def remembered(extension):
        names.append(storage_name(extension))
        return names[0]

    def broken_chunks(*_args):
        yield b"half"
        full_disk()

    monkeypatch.setattr(enclosure_files, "storage_name", remembered)
    monkeypatch.setattr(type(checked.file), "chunks", broken_chunks)
    with pytest.raises(ValidationError) as refused:
        keep(checked)
    assert refused.value.code == "not_kept"
    assert not storage.exists(names[0])


def test_full_disk_while_a_picture_is_cleaned_is_told_in_words(monkeypatch):
    monkeypatch.setattr(enclosure_files, "NamedTemporaryFile", full_disk)
    assert refusal(picture("PNG"), "a.png") == "not_kept"


@settings(deadline=None, max_examples=60)
@given(
    st.text(alphabet=st.characters(codec=None), max_size=300),
    st.sampled_from([b"%PDF-", b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b""]),
    st.binary(max_size=200),
)
def test_any_file_gets_an_answer_in_words(name, head, rest):
    assert answer(check_enclosure, upload(head + rest, name))
