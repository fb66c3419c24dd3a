"""Limits hold, for all processes together, and believe no address a visitor makes up."""

import threading

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import RequestFactory

from offenbach_wir.models import Hits
from offenbach_wir.rate_limits import (
    TooManyRequestsError,
    client_address,
    count,
    forget_old_windows,
)

THREADS, EACH = 6, 5


@pytest.fixture
def two_reports_an_hour(settings, db, still_clock):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"barrier": (2, 3600)}


def test_request_beyond_the_limit_is_refused(client, two_reports_an_hour, barrier_report):
    statuses = [client.post("/de/barriere-melden/", barrier_report).status_code for _ in range(3)]
    assert statuses == [302, 302, 429]


def test_refusal_says_when_to_come_back(client, two_reports_an_hour):
    for _ in range(2):
        client.post("/de/barriere-melden/", {"name": "Ada"})
    response = client.post("/de/barriere-melden/", {"name": "Ada"})
    assert response["Retry-After"] == "3600"  # the clock stands at the full hour


def test_looking_at_the_form_does_not_count(client, two_reports_an_hour):
    for _ in range(4):
        assert client.get("/de/barriere-melden/").status_code == 200
    assert not Hits.objects.exists()


def test_next_window_starts_from_nothing(two_reports_an_hour, still_clock):
    for _ in range(2):
        count("barrier", "192.0.2.1")
    with pytest.raises(TooManyRequestsError):
        count("barrier", "192.0.2.1")
    still_clock.shift(3600)
    count("barrier", "192.0.2.1")


def test_one_sender_does_not_use_up_the_limit_of_another(two_reports_an_hour):
    for _ in range(2):
        count("barrier", "192.0.2.1")
    count("barrier", "192.0.2.2")


def test_one_scope_does_not_use_up_the_limit_of_another(two_reports_an_hour):
    for _ in range(2):
        count("barrier", "192.0.2.1")
    count("organisation_message", "192.0.2.1")


def test_requests_are_counted_in_the_database(client, two_reports_an_hour):
    client.post("/de/barriere-melden/", {"name": "Ada"})
    client.post("/de/barriere-melden/", {"name": "Ada"})
    assert list(Hits.objects.values_list("n", flat=True)) == [2]


def test_counts_of_other_processes_hold_here(client, two_reports_an_hour):
    client.post("/de/barriere-melden/", {"name": "Ada"})
    Hits.objects.update(n=2)  # as if another process had counted
    assert client.post("/de/barriere-melden/", {"name": "Ada"}).status_code == 429


def test_address_of_the_sender_is_not_kept(two_reports_an_hour):
    count("barrier", "192.0.2.77")
    kept = Hits.objects.get()
    assert "192.0.2.77" not in kept.key
    assert len(kept.key) == 64


def test_counters_are_forgotten_when_their_window_is_over(two_reports_an_hour, still_clock):
    count("barrier", "192.0.2.1")
    assert forget_old_windows() == 0
    still_clock.shift(3601)
    assert forget_old_windows() == 1


def test_search_is_limited_only_where_something_is_asked(client, settings, db, still_clock):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"search": (1, 60)}
    statuses = [client.get(f"/de/suche/{q}").status_code for q in ("", "?q=Kurs", "", "?q=Kurs")]
    assert statuses == [200, 200, 200, 429]


def test_search_in_the_list_of_projects_shares_the_limit(client, settings, db, still_clock):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"search": (1, 60)}
    assert client.get("/de/suche/?q=Kurs").status_code == 200
    assert client.get("/de/projekte/?q=Kurs").status_code == 429


@pytest.mark.parametrize(
    ("proxies", "forwarded", "believed"),
    [
        (0, "198.51.100.9", "192.0.2.1"),
        (0, "", "192.0.2.1"),
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "10.0.0.66, 198.51.100.9", "198.51.100.9"),
        (2, "10.0.0.66, 198.51.100.9, 203.0.113.5", "198.51.100.9"),
        (2, "198.51.100.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
    ],
)
def test_address_is_believed_as_far_as_own_proxies_wrote_it(settings, proxies, forwarded, believed):
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1")
    assert client_address(request) == believed


def test_made_up_address_does_not_help_around_the_limit(client, two_reports_an_hour):
    statuses = [
        client.post(
            "/de/barriere-melden/", {"name": "A"}, headers={"x-forwarded-for": f"10.0.0.{n}"}
        ).status_code
        for n in range(3)
    ]
    assert statuses == [200, 200, 429]


def in_parallel(work):
    """Runs work() in each of the threads at once, each with a connection of its own."""
    start, failures = threading.Barrier(THREADS), []

    def run():
        try:
            start.wait(timeout=30)
            work()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def counted():
    return Hits.objects.aggregate(all=Sum("n"))["all"]


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_are_all_counted():
    def work():
        for _ in range(EACH):
            count("barrier", "192.0.2.1")

    in_parallel(work)
    assert counted() == THREADS * EACH


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_would_be_lost_if_they_were_read_and_written_apart():
    """The control: the same threads without the one-statement update lose counts."""
    Hits.objects.create(key="x", window=1, n=0, ends_at="2026-11-20T12:00:00Z")
    all_have_read = threading.Barrier(THREADS)

    def work():
        row = Hits.objects.get(key="x")
        all_have_read.wait(timeout=30)
        Hits.objects.filter(key="x").update(n=row.n + 1)

    in_parallel(work)
    assert counted() == 1
