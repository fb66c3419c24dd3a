"""Signing in and registering: one address, one code, nothing revealed."""

import time

import pytest
from django.core import mail
from django.test import Client

from offenbach_wir.models import Event, User
from tests.factories import shown_at

from .conftest import ask_for_code, code_in, make_user, sign_in

SIGN_IN = "/de/konto/anmelden/"


def register(client, email):
    form = {"email": email, "website": "", "shown_at": shown_at(time.time() - 60)}
    return client.post("/de/konto/registrieren/", form)


def test_code_signs_in(client, applicant):
    response = sign_in(client, applicant.email)
    assert response["Location"] == "/de/konto/"
    assert applicant.email in client.get("/de/konto/").text


def test_address_may_be_typed_in_capitals(client, applicant):
    assert sign_in(client, "Verein@Example.ORG").status_code == 302
    assert client.get("/de/konto/").status_code == 200


def test_wrong_code_says_so_and_signs_nobody_in(client, applicant):
    ask_for_code(client, applicant.email)
    page = client.post("/de/konto/anmelden/code/", {"code": "WRONG1"})
    assert "nicht richtig" in page.text
    assert client.get("/de/konto/").status_code == 302


def test_third_wrong_code_ends_the_attempt(client, applicant):
    ask_for_code(client, applicant.email)
    right = code_in(mail.outbox[-1])
    for _attempt in range(3):
        client.post("/de/konto/anmelden/code/", {"code": "WRONG1"})
    client.post("/de/konto/anmelden/code/", {"code": right})
    assert client.get("/de/konto/").status_code == 302


def test_code_works_once(client, applicant):
    sign_in(client, applicant.email)
    code = code_in(mail.outbox[-1])
    other = Client()
    other.post("/de/konto/anmelden/code/", {"code": code})
    assert other.get("/de/konto/").status_code == 302


def test_code_of_one_browser_is_worth_nothing_in_another(client, applicant):
    ask_for_code(client, applicant.email)
    other = Client()
    ask_for_code(other, "jemand@example.org")
    other.post("/de/konto/anmelden/code/", {"code": code_in(mail.outbox[0])})
    assert other.get("/de/konto/").status_code == 302


def test_sign_in_answers_the_same_for_known_and_unknown_addresses(client, applicant):
    known, unknown = (
        ask_for_code(client, applicant.email),
        ask_for_code(Client(), "wer@example.org"),
    )
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    pages = [client.get(known["Location"]).text]
    other = Client()
    ask_for_code(other, "wer@example.org")
    pages.append(other.get(unknown["Location"]).text)
    assert pages[0].count("<form") == pages[1].count("<form")


def test_unknown_address_gets_a_mail_that_helps(client, db):
    ask_for_code(client, "wer@example.org")
    assert "/de/konto/registrieren/" in mail.outbox[-1].body


def test_switched_off_account_cannot_sign_in(client, applicant):
    User.objects.filter(pk=applicant.pk).update(is_active=False)
    ask_for_code(client, applicant.email)
    assert "/de/konto/registrieren/" in mail.outbox[-1].body


def test_sign_in_leads_back_to_where_one_wanted_to_go(client, applicant):
    response = sign_in(client, applicant.email, next="/de/konto/sitzungen/")
    assert response["Location"] == "/de/konto/sitzungen/"


@pytest.mark.parametrize(
    "target", ["https://evil.example.org/", "//evil.example.org", "javascript:1"]
)
def test_sign_in_leads_to_no_other_host(client, applicant, target):
    assert sign_in(client, applicant.email, next=target)["Location"] == "/de/konto/"


def test_session_has_a_new_key_after_sign_in(client, applicant):
    client.get(SIGN_IN)
    ask_for_code(client, applicant.email)
    before = client.session.session_key
    client.post("/de/konto/anmelden/code/", {"code": code_in(mail.outbox[-1])})
    assert client.session.session_key != before


def test_mail_with_the_code_is_in_the_language_of_the_page(client, applicant):
    client.post("/en/konto/anmelden/", {"email": applicant.email})
    assert "Your code" in mail.outbox[-1].subject


def test_account_is_made_with_a_confirmed_address(client, db):
    answer = register(client, "neu@example.org")
    assert answer["Location"] == "/de/konto/registrieren/code/"
    client.post("/de/konto/registrieren/code/", {"code": code_in(mail.outbox[-1])})
    assert "neu@example.org" in client.get("/de/konto/").text


def test_registering_twice_reveals_nothing(client, applicant):
    answer = register(client, applicant.email)
    assert answer["Location"] == "/de/konto/registrieren/code/"
    assert client.get(answer["Location"]).status_code == 200
    assert "haben schon" in mail.outbox[-1].body


def test_account_without_a_confirmed_address_opens_nothing(client, db):
    register(client, "neu@example.org")
    assert client.get("/de/konto/").status_code == 302


@pytest.mark.parametrize(
    "email", ["", "kein@", "a" * 300 + "@example.org", "zeile\nBcc: x@example.org"]
)
def test_address_that_is_none_gets_a_message(client, db, email):
    response = ask_for_code(client, email)
    assert response.status_code == 200
    assert "error-summary" in response.text
    assert not mail.outbox


def test_dead_mail_server_is_told_honestly(client, applicant, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    response = ask_for_code(client, applicant.email)
    assert response.status_code == 503
    assert "keine Mail" in response.text


def test_many_codes_from_one_connection_are_stopped(client, applicant, limit):
    limit("code_here", 2)
    answers = [ask_for_code(Client(), applicant.email).status_code for _n in range(3)]
    assert answers == [302, 302, 429]


def test_owner_signs_in_although_strangers_ask_for_codes_all_the_time(applicant, limit):
    limit("code_elsewhere", 1)
    own = Client(REMOTE_ADDR="192.0.2.1")
    sign_in(own, applicant.email)
    for n in range(2, 5):
        ask_for_code(Client(REMOTE_ADDR=f"192.0.2.{n}"), applicant.email)
    own.post("/de/konto/abmelden/")
    assert sign_in(own, applicant.email).status_code == 302


def test_sign_in_and_failure_are_in_the_audit_trail(client, applicant):
    ask_for_code(client, applicant.email)
    client.post("/de/konto/anmelden/code/", {"code": "WRONG1"})
    client.post("/de/konto/anmelden/code/", {"code": code_in(mail.outbox[-1])})
    client.post("/de/konto/abmelden/")
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["log_in_failed", "log_in", "log_out"]


def test_signing_out_takes_a_button(client, applicant):
    sign_in(client, applicant.email)
    client.get("/de/konto/abmelden/")
    assert client.get("/de/konto/").status_code == 200


@pytest.mark.parametrize("path", [SIGN_IN, "/de/konto/registrieren/", "/de/konto/"])
def test_pages_of_the_account_are_kept_by_no_cache(client, applicant, path):
    sign_in(client, applicant.email) if path == "/de/konto/" else None
    assert "no-store" in client.get(path)["Cache-Control"]


def test_public_page_is_the_same_for_those_signed_in(client, applicant):
    before = client.get("/de/").content
    sign_in(client, applicant.email)
    after = client.get("/de/")
    assert after.content == before
    assert "public" in after["Cache-Control"]


def test_other_address_can_be_used_while_a_code_is_on_its_way(client, applicant):
    ask_for_code(client, "vertippt@example.org")
    client.post("/de/konto/abmelden/", {"next": SIGN_IN})
    assert sign_in(client, applicant.email)["Location"] == "/de/konto/"


def test_staff_is_led_to_the_back_office(client, db):
    make_user("ohne@example.org", "editor")
    assert sign_in(client, "ohne@example.org")["Location"] == "/verwaltung/"
