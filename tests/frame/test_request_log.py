"""The log of production: one JSON object a line, in UTC, with the request's number and nobody's
data.
"""

import io
import json
import logging
import re
import sys

import pytest
from django.db import connection

from offenbach_wir.log_format import Json
from tests.frame.test_errors import break_down

SECRET = f"{'a1' * 20}.{'b2' * 20}"


@pytest.fixture
def lines():
    """lines() are the lines written since, read as production writes them."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Json())
    loggers = [logging.getLogger(name) for name in ("portal.access", "django", "offenbach_wir")]
    for logger in loggers:
        logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    for logger in loggers:
        logger.removeHandler(handler)


def access_lines(lines):
    return [line for line in lines() if line["logger"] == "portal.access"]


def test_each_request_is_one_line_with_view_status_and_time(client, db, lines):
    client.get("/de/projekte/")
    (line,) = access_lines(lines)
    assert (line["method"], line["view"], line["status"]) == ("GET", "projects:list", 200)
    assert line["ms"] > 0


def test_times_are_utc(client, db, lines):
    client.get("/healthz")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", lines()[0]["at"])


@pytest.mark.parametrize(
    "path",
    [
        f"/de/beratung/termin/{SECRET}/",
        "/de/suche/?q=ada@example.org",
        f"/kalender/{'a1' * 20}.ics",
        "/de/ada@example.org/",
    ],
)
def test_no_secret_no_query_and_no_mail_address_gets_into_the_log(client, db, lines, path):
    client.get(path)
    written = json.dumps(lines())
    assert access_lines(lines)
    assert "a1a1" not in written
    assert "ada" not in written


def test_name_of_a_method_cannot_break_a_line(client, db, lines):
    client.generic("MY-OWN", "/de/")
    assert access_lines(lines)[0]["method"] == "OTHER"


def test_lines_of_one_request_carry_its_number(client, db, lines):
    response = client.get("/de/gibt-es-nicht/")
    assert {line["request"] for line in lines()} == {response["X-Request-ID"]}
    assert len(lines()) == 2
    assert client.get("/de/").headers["X-Request-ID"] != response["X-Request-ID"]


def test_number_of_a_stranger_is_not_taken(client, db, settings):
    settings.TRUSTED_PROXY_COUNT = 0
    response = client.get("/healthz", headers={"x-request-id": "0123456789abcdef"})
    assert response["X-Request-ID"] != "0123456789abcdef"


def test_number_of_our_own_proxy_is_taken(client, db, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    response = client.get("/healthz", headers={"x-request-id": "0123456789abcdef"})
    assert response["X-Request-ID"] == "0123456789abcdef"


@pytest.mark.parametrize(
    "sent", ["", "short", "x" * 65, "<script>alert(1)</script>", "a\tb c d e f"]
)
def test_number_that_is_none_is_not_taken_from_anybody(client, db, settings, sent):
    settings.TRUSTED_PROXY_COUNT = 1
    response = client.get("/healthz", headers={"x-request-id": sent})
    assert re.fullmatch(r"[0-9a-f]{16}", response["X-Request-ID"])


def test_page_of_an_error_names_the_number_that_stands_in_the_log(client, db, lines):
    client.raise_request_exception = False
    with connection.execute_wrapper(break_down):
        response = client.get("/de/projekte/")
    assert response.status_code == 500
    assert response["X-Request-ID"] in response.text
    errors = [line for line in lines() if line["level"] == "ERROR"]
    assert {line["request"] for line in errors} == {response["X-Request-ID"]}


def test_page_that_is_not_there_names_no_number(client, db):
    response = client.get("/de/gibt-es-nicht/")
    assert response["X-Request-ID"] not in response.text


def test_error_is_logged_with_its_place_and_without_its_words():
    try:
        raise ValueError("Key (email)=(ada@example.org) already exists")
    except ValueError:
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "Failed for %s", ("bob@example.org",), sys.exc_info()
        )
    line = json.loads(Json().format(record))
    assert line["exception"] == "ValueError"
    assert "test_request_log.py" in line["frames"][-1]
    assert "example.org" not in json.dumps(line)


def test_line_break_in_a_message_stays_in_its_line():
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "a\nb\r\x1b[31m\u2028c", (), None)
    line = Json().format(record)
    assert line.isascii()
    assert len(line.splitlines()) == 1
