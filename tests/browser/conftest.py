"""A real browser before the real server: gunicorn, WhiteNoise, worker, migrated database."""

import itertools
import os
import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import migrated
from tests.server import Server, postgresql_database

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
senders = itertools.count(1)

# As patient as with everything else a page does: a machine that halts for some seconds is no fault.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def portal(tmp_path_factory):
    on_postgresql = os.environ.get("DATABASE_URL", "").startswith("postgres")
    name, folder = f"wir_browser_{os.getpid()}", tmp_path_factory.mktemp("portal")
    own = postgresql_database(name, migrated.TEMPLATE) if on_postgresql else nullcontext("")
    with own as database:
        if migrated.IS_FILE:
            migrated.copy_file(folder / "portal.sqlite3")
        server = Server(folder, database).set_up()
        yield server.start()
        server.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args():
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, "Chromium is missing (Debian: apt-get install chromium, or set CHROMIUM)"
    return {"executable_path": chromium, "args": FLAGS}


@pytest.fixture(scope="session")
def base_url(portal):
    return portal.url


@pytest.fixture
def own_sender():
    """A connection of its own, so that no test waits for another's limits: for files that override
    `browser_context_args` with it.
    """
    n = next(senders)
    return {"extra_http_headers": {"X-Forwarded-For": f"10.1.{n >> 8}.{n & 255}"}}


@pytest.fixture(scope="session")
def browser_context_args(base_url):
    return {
        "base_url": base_url,
        "locale": "de-DE",
        "timezone_id": "Europe/Berlin",
        "viewport": {"width": 1280, "height": 900},
    }


def watched(page, base_url):
    """Collects what no page of ours may do; call it before axe adds its own styles."""
    page.complaints = []
    page.on(
        "console",
        lambda message: (
            page.complaints.append(message.text)
            if message.type == "error"
            and "the server responded with a status of 4" not in message.text
            else None
        ),
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((base_url, "data:", "blob:"))
            else page.complaints.append(f"foreign request: {request.url}")
        ),
    )
    return page


@pytest.fixture
def page(context, base_url):
    """A page that fails its test on any CSP report, script error or foreign request."""
    made = watched(context.new_page(), base_url)
    yield made
    assert made.complaints == []


@pytest.fixture
def plain_page(browser, browser_context_args, base_url):
    """The same without JavaScript."""
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    made = watched(context.new_page(), base_url)
    yield made
    assert made.complaints == []
    context.close()
