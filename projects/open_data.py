"""The published projects as open data: JSON and CSV, without anything personal."""

import json

from django.conf import settings
from django.db.models import Max
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from offenbach_wir.tables import csv_lines

from .models import Project

LICENCE = "dl-by-de/2.0"
LICENCE_URL = "https://www.govdata.de/dl-de/by-2-0"
PUBLISHER = "Stadt Offenbach am Main"
CHUNK = 500
COLUMNS = (
    *("number", "title", "summary", "organisation", "focus_areas", "funding_line", "district"),
    *("starts_on", "ends_on", "total_cost", "state_share", "city_share", "own_share"),
    *("third_party_share", "looks_for_help", "example", "updated_on", "url"),
)


def _rows():
    projects = (
        Project.objects.published()
        .select_related("organisation", "district", "funding_line")
        .defer("search_title", "search_text")
        .prefetch_related("translations", "focus_areas")
        .order_by("number")
    )
    for project in projects.iterator(chunk_size=CHUNK):
        yield _row(project)


def _row(project):
    text = project.text_in("de")
    return {
        "number": project.number,
        "title": text.title,
        "summary": text.summary,
        "organisation": project.organisation.name,
        "focus_areas": [area.slug for area in project.focus_areas.all()],
        "funding_line": project.funding_line.slug if project.funding_line else None,
        "district": project.district.name if project.district else None,
        "starts_on": _iso(project.starts_on),
        "ends_on": _iso(project.ends_on),
        "total_cost": _sum(project.total_cost),
        "state_share": _sum(project.state_share),
        "city_share": _sum(project.city_share),
        "own_share": _sum(project.own_share),
        "third_party_share": _sum(project.third_party_share),
        "looks_for_help": project.seeks_help_now,
        "example": project.is_example,
        "updated_on": timezone.localdate(project.updated_at).isoformat(),
        "url": f"{settings.PORTAL_URL}/de/projekte/{project.slug}/",
    }


def _iso(day):
    return day.isoformat() if day else None


def _sum(value):
    return None if value is None else f"{value:.2f}"


@require_safe
def as_json(request):
    newest = Project.objects.published().aggregate(newest=Max("updated_at"))["newest"]

    def parts():
        head = {
            "title": "WIR-Projekte in Offenbach am Main",
            "publisher": PUBLISHER,
            "licence": LICENCE,
            "licence_url": LICENCE_URL,
            "updated_on": timezone.localdate(newest).isoformat() if newest else None,
        }
        yield json.dumps(head, ensure_ascii=False)[:-1] + ', "projects": ['
        for index, row in enumerate(_rows()):
            yield (",\n" if index else "\n") + json.dumps(row, ensure_ascii=False)
        yield "\n]}\n"

    return StreamingHttpResponse(parts(), content_type="application/json; charset=utf-8")


@require_safe
def as_csv(request):
    def rows():
        yield [*COLUMNS, "licence"]
        for row in _rows():
            yield [*[row[name] for name in COLUMNS], LICENCE]

    response = StreamingHttpResponse(csv_lines(rows()), content_type="text/csv; charset=utf-8")
    stamp = date_format(timezone.localdate(), "Y-m-d")
    response["Content-Disposition"] = f'attachment; filename="wir-projekte-{stamp}.csv"'
    return response
