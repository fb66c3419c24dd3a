"""Reports of errors: off unless asked for, and nothing of what people typed leaves."""

import gzip
import http.server
import json
import threading

import brotli
import pytest

from tests.frame.test_modes import start

PLANTED = ("ada@example.org", "geheim", "a1a1a1", "Gerda")
TROUBLE = """
import os
import django
django.setup()
import logging
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
from django.db import connection
from django.test import Client

def break_down(execute, sql, params, many, context):
    name = "Gerda"
    raise RuntimeError("geheim: Key (email)=(ada@example.org), " + name)

client = Client(headers={"host": "wir.example.org"}, raise_request_exception=False)
client.cookies["__Host-session"] = "geheim"
with connection.execute_wrapper(break_down):
    answer = client.get("/de/beratung/termin/" + "a1" * 20 + "/?name=Gerda", secure=True)
    answer = client.post(
        "/de/beratung/links/?q=geheim", {"contact": "ada@example.org"}, secure=True,
        headers={"x-forwarded-for": "203.0.113.7", "referer": "https://x/geheim"},
    )
print(answer.status_code)
logging.getLogger("offenbach_wir").error("Not sent to %s", "ada@example.org")
logging.getLogger("offenbach_wir").error("Not sent to ada@example.org")
import sys
sdk = sys.modules.get("sentry_sdk")
if sdk:
    sdk.flush(10)
"""


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress}
        body = unpack.get(self.headers.get("Content-Encoding"), bytes)(body)
        self.server.received.append((str(self.headers), body.decode()))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def received(tmp_path_factory):
    """What a server of reports gets from a portal in trouble."""
    folder = tmp_path_factory.mktemp("reports")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        server.received = []
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        result = start(
            folder,
            TROUBLE,
            DATABASE_URL=f"sqlite:///{folder}/portal.sqlite3",
            SENTRY_DSN=f"http://key@127.0.0.1:{server.server_address[1]}/1",
        )
        server.shutdown()
        assert result.returncode == 0, result.stderr
        assert events(server.received)
        return server.received


def events(received):
    found = []
    for _headers, body in received:
        for line in body.splitlines():
            item = json.loads(line)
            if "level" in item and "platform" in item:
                found.append(item)
    return found


def test_report_says_what_kind_of_error_and_where(received):
    errors = [e["exception"]["values"][-1] for e in events(received) if "exception" in e]
    assert errors
    assert errors[0]["type"] == "RuntimeError"
    assert errors[0]["stacktrace"]["frames"][-1]["function"] == "break_down"


def test_report_carries_the_number_of_the_request(received):
    assert all(e["tags"]["request"] for e in events(received) if "exception" in e)


def test_logged_error_is_reported_as_it_stands_in_the_code(received):
    messages = {e["logentry"]["message"] for e in events(received) if "logentry" in e}
    assert "Not sent to %s" in messages


@pytest.mark.parametrize("planted", PLANTED)
def test_nothing_that_people_typed_leaves(received, planted):
    assert planted not in "".join(headers + body for headers, body in received)


@pytest.mark.parametrize("name", ["request", "user", "breadcrumbs", "extra", "modules", "contexts"])
def test_report_has_no_part_that_could_hold_data(received, name):
    assert all(name not in event for event in events(received))


def test_without_an_address_the_library_is_not_even_loaded(tmp_path):
    code = "import django; django.setup(); import sys; print('sentry_sdk' in sys.modules)"
    assert start(tmp_path, code).stdout == "False\n"
