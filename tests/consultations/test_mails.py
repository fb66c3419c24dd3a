"""What visitors are written: in their language with the German text below, and a calendar file."""

import re

import pytest
import time_machine
import vobject
from django.core import mail
from post_office.models import Email

from consultations import booking, mails
from consultations.models import Booking
from offenbach_wir import outbox

from .conftest import NOW, at

pytestmark = pytest.mark.django_db
LINK = re.compile(r"http://localhost:8000/(\w\w)/beratung/termin/(\S+)/")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def requested(make_booking, **fields):
    return make_booking(status=Booking.Status.REQUESTED, confirm_by=at(8), **fields)


def fresh(talk):
    return Booking.objects.for_display().get(pk=talk.pk)


def made_firm(talk):
    talk.status = Booking.Status.CONFIRMED
    mails.booked(talk)


STEPS = {
    "to confirm": mails.booked,
    "confirmed": made_firm,
    "moved by the visitor": lambda talk: mails.moved(talk, by_office=False, message=""),
    "moved by the office": lambda talk: mails.moved(talk, by_office=True, message="Leider."),
    "cancelled by the visitor": lambda talk: mails.cancelled(talk, by_office=False, message=""),
    "cancelled by the office": lambda talk: mails.cancelled(talk, by_office=True, message="Ach."),
    "reminder": mails.reminder,
}


@pytest.mark.parametrize("step", STEPS)
def test_a_mail_is_in_the_language_of_the_booking_with_german_below(make_booking, step):
    talk = requested(make_booking, written_language="ar")
    STEPS[step](talk)
    text = Email.objects.get().message
    arabic, german = re.search(r"[\u0600-\u06ff]{3}", text), text.find("Guten Tag")
    german = german if german >= 0 else text.find("Hallo")
    assert arabic
    assert arabic.start() < german


@pytest.mark.parametrize("step", STEPS)
def test_a_mail_names_day_time_and_reference(make_booking, step):
    talk = make_booking(confirm_by=at(8))
    STEPS[step](talk)
    text = Email.objects.get().message
    assert "Montag, 11. Januar 2027" in text
    assert "9:00 Uhr" in text
    assert talk.reference in text


@pytest.mark.parametrize("step", [name for name in STEPS if name != "to confirm"])
def test_a_mail_carries_the_calendar_file(make_booking, step):
    STEPS[step](make_booking())
    outbox.send_waiting()
    (sent,) = mail.outbox
    (file,) = [part for part in sent.message().walk() if part.get_filename()]
    assert file.get_content_type() == "text/calendar"
    calendar = vobject.readOne(file.get_payload(decode=True).decode())
    assert file.get_param("method") == calendar.method.value
    assert calendar.vevent.dtstart.value == at(9)


def test_the_mail_of_a_cancellation_removes_the_entry(make_booking):
    booking.cancel(make_booking(), by_office=True, message="Wir sind krank.")
    outbox.send_waiting()
    (file,) = [part for part in mail.outbox[0].message().walk() if part.get_filename()]
    assert file.get_param("method") == "CANCEL"
    assert "Wir sind krank." in mail.outbox[0].body


def test_a_message_of_the_office_is_sent_word_for_word(make_booking):
    booking.move(make_booking(), at(10), by_office=True, message="<b>Bitte</b> {{ name }} %s")
    assert "<b>Bitte</b> {{ name }} %s" in Email.objects.get().message


def test_a_name_runs_nothing_and_adds_nobody(make_booking):
    booking.move(make_booking(name="{% now 'Y' %}\nBcc: ada@example.org"), at(10))
    outbox.send_waiting()
    (sent,) = mail.outbox
    assert sent.recipients() == ["grace@example.org"]
    assert "{% now 'Y' %}" in sent.body


def test_the_links_of_a_mail_open_in_its_languages(make_booking):
    mails.booked(make_booking(written_language="ar"))
    found = LINK.findall(Email.objects.get().message)
    assert [language for language, _token in found] == ["ar", "de"]
    assert len({token for _language, token in found}) == 1


def test_links_of_all_mails_stay_good_through_every_change(client, make_booking):
    talk = requested(make_booking)
    mails.booked(talk)
    booking.confirm(fresh(talk))
    booking.move(fresh(talk), at(10))
    booking.move(fresh(talk), at(11))
    for text in Email.objects.values_list("message", flat=True):
        (_language, token), *_others = LINK.findall(text)
        assert client.get(f"/de/beratung/termin/{token}/").url == talk.get_absolute_url()


def test_links_stay_good_when_the_key_is_changed(client, make_booking, settings):
    talk = make_booking()
    token = talk.token
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key" * 9
    assert client.get(f"/de/beratung/termin/{token}/").url == talk.get_absolute_url()


def test_nobody_without_an_address_is_written_to(make_booking):
    booking.move(make_booking(email="", phone="069 90009-111"), at(10))
    assert not Email.objects.exists()


def test_a_mail_that_cannot_be_sent_changes_nothing_for_the_visitor(make_booking, settings):
    settings.EMAIL_PORT = 1
    settings.POST_OFFICE = settings.POST_OFFICE | {
        "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}
    }
    talk = make_booking()
    booking.move(talk, at(10))
    assert outbox.send_waiting() == 0
    assert fresh(talk).starts_at == at(10)


def test_sending_again_sends_what_stands(make_booking):
    mails.sent_again(make_booking())
    outbox.send_waiting()
    assert "9:00" in mail.outbox[0].subject
