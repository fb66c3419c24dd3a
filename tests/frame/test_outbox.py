"""Mails: queued with what causes them, in the reader's language, safe in every line."""

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from post_office.models import STATUS, Email

from offenbach_wir import outbox
from offenbach_wir.models import BarrierReport
from projects.models import Organisation
from tests.factories import make_organisation


def queue(language="de", name="Verein Morgenrot", message="Ich möchte helfen.", **options):
    organisation = Organisation.objects.filter(name=name).first() or make_organisation(name)
    context = {
        "organisation": organisation,
        "name": "Ada Beispiel",
        "email": "ada@example.org",
        "message": message,
        "written_in": "Deutsch",
    }
    return outbox.queue(
        "organisation_message",
        to="verein@example.org",
        language=language,
        context=context,
        **options,
    )


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


def test_first_line_of_the_template_is_the_subject(db):
    mail = queue()
    assert "Verein Morgenrot" in mail.subject
    assert mail.subject not in mail.message


def test_mail_in_german_holds_its_text_once(db):
    assert queue().message.count("Ich möchte helfen.") == 1


@pytest.mark.parametrize("language", ["en", "ar"])
def test_german_original_stands_below_a_mail_in_another_language(db, language):
    translated, line, below = queue(language=language).message.partition("-" * 60)
    german = queue(language="de")
    assert "Ich möchte helfen." in translated
    assert line
    assert below.strip() == f"{german.subject}\n\n{german.message.strip()}"


def test_mail_in_an_unknown_language_is_german(db):
    assert queue(language="xx").subject == queue(language="de").subject


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\u2028", "\x0b"])
def test_subject_stays_one_line(db, ending):
    mail = queue(name=f"Verein{ending}Bcc: opfer@example.org")
    assert len(mail.subject.splitlines()) == 1
    assert mail.bcc == []
    assert mail.to == ["verein@example.org"]


def test_mail_says_that_a_machine_wrote_it(db):
    assert queue().headers["Auto-Submitted"] == "auto-generated"


def test_answer_goes_to_the_visitor(db):
    assert queue(reply_to="ada@example.org").headers["Reply-To"] == "ada@example.org"


def test_mail_comes_from_the_portal(db):
    assert queue().from_email == django_settings.DEFAULT_FROM_EMAIL


def test_mail_to_the_office_goes_to_the_address_of_the_settings(db, settings):
    settings.OFFICE_EMAIL = "amt@example.org"
    report = BarrierReport.objects.create(description="Zu klein.")
    mail = outbox.queue_to_office("barrier_report", {"report": report})
    assert mail.to == ["amt@example.org"]


@pytest.mark.parametrize(
    "written",
    [
        "<b>5 > 3</b> & „ja“",
        "{{ portal_url }} {{ 7|add:7 }}",
        "{% include 'base.html' %}",
        "{% debug %}",
        "{% was %} {{ kaputt",
        "{# weg #}",
    ],
)
def test_what_a_visitor_wrote_is_plain_text_in_a_mail(db, written):
    assert written in queue(message=written).message


def test_name_of_an_organisation_is_plain_text_in_the_subject(db):
    assert "{{ 7|add:7 }} & Söhne" in queue(name="{{ 7|add:7 }} & Söhne").subject


def test_links_in_a_mail_start_with_the_address_of_the_settings(db, settings):
    settings.PORTAL_URL = "https://wir.example.org"
    assert "https://wir.example.org/de/organisationen/" in queue().message
