"""Small files of every kind, made by hand, for the tests of what clubs enclose."""

import io
import zipfile
import zlib

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image

ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
OOXML = "application/vnd.openxmlformats-officedocument."
DOCX_MAIN = f"{OOXML}wordprocessingml.document.main+xml"
XLSX_MAIN = f"{OOXML}spreadsheetml.sheet.main+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def upload(content, name="anlage"):
    return ContentFile(content, name=name)


def answer(check, file):
    """What a check returns, or the words of its refusal."""
    try:
        return check(file)
    except ValidationError as refused:
        return refused.messages[0]


def package(parts, packing=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def odf_content(inner=""):
    names = "office text table draw script form"
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in names.split()
    )
    return (
        f'<office:document-content{spaces} xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"<office:scripts/><office:body>{inner}</office:body></office:document-content>"
    )


def odf(inner="", kind=ODT, **parts):
    """An ODT; further parts, or others in place of these, by their names."""
    return package(
        {
            "mimetype": kind,
            "content.xml": odf_content(inner),
            "META-INF/manifest.xml": '<m:manifest xmlns:m="urn:m"/>',
        }
        | parts
    )


def ooxml(main=DOCX_MAIN, types="", **parts):
    return package(
        {
            "[Content_Types].xml": (
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                f'<Override PartName="/main.xml" ContentType="{main}"/>{types}</Types>'
            ),
            "_rels/.rels": relations(),
            "word/document.xml": "<w:document xmlns:w='urn:w'/>",
        }
        | parts
    )


def relations(kind="hyperlink", target="https://verein.example.org/", mode="External"):
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{RELATION}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        "</Relationships>"
    )


def pdf(*objects, trailer=b""):
    numbered = (b"%d 0 obj\n%s\nendobj\n" % pair for pair in enumerate(objects, 1))
    return (
        b"%PDF-1.7\n" + b"".join(numbered) + b"trailer <<" + trailer + b">>\nstartxref\n9\n%%EOF\n"
    )


def stream(content, dictionary=b"/Filter /FlateDecode", packed=True):
    body = zlib.compress(content) if packed else content
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(body), dictionary, body)


def objects_stream(content, dictionary=b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"):
    return stream(b"7 0 " + content, dictionary)


def page_of_text(
    words="Satzung",
    box=b"0 0 595 842",
    content=None,
    more=b"",
    trailer=b"",
):
    """A PDF of one page that readers can open; `more` goes to the page."""
    if content is None:
        content = b"BT /F1 72 Tf 40 400 Td (%s) Tj ET" % words.encode("latin-1")
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources"
        b" << /Font << /F1 5 0 R >> /XObject << /I 6 0 R >> >> %s >>" % (box, more),
        stream(content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"null",
        trailer=b"/Root 1 0 R /Size 7 " + trailer,
    )


def image_page(width, height):
    """A small PDF whose page is one picture, which is of that size once it is unpacked."""
    image = stream(
        b"\0" * 1_000_000,
        b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB"
        b" /BitsPerComponent 8 /Filter /FlateDecode" % (width, height),
    )
    page = page_of_text(content=b"595 0 0 842 0 0 cm /I Do")
    return page.replace(b"6 0 obj\nnull", b"6 0 obj\n" + image)


def picture(kind="JPEG", size=(60, 40), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()
