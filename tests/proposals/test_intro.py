"""Before the log-in: what a proposal takes, all questions, the form on paper, the example."""

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.utils.html import escape

from programs.models import ApplicantKind, EnclosureKind, FundingTerms
from projects.proposals import budget, example, questions
from tests.factories import make_line, make_terms

INTRO = "/de/antraege/"
PAGES = (INTRO, "/de/antraege/fragen/", "/de/antraege/formular/", "/de/antraege/beispiel/")


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-28T12:00:00+01:00", tick=False):
        yield


def open_line(slug):
    terms = make_terms(make_line(slug=slug), datetime.date(2026, 1, 1))
    terms.applicant_kinds.set(ApplicantKind.objects.filter(may_apply=True))
    terms.required_enclosures.set(EnclosureKind.objects.all())
    return terms


def chosen_slug(response):
    chosen = response.context["chosen"]
    return chosen and chosen["terms"].line.slug


def open_slugs(response):
    return [row["terms"].line.slug for row in response.context["rows"]]


@pytest.mark.parametrize("path", PAGES)
def test_page_before_the_log_in_sets_no_cookie_and_may_be_kept(client, db, path):
    response = client.get(path)
    assert (response.status_code, len(response.cookies)) == (200, 0)
    assert "public" in response["Cache-Control"]


@pytest.mark.parametrize("path", PAGES)
def test_page_is_the_same_for_somebody_signed_in(editor, path):
    response = editor.get(path)
    assert "public" in response["Cache-Control"]
    assert "csrfmiddlewaretoken" not in response.text


@pytest.mark.parametrize("path", PAGES)
def test_page_before_the_log_in_takes_no_post(client, db, path):
    assert client.post(path, {"x": "1"}).status_code == 405


@pytest.mark.parametrize("path", PAGES)
def test_more_lines_take_no_more_queries(count_queries, db, path):
    before = count_queries(path)
    for number in range(3):
        open_line(f"linie-{number}")
    assert count_queries(path) == before


def test_page_says_what_it_is_not(client, db):
    page = client.get(INTRO).text
    assert "Dies ist noch nicht der Antrag beim Land." in page
    assert "Regierungspräsidium Darmstadt" in page
    assert "Einen Rechtsanspruch auf Förderung gibt es nicht." in page


def test_private_person_is_told_where_to_go(client, db):
    page = client.get(INTRO).text
    assert "Privatpersonen können kein Fördergeld beantragen" in page
    assert 'href="/de/mitmachen/"' in page


def test_open_lines_are_listed_and_others_are_not(client, db):
    slugs = open_slugs(client.get(INTRO))
    assert "modellprojekte" in slugs
    assert "wir-vielfaltszentrum" not in slugs  # not written in the portal
    assert "deutschkenntnisse-2014" not in slugs  # closed


def test_chosen_line_stands_first_and_goes_on_to_the_start(client, db):
    response = client.get(INTRO, {"line": "modellprojekte"})
    assert chosen_slug(response) == "modellprojekte"
    assert "modellprojekte" not in open_slugs(response)
    assert 'href="/de/antraege/neu/?line=modellprojekte"' in response.text


@pytest.mark.parametrize("slug", ["wir-vielfaltszentrum", "gibt-es-nicht", "\x00", "<b>" * 99])
def test_line_that_is_not_open_is_said_and_the_others_stand_there(client, db, slug):
    response = client.get(INTRO, {"line": slug})
    assert response.context["chose_closed_line"]
    assert "modellprojekte" in open_slugs(response)
    assert 'href="/de/antraege/neu/"' in response.text


def test_start_gives_the_last_day_and_the_days_left(client, db):
    page = client.get(INTRO, {"start": "2027-06-01", "line": "modellprojekte"}).text
    assert "31. Dezember 2026" in page
    assert "33 Tage" in page


def test_line_stays_chosen_when_a_start_is_asked_for(client, db):
    page = client.get(INTRO, {"line": "modellprojekte"}).text
    assert '<input type="hidden" name="line" value="modellprojekte"' in page


def test_deadline_that_has_passed_is_marked(client, db):
    page = client.get(INTRO, {"start": "2026-12-20", "line": "modellprojekte"}).text
    assert "deadline-passed" in page


def test_day_the_city_has_set_is_shown_without_a_start(client, db):
    FundingTerms.objects.filter(line__slug="mikroprojekte", valid_to__year=2030).update(
        city_deadline=datetime.date(2027, 3, 15)
    )
    assert "15. März 2027" in client.get(INTRO, {"line": "mikroprojekte"}).text


@pytest.mark.parametrize("start", ["irgendwann", "1900-01-01", "9999-12-31", "\x00", "٢٠٢٧"])
def test_start_that_is_no_day_is_refused_in_words(client, db, start):
    response = client.get(INTRO, {"start": start})
    assert response.status_code == 200
    assert "error-summary" in response.text
    assert "modellprojekte" in open_slugs(response)


def test_start_beyond_all_rules_is_said(client, db):
    FundingTerms.objects.filter(valid_to=None).update(valid_to=datetime.date(2030, 12, 31))
    response = client.get(INTRO, {"start": "2035-01-01"})
    assert open_slugs(response) == []
    assert "noch keine Regeln" in response.text


@pytest.mark.parametrize("path", ["/de/antraege/fragen/", "/de/antraege/formular/"])
def test_every_question_and_declaration_stands_there_in_order(client, db, path):
    page = client.get(path).text
    labels = [str(question.label) for question in questions.QUESTIONS]
    labels += questions.Declaration.labels
    places = [page.find(escape(str(label))) for label in labels]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("path", ["/de/antraege/fragen/", "/de/antraege/formular/"])
def test_papers_of_an_open_line_stand_there(client, db, path):
    page = client.get(path).text
    assert "Migrantenorganisationen stärken" in page
    assert "Schreiben der Stelle für Integration" in page


def test_kinds_of_costs_and_income_stand_with_the_questions(client, db):
    page = client.get("/de/antraege/fragen/").text
    for label in (*budget.CostKind.labels, *budget.IncomeKind.labels):
        assert escape(str(label)) in page


def test_example_balances_and_asks_for_what_the_line_pays():
    result = example.checked()
    assert result.is_balanced
    assert not result.has_errors
    assert result.requested_share == result.allowed_share == Decimal("5000.00")


def test_mistake_of_the_example_is_one(client, db):
    found = example.checked(example.MISTAKEN_INCOME)
    assert {message.code for message in found.errors} == {"share_too_high", "own_share_missing"}
    page = client.get("/de/antraege/beispiel/").text
    for message in found.errors:
        assert escape(str(message.text)) in page


def test_example_shows_each_kind_of_financing_once():
    kinds = [terms.financing_type for terms, _share in example.by_financing_type()]
    assert kinds == list(budget.FinancingType)


def test_share_of_the_example_shrinks_and_never_grows():
    assert [share for _real, share in example.later()] == [Decimal("4000.00"), Decimal("5000.00")]


def test_questionnaire_leads_on_with_the_line(client, db):
    answers = {"organisation": "charitable", "measure": "pilot-project"}
    page = client.get("/de/foerderung/welche-linie/", answers).text
    assert 'href="/de/antraege/?line=modellprojekte"' in page


@pytest.mark.parametrize(
    ("slug", "is_led_on"), [("modellprojekte", True), ("wir-vielfaltszentrum", False)]
)
def test_page_of_a_line_leads_on_only_where_outlines_are_written_here(client, db, slug, is_led_on):
    page = client.get(f"/de/foerderung/{slug}/").text
    assert (f'href="/de/antraege/?line={slug}"' in page) == is_led_on


@pytest.mark.parametrize("path", ["/de/", "/de/foerderung/"])
def test_home_and_funding_lead_to_the_introduction(client, db, path):
    main = client.get(path).text.partition("<main")[2].partition("</main>")[0]
    assert f'href="{INTRO}"' in main


@pytest.mark.parametrize(
    ("query", "language", "address"),
    [
        ("Antrag", "de", "/de/antraege/"),
        ("Förderantrag", "de", "/de/antraege/"),
        ("Formular drucken", "de", "/de/antraege/formular/"),
        ("application", "en", "/en/antraege/"),
        ("طلب", "ar", "/ar/antraege/"),
    ],
)
def test_search_finds_the_pages_before_the_log_in(client, db, query, language, address):
    groups = client.get(f"/{language}/suche/", {"q": query}).context["groups"]
    assert address in [hit.url for group in groups for hit in group.hits]
