"""What an ODT, ODS, DOCX or XLSX may hold: text, tables and pictures; nothing that runs.

These are ZIP packages. Sizes and names they declare are not believed: each part is unpacked piece
by piece and counted, and has to be what the package's own list says. Refused are

- more than 2,000 parts, more than 200 MB or a hundred times the packed size, parts that overlap,
  appear twice, lie outside the package or are packed in another way than by Deflate;
- macros: VBA projects, ActiveX, Excel 4 macro sheets, Basic, dialogs, scripts, script events, DDE;
- content fetched on opening: relations and pictures that point outside, other than plain links;
- other files inside: OLE objects, programs, web pages, archives. A table or text of the four kinds
  behind a chart is allowed once, not inside each other, and is checked the same way;
- declarations of entities in XML, which could grow; passwords.
"""

import re
import struct
import tempfile
import xml.parsers.expat as expat
import zipfile
import zlib

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .pdf_content import DAMAGED, LOCKED, check_pdf

MOST_PARTS = 2000
MOST_LIST_BYTES = 512 * 1024
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
MOST_READ_BYTES = 50 * 1024 * 1024
MOST_TIMES_PACKED = 100
RATIO_COUNTS_FROM = 10 * 1024 * 1024
DEEPEST = 200
PIECE = 64 * 1024

ODF = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_OOXML = "application/vnd.openxmlformats-officedocument."
OOXML = {
    f"{_OOXML}wordprocessingml.document.main+xml": "docx",
    f"{_OOXML}spreadsheetml.sheet.main+xml": "xlsx",
}
ODF_FOLDERS = re.compile(
    r"(basic|dialogs)/(?!([^/]+/)?(script|dialog)-l[bc]\.xml$)[^/].*[^/]$|scripts/.*[^/]$"
)
OOXML_MACROS = re.compile(
    r"(^|/)(vbaproject[^/]*|vbadata\.xml)$|(^|/)(activex|macrosheets)/.*[^/]$"
)
OOXML_OUTSIDE = re.compile(r"^xl/(externallinks/.*[^/]|connections\.xml)$")
RUNS = (
    *(
        "exe",
        "dll",
        "com",
        "scr",
        "bat",
        "cmd",
        "ps1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "wsf",
        "hta",
        "lnk",
    ),
    *(
        "msi",
        "jar",
        "class",
        "swf",
        "sh",
        "py",
        "php",
        "html",
        "htm",
        "xhtml",
        "mht",
        "mhtml",
        "chm",
    ),
    *("zip", "rar", "7z", "iso", "img", "cab", "url", "reg", "docm", "xlsm", "dotm", "xltm"),
)
MAGIC_OF_FILES = (
    *(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"MZ",
        b"\x7fELF",
        b"#!",
        b"Rar!",
        b"7z\xbc\xaf\x27\x1c",
    ),
    *(b"{\\rtf", b"CWS", b"FWS", b"ZWS", b"ITSF", b"MSCF"),
)
WEB_PAGE = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|script)\b", re.IGNORECASE)
ACTIVE_DRAWING = re.compile(rb"<script|javascript:|<foreignobject|\son[a-z]+\s*=", re.IGNORECASE)
ENTITY = re.compile(
    b"|".join(re.escape("<!ENTITY".encode(code)) for code in ("ascii", "utf-16-le", "utf-16-be"))
)
FIELD_THAT_RUNS = re.compile(rb"(instrText[^>]*>|instr=\")\s*DDE|DDEAUTO\s")
LIBRARY_ELSEWHERE = re.compile(rb"xlink:href|link=\"true")
ODF_LINKS = ("a", "area-rectangle", "area-circle", "area-polygon")
OUTSIDE = re.compile(r"\s*([a-z][a-z0-9+.-]*:|//|\\\\|\.\./)", re.IGNORECASE)
ON_OWN_DISK = re.compile(r"file:///[a-z]:", re.IGNORECASE)
LINK = "http://www.w3.org/1999/xlink href"

TOO_LARGE = _(
    "This file becomes far too large when it is opened. Please save it as PDF and choose the PDF."
)
MACROS = _(
    "This document contains macros (small programs). Please save it as PDF and choose the PDF."
)
FROM_OUTSIDE = _(
    "This document fetches content from elsewhere when it is opened. Please save it as PDF and "
    "choose the PDF."
)
OBJECT_INSIDE = _(
    "This document has another file or object inside. Please save it as PDF and choose the PDF."
)


def kind_of_package(file):
    """ "odt", "ods", "docx", "xlsx", or None for another package; refuses what is listed above."""
    kind = _kind(file, _Allowance(file.seek(0, 2)))
    file.seek(0)
    return kind


class _Allowance:
    """What the whole file may still unpack to, packages inside it included."""

    def __init__(self, packed):
        self.packed, self.unpacked, self.parts, self.read = packed, 0, 0, 0

    def take(self, count):
        self.unpacked += count
        over = self.unpacked > MOST_UNPACKED_BYTES
        if self.unpacked > RATIO_COUNTS_FROM:
            over = over or self.unpacked > MOST_TIMES_PACKED * self.packed
        if over:
            raise ValidationError(TOO_LARGE, code="unpacked")

    def take_parts(self, count):
        self.parts += count
        if self.parts > MOST_PARTS:
            raise ValidationError(TOO_LARGE, code="parts")

    def take_read(self, count):
        """Parts whose elements are looked at one by one take longer, so less of them is allowed."""
        self.read += count
        if self.read > MOST_READ_BYTES:
            raise ValidationError(TOO_LARGE, code="unpacked")


def _damaged():
    return ValidationError(DAMAGED, code="damaged")


def _kind(file, allowance, is_inside=False):
    parts = _parts(file, allowance)
    kind = _declared_kind(file, parts, allowance)
    if kind is None:
        return None
    for name, part in parts.items():
        _check_part(kind, name.lower(), _content(file, part, allowance), allowance, is_inside)
    return kind


class _Bounded:
    """The file as zipfile sees it: a list of parts larger than the limit is not even read."""

    def __init__(self, file):
        self.file, self.seek, self.tell = file, file.seek, file.tell

    def seekable(self):
        return True

    def read(self, count=-1):
        data = self.file.read(MOST_LIST_BYTES + 1 if count < 0 else min(count, MOST_LIST_BYTES + 1))
        if len(data) > MOST_LIST_BYTES:
            raise ValidationError(TOO_LARGE, code="parts")
        return data


def _parts(file, allowance):
    """The parts by name: each once, inside the package, one behind the other."""
    size = file.seek(0, 2)
    try:
        with zipfile.ZipFile(_Bounded(file)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError) as error:
        raise _damaged() from error
    allowance.take_parts(len(parts))
    names = {part.filename.lower() for part in parts}
    if len(names) < len(parts) or any(not _is_decent(part.orig_filename) for part in parts):
        raise _damaged()
    reached = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < reached:
            raise _damaged()
        reached = part.header_offset + 30 + part.compress_size
    if not parts or reached > size or min(part.header_offset for part in parts) > 0:
        raise _damaged()
    return {part.filename: part for part in parts}


def _is_decent(name):
    bare = name.removesuffix("/")
    steps = bare.split("/")
    return (
        bare.isprintable()
        and "\\" not in bare
        and ":" not in bare
        and not {"", ".", ".."} & {*steps}
    )


def _content(file, part, allowance):
    """The unpacked part piece by piece; it has to be as long as declared, with that checksum."""
    if part.flag_bits & 0x1:
        raise ValidationError(LOCKED, code="locked")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _damaged()
    file.seek(part.header_offset)
    header = file.read(30)
    name_size, extra_size = (
        int.from_bytes(header[26:28], "little"),
        int.from_bytes(header[28:30], "little"),
    )
    name = file.read(name_size).decode("utf-8" if part.flag_bits & 0x800 else "cp437", "replace")
    if header[:4] != b"PK\x03\x04" or name != part.orig_filename:
        raise _damaged()
    at = part.header_offset + 30 + name_size + extra_size
    checksum, length = 0, 0
    for piece in _unpacked(file, at, part):
        allowance.take(len(piece))
        length += len(piece)
        checksum = zlib.crc32(piece, checksum)
        if piece:
            yield piece
    if length != part.file_size or checksum != part.CRC:
        raise _damaged()


def _unpacked(file, at, part):
    left = part.compress_size
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    is_packed = part.compress_type == zipfile.ZIP_DEFLATED
    while left:
        file.seek(at)
        packed = file.read(min(left, PIECE))
        if not packed:
            raise _damaged()
        at, left = at + len(packed), left - len(packed)
        if not is_packed:
            yield packed
            continue
        try:
            while packed and not unpacker.unused_data:
                yield unpacker.decompress(packed, PIECE)
                packed = unpacker.unconsumed_tail
        except zlib.error as error:
            raise _damaged() from error
    if is_packed:
        yield unpacker.flush()
        if not unpacker.eof or unpacker.unused_data:
            raise _damaged()


def _declared_kind(file, parts, allowance):
    if "mimetype" in parts and "[Content_Types].xml" in parts:
        raise _damaged()
    if "mimetype" in parts:
        declared = b"".join(_short(_content(file, parts["mimetype"], allowance), 200))
        return ODF.get(declared.strip()) if "content.xml" in parts else None
    if "[Content_Types].xml" not in parts:
        return None
    kinds = []

    def see(name, attributes):
        declared = attributes.get("ContentType", "")
        if re.search(r"macro|vba|activex", declared, re.IGNORECASE):
            raise ValidationError(MACROS, code="active")
        if declared in OOXML:
            kinds.append(OOXML[declared])

    _read(_content(file, parts["[Content_Types].xml"], allowance), see, allowance)
    return kinds[0] if len(kinds) == 1 else None


def _short(pieces, most):
    for piece in pieces:
        most -= len(piece)
        if most < 0:
            raise _damaged()
        yield piece


def _check_part(kind, name, pieces, allowance, is_inside):
    """Reads a part to its end and refuses what may not be in it; the name is in small letters."""
    is_odf = kind in ("odt", "ods")
    if (ODF_FOLDERS if is_odf else OOXML_MACROS).search(name):
        raise ValidationError(MACROS, code="active")
    if not is_odf and OOXML_OUTSIDE.search(name):
        raise ValidationError(FROM_OUTSIDE, code="outside")
    ending = name.rpartition("/")[2].rpartition(".")[2]
    head = next(pieces, b"")
    if ending in RUNS or head.startswith(MAGIC_OF_FILES) or WEB_PAGE.match(head):
        raise ValidationError(OBJECT_INSIDE, code="inside")
    pieces = _again(head, pieces)
    if head.startswith((b"PK\x03\x04", b"%PDF")):
        _check_file_inside(pieces, allowance, is_pdf=head[:1] == b"%", is_inside=is_inside)
    elif is_odf and name == "meta-inf/manifest.xml":
        _read(pieces, _see_manifest, allowance)
    elif is_odf and name.startswith(("basic/", "dialogs/")):
        _refuse(pieces, (LIBRARY_ELSEWHERE, ValidationError(MACROS, code="active")))
    elif is_odf and name.rpartition("/")[2] in ("content.xml", "styles.xml"):
        _read(pieces, _see_odf, allowance)
    elif not is_odf and ending == "rels":
        _read(pieces, _see_relation, allowance)
    elif not is_odf and name.startswith("word/") and ending == "xml":
        _refuse(
            pieces, (ENTITY, _damaged()), (FIELD_THAT_RUNS, ValidationError(MACROS, code="active"))
        )
    elif ending == "svg" or b"<svg" in head[:2000]:
        inside = ValidationError(OBJECT_INSIDE, code="inside")
        _refuse(pieces, (ACTIVE_DRAWING, inside), (ENTITY, inside))
    elif ending in ("xml", "rdf", "vml"):
        _refuse(pieces, (ENTITY, _damaged()))
    else:
        for _piece in pieces:
            pass


def _again(head, pieces):
    yield head
    yield from pieces


def _check_file_inside(pieces, allowance, *, is_pdf, is_inside):
    """A PDF as picture or the table behind a chart, put aside on disk and checked like others."""
    if is_inside:
        raise ValidationError(OBJECT_INSIDE, code="inside")
    with tempfile.TemporaryFile() as aside:
        for piece in pieces:
            aside.write(piece)
        if is_pdf:
            check_pdf(aside)
        elif _kind(aside, allowance, is_inside=True) is None:
            raise ValidationError(OBJECT_INSIDE, code="inside")


def _refuse(pieces, *refusals):
    rest = b""
    for piece in pieces:
        text = rest + piece
        for pattern, error in refusals:
            if pattern.search(text):
                raise error
        rest = text[-64:]


def _read(pieces, see, allowance):
    """Shows every element of an XML part to `see`; refuses declarations and deep nesting."""
    depth = 0

    def start(name, attributes):
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise _damaged()
        see(name.rpartition(" ")[2], attributes)

    def end(name):
        nonlocal depth
        depth -= 1

    def declaration(_name, _system, _public, has_entities):
        if has_entities:
            raise _damaged()

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = declaration
    try:
        for piece in pieces:
            allowance.take_read(len(piece))
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _damaged() from error


def _see_manifest(name, _attributes):
    if name in ("encryption-data", "encrypted-key"):
        raise ValidationError(LOCKED, code="locked")


def _see_odf(name, attributes):
    target = attributes.get(LINK, "")
    if name in (
        "event-listener",
        "script",
        "dde-source",
        "dde-connection-decl",
        "applet",
        "plugin",
    ):
        raise ValidationError(MACROS, code="active")
    if name not in ODF_LINKS and OUTSIDE.match(target):
        raise ValidationError(FROM_OUTSIDE, code="outside")
    if re.match(r"\s*(vnd\.sun\.star\.|javascript:|macro:|\.uno:|slot:)", target, re.IGNORECASE):
        raise ValidationError(MACROS, code="active")


def _see_relation(_name, attributes):
    kind, target = attributes.get("Type", "").lower(), attributes.get("Target", "")
    if re.search(r"vbaproject|/control$|activex|macrosheet", kind):
        raise ValidationError(MACROS, code="active")
    if kind.endswith("/afchunk"):
        raise ValidationError(OBJECT_INSIDE, code="inside")
    is_template = kind.endswith("/attachedtemplate") and ON_OWN_DISK.match(target)
    is_outside = attributes.get("TargetMode", "").lower() == "external"
    if is_outside and not (kind.endswith("/hyperlink") or is_template):
        raise ValidationError(FROM_OUTSIDE, code="outside")
