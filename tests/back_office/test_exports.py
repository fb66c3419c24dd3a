"""Lists to take along: the same rows, readable headings, nothing a spreadsheet would run."""

import csv
import gc
import io
import tracemalloc

import openpyxl
import pytest
from django.contrib import admin

from offenbach_wir.models import Event, User
from offenbach_wir.roles import ROLES
from offenbach_wir.search import index_text
from projects.models import Organisation, Project
from projects.models.project import ProjectTranslation
from tests.factories import make_organisation, make_project

TABLE = "/verwaltung/tabelle/projects/project"
LABELS = sorted(model._meta.label_lower for model in admin.site._registry)


def read_csv(response):
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def read_xlsx(response):
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


READ = {"csv": read_csv, "xlsx": read_xlsx}


@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize("label", LABELS)
def test_every_list_can_be_taken_along(administrator, label, kind):
    app, model = label.split(".")
    if "view" not in ROLES["administrator"].permissions.get(label, ()):
        pytest.skip("closed to every role")
    response = administrator.get(f"/verwaltung/tabelle/{app}/{model}.{kind}")
    assert response.status_code == 200
    assert READ[kind](response)[0]


@pytest.mark.parametrize("kind", READ)
def test_table_holds_the_rows_of_the_list(editor, kind):
    rows = READ[kind](editor.get(f"{TABLE}.{kind}"))
    assert len(rows) == Project.objects.outside_the_bin().count() + 1


@pytest.mark.parametrize("kind", READ)
def test_table_follows_the_filter_of_the_list(editor, kind):
    make_project(number="NUR-1", state="review")
    rows = READ[kind](editor.get(f"{TABLE}.{kind}", {"state": "review"}))
    assert [row[0] for row in rows[1:]] == ["NUR-1"]


def test_table_follows_the_search_of_the_list(editor):
    make_project("Quittengelee", number="NUR-1")
    rows = read_csv(editor.get(f"{TABLE}.csv", {"q": "Quittengelee"}))
    assert [row[0] for row in rows[1:]] == ["NUR-1"]


def test_table_holds_all_pages_whichever_was_shown(editor):
    for _n in range(60):
        make_project()
    rows = read_csv(editor.get(f"{TABLE}.csv", {"p": "2"}))
    assert len(rows) == Project.objects.outside_the_bin().count() + 1


def test_list_leads_to_its_table_with_filter_and_search(editor):
    page = editor.get("/verwaltung/projects/project/", {"state": "draft", "q": "Chor"}).text
    assert f'href="{TABLE}.csv?q=Chor&amp;state=draft"' in page
    assert f'href="{TABLE}.xlsx?q=Chor&amp;state=draft"' in page


def test_headings_are_words_of_the_reader(editor):
    heading = read_csv(editor.get(f"{TABLE}.csv"))[0]
    assert heading[0] == "Projektnummer"
    assert "Organisation" in heading


def test_headings_are_english_for_those_who_work_in_english(editor):
    User.objects.filter(email=ROLES["editor"].demo_email).update(language="en")
    assert read_csv(editor.get(f"{TABLE}.csv"))[0][0] == "Project number"


def test_cells_say_what_the_list_says_without_markup(editor):
    make_project("Chor", number="NUR-1", organisation=make_organisation("Klang & Töne"))
    rows = read_csv(editor.get(f"{TABLE}.csv", {"q": "Chor"}))
    row = next(row for row in rows if row[0] == "NUR-1")
    assert "Klang & Töne" in row
    assert not any("<" in value for value in row)


@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_cell_is_never_a_formula(editor, kind, start):
    make_organisation(f"{start}HYPERLINK(1)", slug="formel")
    address = f"/verwaltung/tabelle/projects/organisation.{kind}"
    names = [row[0] for row in READ[kind](editor.get(address))]
    assert f"'{start}HYPERLINK(1)" in names


def test_signs_no_xlsx_can_hold_are_left_out(administrator):
    Organisation.objects.filter(pk=make_organisation("Glocke").pk).update(name="Glo\x07cke")
    rows = read_xlsx(administrator.get("/verwaltung/tabelle/projects/organisation.xlsx"))
    assert "Glocke" in [row[0] for row in rows]


@pytest.mark.parametrize("kind", READ)
def test_table_is_a_download_with_a_name_and_a_day(editor, kind):
    response = editor.get(f"{TABLE}.{kind}")
    assert response["Content-Disposition"].startswith('attachment; filename="projekte-20')
    response.close()


def test_table_is_kept_by_no_cache(editor):
    assert "no-store" in editor.get(f"{TABLE}.csv")["Cache-Control"]


def test_export_is_in_the_audit_trail_with_model_and_count(editor):
    editor.get(f"{TABLE}.csv", {"q": "Sprachkurse"})
    event = Event.objects.filter(kind=Event.Kind.EXPORTED).latest("pk")
    assert event.detail["model"] == "projects.project"
    assert 0 < event.detail["rows"] < Project.objects.count()
    assert event.actor.email == ROLES["editor"].demo_email


@pytest.mark.parametrize("kind", READ)
def test_list_that_is_closed_to_a_role_is_no_table_either(editor, kind):
    assert editor.get(f"/verwaltung/tabelle/offenbach_wir/user.{kind}").status_code == 403


def test_public_gets_no_table(client, db):
    assert client.get(f"{TABLE}.csv").status_code == 302


@pytest.mark.parametrize("path", ["projects/nothing.csv", "auth/group.csv", "x/y.xlsx"])
def test_unknown_list_is_no_page(editor, path):
    assert editor.get(f"/verwaltung/tabelle/{path}").status_code == 404


def test_mistyped_filter_is_no_error(editor):
    assert editor.get(f"{TABLE}.csv", {"nonsense": "1"}).status_code in (302, 404)


def test_exports_are_limited(editor, limit):
    limit("export", 1)
    assert editor.get(f"{TABLE}.csv").status_code == 200
    assert editor.get(f"{TABLE}.csv").status_code == 429


def many(number):
    """That many projects, made at once."""
    organisation = make_organisation()
    projects = Project.objects.bulk_create(
        Project(
            number=f"VIELE-{n:05}",
            slug=f"viele-{n:05}",
            organisation=organisation,
            german_revision=1,
            search_text=index_text("viele"),
        )
        for n in range(number)
    )
    ProjectTranslation.objects.bulk_create(
        ProjectTranslation(
            master=project, language_code="de", title="Viele", summary="Kurz", checked_revision=1
        )
        for project in projects
    )


@pytest.mark.parametrize("kind", READ)
def test_many_rows_take_little_memory(editor, kind):
    """20 to 30 MB; with all rows in memory at once it was 68 MB, and grows with each row."""
    many(5_000)
    gc.collect()
    tracemalloc.start()
    response = editor.get(f"{TABLE}.{kind}", {"q": "viele"})
    size = sum(len(part) for part in response.streaming_content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 100_000
    assert peak < 45_000_000


def test_table_takes_as_many_queries_for_more_rows(editor, django_assert_max_num_queries):
    many(400)
    with django_assert_max_num_queries(25):
        b"".join(editor.get(f"{TABLE}.csv", {"q": "viele"}).streaming_content)
