"""One search over everything the public may see."""

import datetime

import pytest

from programs.models import Document, FundingLine, Page
from tests.factories import in_state, make_line, make_organisation, make_project

RARE = "Quittengelee"


def search(client, query, language="de"):
    return client.get(f"/{language}/suche/", {"q": query})


def groups(response):
    """{heading: [addresses of its hits]}"""
    return {str(g.title): [hit.url for hit in g.hits] for g in response.context["groups"]}


@pytest.mark.parametrize(
    ("query", "group", "address"),
    [
        ("Datenschutz", "Seiten", "/de/datenschutz/"),
        ("Modellprojekte", "Förderlinien", "/de/foerderung/modellprojekte/"),
        ("Checkliste", "Infomaterial", "/de/material/#checkliste-foerderantrag"),
        (
            "Anerkennungskultur",
            "Schwerpunkte",
            "/de/programm/schwerpunkte/willkommens-und-anerkennungskultur/",
        ),
        ("Sprachcafé", "Projekte", "/de/projekte/sprachcafe-zeit-fuer-deutsch/"),
        ("Jasminhof", "Organisationen", "/de/organisationen/jasminhof/"),
    ],
)
def test_search_finds_every_kind_of_content(client, db, query, group, address):
    assert address in groups(search(client, query))[group]


def test_every_hit_leads_to_a_page(client, db):
    hits = [url for urls in groups(search(client, "Integration")).values() for url in urls]
    assert len(hits) > 5
    for url in hits:
        assert client.get(url.partition("#")[0]).status_code == 200, url


def test_german_word_is_found_on_an_arabic_page(client, db):
    (pages,) = groups(search(client, "Datenschutz", "ar")).values()
    assert "/ar/datenschutz/" in pages


def test_english_word_is_found_on_a_german_page(client, db):
    assert "/de/datenschutz/" in groups(search(client, "Privacy"))["Seiten"]


def test_best_group_comes_first(client, db):
    assert next(iter(groups(search(client, "Checkliste")))) == "Infomaterial"


def test_hit_in_a_title_comes_before_one_in_the_text(client, db):
    make_project("Nebenbei", slug="nebenbei", summary=f"Mit {RARE}.")
    make_project(f"{RARE} kochen", slug="vorneweg")
    urls = groups(search(client, RARE))["Projekte"]
    assert urls == ["/de/projekte/vorneweg/", "/de/projekte/nebenbei/"]


@pytest.mark.parametrize("state", ["draft", "review", "archived", "deleted"])
def test_project_that_is_not_published_is_never_found(client, db, state):
    make_project(RARE, state=state)
    assert groups(search(client, RARE)) == {}


@pytest.mark.parametrize("state", ["draft", "review", "archived", "deleted"])
def test_line_that_is_not_published_is_never_found(client, db, state):
    line = make_line(title=RARE)
    FundingLine.objects.filter(pk=line.pk).update(**in_state(state))
    assert groups(search(client, RARE)) == {}


def test_page_taken_off_is_no_longer_found(client, db):
    Page.objects.filter(key="datenschutz").update(state="draft")
    assert "/de/datenschutz/" not in groups(search(client, "Datenschutz")).get("Seiten", [])


def test_project_of_tomorrow_is_not_found_today(client, db):
    tomorrow = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
    make_project(RARE, published_from=tomorrow)
    assert groups(search(client, RARE)) == {}


def test_unlisted_organisation_is_never_found(client, db):
    make_organisation(RARE, is_listed=False)
    assert groups(search(client, RARE)) == {}


def test_expired_document_is_no_longer_found(client, db):
    Document.objects.filter(slug="checkliste-foerderantrag").update(
        expires_on=datetime.date(2020, 1, 1)
    )
    assert "Infomaterial" not in groups(search(client, "Checkliste"))


def test_address_of_an_organisation_is_not_searched(client, db):
    make_organisation("Verein", email="geheimadresse@example.org")
    assert groups(search(client, "geheimadresse")) == {}


def test_empty_result_offers_ways_out(client, db):
    page = search(client, "Xylophonwerkstattxyz").text
    assert 'class="way-out"' in page
    assert 'href="/de/projekte/"' in page
    assert 'href="/de/beratung/"' in page


def test_number_of_hits_is_announced(client, db):
    make_project(RARE)
    page = search(client, RARE).text
    assert 'role="status">1 Treffer' in page


def test_every_word_must_be_found(client, db):
    make_project(f"{RARE} im Garten")
    assert groups(search(client, f"{RARE} Garten"))
    assert not groups(search(client, f"{RARE} Weltraumbahnhof"))


@pytest.mark.parametrize(
    "query",
    [
        *("", " ", "%", "_", "\x00", "'", '"', "\\", "🦔", "ß", "x" * 100_000, "a " * 50_000),
        *("<script>alert(1)</script>", "'; DROP TABLE x; --", "{{ 7*7 }}", "\u202e", "(((", "%s"),
    ],
)
def test_odd_question_gets_a_page(client, db, query):
    response = search(client, query)
    assert response.status_code == 200
    assert "<script>alert" not in response.text


def test_question_is_kept_in_its_field(client, db):
    assert 'value="Mittel &amp; Wege"' in search(client, "Mittel & Wege").text


def test_result_page_is_not_for_search_engines(client, db):
    assert '<meta name="robots" content="noindex">' in search(client, "Kurs").text


def test_search_takes_as_many_queries_for_more_hits(client, db, count_queries):
    for _ in range(2):
        make_project(RARE)
    for_two = count_queries(f"/de/suche/?q={RARE}")
    for _ in range(8):
        make_project(RARE)
    assert count_queries(f"/de/suche/?q={RARE}") == for_two
