"""Every test sees the programme's content and the examples; its own changes are rolled back."""

import time

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests import migrated


def pytest_collection_modifyitems(config, items):
    """Tests that touch no database run once, on SQLite; a second database changes nothing."""
    if connection.vendor != "postgresql":
        return
    needed = {"db", "transactional_db", "django_db_setup", "portal"}
    kept, left = [], []
    for item in items:
        uses_it = needed & set(item.fixturenames) or item.get_closest_marker("django_db")
        (kept if uses_it else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb, django_db_modify_db_settings):
    """A file with all migrations is taken as it is; a new one is made from nothing."""
    if not migrated.IS_FILE:
        return django_db_keepdb
    migrated.copy_file(connection.settings_dict["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), translation.override("de"):
        call_command("createcachetable")
        call_command("load_content")
        # Organisations that write, with what they sent and handed in, are loaded by the tests about
        # them (example_proposals); all others find only their own.
        call_command("load_demo", without_proposals=True)


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
def limit(settings):
    """limit("export", 2): only two requests of that kind from now on.

    Real windows begin at full minutes and hours; a test that ran over such a moment would be let
    in again. The first window of a length that nobody lives through has an hour to go from now.
    """

    def set_limit(scope, n):
        window = (n, int(time.time()) + 3600)
        settings.RATE_LIMITS = settings.RATE_LIMITS | {scope: window}

    return set_limit


@pytest.fixture
def editor(client, db):
    """The client, stepped in as the editor of the demo."""
    client.post("/de/demo/editor/einsteigen/", {"ok": "1"})
    return client


@pytest.fixture
def administrator(client, db):
    client.post("/de/demo/administrator/einsteigen/", {"ok": "1"})
    return client


@pytest.fixture
def example_proposals(db):
    """The invented organisations with drafts and proposals just handed in, and the example lines;
    what has become of others since is loaded by the tests about that.
    """
    call_command("load_demo", without_cases=True)
