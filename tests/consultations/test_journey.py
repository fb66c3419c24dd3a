"""The way of a resident from the advice page to a kept appointment, page by page."""

import datetime
import re

import pytest
import time_machine
from post_office.models import Email

from consultations import booking
from consultations.models import Booking
from tests.factories import shown_at

from .conftest import NOW, at

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
TIMES = "/de/beratung/termine/?concern=erstberatung&language=de&interpreter=no&channel=on_site"
TYPED = {
    "name": "Grace Beispiel",
    "email": "grace@example.org",
    "phone": "",
    "people": "2",
    "access_needs": ["step_free"],
    "note": "Bis bald",
}


@pytest.fixture(autouse=True)
def clock(coordinator):
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def choose(client, starts_at=None, url=TIMES):
    return client.post(url, {"time": (starts_at or at(9)).isoformat()})


def fill(client, **changes):
    shown = shown_at((NOW - MINUTE).timestamp())
    return client.post("/de/beratung/buchen/", TYPED | {"shown_at": shown} | changes)


def book(client, **changes):
    choose(client)
    fill(client, **changes)
    return client.post("/de/beratung/buchen/pruefen/", {"book": "1"})


def link_in_mail():
    text = Email.objects.latest("pk").message
    return re.search(r"http://localhost:8000(/de/beratung/termin/\S+)", text)[1]


@pytest.fixture
def booked(client):
    book(client)
    return Booking.objects.get()


def test_the_advice_page_says_the_next_free_time(client):
    assert "Montag, 11. Januar 2027" in client.get("/de/beratung/").content.decode()


def test_the_advice_page_sets_no_cookie(client):
    assert not client.get("/de/beratung/").cookies


def test_concern_leads_to_the_talk(client):
    page = client.get("/de/beratung/anliegen/").content.decode()
    assert "/de/beratung/gespraech/?concern=erstberatung" in page


def test_answers_of_the_talk_lead_to_the_times(client):
    answers = "concern=erstberatung&language=de&interpreter=no&channel=on_site&coordinator="
    response = client.get(f"/de/beratung/gespraech/?{answers}")
    assert response.url == TIMES


def test_a_language_nobody_speaks_needs_an_interpreter(client):
    answers = "concern=erstberatung&language=ti&interpreter=no&channel=on_site"
    page = client.get(f"/de/beratung/gespraech/?{answers}").content.decode()
    assert "field-error" in page


def test_each_day_says_how_many_times_are_free(client):
    page = client.get(TIMES).content.decode()
    assert re.search(r"Montag, 11\. Januar 2027 <span class=\"count\">\s*6 ", page)


def test_choosing_a_time_holds_it_and_says_until_when(client):
    page = client.post(TIMES, {"time": at(9).isoformat()}, follow=True).content.decode()
    assert "12:15" in page


def test_a_taken_time_offers_three_others(client, make_booking):
    make_booking()
    response = choose(client)
    assert response.status_code == 409
    problem = response.content.decode().split("data-error-summary>")[1].split("</div>")[0]
    assert problem.count('name="time"') == 3


@pytest.mark.parametrize(
    "time", ["", "x", "2027-01-11T09:00", "9999-99-99", "0001-01-01T00:00+23:59"]
)
def test_a_made_up_time_is_refused_with_a_message(client, time):
    assert client.post(TIMES, {"time": time}).status_code == 409


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?concern=nichts",
        "?concern=erstberatung&language=xx&interpreter=no&channel=on_site",
        "?concern=%00",
    ],
)
def test_made_up_answers_lead_back_to_the_questions(client, query):
    response = client.get(f"/de/beratung/termine/{query}", follow=True)
    assert response.status_code == 200


def test_details_without_any_contact_are_refused_and_kept(client):
    choose(client)
    response = fill(client, email="", phone="")
    assert "Grace Beispiel" in response.content.decode()
    assert not Booking.objects.exclude(status="held").exists()


def test_a_phone_number_with_letters_is_refused_with_an_example(client):
    choose(client)
    assert "069 90009-123" in fill(client, email="", phone="abc").content.decode()


def test_arabic_digits_of_a_phone_number_are_understood(client):
    book(client, email="", phone="٠٦٩ ٩٠٠٠٩ ١١١")
    assert Booking.objects.get().phone == "069 90009 111"


def test_a_name_cannot_turn_the_text_around_it(client):
    book(client, name="Grace\u202e Beispiel")
    assert Booking.objects.get().name == "Grace Beispiel"


def test_nul_in_a_field_is_refused_with_a_message(client):
    choose(client)
    assert fill(client, name="Grace\x00").status_code == 200


def test_the_check_page_shows_what_was_typed(client):
    choose(client)
    fill(client)
    page = client.get("/de/beratung/buchen/pruefen/").content.decode()
    assert "Grace Beispiel" in page
    assert "Bis bald" in page


def test_booking_leads_to_a_page_that_says_where_to_look(client):
    response = book(client)
    assert response.url == f"/de/beratung/termin/{Booking.objects.get().reference}/gebucht/"
    assert "grace@example.org" in client.get(response.url).content.decode()


def test_pressing_book_twice_books_once(client):
    book(client)
    again = client.post("/de/beratung/buchen/pruefen/", {"book": "1"})
    assert again.status_code == 302
    assert Booking.objects.count() == Email.objects.count() == 1


def test_going_back_after_booking_leads_to_the_appointment(client, booked):
    assert client.get("/de/beratung/buchen/").url == booked.get_absolute_url()


def test_whoever_typed_a_foreign_address_cannot_confirm_it(client, booked):
    client.post(f"{booked.get_absolute_url()}bestaetigen/", {"confirm": "1"})
    booked.refresh_from_db()
    assert booked.is_requested


def test_the_page_before_confirming_does_not_show_the_secret(client, booked):
    page = client.get(booked.get_absolute_url()).content.decode()
    assert booked.secret not in page
    slip = client.get(f"{booked.get_absolute_url()}zettel/")
    assert slip.url == booked.get_absolute_url()


def test_the_link_leads_to_an_address_without_the_secret(client, booked):
    response = client.get(link_in_mail())
    assert response.url == booked.get_absolute_url()
    assert response["Referrer-Policy"] == "no-referrer"


def test_opening_the_link_changes_nothing(client, booked):
    client.get(link_in_mail(), follow=True)
    booked.refresh_from_db()
    assert booked.is_requested


def test_the_button_behind_the_link_confirms(client, booked):
    client.get(link_in_mail())
    client.post(f"{booked.get_absolute_url()}bestaetigen/", {"confirm": "1"})
    booked.refresh_from_db()
    assert booked.is_confirmed


def test_a_changed_link_opens_nothing(client, booked):
    link = link_in_mail()
    response = client.get(link[:-3] + ("aa/" if link[-3:-1] != "aa" else "bb/"))
    assert response.status_code == 404


def test_the_reference_alone_opens_nothing(client, booked):
    client.cookies.clear()
    assert client.get(booked.get_absolute_url()).status_code == 404


def test_an_older_link_still_works_after_moving(client, booked):
    link = link_in_mail()
    booking.move(booked, at(10), now=NOW)
    assert client.get(link).url == booked.get_absolute_url()


def test_a_link_stops_working_when_the_talk_is_over(client, booked, clock):
    link = link_in_mail()
    clock.move_to(at(10))
    assert client.get(link).status_code == 404


def test_a_hold_that_is_over_keeps_everything_typed(client, clock):
    choose(client)
    fill(client)
    clock.move_to(NOW + 16 * MINUTE)
    booking.release_all_lapsed()
    over = client.post("/de/beratung/buchen/pruefen/", {"book": "1"})
    assert over.status_code == 410
    client.post(TIMES, {"time": at(10).isoformat()})
    assert "Grace Beispiel" in client.get("/de/beratung/buchen/").content.decode()


def test_a_hold_that_is_over_offers_the_nearest_times(client, clock):
    choose(client)
    clock.move_to(NOW + 16 * MINUTE)
    page = client.get("/de/beratung/buchen/").content.decode()
    assert page.count('name="time"') == 3


def test_without_a_held_time_the_details_lead_to_the_start(client):
    assert client.get("/de/beratung/buchen/").status_code == 410


def test_moving_by_link(client, booked):
    client.get(link_in_mail())
    client.post(f"{booked.get_absolute_url()}verschieben/", {"time": at(10).isoformat()})
    booked.refresh_from_db()
    assert booked.starts_at == at(10)


def test_moving_to_a_time_just_taken_keeps_the_appointment(client, booked, make_booking):
    make_booking(at(10), email="ada@example.org")
    response = client.post(f"{booked.get_absolute_url()}verschieben/", {"time": at(10).isoformat()})
    assert response.status_code == 409
    booked.refresh_from_db()
    assert booked.starts_at == at(9)


def test_cancelling_asks_first(client, booked):
    client.get(f"{booked.get_absolute_url()}absagen/")
    booked.refresh_from_db()
    assert booked.is_requested


def test_cancelling_by_button(client, booked):
    client.post(f"{booked.get_absolute_url()}absagen/", {"cancel": "1"})
    booked.refresh_from_db()
    assert booked.status == Booking.Status.CANCELLED_BY_CLIENT


def test_a_booking_by_phone_gets_a_slip_with_a_code(client):
    book(client, email="", phone="069 90009-111")
    page = client.get(f"{Booking.objects.get().get_absolute_url()}zettel/").content.decode()
    assert 'class="qr"' in page


def test_the_calendar_file_names_the_instant_and_not_the_concern(client, booked):
    response = client.get(f"{booked.get_absolute_url()}termin.ics")
    text = response.content.decode()
    assert "DTSTART:20270111T080000Z" in text
    assert "Erstes" not in text


def test_links_are_sent_again(client, make_booking):
    make_booking()
    shown = shown_at((NOW - MINUTE).timestamp())
    client.post("/de/beratung/links/", {"email": "grace@example.org", "shown_at": shown})
    assert "/de/beratung/termin/" in Email.objects.get().message


def test_the_answer_to_asking_for_links_tells_nothing(client, make_booking):
    make_booking()
    shown = shown_at((NOW - MINUTE).timestamp())
    known, unknown = (
        client.post("/de/beratung/links/", {"email": email, "shown_at": shown}, follow=True)
        for email in ("grace@example.org", "ada@example.org")
    )
    strip = lambda page: re.sub(r'(value|nonce)="[^"]*"', "", page.content.decode())  # noqa: E731
    assert strip(known) == strip(unknown)


def test_the_language_of_mails_can_be_changed(client, booked):
    client.post(f"{booked.get_absolute_url()}sprache/", {"language": "ar"})
    booked.refresh_from_db()
    assert booked.written_language == "ar"


def test_somebody_can_wait_for_an_earlier_time(client, booked):
    client.post(f"{booked.get_absolute_url()}frueher/", {"wait": "1"})
    booked.refresh_from_db()
    assert booked.waiting_entry.ends_at == booked.starts_at


def test_joining_the_waiting_list_sends_a_link_to_confirm(client):
    shown = shown_at((NOW - MINUTE).timestamp())
    url = TIMES.replace("termine", "warteliste")
    client.post(url, {"email": "grace@example.org", "shown_at": shown}, follow=True)
    assert "/de/beratung/warteliste/" in Email.objects.get().message


def test_the_advice_page_says_where_somebody_advises(client):
    page = client.get("/de/beratung/").content.decode()
    person = page.split("Ada Beispiel")[1].split("</li>")[0]
    assert "Beratungsraum" in person
