"""Reads a table from CSV as Excel writes it, or from XLSX: headings and rows of plain values."""

import csv
import io
import zipfile
from dataclasses import dataclass

import openpyxl
from django.utils.translation import gettext as _

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
MOST_ROWS = 20_000


class SpreadsheetError(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Row:
    number: int  # as the spreadsheet program counts, the heading being row 1
    cells: list


def read(path):
    """(headings, rows) of the first table. Raises SpreadsheetError with words for staff."""
    if not path.is_file():
        raise SpreadsheetError(_("There is no file “%s”.") % path)
    if path.stat().st_size > MOST_BYTES:
        raise SpreadsheetError(_("The file is larger than 20 MB. Please split it."))
    rows = _read_xlsx(path) if path.suffix.lower() == ".xlsx" else _read_csv(path)
    rows = [row for row in rows if any(cell not in (None, "") for cell in row.cells)]
    if not rows:
        raise SpreadsheetError(_("The file is empty."))
    if len(rows) > MOST_ROWS:
        raise SpreadsheetError(_("The file has more than 20,000 rows. Please split it."))
    headings = [str(cell or "").strip() for cell in rows[0].cells]
    return headings, rows[1:]


def _read_csv(path):
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    text = text.replace("\x00", "")
    first_line = text.partition("\n")[0]
    delimiter = max(";,\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for cells in reader:
            rows.append(Row(len(rows) + 1, [cell.strip() for cell in cells]))
    except csv.Error as error:
        raise SpreadsheetError(
            _(
                "The file breaks off in row %(row)s: a quotation mark is not closed. "
                "Please save it again."
            )
            % {"row": len(rows) + 1}
        ) from error
    if len(rows) > 1 and len(rows[-1].cells) < len(rows[0].cells) and not text.endswith("\n"):
        raise SpreadsheetError(
            _("The file breaks off in row %(row)s: cells are missing. Please save it again.")
            % {"row": len(rows)}
        )
    return rows


def _read_xlsx(path):
    try:
        with zipfile.ZipFile(path) as package:
            if sum(entry.file_size for entry in package.infolist()) > MOST_UNPACKED_BYTES:
                raise SpreadsheetError(_("The file is too large when unpacked."))
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            return [
                Row(number, list(cells))
                for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1)
                if number <= MOST_ROWS + 2
            ]
        finally:
            book.close()
    except SpreadsheetError:
        raise
    except Exception as error:
        # openpyxl raises many kinds of errors for a damaged file; to staff they are one.
        raise SpreadsheetError(
            _("The file is damaged or not an XLSX file. Please save it again as XLSX or CSV.")
        ) from error
