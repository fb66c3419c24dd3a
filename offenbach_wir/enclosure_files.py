"""Files that applicants enclose: seven types, told by their content, kept under names of our own.

A caller counts how many there are; here one file is looked at. It is read piece by piece, so a file
of 20 MB is never in memory whole; only the pixels of a picture are.
"""

import contextlib
import hashlib
import math
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import storages
from django.core.files.temp import NamedTemporaryFile
from django.utils.translation import gettext_lazy as _
from PIL import ImageOps

from . import file_names, images
from .package_content import kind_of_package
from .pdf_content import DAMAGED, check_pdf

CHUNK = 64 * 1024
FOLDER = "enclosures"
# Long edge of a picture: a page A4 at 340 dpi. The short edge of a long receipt stays readable.
LONGEST_EDGE = 4000
SHORT_EDGE_FROM = 1000

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "odt": "application/vnd.oasis.opendocument.text",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
}
PICTURES = {"jpg": "JPEG", "png": "PNG"}
# Other endings of the same type.
SAME_AS = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg"}
# For <input accept="…">; the check below is what counts.
ACCEPT = ",".join(f".{ending}" for ending in (*CONTENT_TYPES, "jpeg"))
KINDS = "PDF, ODT, DOCX, ODS, XLSX, JPEG, PNG"


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept, for pictures the cleaned copy; size and checksum are its own."""

    file: File
    content_type: str
    extension: str
    display_name: str
    size: int
    sha256: str


def check_enclosure(file):
    """The CheckedFile; raises ValidationError with words for the person who chose the file."""
    try:
        return _checked(file)
    except OSError as error:  # a disk that is full, or a temporary file that is gone
        raise _not_kept() from error


def _checked(file):
    most = settings.ENCLOSURE_MOST_BYTES
    if file.size > most:
        raise ValidationError(
            _("This file is larger than %(limit)s MB. Please choose a smaller one."),
            code="too_large",
            params={"limit": most // (1024 * 1024)},
        )
    if not file.size:
        raise ValidationError(
            _("This file is empty. Please check it on your computer and choose it again."),
            code="empty",
        )
    extension = _told_by_content(file)
    _check_ending(file.name or "", extension)
    if extension == "pdf":
        check_pdf(file)
    elif extension in PICTURES:
        file = _cleaned_picture(file, PICTURES[extension])
    size, sha256 = _measure(file)
    return CheckedFile(
        file=file,
        content_type=CONTENT_TYPES[extension],
        extension=extension,
        display_name=file_names.cleaned(file.name, extension),
        size=size,
        sha256=sha256,
    )


def keep(checked):
    """Writes the file to the private storage, closes it and returns its name there.

    A full disk leaves nothing behind and is told in words (ValidationError).
    """
    storage = storages["private"]
    name = storage_name(checked.extension)
    checked.file.seek(0)
    try:
        storage.save(name, checked.file)
    except OSError as error:
        with contextlib.suppress(OSError):  # where the storage is away, nothing was written
            storage.delete(name)
        raise _not_kept() from error
    checked.file.close()
    return name


def _not_kept():
    return ValidationError(
        _("We could not keep this file just now. Please try again later."), code="not_kept"
    )


def storage_name(extension):
    return file_names.storage_name(FOLDER, extension)


def _told_by_content(file):
    file.seek(0)
    head = file.read(2048)
    file.seek(0)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"PK\x03\x04") and (kind := kind_of_package(file)):
        return kind
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise ValidationError(
            _(
                "This is a document of an older kind or one protected by a password. Please save "
                "it without a password as PDF, DOCX or XLSX and choose the new file."
            ),
            code="kind",
        )
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        raise ValidationError(
            _("This photo is a HEIC file. Please save it as JPEG and choose the new file."),
            code="kind",
        )
    raise ValidationError(
        _("We cannot take this kind of file. Please save it as one of these: %(kinds)s."),
        code="kind",
        params={"kinds": KINDS},
    )


def _check_ending(name, extension):
    ending = file_names.ending(name)
    if ending and SAME_AS.get(ending, ending) != extension:
        raise ValidationError(
            _(
                "The name of this file ends in “.%(ending)s”, but its content is %(kind)s. Please "
                "check whether it is the right file and let its name end in “.%(extension)s”."
            ),
            code="ending",
            params={
                "ending": ending,
                "kind": PICTURES.get(extension, extension.upper()),
                "extension": extension,
            },
        )


def _cleaned_picture(file, kind):
    """The picture upright, without EXIF, place or comments, its long edge at most 4000 pixels."""
    try:
        image = images.opened(file)
    except ValidationError as error:
        is_cut = error.code == "unreadable"
        raise (ValidationError(DAMAGED, code="damaged") if is_cut else error) from error
    if image.format not in (kind, "MPO"):
        raise ValidationError(DAMAGED, code="damaged")
    try:
        # A large JPEG is made smaller while it is read, which takes a quarter of the memory.
        image.draft(None, _readable_size(image.size))
        image = _in_plain_colours(image)
        image.thumbnail(_readable_size(image.size))
        ImageOps.exif_transpose(image, in_place=True)
    except Exception as error:
        raise ValidationError(DAMAGED, code="damaged") from error
    image.info = {}
    target = NamedTemporaryFile(suffix=".upload")
    image.save(target, kind, **({"quality": 88} if kind == "JPEG" else {}))
    return File(target, name=file.name)


def _in_plain_colours(image):
    """Grey, colours or colours with opacity: what can be made smaller without losing thin lines."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _readable_size(size):
    """The size to fit into: nobody can read a receipt of 300 by 4000 pixels."""
    scale = max(LONGEST_EDGE / max(size), SHORT_EDGE_FROM / max(1, min(size)))
    return tuple(math.ceil(edge * min(1, scale)) for edge in size)


def _measure(file):
    checksum, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(CHUNK):
        checksum.update(chunk)
        size += len(chunk)
    file.seek(0)
    return size, checksum.hexdigest()
