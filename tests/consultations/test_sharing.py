"""A draft that a talk was booked about: open to the coordination until then, and no longer."""

import datetime

import pytest
import time_machine
from django.test import Client

from consultations import booking
from consultations.models import Booking
from offenbach_wir.models import Event
from projects.proposals import timeline
from tests.factories import make_account, make_applicant, make_member, make_proposal

from .conftest import MONDAY, NOW, at
from .test_bad_input import CHECK, DETAILS, choose, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(coordinator):
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def office(db):
    client = Client()
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    return client


@pytest.fixture
def draft():
    return make_proposal(make_applicant(), title="Erzählcafé")


@pytest.fixture
def club(client, draft):
    client.force_login(draft.applicant.owner)
    return client


def book_about(client, draft, **answers):
    """The way of a member, from the draft to the booked talk."""
    client.post(f"/de/antraege/{draft.key}/beratung/", {"ok": "1"})
    choose(client, at(9))
    client.post(DETAILS, typed())
    return client.post(CHECK, {"book": "1"} | answers)


def shared_until(draft):
    draft.refresh_from_db()
    return draft.shared_until


def reads(role_client, draft):
    return role_client.get(f"/verwaltung/antraege/{draft.key}/").status_code == 200


def test_draft_is_shared_until_the_end_of_the_day_of_the_talk(club, draft):
    book_about(club, draft, share="yes")
    assert shared_until(draft) == at(23, 59).replace(second=59)


def test_draft_stays_closed_where_the_tick_was_taken_away(club, draft):
    book_about(club, draft)
    assert shared_until(draft) is None
    assert Booking.objects.get().proposal is None


def test_talk_booked_without_a_draft_shares_nothing(club, draft):
    choose(club, at(9))
    club.post(DETAILS, typed())
    club.post(CHECK, {"book": "1", "share": "yes"})
    assert shared_until(draft) is None


def test_next_talk_is_about_no_draft_any_more(club, draft):
    book_about(club, draft, share="yes")
    choose(club, at(10))
    club.post(DETAILS, typed())
    club.post(CHECK, {"book": "1", "share": "yes"})
    assert sorted(Booking.objects.values_list("proposal", flat=True), key=bool) == [None, draft.pk]


def test_foreign_draft_cannot_be_shared(client, draft):
    client.force_login(make_account())
    session = client.session
    session[type(draft).ADVICE_IN_SESSION] = draft.key
    session.save()
    choose(client, at(9))
    client.post(DETAILS, typed())
    client.post(CHECK, {"book": "1", "share": "yes"})
    assert shared_until(draft) is None


def test_who_may_only_read_shares_nothing(client, draft):
    client.force_login(make_member(draft.applicant, "reader"))
    assert client.post(f"/de/antraege/{draft.key}/beratung/", {"ok": "1"}).status_code == 403


def test_cancelling_the_talk_closes_the_draft_at_once(club, draft):
    book_about(club, draft, share="yes")
    booking.cancel(Booking.objects.get())
    assert shared_until(draft) is None


def test_moving_the_talk_moves_the_end_of_sharing(club, draft):
    book_about(club, draft, share="yes")
    booking.move(Booking.objects.get(), at(9, day=MONDAY + datetime.timedelta(days=7)))
    moved = at(23, 59, day=MONDAY + datetime.timedelta(days=7)).replace(second=59)
    assert shared_until(draft) == moved


def test_talk_that_is_not_confirmed_in_time_closes_the_draft(club, draft, clock):
    book_about(club, draft, share="yes")
    lapsed = Booking.objects.get().confirm_by + datetime.timedelta(minutes=1)
    booking.release_all_lapsed(lapsed)
    assert shared_until(draft) is None


def test_another_talk_keeps_the_draft_open(club, draft, make_booking):
    book_about(club, draft, share="yes")
    make_booking(at(11), proposal=draft)
    booking.cancel(Booking.objects.get(starts_at=at(9)))
    assert shared_until(draft) == at(23, 59).replace(second=59)


def test_coordinator_reads_the_draft_until_the_day_is_over(club, draft, clock, office):
    book_about(club, draft, share="yes")
    assert reads(office, draft)
    clock.move_to(at(0, 1, day=MONDAY + datetime.timedelta(days=1)))
    office.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    assert not reads(office, draft)


def test_talk_leads_the_coordinator_to_the_draft(club, draft, office):
    book_about(club, draft, share="yes")
    page = office.get(f"/verwaltung/beratung/termin/{Booking.objects.get().pk}/").text
    assert f"/verwaltung/antraege/{draft.key}/" in page


def test_day_of_the_talk_stays_in_the_timeline_when_the_booking_is_deleted(club, draft):
    book_about(club, draft, share="yes")
    Booking.objects.all().delete()
    shared = [step for step in timeline.past_of(draft) if step.talk_on]
    assert [step.talk_on for step in shared] == [MONDAY]
    assert Event.objects.about(draft).filter(kind=Event.Kind.SHARED).get().detail == {
        "talk_on": MONDAY.isoformat()
    }
