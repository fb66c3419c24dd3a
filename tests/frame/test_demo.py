"""The demo: stepping in as each role, and the mails that never leave the machine."""

import pytest
from django.core.management import call_command
from django.utils import translation
from post_office.models import STATUS, Email

from offenbach_wir import outbox, second_factor
from offenbach_wir.demo import CLUB
from offenbach_wir.models import Event, User
from offenbach_wir.roles import ROLES
from projects.proposals.models import Proposal
from tests.factories import make_queued_mail


@pytest.mark.parametrize("role", ROLES)
def test_each_role_can_step_in(client, db, role):
    response = client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"}, follow=True)
    assert response.redirect_chain == [("/verwaltung/", 302)]
    assert response.status_code == 200
    assert response.context["user"].email == ROLES[role].demo_email


@pytest.mark.parametrize("member", CLUB)
def test_each_member_of_the_club_can_step_in(client, example_proposals, member):
    response = client.post(f"/de/demo/{member}/einsteigen/", {"ok": "1"}, follow=True)
    assert response.redirect_chain == [("/de/antraege/meine/", 302)]
    assert response.status_code == 200
    assert response.context["user"].email == CLUB[member].demo_email
    assert "Hausaufgaben mit Rückenwind" in response.text


def test_member_of_the_club_does_not_come_into_the_back_office(client, example_proposals):
    client.post("/de/demo/club-owner/einsteigen/", {"ok": "1"})
    assert second_factor.TAKEN_AS_GIVEN not in client.session
    assert client.get("/verwaltung/").status_code == 302


def test_member_of_the_club_who_works_for_the_city_cannot_step_in(client, example_proposals):
    User.objects.filter(email=CLUB["club-owner"].demo_email).update(is_staff=True)
    assert client.post("/de/demo/club-owner/einsteigen/", {"ok": "1"}).status_code == 404


def test_reader_of_the_club_cannot_write(client, example_proposals):
    client.post("/de/demo/club-reader/einsteigen/", {"ok": "1"})
    draft = Proposal.objects.get(title="Auf zwei Rädern durch Offenbach")
    assert client.get(f"/de/antraege/{draft.key}/idee/").status_code == 403


def test_stepping_in_is_recorded(client, db):
    client.post("/de/demo/editor/einsteigen/", {"ok": "1"})
    event = Event.objects.get(kind=Event.Kind.LOG_IN)
    assert event.actor.email == ROLES["editor"].demo_email


def test_stepping_in_counts_among_the_own_sessions(editor):
    assert "dieses Gerät" in editor.get("/de/konto/sitzungen/").text


@pytest.mark.parametrize("role", ROLES)
def test_account_of_a_role_has_its_german_name(db, role):
    with translation.override("de"):
        name = f"Demo: {ROLES[role].name}"
    assert User.objects.get(email=ROLES[role].demo_email).name == name


@pytest.mark.parametrize("role", [*ROLES, *CLUB])
def test_page_offers_each_role(client, db, role):
    assert f'action="/de/demo/{role}/einsteigen/"' in client.get("/de/demo/").text


def test_unknown_role_is_not_found(client, db):
    assert client.post("/de/demo/king/einsteigen/", {"ok": "1"}).status_code == 404


def test_role_whose_account_is_closed_cannot_step_in(client, db):
    User.objects.filter(email=ROLES["editor"].demo_email).update(is_active=False)
    assert client.post("/de/demo/editor/einsteigen/", {"ok": "1"}).status_code == 404


def test_opening_a_link_steps_in_nowhere(client, db):
    assert client.get("/de/demo/editor/einsteigen/").status_code == 405
    assert "_auth_user_id" not in client.session


def test_closed_account_loses_the_back_office_at_once(editor):
    User.objects.filter(email=ROLES["editor"].demo_email).update(is_active=False)
    assert editor.get("/verwaltung/").status_code == 302


def test_sign_in_of_the_demo_leads_to_the_page_of_roles(client, db):
    page = client.get("/verwaltung/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/de/konto/anmelden/")
    assert 'href="/de/demo/"' in page.text


def test_mails_of_the_demo_are_shown(client, db, barrier_report):
    client.post("/de/barriere-melden/", barrier_report)
    assert "Neue Barriere-Meldung" in client.get("/de/demo/mails/").text


def test_each_mail_of_the_demo_has_a_page(client, db):
    email = make_queued_mail(context={"message": "<b>Hallo</b>"}).email
    assert f'href="/de/demo/mails/{email.pk}/"' in client.get("/de/demo/mails/").text
    page = client.get(f"/de/demo/mails/{email.pk}/").text
    assert email.subject in page
    assert "&lt;b&gt;Hallo&lt;/b&gt;" in page
    assert "<b>Hallo" not in page


def test_attachment_of_a_mail_of_the_demo_is_a_download(client, db):
    content = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    file = ("termin.ics", content, "text/calendar; method=REQUEST; charset=utf-8")
    email = make_queued_mail(attachments=[file]).email
    address = f"/de/demo/mails/{email.pk}/{email.attachments.get().pk}/"
    assert address in client.get(f"/de/demo/mails/{email.pk}/").text
    response = client.get(address)
    assert response["Content-Disposition"] == 'attachment; filename="termin.ics"'
    assert response.getvalue() == content


def test_attachment_of_another_mail_is_not_found(client, db):
    file = ("termin.ics", b"BEGIN:VCALENDAR", "text/calendar")
    attachment = make_queued_mail(attachments=[file]).email.attachments.get()
    other = make_queued_mail().email
    assert client.get(f"/de/demo/mails/{other.pk}/{attachment.pk}/").status_code == 404


def test_sign_in_code_is_shown_among_the_mails_of_the_demo(client, db):
    outbox.keep_for_demo("Ihr Code", "Der Code ist 123456.", "ada@example.org")
    email = Email.objects.get()
    assert email.status == STATUS.sent
    assert "Der Code ist 123456." in client.get(f"/de/demo/mails/{email.pk}/").text


def test_outside_the_demo_no_sign_in_code_is_kept(db, settings):
    settings.IS_DEMO = False
    outbox.keep_for_demo("Ihr Code", "Der Code ist 123456.", "ada@example.org")
    assert not Email.objects.exists()


def test_demo_accounts_have_no_password(db):
    for role in ROLES.values():
        assert not User.objects.get(email=role.demo_email).has_usable_password()


def test_examples_loaded_twice_stay_the_same(example_proposals, capsys):
    call_command("load_demo", without_cases=True)
    assert "0 rows new" in capsys.readouterr().out
