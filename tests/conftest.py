"""Every test sees the programme's content and the examples; its own changes are rolled back."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), translation.override("de"):
        call_command("createcachetable")
        call_command("load_content")
        call_command("load_demo")


@pytest.fixture(autouse=True)
def german():
    with translation.override("de"):
        yield


@pytest.fixture
def count_queries(client):
    """count_queries("/de/projekte/") is how many queries that page takes."""

    def count(path):
        client.get(path)  # what is read once per process does not count
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    return count


@pytest.fixture
def editor(client, db):
    """The client, stepped in as the editor of the demo."""
    client.post("/de/demo/editor/einsteigen/", {"ok": "1"})
    return client


@pytest.fixture
def administrator(client, db):
    client.post("/de/demo/administrator/einsteigen/", {"ok": "1"})
    return client
