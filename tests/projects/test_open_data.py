"""Open data: the published projects as JSON and CSV."""

import csv
import datetime
import io
import json

import pytest
import time_machine
from django.utils import timezone

from offenbach_wir.tables import cell
from projects.models import Project
from projects.open_data import COLUMNS
from tests.factories import make_organisation, make_project

NOW = datetime.datetime(2026, 6, 15, 22, 30, tzinfo=datetime.UTC)


def text_of(client, kind):
    response = client.get(f"/daten/projekte.{kind}")
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode("utf-8-sig")


def as_json(client):
    return json.loads(text_of(client, "json"))


def as_csv(client):
    return list(csv.DictReader(io.StringIO(text_of(client, "csv"), newline=""), delimiter=";"))


def record(rows, number):
    return next(row for row in rows if row["number"] == number)


def test_json_names_licence_publisher_and_the_day_of_the_last_change(client, db):
    with time_machine.travel(NOW, tick=False):
        Project.objects.all().update(updated_at=timezone.now())
        head = as_json(client)
    assert head["licence"] == "dl-by-de/2.0"
    assert head["licence_url"].startswith("https://www.govdata.de/")
    assert head["publisher"] == "Stadt Offenbach am Main"
    assert head["updated_on"] == "2026-06-16"


@pytest.mark.parametrize("read", [lambda c: as_json(c)["projects"], as_csv])
def test_every_published_project_is_in_it_once(client, db, read):
    published = Project.objects.published().values_list("number", flat=True)
    assert sorted(row["number"] for row in read(client)) == sorted(published)


def test_json_is_valid_without_projects(client, db):
    Project.objects.update(state="draft")
    assert as_json(client)["projects"] == []


@pytest.mark.parametrize("kind", ["json", "csv"])
@pytest.mark.parametrize(
    "fields",
    [
        *({"state": "draft"}, {"state": "review"}, {"state": "archived"}, {"state": "deleted"}),
        {"published_from": datetime.datetime(2098, 1, 1, tzinfo=datetime.UTC)},
    ],
)
def test_unpublished_projects_are_absent(client, db, kind, fields):
    make_project("Geheimprojekt", **fields)
    assert "Geheimprojekt" not in text_of(client, kind)


def test_record_holds_the_facts_of_the_project(client, db):
    with time_machine.travel(NOW, tick=False):
        project = make_project(
            "Chor",
            number="C-1",
            organisation=make_organisation("Verein Klang"),
            district="nordend",
            starts_on=datetime.date(2026, 1, 2),
            ends_on=None,
            total_cost="12.50",
            looks_for_help=True,
        )
        row = record(as_json(client)["projects"], "C-1")
    assert row["title"] == "Chor"
    assert row["organisation"] == "Verein Klang"
    assert row["district"] == "Nordend"
    assert (row["starts_on"], row["ends_on"]) == ("2026-01-02", None)
    assert (row["total_cost"], row["state_share"]) == ("12.50", None)
    assert row["looks_for_help"] is True
    assert row["example"] is False
    assert row["updated_on"] == "2026-06-16"
    assert row["url"] == f"http://localhost:8000/de/projekte/{project.slug}/"


def test_identity_stays_when_title_and_address_change(client, db):
    project = make_project("Chor", number="C-1")
    text = project.translations.get(language_code="de")
    text.title = "Orchester"
    text.save()
    Project.objects.filter(pk=project.pk).update(slug="orchester")
    assert record(as_json(client)["projects"], "C-1")["title"] == "Orchester"


def test_examples_are_marked(client, db):
    assert record(as_json(client)["projects"], "WIR-2026-01")["example"] is True


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_no_mail_address_is_in_it(client, db, kind):
    make_project(organisation=make_organisation(email="geheim@verein.example"))
    text = text_of(client, kind)
    assert "geheim" not in text
    assert "@" not in text


def test_csv_has_all_columns_and_the_licence(client, db):
    rows = as_csv(client)
    assert list(rows[0]) == [*COLUMNS, "licence"]
    assert {row["licence"] for row in rows} == {"dl-by-de/2.0"}


def test_csv_opens_in_excel_with_its_umlauts(client, db):
    content = b"".join(client.get("/daten/projekte.csv").streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")


def test_csv_is_a_download_named_after_the_day(client, db):
    with time_machine.travel(NOW, tick=False):
        response = client.get("/daten/projekte.csv")
    name = "wir-projekte-2026-06-16.csv"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_cell_that_a_spreadsheet_would_run_is_guarded(start):
    assert cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["Chor", "1+1", "a=b", "", "2026-01-01", "„=“"])
def test_harmless_cell_stays_as_it_is(text):
    assert cell(text) == text


def test_formula_in_a_title_is_guarded(client, db):
    make_project('=HYPERLINK("http://x.example")', number="C-1", summary="@SUM(A1)")
    row = record(as_csv(client), "C-1")
    assert row["title"] == '\'=HYPERLINK("http://x.example")'
    assert row["summary"] == "'@SUM(A1)"


def test_separators_and_line_breaks_do_not_break_the_csv(client, db):
    make_project('a;b"c\nd', number="C-1")
    assert record(as_csv(client), "C-1")["title"] == 'a;b"c\nd'


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_odd_text_is_in_it_unharmed(client, db, kind):
    make_project("أهلا 🌻 </script> \x0b", number="C-1")
    rows = as_json(client)["projects"] if kind == "json" else as_csv(client)
    assert record(rows, "C-1")["title"].startswith("أهلا 🌻 </script>")


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_addresses_come_from_the_settings_not_from_the_host(client, db, kind):
    response = client.get(f"/daten/projekte.{kind}", headers={"host": "testserver"})
    text = b"".join(response.streaming_content).decode()
    assert "testserver" not in text
    assert "http://localhost:8000/de/projekte/" in text


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_open_data_answer_no_post(client, db, kind):
    assert client.post(f"/daten/projekte.{kind}").status_code == 405
