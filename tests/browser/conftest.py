"""A real browser before the real server: gunicorn, WhiteNoise, worker, migrated database."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg2
import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Server:
    """The portal as an operator runs it, with a database and folder of its own."""

    def __init__(self, folder, database):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")
        } | {
            "WIR_MODE": "demo",
            "VAR_DIR": str(folder),
            "PORT": str(self.port),
            "PORTAL_URL": self.url,
            "LIMIT_SEARCH": "100000",
            "FASTEST_FORM_SECONDS": "0",
            "TRUSTED_PROXY_COUNT": "1",
            "SECRET_KEY": "browser-tests",
        }
        self.environment.pop("DATABASE_URL", None)
        if database:
            self.environment["DATABASE_URL"] = database

    def manage(self, *arguments):
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self):
        self.manage("set_up")
        self.manage("worker", "--once")
        self.log = open(Path(self.environment["VAR_DIR"]) / "server.log", "w")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        for _attempt in range(150):
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=2)
            except OSError:
                time.sleep(0.1)
            else:
                return self
        raise RuntimeError("The portal did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()


@pytest.fixture(scope="session")
def portal(tmp_path_factory):
    address = os.environ.get("DATABASE_URL", "")
    if address.startswith("postgres"):
        name = f"wir_browser_{os.getpid()}"
        admin = psycopg2.connect(address)
        admin.autocommit = True
        admin.cursor().execute(f"CREATE DATABASE {name}")
        database = f"{address.rpartition('/')[0]}/{name}"
    else:
        admin, database = None, ""
    server = Server(tmp_path_factory.mktemp("portal"), database)
    try:
        yield server.start()
        server.stop()
    finally:
        if admin:
            admin.cursor().execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            admin.close()


@pytest.fixture(scope="session")
def browser_type_launch_args():
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, "Chromium is missing (Debian: apt-get install chromium, or set CHROMIUM)"
    return {"executable_path": chromium, "args": FLAGS}


@pytest.fixture(scope="session")
def base_url(portal):
    return portal.url


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
