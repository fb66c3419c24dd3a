"""Figures for the council: right sums of what is there and what was deleted, nothing too small."""

import datetime
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from offenbach_wir.models import Event
from projects.proposals import case_figures
from projects.proposals.case import State
from projects.proposals.case_charts import chart
from projects.proposals.case_figures import LINE, NOTHING, STATE, Figures, Row, Sums
from projects.proposals.models import CaseCount, Proposal
from tests.case_factories import make_case
from tests.factories import make_half_line

P = "/verwaltung/antraege/zahlen/"


# --- What there is ---
def only(sums):
    """(key, Sums) where there is one."""
    [(key, some)] = sums.items()
    return key, some


def test_a_case_counts_in_the_year_of_its_handing_in_with_all_its_money(db):
    case = make_case(State.CLOSED)
    key, some = only(case_figures.all_sums())
    assert key == (2097, case.funding_line.slug, "closed")
    assert (some.n, some.requested, some.granted, some.paid) == (1, 500, 500, 500)
    assert (some.with_grant, some.with_payment) == (1, 1)


def test_the_days_run_from_handing_in_to_the_decision(db):
    make_case(State.REJECTED)
    _key, some = only(case_figures.all_sums())
    assert (some.days, some.mean, some.median) == ([35], 35, None)


def test_a_case_without_a_decision_has_no_days_and_no_grant(db):
    make_case(State.FORMAL_CHECK)
    _key, some = only(case_figures.all_sums())
    assert (some.granted, some.paid, some.decided, some.mean) == (0, 0, 0, NOTHING)


def test_a_decision_that_waits_for_the_second_person_does_not_count(db):
    make_case(State.DECIDED_BY_CITY)
    _key, some = only(case_figures.all_sums())
    assert (some.granted, some.with_grant, some.decided) == (0, 0, 0)


def test_a_draft_does_not_count(db):
    make_case(State.DRAFT)
    assert case_figures.all_sums() == {}


def test_the_year_is_that_of_offenbach(db):
    case = make_case()
    last_hour = datetime.datetime(2096, 12, 31, 23, 30, tzinfo=datetime.UTC)
    Proposal.objects.filter(pk=case.pk).update(submitted_at=last_hour)
    (year, _line, _state), _some = only(case_figures.all_sums())
    assert year == 2097


def deleted(n=6, year=2090, line="alte-linie", state="closed", **fields):
    defaults = {"requested": 1000 * n, "granted": 500 * n, "paid": Decimal("499.10") * n}
    defaults |= {"decided": n, "days_to_decision": 30 * n}
    return CaseCount.objects.create(year=year, line=line, state=state, n=n, **(defaults | fields))


def test_deleted_cases_count_with_those_that_are_there(db):
    case = make_case(State.CLOSED)
    deleted(7, 2097, case.funding_line.slug)
    _key, some = only(case_figures.all_sums())
    assert (some.n, some.requested, some.paid) == (8, 7500, Decimal("3993.70"))
    assert (some.decided, some.days_in_all, len(some.days)) == (8, 245, 1)


# --- What may be shown ---
def some(n, *, grants=0, days=()):
    return Sums(
        *(n, Decimal(100 * n), Decimal(50 * grants), grants),
        **{"decided": len(days), "days_in_all": sum(days), "days": list(days)},
    )


def test_the_sums_of_a_hidden_group_are_hidden_as_well():
    sums = {(2097, "a", "closed"): some(30, grants=30), (2097, "b", "closed"): some(3, grants=3)}
    sums |= {(2097, "c", "closed"): some(8, grants=8)}
    rows = Figures(sums, LINE).table(["a", "b", "c"])
    assert [(row.n, row.requested, row.granted) for row in rows] == [
        *[(30, 3000, 1500), (None, None, None), (None, None, None)],
    ]


def test_the_grant_of_one_case_among_many_is_not_shown():
    sums = {(2097, "a", "closed"): some(30, grants=1), (2097, "b", "closed"): some(20, grants=15)}
    figures = Figures(sums, LINE)
    assert [(row.n, row.granted) for row in figures.table(["a", "b"])] == [(30, None), (20, None)]
    assert figures.total().granted == 800


def test_a_year_shows_no_more_than_the_table_of_lines_and_years():
    sums = {
        (year, line, "closed"): some(n)
        for line, numbers in {"a": (3, 20, 9), "b": (20, 30, 30), "c": (8, 30, 30)}.items()
        for year, n in zip((2095, 2096, 2097), numbers, strict=True)
    }
    figures = Figures(sums, LINE)
    assert figures.grid_table(["a", "b", "c"]) == [
        ("a", [None, 20, None], 32),
        ("b", [20, 30, 30], 80),
        ("c", [None, 30, None], 68),
    ]
    assert [row.requested for row in figures.table(["a", "b", "c"], 2095)] == [None, 2000, None]
    assert figures.total(2095).n == 31


def test_a_line_without_a_case_in_the_year_is_not_left_out():
    sums = {(2096, "a", "closed"): some(9), (2097, "b", "closed"): some(9)}
    assert [row.value for row in Figures(sums, LINE).table(["a", "b"], 2097)] == ["a", "b"]


def test_median_and_mean_need_five_decisions():
    five, four = some(9, days=(10, 20, 30, 40, 100)), some(9, days=(10, 20, 30, 40))
    row = Figures({(2097, "a", "closed"): five}, STATE).total()
    assert (row.median, row.mean, row.decided) == (30, 40, 5)
    row = Figures({(2097, "a", "closed"): four}, STATE).total()
    assert (row.median, row.mean, row.decided) == (None, None, None)


def test_nothing_at_all_is_shown_as_nothing():
    row = Figures({}, LINE).total()
    assert (row.n, row.requested, row.mean, row.median) == (0, 0, NOTHING, NOTHING)


# --- Bars ---
def row_of(n, **numbers):
    return Row(None, n, **dict.fromkeys(("requested", "granted", "paid"), n), **numbers)


def test_bars_are_as_long_as_their_numbers_and_hidden_ones_have_none():
    days = dict.fromkeys(("decided", "mean", "median"), NOTHING)
    rows = [("a", row_of(50, **days)), ("b", row_of(200, **days)), ("c", row_of(None, **days))]
    drawn = chart("Cases", [("n", "Cases")], rows)
    assert [[bar.width for bar in group.bars] for group in drawn.groups] == [["250"], ["1000"], []]
    assert [group.is_hidden for group in drawn.groups] == [False, False, True]
    assert not any(group.bars for group in chart("Days", [("mean", "Mean")], rows).groups)


# --- The page ---
@pytest.fixture
def counted(coordinator):
    deleted(30, 2090)
    deleted(20, 2090, "andere-linie")
    deleted(12, 2091)
    deleted(3, 2091, "andere-linie", "rejected", granted=0, paid=0)
    deleted(9, 2091, "andere-linie", granted=Decimal("4321.00"))
    return coordinator


def test_the_page_shows_all_years_and_one_year(counted):
    page = counted.get(P)
    assert (page.context["page"].total.n, page.context["page"].years) == (74, [2090, 2091])
    assert "37.000" not in page.text
    assert "74.000" in page.text
    assert counted.get(f"{P}?year=2090").context["page"].total.n == 50


def test_live_cases_of_a_line_stand_under_its_name(coordinator):
    line = make_half_line("Lesen & Schreiben")
    deleted(8, line=line.slug)
    assert "Lesen &amp; Schreiben" in coordinator.get(P).text


def test_small_numbers_stand_nowhere_in_the_page(counted):
    rows = {table.key: table.rows for table in counted.get(P).context["page"].tables}
    assert [row.n for _name, row in rows["state"]] == [None, None]
    assert "3.000 €" not in counted.get(f"{P}?year=2091").text


def test_tables_are_headed_by_what_they_list(counted):
    heads = [table.head for table in counted.get(P).context["page"].tables]
    assert len(heads) == 5
    assert len(set(heads)) == 3
    page = counted.get(P).text
    assert all(f'<th scope="col">{head}</th>' in page for head in heads)


def test_a_page_without_any_case_says_so(coordinator):
    page = coordinator.get(P)
    assert page.status_code == 200
    assert '<svg class="chart' not in page.text


@pytest.mark.parametrize("year", ["2089", "x", "-1", "99999999999999999999", "%00", "2090.0", "²"])
def test_a_year_that_makes_no_sense_is_explained(counted, year):
    page = counted.get(f"{P}?year={year}")
    assert (page.status_code, page.context["page"]) == (422, None)
    assert page.context["form"].errors
    assert counted.get(f"{P}tabelle.csv?year={year}").status_code == 404


def test_the_page_has_no_style_of_its_own(counted):
    text = counted.get(P).text
    assert 'width="1000"' in text
    assert " style=" not in text


@pytest.mark.parametrize(
    ("role", "status"),
    [("coordinator", 200), ("approver", 200), ("editor", 403), ("assessor", 403)],
)
def test_figures_are_for_those_the_table_names(client, db, role, status):
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})
    for page in ("", "tabelle.csv", "tabelle.xlsx"):
        assert taken(client, page)[0] == status


def test_it_takes_as_many_queries_for_more_cases(client, db, count_queries):
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    make_case(State.CLOSED)
    before = count_queries(P)
    make_case(State.REJECTED)
    make_case(State.APPROVED, city=True)
    deleted()
    assert count_queries(P) == before


# --- To take along ---
def taken(client, page):
    """(status, bytes) of a table; its file is closed again."""
    answer = client.get(f"{P}{page}")
    return answer.status_code, answer.getvalue()


def csv_rows(client, query=""):
    _status, text = taken(client, f"tabelle.csv{query}")
    return [line.split(";") for line in text.decode("utf-8-sig").splitlines()]


def test_the_table_to_take_along_hides_what_the_page_hides(counted):
    rows = csv_rows(counted)
    assert rows[1][3:6] == ["74", "74000,00", "35321,00"]
    assert {"3", "3000,00"}.isdisjoint({value for row in rows for value in row})
    of_a_year = csv_rows(counted, "?year=2090")
    assert of_a_year[1][2:4] == ["2090", "50"]


def test_the_table_for_excel_has_numbers_as_numbers(counted):
    _status, file = taken(counted, "tabelle.xlsx")
    rows = list(load_workbook(io.BytesIO(file)).active.values)
    assert rows[1][3:5] == (74, 74000)


def test_names_that_look_like_formulas_run_nothing(coordinator):
    deleted(30, line="=1+1")
    assert "'=1+1" in [row[1] for row in csv_rows(coordinator)]


def test_taking_figures_along_is_recorded(counted):
    taken(counted, "tabelle.xlsx")
    event = Event.objects.filter(kind=Event.Kind.EXPORTED).latest("at")
    assert (event.detail["model"], event.detail["format"]) == ("proposals.casecount", "xlsx")


def test_figures_are_taken_along_only_so_often(counted, limit):
    limit("export", 1)
    assert [taken(counted, "tabelle.csv")[0] for _time in range(2)] == [200, 429]
