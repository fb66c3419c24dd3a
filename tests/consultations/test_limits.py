"""Limits of booking: by address, by contact, for machines; every refusal keeps what was typed."""

import datetime

import pytest
import time_machine
from django.test import Client
from post_office.models import Email

from consultations.models import Booking
from tests.factories import shown_at

from .conftest import NOW, at

pytestmark = pytest.mark.django_db
ANSWERS = "?concern=erstberatung&language=de&interpreter=no&channel=on_site"
TIMES = f"/de/beratung/termine/{ANSWERS}"
DETAILS, CHECK = "/de/beratung/buchen/", "/de/beratung/buchen/pruefen/"
WAITING, LINKS = f"/de/beratung/warteliste/{ANSWERS}", "/de/beratung/links/"


@pytest.fixture(autouse=True)
def clock(coordinator):
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def shown(seconds=60):
    return shown_at((NOW - datetime.timedelta(seconds=seconds)).timestamp())


def typed(**changes):
    fields = {"name": "Grace Beispiel", "email": "grace@example.org", "phone": "", "people": "1"}
    return fields | {"shown_at": shown()} | changes


def visitor(n):
    return Client(REMOTE_ADDR=f"10.0.0.{n}")


def book(client, hour, minute=0, **changes):
    client.post(TIMES, {"time": at(hour, minute).isoformat()})
    client.post(DETAILS, typed(**changes))
    return client.post(CHECK, {"book": "1"})


# --- How often ---
def test_one_address_chooses_times_only_so_often(client, limit):
    limit("booking", 2)
    answers = [client.post(TIMES, {"time": "x"}).status_code for _n in range(3)]
    assert answers == [409, 409, 429]


def test_a_refusal_says_when_to_come_back(client, limit):
    limit("booking", 0)
    response = client.post(TIMES, {"time": at(9).isoformat()})
    assert 0 < int(response["Retry-After"]) <= 3600


def test_another_address_is_not_held_up(limit):
    limit("booking", 1)
    visitor(1).post(TIMES, {"time": "x"})
    assert visitor(1).post(TIMES, {"time": "x"}).status_code == 429
    assert visitor(2).post(TIMES, {"time": at(9).isoformat()}).status_code == 302


@pytest.mark.parametrize("spelling", ["grace@example.org", "GRACE@Example.org"])
def test_one_mail_address_is_written_to_only_so_often(limit, spelling):
    limit("booking_contact", 1)
    book(visitor(1), 9)
    assert book(visitor(2), 10, email=spelling).status_code == 429
    assert Email.objects.count() == 1


@pytest.mark.parametrize("spelling", ["069 90009-111", "(069) 90009/111", "٠٦٩ ٩٠٠٠٩ ١١١"])
def test_one_phone_number_is_booked_for_only_so_often(limit, spelling):
    limit("booking_contact", 1)
    book(visitor(1), 9, email="", phone="069 90009-111")
    assert book(visitor(2), 10, email="", phone=spelling).status_code == 429


def test_asking_for_links_counts_known_and_unknown_addresses_alike(limit, make_booking):
    limit("booking_contact", 1)
    make_booking()
    for email in ("grace@example.org", "ada@example.org"):
        form = {"email": email, "shown_at": shown()}
        answers = [visitor(n).post(LINKS, form | {"shown_at": shown(60 + n)}) for n in (1, 2)]
        assert [answer.status_code for answer in answers] == [302, 429]


def test_links_are_guessed_only_so_often(client, limit):
    limit("booking_link", 2)
    answers = [client.get(f"/de/beratung/termin/falsch{n}/").status_code for n in range(3)]
    assert answers == [404, 404, 429]


def test_too_many_held_times_are_explained_without_times_that_cannot_be_held(client):
    for moment in (at(9), at(9, 30), at(10)):
        Client().post(TIMES, {"time": moment.isoformat()})
    response = client.post(TIMES, {"time": at(11).isoformat()})
    assert response.status_code == 409
    page = response.content.decode()
    summary = page.split("data-error-summary>")[1].split("</div>")[0]
    assert 'name="time"' not in summary
    assert 'name="time"' in page


# --- Machines ---
FORMS = {
    DETAILS: typed,
    WAITING: typed,
    LINKS: lambda **changes: {"email": "x@example.org"} | changes,
}


@pytest.mark.parametrize("url", FORMS)
@pytest.mark.parametrize("trap", [{"website": "https://example.org"}, {"shown_at": shown(0)}])
def test_a_machine_is_asked_to_send_again(client, url, trap):
    client.post(TIMES, {"time": at(9).isoformat()})
    response = client.post(url, FORMS[url](**trap))
    assert response.status_code == 200
    assert "data-error-summary" in response.content.decode()
    assert not Email.objects.exists()


def test_a_quick_person_simply_sends_again(client, clock):
    client.post(TIMES, {"time": at(9).isoformat()})
    page = client.post(DETAILS, typed(shown_at=shown(0)))
    again = typed(shown_at=page.context["form"]["shown_at"].value())
    clock.shift(10)
    assert client.post(DETAILS, again).url == CHECK


# --- Confirming switched off ---
def test_without_confirming_a_booking_with_e_mail_is_firm_at_once(client, rules):
    rules.needs_confirmation = False
    rules.save()
    done = book(client, 9)
    assert Booking.objects.get().is_confirmed
    assert "Ihr Termin steht fest" in client.get(done.url).content.decode()


def test_without_confirming_a_booking_by_phone_still_waits_for_the_office(client, rules):
    rules.needs_confirmation = False
    rules.save()
    book(client, 9, email="", phone="069 90009-111")
    assert Booking.objects.get().is_requested


# --- For somebody else ---
def test_somebody_books_for_another_person(client, coordinator):
    client.post(TIMES, {"time": at(9).isoformat()})
    client.post(DETAILS, typed(is_for_somebody_else="on"))
    assert "von einer anderen Person gebucht" in client.get(CHECK).content.decode()
    client.post(CHECK, {"book": "1"})
    assert Booking.objects.get().is_for_somebody_else
