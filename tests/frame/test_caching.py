"""Public pages may be kept by any cache, personal ones by none."""

import pytest

from tests.factories import make_organisation

PUBLIC = ("/de/", "/de/projekte/", "/en/programm/", "/ar/foerderung/", "/de/beratung/")
PRIVATE = ("/de/barriere-melden/", "/de/demo/", "/de/demo/mails/")


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_sets_no_cookie(client, db, path):
    assert not client.get(path).cookies


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_may_be_kept_by_any_cache(client, db, path):
    assert "public" in client.get(path)["Cache-Control"]


@pytest.mark.parametrize("path", PUBLIC)
def test_unchanged_page_is_not_sent_again(client, db, path):
    etag = client.get(path)["ETag"]
    again = client.get(path, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_changed_page_is_sent_again(client, db):
    etag = client.get("/de/projekte/")["ETag"]
    other = client.get("/de/projekte/?page=2")["ETag"]
    assert etag != other


@pytest.mark.parametrize("path", PRIVATE)
def test_page_with_a_form_or_mails_is_kept_nowhere(client, db, path):
    response = client.get(path)
    assert "no-store" in response["Cache-Control"]
    assert "public" not in response["Cache-Control"]


def test_message_form_is_kept_nowhere(client, db):
    organisation = make_organisation()
    response = client.get(organisation.get_absolute_url() + "schreiben/")
    assert "no-store" in response["Cache-Control"]


def test_back_office_is_kept_nowhere(administrator):
    response = administrator.get("/verwaltung/")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/de/gibt-es-nicht/", "/healthz"])
def test_redirect_error_and_health_are_kept_nowhere(client, db, path):
    assert "no-store" in client.get(path)["Cache-Control"]


def test_answer_to_a_sent_form_is_kept_nowhere(client, db):
    response = client.post("/de/barriere-melden/", {"name": "Ada"})
    assert "no-store" in response["Cache-Control"]


def test_public_page_is_compressed(client, db):
    response = client.get("/de/projekte/", headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
