"""Figures of advice: right sums, and no number from which one person could be recognised."""

import datetime
import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from consultations.models import AdviceCount, Booking
from offenbach_wir.models import Event

from .conftest import MONDAY, NOW, at

P = "/verwaltung/beratung/zahlen/"
Status = Booking.Status


# --- The page ---
@pytest.fixture
def office(client, db, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at(12, day=MONDAY + datetime.timedelta(days=1)))
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    return client


def count(n, month=1, **fields):
    defaults = {"concern": "erstberatung", "language": "de", "channel": "phone"}
    AdviceCount.objects.create(
        month=datetime.date(2027, month, 1),
        n=n,
        **(defaults | {"outcome": Status.ATTENDED} | fields),
    )


def test_talks_that_are_there_and_deleted_ones_count_together(office, make_booking):
    count(6)
    make_booking(status=Status.ATTENDED)
    assert office.get(P).context["total"] == 7


def test_a_held_or_lapsed_time_does_not_count(office, make_booking):
    count(6)
    make_booking(status=Status.HELD, held_until=at(9), name="", email="")
    make_booking(at(10), status=Status.LAPSED, ended_at=NOW)
    assert office.get(P).context["total"] == 6


def test_only_the_months_asked_for_count(office):
    count(6)
    AdviceCount.objects.create(
        month=datetime.date(2026, 12, 1),
        **{"concern": "x", "language": "de", "channel": "phone", "outcome": "attended", "n": 9},
    )
    assert office.get(P).context["total"] == 6
    assert office.get(f"{P}?first=2026-12&last=2026-12").context["total"] == 9
    assert office.get(f"{P}?first=2026-12&last=2027-01").context["total"] == 15


def test_a_small_total_is_hidden(office):
    count(4)
    assert office.get(P).context["total"] is None


def test_small_numbers_do_not_stand_in_the_page(office):
    count(23)
    count(3, language="tr")
    count(8, language="en")
    rows = office.get(P).context["tables"][2].rows
    assert [n for _name, n in rows] == [23, None, None]


@pytest.mark.parametrize(
    "query",
    ["?first=2027-01&last=2026-12", "?first=x", "?last=9999-99", "?first=%00", "?first=1900-01"],
)
def test_a_range_that_makes_no_sense_is_explained(office, query):
    answer = office.get(f"{P}{query}")
    assert (answer.status_code, answer.context["tables"]) == (200, [])
    assert answer.context["form"].errors
    assert office.get(f"{P}tabelle.csv{query}").status_code == 404


@pytest.fixture
def counted(office):
    count(23)
    count(3, language="tr")
    count(8, language="en")
    return office


def taken(client, path):
    """(status, bytes) of a table; its file is closed again."""
    answer = client.get(path)
    return answer.status_code, answer.getvalue()


def csv_rows(client):
    _status, text = taken(client, f"{P}tabelle.csv")
    return [line.split(";") for line in text.decode("utf-8-sig").splitlines()]


def test_the_table_to_take_along_is_what_the_page_shows(counted):
    rows = csv_rows(counted)
    tables = counted.get(P).context["tables"]
    assert rows[1][2] == "34"
    assert len(rows) == 2 + sum(len(table.rows) for table in tables)


def test_small_numbers_do_not_stand_in_the_table_to_take_along(counted):
    assert {row[2] for row in csv_rows(counted)}.isdisjoint({"3", "8", "11"})


def test_the_table_for_excel_has_numbers_as_numbers(counted):
    _status, file = taken(counted, f"{P}tabelle.xlsx")
    rows = list(load_workbook(io.BytesIO(file)).active.values)
    assert rows[1][2] == 34
    assert 3 not in [row[2] for row in rows]


def test_names_that_look_like_formulas_run_nothing(office):
    count(23, concern="=1+1")
    assert "'=1+1" in [row[1] for row in csv_rows(office)]


def test_taking_figures_along_is_recorded(counted):
    taken(counted, f"{P}tabelle.xlsx")
    event = Event.objects.filter(kind=Event.Kind.EXPORTED).latest("at")
    assert (event.detail["model"], event.detail["format"]) == ("consultations.advicecount", "xlsx")


def test_figures_are_taken_along_only_so_often(counted, limit):
    limit("export", 1)
    answers = [taken(counted, f"{P}tabelle.csv")[0] for _time in range(2)]
    assert answers == [200, 429]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "status"),
    [("coordinator", 200), ("administrator", 200), ("editor", 403), ("assessor", 403)],
)
def test_figures_are_for_those_the_table_names(client, role, status):
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})
    for page in ("", "tabelle.csv", "tabelle.xlsx"):
        assert taken(client, f"{P}{page}")[0] == status


def test_it_takes_as_many_queries_for_more_figures(counted, count_queries):
    before = count_queries(P)
    for n, concern in enumerate(("a", "b", "c", "d")):
        count(n + 9, concern=concern)
    assert count_queries(P) == before
