"""How long a session lives, and who can end it."""

import datetime

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client

from offenbach_wir.models import Event
from offenbach_wir.sessions import end_sessions, is_personal, open_sessions

from .conftest import sign_in

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(datetime.datetime(2026, 6, 15, 8, tzinfo=datetime.UTC)) as traveller:
        yield traveller


def test_session_ends_after_two_hours_without_use(clock, client, applicant):
    sign_in(client, applicant.email)
    clock.shift(2 * HOUR)
    assert client.get("/de/konto/").status_code == 302


def test_session_that_is_used_lives_on(clock, client, applicant):
    sign_in(client, applicant.email)
    for _n in range(3):
        clock.shift(1.5 * HOUR)
        assert client.get("/de/konto/").status_code == 200


def test_session_ends_after_twelve_hours_even_when_used(clock, client, applicant):
    sign_in(client, applicant.email)
    answers = []
    for _n in range(9):
        clock.shift(1.5 * HOUR)
        answers.append(client.get("/de/konto/").status_code)
    assert answers == [200] * 7 + [302] * 2


def test_page_after_the_end_says_why(clock, client, applicant):
    sign_in(client, applicant.email)
    clock.shift(2 * HOUR)
    page = client.get("/de/konto/", follow=True)
    assert "Zu Ihrer Sicherheit" in page.text


def test_own_sessions_are_listed(client, applicant):
    sign_in(client, applicant.email)
    sign_in(Client(HTTP_USER_AGENT="Altes Telefon"), applicant.email)
    assert "Altes Telefon" in client.get("/de/konto/sitzungen/").text


def test_session_that_is_over_is_not_among_the_open_ones(clock, client, applicant):
    sign_in(client, applicant.email)
    assert open_sessions(applicant).count() == 1
    clock.shift(13 * HOUR)
    assert UserSession.objects.filter(user=applicant).count() == 1
    assert open_sessions(applicant).count() == 0


def test_other_session_can_be_ended(client, applicant):
    other = Client()
    sign_in(other, applicant.email)
    row = UserSession.objects.get()
    sign_in(client, applicant.email)
    client.post("/de/konto/sitzungen/", {"session": row.pk})
    assert other.get("/de/konto/").status_code == 302
    assert client.get("/de/konto/").status_code == 200


def test_session_of_somebody_else_cannot_be_ended(client, applicant, clerk):
    other = Client()
    sign_in(other, applicant.email)
    row = UserSession.objects.get(user=applicant)
    from .conftest import make_user

    stranger = make_user("fremd@example.org")
    sign_in(client, stranger.email)
    client.post("/de/konto/sitzungen/", {"session": row.pk})
    assert other.get("/de/konto/").status_code == 200


@pytest.mark.parametrize("number", ["x", "-1", "9" * 30, "1 OR 1=1"])
def test_odd_number_of_a_session_ends_none(client, applicant, number):
    other = Client()
    sign_in(other, applicant.email)
    sign_in(client, applicant.email)
    assert client.post("/de/konto/sitzungen/", {"session": number}).status_code == 302
    assert other.get("/de/konto/").status_code == 200


def test_all_sessions_end_at_once_and_are_counted(client, applicant):
    clients = [Client(), Client()]
    for each in clients:
        sign_in(each, applicant.email)
    assert end_sessions(applicant) == 2
    assert [each.get("/de/konto/").status_code for each in clients] == [302, 302]


def test_signing_out_ends_the_session_on_the_server(client, applicant):
    sign_in(client, applicant.email)
    cookies = dict(client.cookies)
    client.post("/de/konto/abmelden/")
    stolen = Client()
    stolen.cookies.load({name: morsel.value for name, morsel in cookies.items()})
    assert stolen.get("/de/konto/").status_code == 302


def test_ending_other_sessions_is_in_the_audit_trail(client, applicant):
    sign_in(Client(), applicant.email)
    sign_in(client, applicant.email)
    client.post("/de/konto/sitzungen/")
    event = Event.objects.get(kind=Event.Kind.SESSIONS_ENDED)
    assert (event.actor, event.detail) == (applicant, {"n": 1})


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/de/", False),
        ("/de/projekte/", False),
        ("/daten/projekte.json", False),
        ("/de/konto/", True),
        ("/ar/konto/anmelden/", True),
        ("/de/antraege/neu/", True),
        ("/verwaltung/", True),
        ("/xx/konto/", False),
    ],
)
def test_only_pages_of_a_person_read_the_session(path, answer):
    assert is_personal(path) is answer
