"""Error pages: in the reader's language, helpful, and there when the database is not."""

import pytest
from django.db import connection
from django.test import Client

from offenbach_wir.models import BarrierReport

WORDS = {
    400: "Wir haben diese Anfrage nicht verstanden",
    404: "Wir können diese Seite nicht finden",
    500: "Bei uns ist etwas schiefgegangen",
    503: "Das Portal macht eine kurze Pause",
}


def break_down(execute, sql, params, many, context):
    raise RuntimeError("something nobody thought of")


@pytest.fixture
def program_error(client, db):
    """A page that meets an error of the program itself."""
    client.raise_request_exception = False
    with connection.execute_wrapper(break_down):
        yield


def is_a_whole_page(response, language):
    direction = "rtl" if language == "ar" else "ltr"
    return (
        f'<html lang="{language}" dir="{direction}">' in response.text
        and f'action="/{language}/suche/"' in response.text
        and f'href="/{language}/"' in response.text
    )


@pytest.mark.parametrize("language", ["de", "en", "ar"])
@pytest.mark.parametrize(("path", "status"), [("%00/", 400), ("gibt-es-nicht/", 404)])
def test_refusal_is_a_page_in_the_language_of_its_address(client, db, language, path, status):
    response = client.get(f"/{language}/{path}")
    assert response.status_code == status
    assert is_a_whole_page(response, language)
    assert response["Content-Language"] == language


def test_error_without_language_in_its_address_asks_the_browser(client, db):
    response = client.get("/gibt/es/nicht", headers={"accept-language": "ar"})
    assert response.status_code == 404
    assert is_a_whole_page(response, "ar")


@pytest.mark.parametrize("path", ["/%00", "/de/projekte/%00/", "/media/%00", "/verwaltung/%00/"])
def test_nul_byte_in_the_address_is_refused(client, db, path):
    assert client.get(path).status_code == 400


@pytest.mark.parametrize(
    "path", ["/de/?x=%00", "/de/suche/?q=%00", "/de/barriere-melden/?seite=%00"]
)
def test_nul_byte_in_the_query_does_no_harm(client, db, path):
    assert client.get(path).status_code == 200


def test_unknown_host_is_refused(client, db):
    assert client.get("/de/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_form_without_its_token_gets_a_page_that_says_what_to_do(db, language):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(f"/{language}/barriere-melden/", {"description": "Hallo"})
    assert response.status_code == 403
    assert is_a_whole_page(response, language)
    assert BarrierReport.objects.count() == 0


def test_form_without_its_token_is_explained_in_german(db):
    response = Client(enforce_csrf_checks=True).post("/de/barriere-melden/", {"name": "Ada"})
    assert "Bitte senden Sie das Formular noch einmal" in response.text


@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_too_many_requests_get_a_page_that_says_when_to_come_back(
    client, db, settings, still_clock, language
):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"search": (1, 60)}
    client.get(f"/{language}/suche/?q=Sprache")
    response = client.get(f"/{language}/suche/?q=Sprache")
    assert response.status_code == 429
    assert response["Retry-After"] == "60"
    assert is_a_whole_page(response, language)


@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_error_of_the_program_gets_a_page(client, program_error, language):
    response = client.get(f"/{language}/projekte/")
    assert response.status_code == 500
    assert is_a_whole_page(response, language)


@pytest.mark.parametrize("language", ["de", "en", "ar"])
@pytest.mark.parametrize("rest", ["", "projekte/", "foerderung/modellprojekte/", "suche/?q=Kurs"])
def test_page_without_database_asks_for_patience(client, database_away, language, rest):
    response = client.get(f"/{language}/{rest}")
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert is_a_whole_page(response, language)


@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_unknown_page_without_database_is_still_not_found(client, database_away, language):
    response = client.get(f"/{language}/gibt-es-nicht/")
    assert response.status_code == 404
    assert is_a_whole_page(response, language)


def test_refused_address_without_database_is_still_refused(client, database_away):
    response = client.get("/de/%00/")
    assert response.status_code == 400
    assert is_a_whole_page(response, "de")


def test_page_that_needs_no_database_is_shown_without_it(client, database_away):
    response = client.get("/de/barriere-melden/")
    assert response.status_code == 200
    assert 'name="description"' in response.text


def test_form_sent_while_the_database_is_away_claims_no_success(
    client, database_away, barrier_report
):
    assert client.post("/de/barriere-melden/", barrier_report).status_code == 503


def test_back_office_without_database_asks_for_patience(administrator, request):
    request.getfixturevalue("database_away")
    assert administrator.get("/verwaltung/projects/project/").status_code == 503


@pytest.mark.parametrize("status", [400, 404])
def test_german_error_page_speaks_plainly(client, db, status):
    path = {400: "/de/%00/", 404: "/de/gibt-es-nicht/"}[status]
    assert WORDS[status] in client.get(path).text


def test_german_page_for_a_broken_program_speaks_plainly(client, program_error):
    assert WORDS[500] in client.get("/de/").text


def test_german_page_without_database_speaks_plainly(client, database_away):
    assert WORDS[503] in client.get("/de/").text


def test_error_page_tells_nothing_of_the_inside(client, program_error):
    page = client.get("/de/").text
    assert "Traceback" not in page
    assert "something nobody thought of" not in page


@pytest.mark.parametrize("path", ["/de/", "/de/projekte/", "/de/suche/", "/de/foerderung/"])
def test_page_that_only_shows_takes_no_post(client, db, path):
    assert client.post(path, {"x": "1"}).status_code == 405
