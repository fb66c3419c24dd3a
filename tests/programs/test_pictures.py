"""Pictures: cleaned when they arrive, refused where they cannot be trusted, sized by a task."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from offenbach_wir import images
from programs.models import Picture
from programs.tasks import make_picture_sizes
from tests.factories import make_picture, picture_bytes

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def upload(content, name="bild.jpg"):
    return images.cleaned(ContentFile(content, name=name))


def opened(file):
    file.seek(0)
    return Image.open(io.BytesIO(file.read()))


def png_that_claims(width, height):
    """The head of a PNG of that size with nothing behind it that could be unpacked."""

    def chunk(kind, data):
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"nothing at all")


@pytest.mark.parametrize(
    ("width", "height"), [(8000, 7000), (10_000, 10_000), (50_000, 50_000), (2**31 - 1, 1)]
)
def test_picture_that_would_unpack_too_large_is_refused_unopened(width, height):
    with pytest.raises(ValidationError) as refusal:
        upload(png_that_claims(width, height), "bombe.png")
    assert refusal.value.code == "too_many_pixels"


def test_photo_with_a_second_one_behind_it_is_taken_as_a_jpeg():
    out = io.BytesIO()
    second = Image.new("RGB", (30, 20))
    Image.new("RGB", (60, 40)).save(out, "MPO", save_all=True, append_images=[second])
    cleaned = images.cleaned(ContentFile(out.getvalue(), name="foto.jpg"))
    assert Image.open(cleaned).format == "JPEG"


def test_file_that_is_too_large_is_refused():
    with pytest.raises(ValidationError) as refusal:
        upload(b"x" * (images.MOST_BYTES + 1))
    assert refusal.value.code == "too_large"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (SVG, "bild.svg"),
        (SVG, "bild.png"),
        (picture_bytes(kind="GIF"), "bild.gif"),
        (picture_bytes(kind="GIF"), "bild.jpg"),
        (picture_bytes(kind="TIFF"), "bild.tiff"),
        (picture_bytes(kind="BMP"), "bild.bmp"),
        (b"", "leer.jpg"),
        (b"no picture at all", "text.jpg"),
        (b"\xff\xd8\xff\xe0", "kopf.jpg"),
        (b"%PDF-1.7", "blatt.png"),
        (b"<html><script>alert(1)</script></html>", "seite.jpg"),
    ],
)
def test_what_is_no_jpeg_png_or_webp_is_refused(content, name):
    with pytest.raises(ValidationError) as refusal:
        upload(content, name)
    assert refusal.value.code == "unreadable"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_cut_picture_is_refused(kind):
    whole = picture_bytes((900, 700), kind)
    with pytest.raises(ValidationError) as refusal:
        upload(whole[: len(whole) // 2])
    assert refusal.value.code in ("damaged", "unreadable")


@pytest.mark.parametrize(("kind", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_ending_follows_from_the_content(kind, ending):
    file = upload(picture_bytes(kind=kind), "bild.exe")
    assert file.name == f"bild.{ending}"
    assert opened(file).format == kind


def picture_with_exif(orientation=1, size=(40, 20)):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "Geheime Beschreibung"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (50.0, 6.0, 20.0)
    return picture_bytes(size, exif=exif)


def test_place_and_camera_are_removed():
    before = picture_with_exif()
    assert b"Geheime Beschreibung" in before
    file = upload(before)
    assert not opened(file).getexif()
    file.seek(0)
    content = file.read()
    assert b"Exif" not in content
    assert b"Geheime" not in content


def test_text_inside_a_png_is_removed():
    notes = PngInfo()
    notes.add_text("Comment", "Geheime Notiz")
    file = upload(picture_bytes(kind="PNG", pnginfo=notes), "bild.png")
    file.seek(0)
    assert b"Geheime" not in file.read()


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (40, 20)), (3, (40, 20)), (6, (20, 40)), (8, (20, 40))]
)
def test_picture_is_turned_upright(orientation, size):
    assert opened(upload(picture_with_exif(orientation))).size == size


def test_large_picture_is_made_smaller():
    assert opened(upload(picture_bytes((4000, 1000)))).size == (2560, 640)


def test_small_picture_keeps_its_size():
    assert opened(upload(picture_bytes((30, 20)))).size == (30, 20)


@pytest.mark.parametrize("mode", ["L", "P", "LA", "RGBA", "CMYK", "1", "I;16"])
def test_every_kind_of_colour_is_taken(mode):
    out = io.BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (30, 20)).save(out, kind)
    assert opened(upload(out.getvalue())).size == (30, 20)


def test_stored_name_is_our_own(db):
    name = make_picture().file.name
    assert name.startswith("pictures/")
    assert "bild" not in name


def test_task_makes_the_sizes_in_both_formats(db):
    picture = make_picture()
    make_picture_sizes.call(picture.pk)
    picture.refresh_from_db()
    assert set(picture.sizes) == {"avif", "webp"}
    for kind, names in picture.sizes.items():
        for width, name in names.items():
            with picture.file.storage.open(name) as file:
                image = Image.open(file)
                assert (image.format, image.width) == (kind.upper(), int(width))


@pytest.mark.parametrize(
    ("width", "widths"), [(300, ["300"]), (640, ["480"]), (2000, ["480", "960", "1600"])]
)
def test_no_size_is_larger_than_the_picture(db, width, widths):
    picture = make_picture()
    picture.file.save("bild.jpg", ContentFile(picture_bytes((width, 100))))
    make_picture_sizes.call(picture.pk)
    picture.refresh_from_db()
    assert list(picture.sizes["webp"]) == widths


def test_task_is_safe_to_repeat(db):
    picture = make_picture()
    make_picture_sizes.call(picture.pk)
    first = Picture.objects.get(pk=picture.pk).sizes
    _folders, before = picture.file.storage.listdir("pictures")
    make_picture_sizes.call(picture.pk)
    _folders, after = picture.file.storage.listdir("pictures")
    assert Picture.objects.get(pk=picture.pk).sizes == first
    assert sorted(after) == sorted(before)


def test_task_does_nothing_where_the_picture_is_gone(db):
    assert make_picture_sizes.call(999_999) is None


def test_task_leaves_a_picture_alone_whose_file_is_gone(db):
    picture = make_picture()
    picture.file.storage.delete(picture.file.name)
    make_picture_sizes.call(picture.pk)
    assert Picture.objects.get(pk=picture.pk).sizes == {}


def test_task_leaves_a_picture_alone_whose_file_is_damaged(db):
    picture = make_picture()
    with picture.file.storage.open(picture.file.name, "wb") as file:
        file.write(b"damaged")
    make_picture_sizes.call(picture.pk)
    assert Picture.objects.get(pk=picture.pk).sizes == {}


def test_pictures_without_sizes_are_found(db):
    picture = make_picture()
    assert picture in Picture.objects.lacking_sizes()
    make_picture_sizes.call(picture.pk)
    assert picture not in Picture.objects.lacking_sizes()


def test_decorative_picture_has_no_alternative_text(db):
    assert make_picture(is_decorative=True).alternative == ""


def test_page_credits_its_picture(client, db):
    page = client.get("/de/programm/schwerpunkte/interkulturelle-oeffnung/").text
    assert 'class="credit"' in page
    assert " alt=" in page
