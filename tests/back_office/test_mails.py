"""The outbox in the back office: what became of each mail, for the role whose matter it is."""

import datetime

import pytest
from django.test import Client
from post_office.models import STATUS, Email, Log

from offenbach_wir import digest, jobs, outbox, todo
from offenbach_wir.models import Event, QueuedMail, User
from offenbach_wir.roles import ROLES
from tests.factories import make_queued_mail

LIST = "/verwaltung/offenbach_wir/queuedmail/"
MONDAY = datetime.datetime(2026, 11, 23, 6, 0, tzinfo=datetime.UTC)
WEEK, HALF_A_DAY = datetime.timedelta(weeks=1), datetime.timedelta(hours=12)


@pytest.fixture
def coordinator(client, db):
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    return client


def page_of(queued):
    return f"{LIST}{queued.pk}/change/"


def send_again(client, queued):
    return client.post(f"{LIST}{queued.pk}/erneut-senden/", {"ok": "1"})


def step_in(role):
    client = Client()
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})
    return client


def demo_user(role):
    return User.objects.get(email=ROLES[role].demo_email)


def failed(exception_type="SMTPRecipientsRefused", message="550 no such user", **options):
    queued = make_queued_mail(**options)
    Email.objects.filter(pk=queued.email_id).update(status=STATUS.failed)
    Log.objects.create(
        email=queued.email, status=STATUS.failed, exception_type=exception_type, message=message
    )
    return queued


def sent(**options):
    queued = make_queued_mail(**options)
    Email.objects.filter(pk=queued.email_id).update(status=STATUS.sent)
    return queued


# --- The list -----------------------------------------------------------------------------------


def test_list_shows_recipients(editor):
    make_queued_mail(to="verein-eins@example.org")
    assert "verein-eins@example.org" in editor.get(LIST).text


@pytest.mark.parametrize(
    ("state", "shown"),
    [("waiting", "wartet"), ("sent", "gesendet"), ("undeliverable", "gescheitert")],
)
def test_list_is_filtered_by_state(editor, state, shown):
    make_queued_mail(to="wartet@example.org")
    sent(to="gesendet@example.org")
    failed(to="gescheitert@example.org")
    page = editor.get(LIST, {"state": state}).text
    found = {n for n in ("wartet", "gesendet", "gescheitert") if f"{n}@example.org" in page}
    assert found == {shown}


def test_list_is_filtered_by_mail(coordinator):
    make_queued_mail(to="verein@example.org")
    make_queued_mail("barrier_report", to="amt@example.org")
    page = coordinator.get(LIST, {"mail": "barrier_report"}).text
    assert "amt@example.org" in page
    assert "verein@example.org" not in page


@pytest.mark.parametrize("query", ["dahlie", "DAHLIE@example"])
def test_list_is_searched_by_recipient(editor, query):
    make_queued_mail(to="dahlie@example.org")
    make_queued_mail(to="aster@example.org")
    page = editor.get(LIST, {"q": query}).text
    assert "dahlie@example.org" in page
    assert "aster@example.org" not in page


@pytest.mark.parametrize("query", ["%", "_", "'", "\x00", "x" * 5000, "a@b, c"])
def test_list_can_be_searched_for_anything(editor, query):
    make_queued_mail()
    response = editor.get(LIST, {"q": query}, follow=True)
    assert response.status_code == 200


@pytest.mark.parametrize("odd", [{"state": "delete"}, {"state": "all"}, {"mail": "%"}])
def test_made_up_filter_does_no_harm(editor, odd):
    make_queued_mail()
    assert editor.get(LIST, odd, follow=True).status_code == 200


# --- Dealt with another way --------------------------------------------------------------------


def settle(client, queued):
    return client.post(f"{LIST}{queued.pk}/erledigt/", {"ok": "1"})


def undeliverable_entries(role="editor"):
    entries = todo.entries_for(demo_user(role))
    return [entry for entry in entries if entry.panel.key == "undeliverable_mails"]


def test_mail_dealt_with_leaves_the_start_page(editor):
    queued = failed()
    assert undeliverable_entries()[0].count == 1
    settle(editor, queued)
    assert undeliverable_entries() == []


def test_mail_dealt_with_stays_in_the_outbox(editor):
    queued = failed(to="dahlie@example.org")
    settle(editor, queued)
    assert "dahlie@example.org" in editor.get(LIST, {"state": "undeliverable"}).text


def test_dealing_with_a_mail_is_recorded(editor):
    queued = failed()
    settle(editor, queued)
    event = Event.objects.get(kind=Event.Kind.MAIL_SETTLED)
    assert (event.subject_id, event.actor) == (queued.pk, demo_user("editor"))


def test_mail_is_dealt_with_once(editor):
    queued = failed()
    settle(editor, queued)
    settle(editor, queued)
    assert Event.objects.filter(kind=Event.Kind.MAIL_SETTLED).count() == 1


def test_sent_mail_needs_no_dealing_with(editor):
    queued = sent()
    settle(editor, queued)
    assert f"{queued.pk}/erledigt/" not in editor.get(page_of(queued)).text
    assert not Event.objects.filter(kind=Event.Kind.MAIL_SETTLED).exists()


def test_mail_that_fails_again_after_sending_needs_somebody_again(editor):
    queued = failed()
    settle(editor, queued)
    send_again(editor, queued)
    Email.objects.filter(pk=queued.email_id).update(status=STATUS.failed)
    assert undeliverable_entries()[0].count == 1


def test_mail_of_another_role_cannot_be_dealt_with(editor):
    queued = failed(area="accounts")
    assert settle(editor, queued).status_code == 404


def test_mail_that_was_sent_shows_a_dash_as_reason(editor):
    page = editor.get(page_of(sent())).text
    assert "None" not in page


# --- Whose mails --------------------------------------------------------------------------------


@pytest.mark.parametrize("area", QueuedMail.Area.values)
@pytest.mark.parametrize("role", [key for key, role in ROLES.items() if role.mail_areas])
def test_role_sees_the_mails_of_its_areas_only(db, role, area):
    queued = make_queued_mail(area=area, to="person@example.org")
    client, may = step_in(role), area in ROLES[role].mail_areas
    assert ("person@example.org" in client.get(LIST).text) == may
    assert client.get(page_of(queued)).status_code == (200 if may else 404)


@pytest.mark.parametrize("what", ["change", "history", "delete"])
def test_foreign_mail_is_not_found_at_any_address(editor, what):
    queued = make_queued_mail(area="accounts")
    assert editor.get(f"{LIST}{queued.pk}/{what}/").status_code in (403, 404)


def test_foreign_mail_is_not_sent_again(editor):
    queued = failed(area="accounts")
    assert send_again(editor, queued).status_code == 404
    assert Email.objects.get().status == STATUS.failed


def test_foreign_mails_are_not_counted(editor):
    failed(area="accounts")
    result = editor.get(LIST, {"state": "undeliverable"}).context["cl"].result_count
    assert result == 0


def test_role_without_mails_sees_no_outbox(db):
    queued = make_queued_mail()
    client = step_in("assessor")
    assert client.get(LIST).status_code == 403
    assert client.get(page_of(queued)).status_code == 403
    assert send_again(client, queued).status_code == 403


# --- One mail -----------------------------------------------------------------------------------


def test_page_shows_subject_text_and_recipient(editor):
    queued = make_queued_mail(to="verein@example.org")
    page = editor.get(page_of(queued)).text
    assert "verein@example.org" in page
    assert "ich möchte mithelfen" in page
    assert queued.email.subject in page


def test_markup_of_a_visitor_is_text_on_the_page(editor):
    queued = make_queued_mail(context={"message": "<script>alert(1)</script>"})
    page = editor.get(page_of(queued)).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_style_and_pictures_of_a_mail_do_not_reach_the_page(editor):
    queued = make_queued_mail()
    spoilt = '<p style="color:red" onclick="x()">Text</p><img src="https://x.example/p.png">'
    Email.objects.filter(pk=queued.email_id).update(html_message=spoilt)
    page = editor.get(page_of(queued)).text
    assert "<p>Text</p>" in page
    assert "x.example" not in page
    assert "onclick" not in page


def test_page_lists_attachments(editor):
    queued = make_queued_mail(attachments=[("termin.ics", b"BEGIN:VCALENDAR", "text/calendar")])
    assert "termin.ics" in editor.get(page_of(queued)).text


def test_page_says_why_a_mail_failed(editor):
    page = editor.get(page_of(failed(message="550 no such user"))).text
    assert "550 no such user" in page


def test_page_says_why_the_last_try_failed_while_more_follow(editor, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = "/dev/null/nowhere"
    queued = make_queued_mail()
    outbox.send_waiting()
    assert Email.objects.get().status == STATUS.requeued
    assert "/dev/null" in editor.get(page_of(queued)).text


def test_mail_cannot_be_changed(editor):
    queued = make_queued_mail()
    response = editor.post(page_of(queued), {"template": "digest"})
    assert response.status_code == 403


def test_mail_whose_content_is_deleted_is_still_listed(editor):
    queued = sent()
    queued.email.delete()
    queued.refresh_from_db()
    assert queued.state == QueuedMail.State.DELETED
    assert str(queued.pk) in editor.get(LIST).text
    page = editor.get(page_of(queued)).text
    assert str(QueuedMail.State.DELETED.label) in page
    assert "erneut-senden" not in page


def test_secret_link_is_shown_to_nobody_but_its_reader(administrator):
    queued = make_queued_mail("invitation")
    assert "einladung/beispiel" in queued.email.message
    page = administrator.get(page_of(queued)).text
    assert "einladung/beispiel" not in page


def test_mail_the_portal_no_longer_knows_is_still_shown(editor):
    queued = make_queued_mail()
    QueuedMail.objects.update(template="older_mail")
    assert editor.get(page_of(queued)).status_code == 200
    assert "older_mail" in editor.get(LIST).text


# --- Send again ---------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [failed, sent])
def test_mail_is_sent_again_from_the_beginning(editor, make):
    queued = make()
    Email.objects.update(number_of_retries=8)
    response = send_again(editor, queued)
    mail = Email.objects.get()
    assert response["Location"] == page_of(queued)
    assert (mail.status, mail.number_of_retries) == (STATUS.queued, 0)
    assert outbox.send_waiting() == 1


def test_mail_keeps_its_message_id_when_it_is_sent_again(editor):
    queued = failed()
    send_again(editor, queued)
    assert Email.objects.get().message_id == queued.email.message_id


def test_sending_again_is_recorded(editor):
    queued = failed()
    send_again(editor, queued)
    event = Event.objects.about(queued).get()
    assert event.kind == Event.Kind.MAIL_SENT_AGAIN
    assert event.actor == demo_user("editor")


def test_button_pressed_twice_sends_once(editor):
    queued = failed()
    send_again(editor, queued)
    send_again(editor, queued)
    assert Event.objects.about(queued).count() == 1


def test_opening_the_address_of_the_button_sends_nothing(editor):
    queued = failed()
    assert editor.get(f"{LIST}{queued.pk}/erneut-senden/").status_code == 405


def test_waiting_mail_has_no_button(editor):
    assert "erneut-senden" not in editor.get(page_of(make_queued_mail())).text
    assert "erneut-senden" in editor.get(page_of(failed())).text


# --- The start page and the weekly mail ---------------------------------------------------------


def entry_for(role):
    entries = todo.entries_for(demo_user(role))
    return next((e for e in entries if e.panel.key == "undeliverable_mails"), None)


def test_start_page_counts_the_undeliverable_mails_of_the_role(db):
    failed()
    failed(area="accounts")
    assert [entry_for(r).count for r in ("editor", "coordinator", "administrator")] == [1, 1, 2]


def test_start_page_says_nothing_where_all_mails_were_sent(db):
    sent()
    failed(area="accounts")
    assert entry_for("editor") is None


def test_entry_of_the_start_page_leads_to_exactly_those(editor):
    failed(to="gescheitert@example.org")
    sent(to="gesendet@example.org")
    response = editor.get(entry_for("editor").url)
    assert response.context["cl"].result_count == 1
    assert "gescheitert@example.org" in response.text


@pytest.fixture
def reader(db):
    """A colleague who wants the weekly mail; one undeliverable mail waits for her."""
    failed()
    user = demo_user("editor")
    user.wants_digest = True
    user.save()
    return user


def test_digest_says_what_waits(reader):
    digest.send_digests(MONDAY)
    mail = QueuedMail.objects.get(template="digest").email
    entry = entry_for("editor")
    assert mail.to == [reader.email]
    assert entry.sentence in mail.message
    assert entry.url in mail.message


def test_digest_comes_once_a_week(reader):
    digest.send_digests(MONDAY)
    digest.send_digests(MONDAY + HALF_A_DAY)
    assert QueuedMail.objects.filter(template="digest").count() == 1
    digest.send_digests(MONDAY + WEEK)
    assert QueuedMail.objects.filter(template="digest").count() == 2


def test_digest_is_in_the_language_of_its_reader(reader):
    User.objects.filter(pk=reader.pk).update(language="en")
    digest.send_digests(MONDAY)
    queued = QueuedMail.objects.get(template="digest")
    assert queued.language == "en"
    assert "Hello Demo: Redaktion," in queued.email.message


@pytest.mark.parametrize("change", [{"wants_digest": False}, {"is_active": False}])
def test_nobody_else_gets_a_digest(reader, change):
    User.objects.filter(pk=reader.pk).update(**change)
    digest.send_digests(MONDAY)
    assert not QueuedMail.objects.filter(template="digest").exists()


def test_no_digest_where_nothing_waits(reader):
    reader.groups.clear()
    digest.send_digests(MONDAY)
    assert not QueuedMail.objects.filter(template="digest").exists()


def test_digest_is_a_scheduled_job():
    schedule = jobs.registered()["digest"].schedule
    assert (schedule.weekday, f"{schedule.time:%H:%M}") == (jobs.MONDAY, "07:00")
