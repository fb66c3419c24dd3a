"""Three questions by plain GET lead to the fitting lines."""

import pytest
import time_machine

from programs.models import FundingTerms

PATH = "/de/foerderung/welche-linie/"
CLUB = {"organisation": "charitable", "measure": "pilot-project"}


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-22T12:00:00+01:00", tick=False):
        yield


def slugs(response):
    return [row["terms"].line.slug for row in response.context["rows"]]


def test_questions_stand_on_the_page(client, db):
    response = client.get(PATH)
    assert "answered" not in response.context
    for name in ("organisation", "measure", "start"):
        assert f'name="{name}"' in response.text
    assert 'method="get"' in response.text


def test_fitting_line_is_found(client, db):
    assert slugs(client.get(PATH, CLUB)) == ["modellprojekte"]


def test_line_for_others_is_named_apart(client, db):
    response = client.get(PATH, {"organisation": "church", "measure": "strengthen-club"})
    assert slugs(response) == []
    assert [terms.line.slug for terms in response.context["for_others"]] == [
        "migrantenorganisationen"
    ]


@pytest.mark.parametrize("organisation", ["private-person", "group-without-legal-form"])
def test_whoever_may_not_apply_is_led_on(client, db, organisation):
    response = client.get(PATH, {"organisation": organisation, "measure": "micro-project"})
    assert slugs(response) == []
    assert 'class="button" href="/de/mitmachen/"' in response.text


def test_private_person_is_told_why(client, db):
    page = client.get(PATH, {"organisation": "private-person", "measure": "micro-project"}).text
    assert "Privatpersonen können kein Fördergeld beantragen" in page


def test_deadline_is_worked_out(client, db):
    page = client.get(PATH, CLUB | {"start": "2027-03-01"}).text
    assert "31. Dezember 2026" in page
    assert "deadline-passed" not in page


def test_deadline_that_has_passed_is_said(client, db):
    page = client.get(PATH, CLUB | {"start": "2026-12-01"}).text
    assert "deadline-passed" in page
    assert "31. Dezember 2025" in page


def test_last_day_to_apply_is_not_too_late(client, db):
    with time_machine.travel("2026-12-31T23:59:00+01:00", tick=False):
        assert "deadline-passed" not in client.get(PATH, CLUB | {"start": "2027-03-01"}).text


def test_day_after_the_last_is_too_late(client, db):
    with time_machine.travel("2027-01-01T00:01:00+01:00", tick=False):
        assert "deadline-passed" in client.get(PATH, CLUB | {"start": "2027-03-01"}).text


def test_weeks_before_the_start_are_counted(client, db):
    answers = {"organisation": "church", "measure": "train-guides", "start": "2027-03-01"}
    assert "1. Februar 2027" in client.get(PATH, answers).text


SMALL = {"organisation": "charitable", "measure": "micro-project", "start": "2027-03-01"}


@pytest.mark.parametrize(
    ("day", "has_passed"),
    [("2026-11-21", True), ("2026-11-22", False), ("2027-01-15", False)],
)
def test_day_the_city_has_set_is_said_without_a_doubt(client, db, day, has_passed):
    FundingTerms.objects.filter(line__slug="mikroprojekte").update(city_deadline=day)
    page = client.get(PATH, SMALL).text
    assert ("Bitte fragen Sie uns nach der nächsten" in page) is has_passed
    assert "späteren Beginn" not in page
    assert "Nach der bisherigen Regel" not in page


def test_line_that_is_not_valid_at_the_start_is_left_out(client, db):
    assert slugs(client.get(PATH, CLUB | {"start": "2031-01-01"})) == []


def test_no_fitting_line_leads_to_advice(client, db):
    page = client.get(PATH, {"organisation": "church", "measure": "diversity-centre"}).text
    assert 'href="/de/beratung/">' in page


@pytest.mark.parametrize("start", ["2027-03-01", "01.03.2027", "1.3.27"])
def test_day_can_be_written_in_several_ways(client, db, start):
    assert client.get(PATH, CLUB | {"start": start}).context["start"].isoformat() == "2027-03-01"


@pytest.mark.parametrize("start", ["2028-02-29", "29.02.2028"])
def test_29_february_is_a_day_to_start(client, db, start):
    assert client.get(PATH, CLUB | {"start": start}).context["start"].isoformat() == "2028-02-29"


@pytest.mark.parametrize("today", ["2028-02-29", "2027-12-31"])
def test_questions_are_answered_on_every_day_of_the_calendar(client, db, today):
    with time_machine.travel(f"{today}T12:00:00+01:00", tick=False):
        response = client.get(PATH, CLUB | {"start": "2030-06-01"})
    assert slugs(response) == ["modellprojekte"]


@pytest.mark.parametrize(
    "answers",
    [
        {"organisation": "king", "measure": "pilot-project"},
        {"organisation": "charitable", "measure": "castle"},
        {"organisation": "charitable"},
        {"measure": "pilot-project"},
        {"start": "2027-03-01"},
        CLUB | {"start": "31.02.2027"},
        CLUB | {"start": "2027-02-29"},
        CLUB | {"start": "morgen"},
        CLUB | {"start": "0001-01-01"},
        CLUB | {"start": "9999-12-31"},
        CLUB | {"start": "2027-03-01\x00"},
        {"organisation": "charitable\x00", "measure": "pilot-project"},
        {"organisation": "x" * 100_000, "measure": "y" * 100_000, "start": "9" * 100_000},
        {"organisation": "' OR 1=1 --", "measure": "<script>alert(1)</script>"},
    ],
)
def test_unknown_answers_get_an_error_summary(client, db, answers):
    response = client.get(PATH, answers)
    assert response.status_code == 200
    assert 'class="error-summary"' in response.text
    assert "answered" not in response.context
    assert "<script>alert" not in response.text


def test_answers_are_kept_beside_the_result(client, db):
    page = client.get(PATH, CLUB | {"start": "2027-03-01"}).text
    assert 'value="charitable"' in page
    assert page.count(" checked") == 2
    assert 'value="2027-03-01"' in page


def test_answer_may_be_kept_and_sent_as_a_link(client, db):
    response = client.get(PATH, CLUB)
    assert not response.cookies
    assert "public" in response["Cache-Control"]


def test_questions_are_asked_in_the_language_of_the_page(client, db):
    assert "مشروع محلي صغير" in client.get("/ar/foerderung/welche-linie/").text


def test_page_says_that_it_is_no_application(client, db):
    assert "Regierungspräsidium Darmstadt" in client.get(PATH, CLUB).text
