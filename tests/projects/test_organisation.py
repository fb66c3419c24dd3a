"""The page of an organisation, and writing to it without learning its address."""

import datetime

import pytest
import time_machine
from post_office.models import Email

from tests.factories import make_organisation, make_project
from tests.factories import shown_at as form_shown_at

NOW = datetime.datetime(2026, 6, 15, 10, tzinfo=datetime.UTC)
GOOD = {
    "name": "Amira Beispiel",
    "email": "amira@example.org",
    "message": "Ich möchte gern mithelfen.",
}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


def write(client, organisation, seconds_after=30, **changes):
    """Posts the form as somebody would who read it for half a minute."""
    shown_at = form_shown_at(int(NOW.timestamp()) - seconds_after)
    return client.post(
        f"/de/organisationen/{organisation.slug}/schreiben/",
        GOOD | {"website": "", "shown_at": shown_at} | changes,
    )


def page_of(client, organisation, language="de"):
    return client.get(f"/{language}/organisationen/{organisation.slug}/").content.decode()


def test_page_lists_its_projects_and_those_it_is_partner_of(client, db):
    organisation = make_organisation()
    make_project("Eigenes Projekt", organisation=organisation)
    make_project("Gemeinsames Projekt", partners=[organisation])
    make_project("Fremdes Projekt")
    own, _heading, shared = page_of(client, organisation).partition("Beteiligt an diesen Projekten")
    assert "Eigenes Projekt" in own
    assert "Gemeinsames Projekt" in shared
    assert "Fremdes Projekt" not in own + shared


def test_page_lists_no_drafts(client, db):
    organisation = make_organisation()
    make_project("Geheimprojekt", organisation=organisation, state="draft")
    make_project("Geheimprojekt", partners=[organisation], state="draft")
    assert "Geheimprojekt" not in page_of(client, organisation)


def test_organisation_without_texts_has_a_page(client, db):
    organisation = make_organisation()
    organisation.translations.all().delete()
    assert client.get(f"/de/organisationen/{organisation.slug}/").status_code == 200


def test_missing_translation_is_shown_in_german_with_a_notice(client, db):
    page = page_of(client, make_organisation(summary="Wir singen."), "ar")
    assert 'class="fallback-notice"' in page
    assert '<div lang="de" dir="ltr"><p class="lead">Wir singen.' in page


@pytest.mark.parametrize("path", ["", "schreiben/", "gesendet/"])
def test_unlisted_organisation_is_not_found(client, db, path):
    organisation = make_organisation(is_listed=False)
    assert client.get(f"/de/organisationen/{organisation.slug}/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/de/organisationen/verein/", "/de/organisationen/verein/schreiben/"),
        *("/de/organisationen/verein/gesendet/", "/de/projekte/?q=Musterprojekt"),
        *("/de/mitmachen/", "/de/projekte/feed/", "/de/suche/?q=Musterbaum"),
        *("/daten/projekte.json", "/daten/projekte.csv"),
    ],
)
def test_mail_address_is_on_no_page(client, db, path):
    organisation = make_organisation(slug="verein", email="geheim@verein.example")
    make_project(organisation=organisation, looks_for_help=True)
    response = client.get(path)
    text = b"".join(response.streaming_content) if response.streaming else response.content
    assert response.status_code == 200
    assert b"geheim@" not in text
    assert b"verein.example" not in text


def test_mail_address_is_not_on_the_page_of_a_project(client, db):
    organisation = make_organisation(email="geheim@verein.example")
    project = make_project(organisation=organisation, looks_for_help=True)
    assert "verein.example" not in client.get(project.get_absolute_url()).content.decode()


def test_mail_address_is_not_found_by_the_search(client, db):
    make_organisation(email="geheim@verein.example")
    assert client.get("/de/suche/", {"q": "geheim@verein.example"}).context["total"] == 0


def test_message_is_queued_to_the_organisation(client, db):
    organisation = make_organisation()
    response = write(client, organisation)
    mail = Email.objects.get()
    assert response["Location"] == f"/de/organisationen/{organisation.slug}/gesendet/"
    assert (mail.to, mail.cc, mail.bcc) == ([organisation.email], [], [])
    assert GOOD["message"] in mail.message


def test_answer_goes_to_the_writer(client, db):
    write(client, make_organisation())
    assert Email.objects.get().headers["Reply-To"] == GOOD["email"]


def test_mail_does_not_come_from_the_writer(client, db, settings):
    write(client, make_organisation())
    assert Email.objects.get().from_email == settings.DEFAULT_FROM_EMAIL


def test_page_after_sending_says_so(client, db):
    organisation = make_organisation()
    page = client.get(f"/de/organisationen/{organisation.slug}/gesendet/").content.decode()
    assert organisation.name in page


def test_error_keeps_what_was_typed(client, db):
    response = write(client, make_organisation(), email="keine-adresse")
    page = response.content.decode()
    assert response.status_code == 200
    assert GOOD["message"] in page
    assert 'value="keine-adresse"' in page
    assert not Email.objects.exists()


def test_error_is_in_the_title_of_the_page(client, db):
    page = write(client, make_organisation(), email="keine-adresse").content.decode()
    assert "<title>Fehler:" in page


@pytest.mark.parametrize("field", ["name", "email", "message"])
def test_every_field_is_needed(client, db, field):
    response = write(client, make_organisation(), **{field: ""})
    assert field in response.context["form"].errors
    assert not Email.objects.exists()


def test_filled_trap_sends_nothing_and_keeps_what_was_typed(client, db):
    response = write(client, make_organisation(), website="https://spam.example")
    assert GOOD["message"] in response.content.decode()
    assert not Email.objects.exists()


def test_form_sent_at_once_sends_nothing_and_keeps_what_was_typed(client, db):
    response = write(client, make_organisation(), seconds_after=0)
    assert GOOD["message"] in response.content.decode()
    assert not Email.objects.exists()


def test_form_open_for_a_day_is_welcome(client, db):
    write(client, make_organisation(), seconds_after=86_400)
    assert Email.objects.exists()


@pytest.mark.parametrize("shown_at", ["", "x", "1:1:1", "\x00"])
def test_altered_moment_of_showing_sends_nothing(client, db, shown_at):
    response = write(client, make_organisation(), shown_at=shown_at)
    assert response.status_code == 200
    assert not Email.objects.exists()


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\u2028", "%0d%0a"])
@pytest.mark.parametrize("field", ["name", "message", "email"])
def test_line_break_adds_no_recipient_and_no_header(client, db, field, line_break):
    attack = f"{GOOD[field]}{line_break}Bcc: x@example.org"
    write(client, make_organisation(), **{field: attack})
    for mail in Email.objects.all():
        sent = mail.email_message()
        assert sent.recipients() == mail.to
        assert set(mail.headers) <= {"Auto-Submitted", "Reply-To", "Message-ID"}
        assert "\n" not in mail.subject
        assert "Bcc" not in sent.message()


def test_line_break_in_the_name_of_the_organisation_stays_out_of_the_subject(client, db):
    write(client, make_organisation("Verein\r\nBcc: x@example.org"))
    mail = Email.objects.get()
    assert "\n" not in mail.subject
    assert "Bcc" not in mail.email_message().message()


def test_html_in_a_message_stays_plain_text(client, db):
    write(client, make_organisation(), message="<b>fett & schräg</b>")
    mail = Email.objects.get()
    assert "<b>fett & schräg</b>" in mail.message
    assert "<b>" not in mail.html_message


def test_template_code_in_a_message_is_not_run(client, db):
    write(client, make_organisation(), message="{{ organisation.email }} {% now 'Y' %}")
    assert "{{ organisation.email }} {% now 'Y' %}" in Email.objects.get().message


@pytest.mark.parametrize(
    "changes",
    [
        *({"name": "A\x00B"}, {"message": "A\x00B"}, {"email": "a\x00@example.org"}),
        *({"name": "x" * 121}, {"message": "x" * 4001}, {"message": "x" * 100_000}),
        *({"email": "a@example.org,b@example.org"}, {"email": "a" * 400 + "@example.org"}),
    ],
)
def test_odd_or_overlong_input_is_refused_with_a_message(client, db, changes):
    response = write(client, make_organisation(), **changes)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Email.objects.exists()


def test_message_may_be_in_arabic_with_emoji(client, db):
    write(client, make_organisation(), message="أريد المساعدة 🌻")
    assert "أريد المساعدة 🌻" in Email.objects.get().message


@pytest.mark.parametrize("method", ["get", "post"])
def test_organisation_without_mail_address_cannot_be_written_to(client, db, method):
    organisation = make_organisation(email="")
    path = f"/de/organisationen/{organisation.slug}/schreiben/"
    assert getattr(client, method)(path, GOOD).status_code == 404
    assert not Email.objects.exists()


def test_organisation_without_mail_address_offers_no_form(client, db):
    assert "/schreiben/" not in page_of(client, make_organisation(email=""))


def test_page_with_the_form_is_kept_by_no_cache(client, db):
    organisation = make_organisation()
    response = client.get(f"/de/organisationen/{organisation.slug}/schreiben/")
    assert "no-store" in response["Cache-Control"]


def test_too_many_messages_are_answered_with_a_page(client, db, limit):
    limit("organisation_message", 1)
    organisation = make_organisation()
    write(client, organisation)
    response = write(client, organisation)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert Email.objects.count() == 1
