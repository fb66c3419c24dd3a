"""Calendar files, read by another library than the one that writes them."""

import datetime

import pytest
import time_machine
import vobject

from consultations import booking, calendars
from consultations.models import Booking

from .conftest import MONDAY, NOW, at

pytestmark = pytest.mark.django_db
SPRING = datetime.date(2027, 3, 28)  # the clocks are put forward
AUTUMN = datetime.date(2027, 10, 31)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def read(talk):
    return vobject.readOne(calendars.appointment(talk).decode())


def fresh(talk):
    return Booking.objects.for_display().get(pk=talk.pk)


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        (MONDAY, 9),
        (SPRING, 1),
        (SPRING, 3),
        (AUTUMN, 1),
        (AUTUMN, 3),
        (datetime.date(2028, 2, 29), 9),
        (datetime.date(2027, 12, 31), 23),
        (datetime.date(2027, 7, 1), 9),
    ],
)
def test_another_library_reads_the_same_instants(make_booking, day, hour):
    talk = make_booking(at(hour, 30, day), minutes=60)
    event = read(talk).vevent
    assert (event.dtstart.value, event.dtend.value) == (talk.starts_at, talk.ends_at)
    assert event.dtstart.value.utcoffset() == datetime.timedelta(0)


def test_the_feed_holds_the_same_instants(make_booking):
    talks = [make_booking(at(9)), make_booking(at(10, day=SPRING + datetime.timedelta(days=1)))]
    calendar = vobject.readOne(calendars.feed(talks, "Beratung").decode())
    assert [event.dtstart.value for event in calendar.vevent_list] == [t.starts_at for t in talks]


def test_an_appointment_is_a_request_that_replaces_the_entry_before(make_booking):
    talk = make_booking(at(9))
    first = read(talk)
    booking.move(fresh(talk), at(10))
    second = read(fresh(talk))
    assert first.method.value == second.method.value == "REQUEST"
    assert first.vevent.uid.value == second.vevent.uid.value
    assert int(second.vevent.sequence.value) > int(first.vevent.sequence.value)
    assert second.vevent.dtstart.value == at(10)


@pytest.mark.parametrize("by_office", [True, False])
def test_a_cancelled_appointment_removes_the_entry(make_booking, by_office):
    talk = make_booking(at(9))
    before = read(talk)
    booking.cancel(fresh(talk), by_office=by_office)
    after = read(fresh(talk))
    assert after.method.value == "CANCEL"
    assert after.vevent.status.value == "CANCELLED"
    assert after.vevent.uid.value == before.vevent.uid.value
    assert int(after.vevent.sequence.value) > int(before.vevent.sequence.value)


def test_two_appointments_have_names_of_their_own(make_booking):
    uids = {read(make_booking(at(hour))).vevent.uid.value for hour in (9, 10, 11)}
    assert len(uids) == 3


def test_the_file_says_nothing_of_concern_person_or_note(make_booking):
    talk = make_booking(at(9), note="Es geht um meinen Verein", phone="069 90009-111")
    text = calendars.appointment(talk).decode()
    told = (talk.concern.text.name, "Grace", "Verein", "90009", "grace@", talk.secret)
    assert [words for words in told if words in text] == []


def test_a_waiting_confirmation_is_marked_as_tentative(make_booking):
    talk = make_booking(at(9), status=Booking.Status.REQUESTED, confirm_by=at(8))
    assert read(talk).vevent.status.value == "TENTATIVE"


def test_names_of_places_are_kept_in_any_script(make_booking, location):
    location.create_translation("ar", name="غرفة; الاستشارة, \\ الأولى")
    from django.utils import translation

    with translation.override("ar"):
        event = read(make_booking(at(9))).vevent
    assert event.location.value.startswith("غرفة; الاستشارة, \\ الأولى")
