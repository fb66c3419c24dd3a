"""Two instances on one database behind the documented proxy, over TLS."""

import http.client
import time
from contextlib import closing

import pytest
from django.db import connection

from tests.operation.proxy import HOST, VisitorOverTls, free_port, proxy
from tests.server import Server, copy_of_database

pytestmark = pytest.mark.django_db
SEARCHES = 6
HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Town:
    """Two instances, the proxy, and the folder where its certificate lies."""

    def __init__(self, folder, instances, port, http_port):
        self.folder, self.instances = folder, instances
        self.port, self.http_port = port, http_port

    def visitor(self, source="127.0.0.1"):
        """Who comes through the proxy, from that address."""
        return VisitorOverTls(self.port, self.folder, source)

    def address(self, path):
        return f"https://{HOST}{path}"


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("two-instances")
    https_port = free_port()
    variables = {
        "PORTAL_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "TRUSTED_PROXY_COUNT": "1",
        "LIMIT_SEARCH": str(SEARCHES),
        "WEB_PROCESSES": "1",
    }
    with django_db_blocker.unblock(), copy_of_database(connection, folder) as database:
        instances = [Server(folder / name, database, **variables) for name in ("a", "b")]
        started = []
        try:
            for instance in instances:
                instance.manage("collectstatic", "--no-input", "-v0")
            instances[0].manage("createcachetable")
            for instance in instances:
                started.append(instance.start())
            ports = [instance.port for instance in instances]
            with proxy(folder, ports, https_port) as http_port:
                yield Town(folder, instances, https_port, http_port)
        finally:
            for instance in started:
                instance.stop()


def served_by_both(town, path, visitor):
    """The answers to so many requests that each instance has some of them."""
    return [visitor.get(path) for _n in range(4)]


def test_who_signs_in_at_one_instance_is_known_to_the_other(town):
    visitor = town.visitor()
    visitor.post("/de/demo/editor/einsteigen/", ok="1")
    assert {answer.status for answer in served_by_both(town, "/verwaltung/", visitor)} == {200}


def test_who_signs_out_is_signed_out_everywhere(town):
    visitor = town.visitor()
    visitor.post("/de/demo/editor/einsteigen/", ok="1")
    before = visitor.in_another_window()
    assert visitor.post("/de/konto/abmelden/").status == 302
    assert {answer.status for answer in served_by_both(town, "/verwaltung/", before)} == {302}


def test_cookies_are_bound_to_this_host_and_to_tls(town):
    answer = town.visitor().get("/de/konto/anmelden/")
    cookies = answer.headers.get_all("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def searches_within_a_minute(town):
    """Answers to one search more than allowed, all of them in one window of the limit.

    Where a minute ended on the way, another connection begins anew.
    """
    for source in range(2, 200):
        began, answers = time.time(), []
        for n in range(SEARCHES + 1):
            visitor = town.visitor(f"127.0.0.{source}")
            visitor.address = f"203.0.113.{n}"  # what the visitor says of itself
            answers.append(visitor.get(f"/de/suche/?q=wort{n}"))
        if began // 60 == time.time() // 60:
            return answers
    raise AssertionError("No round of searches fits into a minute.")


def test_searches_are_counted_together_and_a_forged_address_counts_for_nothing(town):
    answers = searches_within_a_minute(town)
    assert [answer.status for answer in answers] == [200] * SEARCHES + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_plain_http_leads_to_the_same_page_over_tls(town):
    with closing(http.client.HTTPConnection("127.0.0.1", town.http_port)) as plain:
        plain.request("GET", "/de/projekte/?q=a", headers={"Host": HOST})
        response = plain.getresponse()
    assert (response.status, response.headers["Location"]) == (
        301,
        town.address("/de/projekte/?q=a"),
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/de/", 200),
        ("/", 302),
        ("/wir", 301),
        ("/de/gibt-es-nicht/", 404),
        ("/de/%00/", 400),
        ("/verwaltung/", 302),
        ("/daten/projekte.json", 200),
        ("/robots.txt", 200),
        ("/static/gibt-es-nicht.js", 404),
        ("/healthz", 200),
    ],
)
def test_every_header_stands_on_what_comes_through_the_proxy(town, path, status):
    answer = town.visitor().get(path)
    assert answer.status == status
    for name, words in HEADERS.items():
        (value,) = answer.headers.get_all(name, [])
        assert words in value, name
    assert "nginx/" not in answer.headers.get("Server", "")


def test_a_request_for_another_host_is_refused(town):
    with closing(http.client.HTTPConnection("127.0.0.1", town.instances[0].port)) as direct:
        direct.request("GET", "/de/", headers={"Host": "evil.example.net"})
        assert direct.getresponse().status == 400


def test_an_instance_that_goes_away_is_not_missed(town):
    town.instances[0].stop()
    try:
        answers = [town.visitor().get("/de/programm/") for _n in range(6)]
    finally:
        town.instances[0].start()
    assert {answer.status for answer in answers} == {200}


def test_where_no_instance_answers_the_proxy_says_so_plainly(town):
    for instance in town.instances:
        instance.stop()
    try:
        answer = town.visitor().get("/de/")
    finally:
        for instance in town.instances:
            instance.start()
    assert answer.status == 503
    assert "nicht erreichbar" in answer.text
    assert answer.headers["Retry-After"]
    for name, words in HEADERS.items():
        assert words in answer.headers[name], name
