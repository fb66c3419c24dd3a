"""What a proposal can be taken along as: its plan as a table, and all of it as one ZIP file."""

import datetime
import logging
import re
import tempfile
import zipfile
from dataclasses import dataclass
from decimal import Decimal

from django.http import FileResponse, Http404
from django.utils import formats, timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from offenbach_wir import file_names, languages
from offenbach_wir.exports import XLSX, as_file, as_value

from . import archive, pdf, plan_tables, snapshot, stored_pdf, whole
from .archive import Member
from .models import Enclosure, Paper, Version
from .typesetting import FontsMissingError, TypesettingError

logger = logging.getLogger(__name__)

EUROS, NUMBER = "#,##0.00", "#,##0.##"
CONTENT = "proposal.json"
# Where a workbook says when it was written.
CORE, MODIFIED = "docProps/core.xml", re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


# --- The plan -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Sheet:
    """`formats` are those of the columns, None for words; the last row may be the total."""

    title: str
    heads: tuple
    formats: tuple
    rows: list


def plan_file(data, format_name):
    """The plan of snapshot values as an XLSX or CSV file to take along, labels in this language."""
    stem = slugify(f"plan {data['reference'] or ''}")
    if format_name == "csv":
        return as_file(plan_lines(data["plan"]), stem, "csv")
    if format_name != "xlsx":
        raise Http404
    name = f"{stem}-{timezone.localdate().isoformat()}.xlsx"
    return FileResponse(
        plan_workbook(data["plan"]), as_attachment=True, filename=name, content_type=XLSX
    )


def plan_lines(plan):
    """One table of everything: headings, then cells, numbers as this language writes them."""
    yield [
        *(_("Part"), _("Kind"), _("Description"), _("Quantity"), _("Unit"), _("Each, EUR")),
        *(_("Year"), _("Amount, EUR")),
    ]
    parts = ((_("Costs"), _costs(plan)), (_("Income"), _incomes(plan)))
    for title, rows in (*parts, (_("Volunteer work"), _in_kind(plan))):
        for row in rows:
            yield [title, *map(_written, row)]
    result = plan["result"]
    for title, total in ((_("Total costs"), "costs"), (_("Total income"), "income")):
        yield [title, *[""] * 6, _written(Decimal(result[total]))]


def plan_workbook(plan, made_at=None):
    """An open temporary file; it goes when it is closed.

    With `made_at`, an aware moment, the same plan gives the same bytes.
    """
    book = Workbook(write_only=True)
    for sheet in _sheets(plan):
        _write(book, sheet)
    if made_at is not None:
        book.properties.created = made_at.astimezone(datetime.UTC).replace(tzinfo=None)
    file = tempfile.TemporaryFile()  # noqa: SIM115
    book.save(file)
    if made_at is not None:
        file = _dated(file, made_at)
    file.seek(0)
    return file


def _dated(file, made_at):
    """The workbook with that moment in place of the one it was saved at."""
    stamp = made_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    dated = tempfile.TemporaryFile()  # noqa: SIM115
    with file, zipfile.ZipFile(file) as old, zipfile.ZipFile(dated, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == CORE:
                content = MODIFIED.sub(rb"\g<1>" + stamp, content)
            entry = archive.entry_of(part.filename, made_at)
            new.writestr(entry, content)
    return dated


def _sheets(plan):
    cost_heads = (_("Kind"), _("Description"), _("Quantity"), _("Unit"), _("Each, EUR"))
    end = (_("Year"), _("Amount, EUR"))
    result = plan["result"]
    return [
        Sheet(
            _("Costs"),
            (*cost_heads, *end),
            (None, None, NUMBER, None, EUROS, None, EUROS),
            [*_costs(plan), [_("Total"), *[None] * 5, Decimal(result["costs"])]],
        ),
        Sheet(
            _("Income"),
            (*cost_heads[:2], *end),
            (None, None, None, EUROS),
            [
                *([*row[:2], *row[-2:]] for row in _incomes(plan)),
                [_("Total"), None, None, Decimal(result["income"])],
            ],
        ),
        Sheet(
            _("Volunteer work"),
            (_("Description"), _("Hours"), _("Per hour, EUR"), *end),
            (None, NUMBER, EUROS, None, EUROS),
            [
                *([row[1], row[2], *row[4:]] for row in _in_kind(plan)),
                [_("Total"), *[None] * 3, Decimal(result["in_kind"])],
            ],
        ),
        Sheet(
            _("Result"),
            (_("Sum"), _("Amount, EUR")),
            (None, EUROS),
            [list(pair) for pair in plan_tables.sums_of(result)],
        ),
    ]


# Each row: kind, description, quantity, unit, each, year, amount.
def _costs(plan):
    return [
        [
            *(plan_tables.cost_kind(row), row["description"], Decimal(row["quantity"])),
            *(row["unit"], Decimal(row["unit_amount"]), row["year"], Decimal(row["amount"])),
        ]
        for row in plan["costs"]
    ]


def _incomes(plan):
    return [
        [
            *(plan_tables.income_kind(row), row["description"], None, "", None),
            *(row["year"], Decimal(row["amount"])),
        ]
        for row in plan["incomes"]
    ]


def _in_kind(plan):
    return [
        [
            *("", row["description"], Decimal(row["hours"]), _("hours"), Decimal(row["rate"])),
            *(row["year"], Decimal(row["amount"])),
        ]
        for row in plan["in_kind"]
    ]


def _written(value):
    return formats.number_format(value) if isinstance(value, Decimal) else value


def _write(book, sheet):
    # Excel allows 31 signs, and not these.
    page = book.create_sheet("".join(c for c in sheet.title if c not in "[]:*?/\\")[:31])
    page.sheet_view.rightToLeft = languages.direction(languages.active()) == "rtl"
    page.freeze_panes = "A2"
    for n, format_name in enumerate(sheet.formats):
        page.column_dimensions[chr(ord("A") + n)].width = 16 if format_name else 34
    heads = [WriteOnlyCell(page, head) for head in sheet.heads]
    for cell in heads:
        cell.font = Font(bold=True)
    page.append(heads)
    for row in sheet.rows:
        cells = [WriteOnlyCell(page, as_value(value)) for value in row]
        for cell, format_name in zip(cells, sheet.formats, strict=True):
            if format_name:
                cell.number_format = format_name
        page.append(cells)


# --- Everything ---------------------------------------------------------------------------------
def everything(source):
    """`source` (a Version, or a Proposal as it stands) as one ZIP file to take along."""
    proposal = source.proposal if isinstance(source, Version) else source
    return archive.to_take_along(zip_of(source), slugify(proposal.reference or "wir"))


def zip_of(source):
    """The bytes of the ZIP file in parts: PDF, plan, content, enclosures that may be passed on.

    Everything is looked up before the first part, so that what fails, fails before the answer has
    begun; of each file no more than a part is in memory.
    """
    if isinstance(source, Version):
        members, left_out = members_of_version(source)
        moment = source.submitted_at
    else:
        members, left_out = _members_of_draft(source)
        moment = source.updated_at
    members.append(archive.of_text(_("read-me.txt"), _read_me(left_out)))
    return archive.streamed(members, moment)


def members_of_version(version):
    """(files of that version, names of those that are not there or may not be passed on)."""
    data = version.data
    members, left_out = [], []
    if stored_pdf.make(version):
        members.append(archive.stored(_pdf_name(data), version.pdf))
    else:
        left_out.append(_pdf_name(data))
    members.append(_plan_member(data, version.submitted_at))
    members.append(archive.of_text(CONTENT, version.content))
    keys = [file["key"] for file in data["enclosures"]]
    of = version.proposal
    rows = [
        *Enclosure.objects.filter(proposal=of, key__in=keys),
        *Paper.objects.filter(applicant=of.applicant_id, key__in=keys),
    ]
    missing = set(keys) - {row.key for row in rows}
    left_out += [file["name"] for file in data["enclosures"] if file["key"] in missing]
    return _with_files(members, left_out, sorted(rows, key=lambda row: keys.index(row.key)))


def _members_of_draft(proposal):
    everything = whole.read(proposal)
    data = snapshot.of(everything)
    members, left_out = [], []
    try:
        members.append(archive.of_bytes(_pdf_name(data), pdf.make(data, proposal.contact)))
    except (FontsMissingError, TypesettingError) as error:
        logger.error("A draft has no PDF: %s", error)
        left_out.append(_pdf_name(data))
    members.append(_plan_member(data, proposal.updated_at))
    members.append(archive.of_text(CONTENT, snapshot.as_text(data)))
    return _with_files(members, left_out, everything.files)


def _with_files(members, left_out, rows):
    folder = _("enclosures")
    for n, row in enumerate(rows, start=1):
        if row.may_be_passed_on and row.file and row.file.storage.exists(row.file.name):
            name = file_names.cleaned(row.name, row.extension)
            members.append(archive.stored(f"{folder}/{n:02}-{name}", row.file, row.size))
        else:
            left_out.append(file_names.cleaned(row.name, row.extension))
    return members, left_out


def _pdf_name(data):
    return file_names.cleaned(data["reference"] or _("Draft"), "pdf")


def _plan_member(data, made_at):
    language = translation.get_language()

    def opened():
        with translation.override(language):
            return plan_workbook(data["plan"], made_at)

    return Member("plan.xlsx", 0, opened)


def _read_me(left_out):
    lines = [
        _("Everything that belongs to this proposal, as it is kept in the portal."),
        _("This is not yet the application to the state."),
        "",
        _("%(file)s is the exact text that the checksum on the receipt was made of (SHA-256).")
        % {"file": CONTENT},
    ]
    return as_read_me(lines, left_out)


def as_read_me(lines, left_out):
    """The lines as a text file that every system opens, with what is missing."""
    if left_out:
        missing = _("Not in here, because it is not there or may not be passed on:")
        lines = [*lines, "", missing, *(f"- {name}" for name in left_out)]
    return "\r\n".join(lines) + "\r\n"
