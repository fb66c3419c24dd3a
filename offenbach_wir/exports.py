"""Any list of the back office as a table to take along: CSV or XLSX, exactly the rows it shows.

The columns are those of the list, or those its admin names in `export_fields`.
"""

import datetime
import html
import tempfile
from decimal import Decimal

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import ALL_VAR, PAGE_VAR
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.urls import path
from django.utils import formats, timezone, translation
from django.utils.html import strip_tags
from django.utils.safestring import SafeData
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from . import events, rate_limits
from .models import Event
from .tables import cell, csv_lines

CHUNK = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def export(request, app_label, model_name, format_name):
    """The list of that model as the query of the address filters, searches and sorts it."""
    try:
        model_admin = admin.site._registry[apps.get_model(app_label, model_name)]
    except LookupError as error:
        raise Http404 from error
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    rate_limits.count("export", f"account {request.user.pk}")
    rows, count = _rows_of_the_list(model_admin, request)
    events.record(
        Event.Kind.EXPORTED,
        request=request,
        model=model_admin.opts.label_lower,
        rows=count,
        format=format_name,
    )
    written = _as_text if format_name == "csv" else as_value
    table = _table(model_admin, request, rows, written, translation.get_language())
    return as_file(table, slugify(model_admin.opts.verbose_name_plural), format_name)


def as_file(table, stem, format_name):
    """The rows as a file to take along, named for the day; the cells are safe to open already."""
    name = f"{stem}-{timezone.localdate().isoformat()}.{format_name}"
    if format_name == "xlsx":
        return FileResponse(_xlsx(table), as_attachment=True, filename=name, content_type=XLSX)
    response = StreamingHttpResponse(csv_lines(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows_of_the_list(model_admin, request):
    """(rows, how many) of the whole list, whichever of its pages was on the screen."""
    request.GET = request.GET.copy()
    for name in (PAGE_VAR, ALL_VAR):
        request.GET.pop(name, None)
    try:
        shown = model_admin.get_changelist_instance(request)
    except IncorrectLookupParameters as error:
        raise Http404 from error
    return shown.queryset, shown.result_count


def _table(model_admin, request, rows, written, language):
    """Headings, then one list of cells a row, read in parts so that memory stays small."""
    columns = getattr(model_admin, "export_fields", None) or model_admin.get_list_display(request)
    # The answer is written after the request's own language has been put away.
    with translation.override(language):
        yield [
            capfirst(str(label_for_field(name, model_admin.model, model_admin))) for name in columns
        ]
        for row in rows.iterator(chunk_size=CHUNK):
            yield [written(_value(name, row, model_admin)) for name in columns]


def _value(name, row, model_admin):
    try:
        field, _attribute, value = lookup_field(name, row, model_admin)
    except ObjectDoesNotExist:
        return None
    if field is not None and getattr(field, "flatchoices", None):
        value = dict(field.flatchoices).get(value, value)
    if isinstance(value, models.Model) or hasattr(value, "__html__"):
        text = str(value)
        return html.unescape(strip_tags(text)).strip() if isinstance(value, SafeData) else text
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if value is None or isinstance(value, int | Decimal | datetime.date):
        return value
    return str(value)


def _as_text(value):
    if isinstance(value, datetime.datetime):
        return formats.date_format(value, "SHORT_DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    return formats.number_format(value) if isinstance(value, Decimal) else value


def as_value(value):
    """A value as a cell of a workbook, safe to open."""
    return cell(ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value)


def _xlsx(table):
    """A temporary file with the table, read from its beginning; it goes when it is closed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for cells in table:
        sheet.append(cells)
    file = tempfile.TemporaryFile()  # noqa: SIM115
    book.save(file)
    file.seek(0)
    return file


urls = [
    path(
        f"tabelle/<slug:app_label>/<slug:model_name>.{name}",
        admin.site.admin_view(export),
        {"format_name": name},
        name=f"export_{name}",
    )
    for name in ("csv", "xlsx")
]
