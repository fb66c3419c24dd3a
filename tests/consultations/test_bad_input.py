"""What people and machines send that nobody expects: a clear page in the visitor's language,
nothing lost, nobody else written to.
"""

import datetime
import re
import socket

import pytest
import time_machine
from django.core import mail
from post_office.models import STATUS, Email

from consultations.models import Booking, WaitingEntry
from offenbach_wir import outbox
from tests.factories import shown_at

from .conftest import MONDAY, NOW, at

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
ANSWERS = "?concern=erstberatung&language=de&interpreter=no&channel=on_site"
DETAILS, CHECK = "/de/beratung/buchen/", "/de/beratung/buchen/pruefen/"
SCRIPTS = ["Жанна Приклад", "غريس مثال", "李小龍", "Nguyễn Thị Ví Dụ", "O'Brien-Ÿ", "𝔊𝔯𝔞𝔠𝔢 🌻"]


@pytest.fixture(autouse=True)
def clock(coordinator):
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def times(language="de", answers=ANSWERS):
    return f"/{language}/beratung/termine/{answers}"


def choose(client, moment, url=None):
    return client.post(url or times(), {"time": moment.isoformat()})


def typed(**changes):
    shown = shown_at((NOW - MINUTE).timestamp())
    fields = {"name": "Grace Beispiel", "email": "grace@example.org", "phone": "", "people": "1"}
    return fields | {"shown_at": shown} | changes


def book(client, **changes):
    choose(client, at(9))
    client.post(DETAILS, typed(**changes))
    return client.post(CHECK, {"book": "1"})


def direction_and_language(response):
    return re.search(r'<html lang="(\w+)" dir="(\w+)"', response.content.decode()).groups()


# --- Times ---
@pytest.mark.parametrize(
    "moment",
    [
        at(9, 7),
        at(9) + datetime.timedelta(seconds=1),
        at(12),
        at(9, day=MONDAY + DAY),
        at(9, day=MONDAY - 7 * DAY),
        at(9, day=MONDAY + 21 * DAY),
        at(9, day=datetime.date(1970, 1, 5)),
        at(9, day=datetime.date(2400, 1, 3)),
    ],
    ids=["grid", "seconds", "closed", "weekday", "past", "window", "1970", "2400"],
)
@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_a_time_that_is_not_offered_is_refused_with_other_times(client, moment, language):
    response = choose(client, moment, times(language))
    assert response.status_code == 409
    assert direction_and_language(response) == (language, "rtl" if language == "ar" else "ltr")
    assert 'name="time"' in response.content.decode()
    assert not Booking.objects.exists()


def test_a_time_of_another_coordinator_is_refused(client, make_coordinator):
    other = make_coordinator("Deniz Muster", weekdays=(1,))
    response = choose(client, at(9), times(answers=f"{ANSWERS}&coordinator={other.pk}"))
    assert response.status_code == 409
    assert not Booking.objects.exists()


@pytest.mark.parametrize("wrong", ["0", "-1", "x", "1e3", "٣", "9" * 30, "1; DROP TABLE x"])
def test_a_made_up_coordinator_leads_back_to_the_questions(client, wrong):
    response = choose(client, at(9), times(answers=f"{ANSWERS}&coordinator={wrong}"))
    assert response.status_code in (302, 409)
    assert not Booking.objects.exists()


# --- Hidden fields ---
@pytest.mark.parametrize(
    "changes",
    [
        {"status": "confirmed", "coordinator": "1", "starts_at": "2027-01-11T10:00"},
        {"held_until": "2099-01-01", "reference": "T-AAAAAAA", "secret": "x"},
        {"sequence": "9", "office_note": "x", "booked_at": "2020-01-01"},
    ],
)
def test_fields_nobody_asked_for_change_nothing(client, changes):
    book(client, **changes)
    booked = Booking.objects.get()
    assert (booked.status, booked.starts_at, booked.sequence) == ("requested", at(9), 0)
    assert booked.reference != "T-AAAAAAA"
    assert not booked.office_note


@pytest.mark.parametrize("shown", ["", "x", "\x00", "a:b:c", "9" * 500])
def test_a_changed_moment_of_showing_keeps_what_was_typed(client, shown):
    choose(client, at(9))
    page = client.post(DETAILS, typed(shown_at=shown)).content.decode()
    assert "Grace Beispiel" in page
    assert 'name="shown_at"' in page


@pytest.mark.parametrize(
    "changes",
    [
        {"people": "0"},
        {"people": "21"},
        {"people": "-1"},
        {"people": "1e9"},
        {"people": "zwei"},
        {"people": "9" * 400},
        {"access_needs": ["step_free", "x"]},
        {"note": "x" * 1001},
        {"name": "x" * 121},
        {"name": " "},
        {"name": "\u202e\u200b"},
        {"email": "grace"},
        {"email": "grace@example.org, ada@example.org"},
        {"email": '"a,b"@example.org'},
        {"email": "grace@example.org\nBcc: ada@example.org"},
        {"phone": "null sechs neun"},
        {"phone": "123"},
        {"phone": "069\x0090009"},
        {"note": "\x00"},
    ],
)
def test_details_that_make_no_sense_are_explained_and_kept(client, changes):
    choose(client, at(9))
    response = client.post(DETAILS, typed(**changes))
    page = response.content.decode()
    assert response.status_code == 200
    assert "data-error-summary" in page
    assert ("grace@example.org" if "name" in changes else "Grace Beispiel") in page
    assert not Booking.objects.booked().exists()
    assert not Email.objects.exists()


# --- Names ---
@pytest.mark.parametrize("name", SCRIPTS)
def test_names_in_any_script_arrive_as_they_are(client, name):
    book(client, name=name)
    assert Booking.objects.get().name == name
    outbox.send_waiting()
    assert name in mail.outbox[0].body


@pytest.mark.parametrize("sign", ["\u202e", "\u202d", "\u2067", "\u200f", "\ufeff"])
def test_signs_that_turn_the_text_around_are_taken_out(client, sign):
    book(client, name=f"Grace{sign} Beispiel", note=f"Bis{sign} bald")
    booked = Booking.objects.get()
    assert (booked.name, booked.note) == ("Grace Beispiel", "Bis bald")


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "{{ 7|add:7 }}", "=1+1", "%s%n"])
def test_what_somebody_writes_is_text_everywhere(client, words):
    choose(client, at(9))
    client.post(DETAILS, typed(name=words, note=words))
    page = client.get(CHECK).content.decode()
    assert "<script>alert" not in page
    client.post(CHECK, {"book": "1"})
    outbox.send_waiting()
    assert words in mail.outbox[0].body


# --- Buttons, windows, reloads ---
def test_reloading_the_page_after_booking_books_nothing_more(client):
    done = book(client).url
    for _n in range(3):
        assert client.get(done).status_code == 200
    assert Booking.objects.count() == Email.objects.count() == 1


def test_sending_the_first_step_again_after_booking_keeps_the_appointment(client):
    book(client)
    choose(client, at(10))
    assert {(b.status, b.starts_at) for b in Booking.objects.all()} == {
        ("requested", at(9)),
        ("held", at(10)),
    }


def test_two_windows_share_one_held_time_and_the_last_choice_counts(client):
    choose(client, at(9))
    choose(client, at(10))
    assert Booking.objects.get().starts_at == at(10)
    client.post(DETAILS, typed())
    page = client.get(CHECK).content.decode()
    assert "10:00 Uhr" in page


def test_details_sent_after_booking_lead_to_the_appointment(client):
    book(client)
    response = client.post(DETAILS, typed(name="Ada Beispiel"))
    assert response.url == Booking.objects.get().get_absolute_url()
    assert Booking.objects.get().name == "Grace Beispiel"


def test_check_without_details_leads_to_the_details(client):
    choose(client, at(9))
    assert client.get(CHECK).url == DETAILS


def test_the_bookings_of_somebody_else_stay_closed(client, make_booking):
    book(client)
    foreign = make_booking(at(11), email="ada@example.org").get_absolute_url()
    for step in ("", "gebucht/", "zettel/", "termin.ics", "verschieben/", "absagen/"):
        assert client.get(f"{foreign}{step}").status_code == 404
    for step in ("absagen/", "verschieben/", "bestaetigen/", "sprache/", "frueher/"):
        answer = client.post(f"{foreign}{step}", {"time": at(10).isoformat(), "language": "ar"})
        assert answer.status_code == 404
    assert not Email.objects.filter(to__contains="ada").exists()


# --- Links ---
def letters_changed(token):
    return {
        "one letter": ("b" if token[0] != "b" else "c") + token[1:],
        "upper case": token.upper(),
        "cut": token[:-1],
        "longer": f"{token}a",
        "other signature": token.partition(".")[0] + "." + "A" * 43,
        "no signature": token.partition(".")[0],
        "nothing but dots": "...",
        "NUL": "%00",
        "long": "a" * 3000,
        "path": "..%2f..%2fverwaltung",
    }


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("kind", letters_changed("x.x"))
def test_a_changed_link_opens_a_page_that_helps(client, make_booking, kind, language):
    token = letters_changed(make_booking().token)[kind]
    response = client.get(f"/{language}/beratung/termin/{token}/")
    assert response.status_code == (400 if kind == "NUL" else 404)
    assert direction_and_language(response)[0] == language


def test_a_link_of_the_waiting_list_opens_no_booking(client, make_booking, concern, spoken_german):
    entry = WaitingEntry.objects.create(
        concern=concern,
        language=spoken_german,
        channel="phone",
        email="ada@example.org",
        ends_at=NOW + DAY,
        secret=make_booking().secret,
    )
    assert client.get(f"/de/beratung/termin/{entry.token}/").status_code == 404


@pytest.mark.parametrize("step", ["absagen", "verschieben", "bestaetigen", "frueher", "sprache"])
def test_opening_an_address_of_a_button_changes_nothing(client, make_booking, step):
    talk = make_booking(status=Booking.Status.REQUESTED, confirm_by=at(8))
    before = Booking.objects.values().get()
    client.get(talk.link.removeprefix("http://localhost:8000"))
    client.get(f"{talk.get_absolute_url()}{step}/")
    client.head(f"{talk.get_absolute_url()}{step}/")
    assert Booking.objects.values().get() == before


@pytest.mark.parametrize("language", ["xx", "", "\x00", "de' --"])
def test_a_language_nobody_offers_changes_nothing(client, make_booking, language):
    talk = make_booking()
    client.get(talk.link.removeprefix("http://localhost:8000"))
    client.post(f"{talk.get_absolute_url()}sprache/", {"language": language})
    talk.refresh_from_db()
    assert talk.written_language == "de"


# --- Mail server ---
class Refusing:
    def __init__(self, *args, **kwargs):
        pass

    def open(self):
        raise OSError("no server")

    def close(self):
        pass

    def send_messages(self, messages):
        raise OSError("no server")


def test_a_mail_server_that_refuses_delays_no_page_and_loses_nothing(client, settings):
    backends = {"default": f"{__name__}.Refusing"}
    settings.POST_OFFICE = settings.POST_OFFICE | {"BACKENDS": backends}
    done = book(client)
    assert client.get(done.url).status_code == 200
    assert outbox.send_waiting() == 0
    assert Booking.objects.get().is_requested
    assert Email.objects.get().message


def test_a_mail_server_that_never_answers_delays_no_page_and_loses_nothing(client, settings):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # the system takes the connection, nobody says a word
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_TIMEOUT = 0.5
        done = book(client)
        assert client.get(done.url).status_code == 200
        assert outbox.send_waiting() == 0
    assert Booking.objects.get().is_requested
    assert Email.objects.get().status == STATUS.requeued
