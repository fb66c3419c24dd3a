"""Finished public pages are kept for a minute and forgotten with every change."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from offenbach_wir.page_cache import forget_pages
from tests.factories import make_project

LOCMEM = "django.core.cache.backends.locmem.LocMemCache"


@pytest.fixture
def kept(settings):
    settings.CACHES = settings.CACHES | {"pages": {"BACKEND": LOCMEM, "LOCATION": "kept-pages"}}
    forget_pages()
    yield
    forget_pages()


def test_second_visit_is_answered_without_a_query(client, db, kept, django_assert_num_queries):
    client.get("/de/projekte/")
    with django_assert_num_queries(0):
        assert client.get("/de/projekte/").status_code == 200


def test_kept_page_is_the_same_page(client, db, kept):
    first, second = client.get("/de/"), client.get("/de/")
    assert second.content == first.content
    assert second["Content-Type"] == first["Content-Type"]
    assert second["Cache-Control"] == first["Cache-Control"]
    assert second["Content-Security-Policy"] == first["Content-Security-Policy"]


def test_kept_page_is_unpacked_for_those_who_cannot_unpack(client, db, kept):
    client.get("/de/", headers={"Accept-Encoding": "gzip"})
    assert "<h1>" in client.get("/de/", headers={"Accept-Encoding": "identity"}).text


def test_kept_page_is_packed_for_those_who_can(client, db, kept):
    client.get("/de/")
    packed = client.get("/de/", headers={"Accept-Encoding": "br, gzip;q=0.8"})
    assert packed["Content-Encoding"] == "gzip"


def test_kept_page_is_refused_to_a_foreign_host(client, db, kept):
    client.get("/de/")
    assert client.get("/de/", headers={"Host": "evil.example.org"}).status_code == 400


def test_languages_do_not_mix(client, db, kept):
    client.get("/de/projekte/")
    assert 'lang="ar"' in client.get("/ar/projekte/").text.partition(">")[2][:40]


def test_filters_do_not_mix(client, db, kept):
    everything = client.get("/de/projekte/").content
    assert client.get("/de/projekte/?district=nordend").content != everything


def test_saving_in_the_back_office_shows_at_once(administrator, kept):
    administrator.get("/de/mitmachen/")
    make_project("Frisch gesetzt", looks_for_help=True)
    assert "Frisch gesetzt" not in administrator.get("/de/mitmachen/").text
    administrator.post("/verwaltung/programs/oldaddress/add/", {"path": "/a", "target": "/b"})
    assert "Frisch gesetzt" in administrator.get("/de/mitmachen/").text


@pytest.mark.parametrize("path", ["/de/barriere-melden/", "/de/demo/", "/de/projekte/?q=garten"])
def test_personal_pages_and_searches_are_not_kept(client, db, kept, path):
    client.get(path)
    assert not client.get(path).headers.get("Content-Encoding")
    assert client.get(path).context is not None


def test_missing_page_is_not_kept(client, db, kept):
    client.get("/de/projekte/spaeter/")
    make_project("Später", slug="spaeter")
    assert client.get("/de/projekte/spaeter/").status_code == 200


@pytest.mark.django_db(transaction=True)  # a failed query would end the test's own transaction
def test_cache_that_is_away_does_not_hide_the_page(client, settings):
    settings.CACHES = settings.CACHES | {
        "pages": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "no_such_table",
        }
    }
    assert client.get("/de/").status_code == 200


def test_counts_of_the_filters_are_kept_for_the_next_page(client, db, kept):
    client.get("/de/projekte/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/de/projekte/?page=2").context["total"] > 0
    assert not [q for q in queries if "GROUP BY" in q["sql"]]


def test_kept_counts_are_those_of_the_filter(client, db, kept):
    everything = client.get("/de/projekte/").context["total"]
    make_project(district="nordend")
    in_nordend = client.get("/de/projekte/?district=nordend").context["total"]
    assert 0 < in_nordend < everything
    assert client.get("/de/projekte/?district=nordend&sort=title").context["total"] == in_nordend


def test_kept_counts_are_forgotten_with_the_pages(client, db, kept):
    before = client.get("/de/projekte/").context["total"]
    make_project()
    forget_pages()
    assert client.get("/de/projekte/").context["total"] == before + 1
