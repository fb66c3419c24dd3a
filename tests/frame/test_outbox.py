"""Mails: queued with what causes them, once, in the reader's language, safe in every line."""

import smtplib
import socket
import threading

import pytest
from django.conf import settings as django_settings
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from django.core.mail.backends.locmem import EmailBackend as MemoryBackend
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from post_office.models import STATUS, Email

from offenbach_wir import languages, outbox
from offenbach_wir.models import BarrierReport, QueuedMail
from tests.factories import make_organisation, make_queued_mail


def context(**changes):
    return {
        "organisation": "Verein Morgenrot",
        "slug": "verein-morgenrot",
        "name": "Ada Beispiel",
        "email": "ada@example.org",
        "message": "Ich möchte helfen.",
        "written_in": "Deutsch",
    } | changes


def queue(language="de", cause="test:1", **options):
    """Queues the message to an organisation; returns its row of the queue."""
    words = ("organisation", "name", "message")
    changes = {name: options.pop(name) for name in words if name in options}
    options.setdefault("to", "verein@example.org")
    return outbox.queue(
        "organisation_message",
        cause=cause,
        language=language,
        context=context(**changes),
        **options,
    ).email


def test_mail_waits_in_the_database_for_the_worker(db):
    mail = queue()
    assert Email.objects.get(pk=mail.pk).status == STATUS.queued


def test_mail_is_gone_with_the_step_that_failed(db):
    @transaction.atomic
    def step():
        queue()
        raise RuntimeError("the step failed")

    with pytest.raises(RuntimeError):
        step()
    assert not Email.objects.exists()
    assert not QueuedMail.objects.exists()


def test_mail_says_whose_it_is_and_what_it_is_about(db):
    organisation = make_organisation()
    queue(subject=organisation)
    queued = QueuedMail.objects.get()
    assert queued.area == QueuedMail.Area.OFFICE
    assert queued.subject_type == "projects.organisation"
    assert queued.subject_id == organisation.pk


# --- Texts --------------------------------------------------------------------------------------


def test_subject_is_not_repeated_in_the_text(db):
    mail = queue()
    assert "Verein Morgenrot" in mail.subject
    assert mail.subject not in mail.message


def test_mail_in_german_holds_its_text_once(db):
    assert queue().message.count("Ich möchte helfen.") == 1


@pytest.mark.parametrize("language", ["en", "ar"])
def test_german_original_stands_below_a_mail_in_another_language(db, language):
    translated, line, below = queue(language=language).message.partition("-" * 60)
    german = queue(language="de", cause="test:2")
    assert "Ich möchte helfen." in translated
    assert line
    assert below.strip() == f"{german.subject}\n\n{german.message.strip()}"


def test_formatted_mail_names_language_and_direction_of_each_part(db):
    html = queue(language="ar").html_message
    arabic, german = (
        html.index('<div lang="ar" dir="rtl">'),
        html.index('<div lang="de" dir="ltr">'),
    )
    assert arabic < german


def test_formatted_mail_says_the_same_as_the_text(db):
    mail = queue(message="Erste Zeile\nzweite Zeile\n\nneuer Absatz")
    assert '<p dir="auto">Erste Zeile<br>zweite Zeile</p>' in mail.html_message
    assert '<p dir="auto">neuer Absatz</p>' in mail.html_message


def test_address_of_the_portal_is_a_link_in_the_formatted_mail(db):
    address = f"{django_settings.PORTAL_URL}/de/organisationen/verein-morgenrot/"
    assert f'<a href="{address}">{address}</a>' in queue().html_message


def test_address_a_visitor_wrote_is_no_link(db):
    html = queue(message="https://boese.example/").html_message
    assert "https://boese.example/" in html
    assert 'href="https://boese.example/' not in html


def test_mail_in_an_unknown_language_is_german(db):
    assert queue(language="xx").subject == queue(cause="test:2").subject


def test_links_in_a_mail_start_with_the_address_of_the_settings(db, settings):
    settings.PORTAL_URL = "https://wir.example.org"
    assert "https://wir.example.org/de/organisationen/" in queue().message


def test_link_leads_to_the_page_in_the_language_of_the_mail(db):
    assert "/en/organisationen/verein-morgenrot/" in queue(language="en").message


# --- What visitors write ------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\u2028", "\x0b"])
def test_subject_stays_one_line(db, ending):
    mail = queue(organisation=f"Verein{ending}Bcc: opfer@example.org")
    assert len(mail.subject.splitlines()) == 1
    assert mail.bcc == []
    assert mail.to == ["verein@example.org"]


def test_subject_keeps_its_direction(db):
    assert "\u202e" not in queue(organisation="Verein \u202eheksrev").subject


def test_very_long_name_does_not_spoil_the_subject(db):
    assert len(queue(organisation="x" * 5000).subject) <= 250


@pytest.mark.parametrize(
    "written",
    [
        "<b>5 > 3</b> & „ja“",
        "{{ portal_url }} {{ 7|add:7 }}",
        "{% include 'base.html' %}",
        "{% debug %}",
        "{% was %} {{ kaputt",
        "{# weg #}",
        "{name} {email}",
    ],
)
def test_what_a_visitor_wrote_is_plain_text_in_a_mail(db, written):
    assert written in queue(message=written).message


def test_markup_a_visitor_wrote_is_shown_in_the_formatted_mail(db):
    html = queue(message="<img src=x onerror=alert(1)>").html_message
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_name_of_an_organisation_is_plain_text_in_the_subject(db):
    name = "{{ 7|add:7 }} & Söhne"
    assert name in queue(organisation=name).subject


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org, b@example.org",
        '"a,opfer@example.org,b"@example.org',
        "x <a@example.org>",
        "",
    ],
)
def test_recipient_is_exactly_one_address(db, address):
    with pytest.raises(ValidationError):
        queue(to=address)
    assert not QueuedMail.objects.exists()


# --- Headers and attachments --------------------------------------------------------------------


def test_mail_says_that_a_machine_wrote_it(db):
    assert queue().headers["Auto-Submitted"] == "auto-generated"


def test_answer_goes_to_the_visitor(db):
    assert queue(reply_to="ada@example.org").headers["Reply-To"] == "ada@example.org"


def test_mail_comes_from_the_portal(db):
    assert queue().from_email == django_settings.DEFAULT_FROM_EMAIL


def test_mail_to_the_office_goes_to_the_address_of_the_settings(db, settings):
    settings.OFFICE_EMAIL = "amt@example.org"
    report = BarrierReport.objects.create(description="Zu klein.")
    queued = outbox.queue_to_office(
        "barrier_report",
        cause="test:1",
        context={"reference": report.reference, "due_on": report.due_on, "pk": report.pk},
    )
    assert queued.email.to == ["amt@example.org"]


def test_message_id_comes_from_the_cause_and_the_host(db, settings):
    settings.PORTAL_URL = "https://wir.example.org"
    message_id = queue(cause="test:7").message_id
    assert message_id == outbox.message_id("test:7")
    assert message_id.endswith("@wir.example.org>")
    assert message_id != outbox.message_id("test:8")


def test_calendar_file_arrives_as_it_was_queued(db):
    content = "BEGIN:VCALENDAR\r\nSUMMARY:Gespräch\r\nEND:VCALENDAR\r\n".encode()
    content_type = "text/calendar; method=REQUEST; charset=utf-8"
    queue(attachments=[("termin.ics", content, content_type)])
    outbox.send_waiting()
    part = next(p for p in django_mail.outbox[0].message().walk() if p.get_filename())
    assert part.get_filename() == "termin.ics"
    assert part.get_content_type() == "text/calendar"
    assert dict(part.get_params()[1:]) == {"method": "REQUEST", "charset": "utf-8"}
    assert part.get_payload(decode=True).splitlines() == content.splitlines()


def test_sent_mail_carries_text_form_and_headers(db):
    queue(language="en", reply_to="ada@example.org")
    outbox.send_waiting()
    message = django_mail.outbox[0].message()
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    assert message["Message-ID"] == outbox.message_id("test:1")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == "ada@example.org"


# --- Once per cause -----------------------------------------------------------------------------


def test_same_cause_queues_nothing_twice(db):
    first = queue(message="zuerst")
    second = queue(message="danach")
    assert first.pk == second.pk
    assert Email.objects.count() == 1


def test_transaction_goes_on_after_the_same_cause(db):
    with transaction.atomic():
        queue()
        queue()
        queue(cause="test:2")
    assert QueuedMail.objects.count() == 2


def _at_the_same_time(work):
    """Runs work() in two threads that start together; what each returned or raised."""
    start, results = threading.Barrier(2), []

    def run():
        try:
            start.wait()
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_processes_with_the_same_cause_queue_one_mail():
    mails = _at_the_same_time(queue)
    assert [mail.pk for mail in mails] == [Email.objects.get().pk] * 2
    assert QueuedMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_two_processes_without_that_care_do_collide():
    def careless():
        return QueuedMail.objects.create(cause="test:1", template="organisation_message")

    outcomes = _at_the_same_time(careless)
    assert [type(o) for o in outcomes if isinstance(o, Exception)] == [IntegrityError]


# --- Sending ------------------------------------------------------------------------------------


@pytest.fixture
def no_server(settings):
    """A mail server's port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"


class RefusingBackend(MemoryBackend):
    """A mail server that refuses some recipients for good and others for now."""

    def send_messages(self, messages):
        for message in messages:
            to = message.to[0]
            if to.startswith("niemand"):
                raise smtplib.SMTPRecipientsRefused({to: (550, b"no such user")})
            if to.startswith("voll"):
                raise smtplib.SMTPRecipientsRefused({to: (452, b"mailbox full")})
        return super().send_messages(messages)


@pytest.fixture
def refusing_server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"


def test_page_answers_although_no_mail_server_does(client, db, barrier_report, no_server):
    assert client.post("/de/barriere-melden/", barrier_report).status_code == 302
    assert Email.objects.get().status == STATUS.queued


def test_mail_without_a_server_is_kept_and_tried_again(db, no_server, still_clock):
    mail = queue()
    assert outbox.send_waiting() == 0
    mail.refresh_from_db()
    assert mail.status == STATUS.requeued
    assert mail.scheduled_time == timezone.now() + outbox.RETRY_AFTER[0]
    assert mail.logs.get().exception_type == "ConnectionRefusedError"


def test_tries_lie_ever_further_apart(db, no_server, still_clock):
    mail = queue()
    waits = []
    while mail.status != STATUS.failed:
        outbox.send_waiting()
        mail.refresh_from_db()
        if mail.status == STATUS.requeued:
            waits.append(mail.scheduled_time - timezone.now())
            still_clock.shift(waits[-1])
    assert waits == outbox.RETRY_AFTER
    assert waits == sorted(set(waits))


def test_mail_is_not_tried_before_its_time(db, no_server, still_clock):
    mail = queue()
    outbox.send_waiting()
    outbox.send_waiting()
    assert mail.logs.count() == 1


def test_without_a_server_the_other_mails_wait_untouched(db, no_server):
    for n in range(3):
        queue(cause=f"test:{n}")
    outbox.send_waiting()
    assert Email.objects.filter(status=STATUS.queued, number_of_retries=None).count() == 2


def test_recipient_refused_for_good_is_not_tried_again(db, refusing_server):
    mail = queue(to="niemand@example.org")
    outbox.send_waiting()
    mail.refresh_from_db()
    assert mail.status == STATUS.failed


def test_recipient_refused_for_now_is_tried_again(db, refusing_server):
    mail = queue(to="voll@example.org")
    outbox.send_waiting()
    mail.refresh_from_db()
    assert mail.status == STATUS.requeued


def test_refused_mail_does_not_hold_up_the_others(db, refusing_server):
    queue(to="niemand@example.org")
    queue(cause="test:2")
    assert outbox.send_waiting() == 1
    assert [mail.to for mail in django_mail.outbox] == [["verein@example.org"]]


def test_sent_mail_is_not_sent_twice(db):
    queue()
    assert [outbox.send_waiting(), outbox.send_waiting()] == [1, 0]
    assert len(django_mail.outbox) == 1


def test_mail_another_process_has_taken_is_left_to_it(db):
    mail = queue()
    assert outbox._claim_next() == mail
    assert outbox.send_waiting() == 0


def test_mail_of_a_process_that_was_killed_is_sent_later(db, still_clock):
    queue()
    outbox._claim_next()
    still_clock.shift(outbox.LEASE)
    assert outbox.send_waiting() == 1


@pytest.mark.django_db(transaction=True)
def test_two_processes_send_each_mail_once():
    for n in range(5):
        queue(cause=f"test:{n}")
    assert sum(_at_the_same_time(outbox.send_waiting)) == 5
    assert Email.objects.filter(status=STATUS.sent).count() == 5


def test_every_language_writes_every_mail(db):
    for code in languages.codes():
        queued = make_queued_mail(language=code)
        assert queued.email.subject
