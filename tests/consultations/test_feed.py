"""The secret calendar: who gets an address, and how little it says."""

import datetime

import pytest
from django.utils import timezone
from icalendar import Calendar

from consultations.models import Booking, CalendarFeed
from offenbach_wir.models import Event, User
from offenbach_wir.roles import ROLES

from .conftest import MONDAY, NOW, at

pytestmark = pytest.mark.django_db
P = "/verwaltung/beratung/kalender/"
Status = Booking.Status


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def office(client):
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    return client


@pytest.fixture
def feed(coordinator):
    return CalendarFeed.objects.create(coordinator=coordinator)


def address(feed):
    return f"/kalender/{feed.secret}.ics"


def talks(client, feed):
    return Calendar.from_ical(client.get(address(feed)).content).walk("VEVENT")


# --- The page ---
def test_an_address_is_made_with_a_button(office, coordinator):
    office.post(f"{P}{coordinator.pk}/neu/", {"ok": "1"})
    feed = CalendarFeed.objects.get(coordinator=coordinator)
    assert address(feed) in office.get(P).text


def test_a_renewed_address_makes_the_old_one_useless(office, feed):
    before = address(feed)
    office.post(f"{P}{feed.coordinator_id}/neu/", {"ok": "1"})
    assert office.get(before).status_code == 404
    feed.refresh_from_db()
    assert office.get(address(feed)).status_code == 200


def test_an_address_is_removed(office, feed):
    office.post(f"{P}{feed.coordinator_id}/aus/", {"ok": "1"})
    assert office.get(address(feed)).status_code == 404


def test_renewing_is_recorded_without_the_secret(office, feed):
    office.post(f"{P}{feed.coordinator_id}/neu/", {"ok": "1"})
    feed.refresh_from_db()
    event = Event.objects.about(feed).get()
    assert feed.secret not in str(event.detail)


def test_a_link_renews_nothing(office, feed):
    assert office.get(f"{P}{feed.coordinator_id}/neu/").status_code == 405


def test_own_calendar_stands_first(office, coordinator):
    coordinator.user = User.objects.get(email=ROLES["coordinator"].demo_email)
    coordinator.save()
    assert office.get(P).context["people"][0]["coordinator"] == coordinator


def test_without_the_right_to_change_hours_only_the_own_calendar_is_shown(office, feed):
    user = User.objects.get(email=ROLES["coordinator"].demo_email)
    group = user.groups.get()
    group.permissions.remove(group.permissions.get(codename="change_openinghours"))
    assert office.get(P).context["people"] == []
    assert office.post(f"{P}{feed.coordinator_id}/neu/", {"ok": "1"}).status_code == 404
    feed.coordinator.user = user
    feed.coordinator.save()
    assert len(office.get(P).context["people"]) == 1


@pytest.mark.parametrize("role", ["editor", "assessor"])
def test_nobody_else_sees_an_address(client, role):
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})
    assert client.get(P).status_code == 403


# --- The address ---
def test_it_says_when_and_where_and_no_more(client, feed, make_booking):
    talk = make_booking(phone="069 90009-111", note="Drei Fragen", office_note="Vorsicht")
    text = client.get(address(feed)).text.replace("\r\n ", "")
    assert talk.reference in text
    assert "DTSTART:20270111T080000Z" in text
    secrets = ("Grace", "grace@example.org", "90009-111", "Fragen", "Vorsicht", talk.secret)
    assert not [word for word in (*secrets, talk.concern.text.name) if word in text]


@pytest.mark.parametrize("secret", ["x" * 43, "x", "-"])
def test_an_unknown_address_is_not_found(client, feed, secret):
    assert client.get(f"/kalender/{secret}.ics").status_code == 404


def test_it_needs_no_cookie_and_is_kept_by_nobody(client, feed):
    answer = client.get(address(feed))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert not answer.cookies


def test_it_is_read_only(client, feed):
    assert client.post(address(feed), {"ok": "1"}).status_code == 405
    assert client.head(address(feed)).status_code == 200


def test_it_may_be_asked_for_only_so_often(client, feed, limit):
    limit("calendar_feed", 2)
    answers = [client.get(address(feed)).status_code for _time in range(3)]
    assert answers == [200, 200, 429]


@pytest.mark.parametrize(
    ("fields", "is_shown"),
    [
        ({}, True),
        ({"status": Status.REQUESTED, "confirm_by": at(8)}, True),
        ({"status": Status.REQUESTED, "confirm_by": NOW}, False),
        ({"status": Status.HELD, "held_until": at(8), "name": "", "email": ""}, False),
        ({"status": Status.CANCELLED_BY_OFFICE, "ended_at": NOW}, False),
        (
            {"status": Status.ATTENDED, "starts_at": at(9, day=MONDAY - datetime.timedelta(7))},
            True,
        ),
        (
            {"status": Status.ATTENDED, "starts_at": at(9, day=MONDAY - datetime.timedelta(42))},
            False,
        ),
        # The office books beyond the window of visitors.
        ({"starts_at": at(9, day=MONDAY + datetime.timedelta(42))}, True),
    ],
    ids=[
        *("firm", "to confirm", "lapsed", "held", "cancelled", "last week"),
        *("long ago", "far ahead"),
    ],
)
def test_it_holds_what_stands(client, feed, make_booking, fields, is_shown):
    make_booking(**fields)
    assert len(talks(client, feed)) == is_shown


def test_it_holds_the_talks_of_one_person(client, feed, make_booking, make_coordinator):
    make_booking(coordinator=make_coordinator("Lin Beispiel"))
    assert talks(client, feed) == []


def test_a_talk_that_is_not_confirmed_is_marked(client, feed, make_booking):
    make_booking(status=Status.REQUESTED, confirm_by=at(8))
    make_booking(at(10))
    assert [str(event["STATUS"]) for event in talks(client, feed)] == ["TENTATIVE", "CONFIRMED"]


def test_it_takes_as_many_queries_for_more_talks(client, feed, make_booking, count_queries):
    make_booking()
    for_one = count_queries(address(feed))
    for hour in (10, 11):
        make_booking(at(hour))
    assert count_queries(address(feed)) == for_one
