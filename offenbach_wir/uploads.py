"""Documents that staff upload: checked by content, not by name."""

import zipfile

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
INSIDE = {"odt": "content.xml", "docx": "word/document.xml"}


def check_document(file):
    """Raises ValidationError where the content is not what the name says, or is too large."""
    if file.size > MOST_BYTES:
        raise ValidationError(
            _("This file is larger than %(limit)s MB. Please choose a smaller one."),
            params={"limit": MOST_BYTES // (1024 * 1024)},
        )
    extension = file.name.rpartition(".")[2].lower()
    file.seek(0)
    right = file.read(5) == b"%PDF-" if extension == "pdf" else _is_package(file, extension)
    file.seek(0)
    if not right:
        raise ValidationError(
            _("The content of this file does not fit its name. Please choose a PDF, ODT or DOCX.")
        )


def _is_package(file, extension):
    try:
        with zipfile.ZipFile(file) as package:
            unpacked = sum(entry.file_size for entry in package.infolist())
            return INSIDE.get(extension) in package.namelist() and unpacked < MOST_UNPACKED_BYTES
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
