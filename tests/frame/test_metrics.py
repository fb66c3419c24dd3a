"""Metrics for Prometheus: closed without the token, right over several processes."""

import re
import urllib.error
import urllib.request

import pytest
from django.db import connection

from tests.server import Server, copy_of_database

TOKEN = "only-for-this-test-0123456789"


@pytest.fixture
def token(settings, tmp_path):
    settings.METRICS_TOKEN = TOKEN


def ask(client, header=f"Bearer {TOKEN}"):
    return client.get("/metrics", headers={"authorization": header} if header else {})


def test_without_a_token_in_the_settings_there_is_no_such_address(client, db):
    assert ask(client).status_code == 404
    assert ask(client, "Bearer ").status_code == 404


@pytest.mark.parametrize(
    "header",
    [
        *("", "Bearer", "Bearer ", "Bearer wrong", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"),
        *(f"Basic {TOKEN}", TOKEN, "Bearer ümläut"),
    ],
)
def test_wrong_token_opens_nothing(client, db, token, header):
    response = ask(client, header)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert "portal_" not in response.text


def test_findings_are_gauges(client, db, token):
    response = ask(client)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    assert response["Cache-Control"] == "no-store"
    assert 'portal_state{probe="demo"} 0.0' in response.text
    assert re.search(r"^portal_mail_waiting \d", response.text, re.M)
    assert re.search(r"^portal_disk_free_bytes \d", response.text, re.M)


def test_each_host_can_be_asked_by_its_number(client, db, token):
    headers = {"authorization": f"Bearer {TOKEN}", "host": "10.0.0.5:8000"}
    assert client.get("/metrics", headers=headers).status_code == 200


def test_metrics_answer_while_the_database_is_away(client, token, database_away):
    response = ask(client)
    assert response.status_code == 200
    assert 'portal_state{probe="database"} 2.0' in response.text


# --- As an operator runs it ---------------------------------------------------------------------
@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("metrics")
    with django_db_blocker.unblock(), copy_of_database(connection, folder) as database:
        server = Server(folder, database, METRICS_TOKEN=TOKEN)
        server.start()
        yield server
        server.stop()


def counted(portal):
    """{(method, view, status): n} as Prometheus reads it."""
    request = urllib.request.Request(
        f"{portal.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        text = response.read().decode()
    pattern = r'^portal_requests_total{method="(\w+)",status="(\d+)",view="([\w:-]+)"} ([\d.]+)$'
    return {
        (method, view, status): float(n)
        for method, status, view, n in re.findall(pattern, text, re.M)
    }, text


@pytest.mark.django_db
def test_requests_are_counted_once_over_all_processes(portal):
    before, _text = counted(portal)
    for _n in range(40):
        urllib.request.urlopen(f"{portal.url}/robots.txt", timeout=30).close()
    after, text = counted(portal)
    key = ("GET", "robots", "200")
    assert after[key] - before.get(key, 0) == 40
    assert re.search(r'^portal_request_duration_seconds_count{view="robots"} ', text, re.M)


@pytest.mark.django_db
def test_made_up_addresses_make_no_new_series(portal):
    for n in range(5):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{portal.url}/de/erfunden-{n}/", timeout=30)
    found, text = counted(portal)
    assert "erfunden" not in text
    assert len([key for key in found if key[2] == "404"]) <= 2
