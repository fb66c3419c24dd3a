"""What an account can see, take along and delete."""

import json

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from django.utils.text import capfirst

from offenbach_wir import erasure, events
from offenbach_wir.models import Event, User

from .conftest import make_user, sign_in


def test_own_data_are_listed_with_purpose_and_period(client, applicant):
    sign_in(client, applicant.email)
    page = client.get("/de/konto/daten/").text
    for part in erasure.parts_of(erasure.person_of(applicant)):
        assert escape(part.title) in page
        assert escape(str(part.kept.purpose)) in page
        assert all(escape(capfirst(str(period))) in page for period in part.periods)
    assert applicant.email in page


def test_list_of_own_data_speaks_german_also_of_what_packages_keep(client, applicant):
    sign_in(client, applicant.email)
    page = client.get("/de/konto/daten/").text
    assert all(words in page for words in ("Adresse im Netz", "Zuletzt aktiv am"))
    assert not any(words in page for words in ("User agent", "Last seen", "<dt>ID</dt>"))


def test_list_of_own_data_shows_the_newest_and_counts_the_rest(client, applicant):
    sign_in(client, applicant.email)
    for _n in range(erasure.MOST_SHOWN):
        events.record(Event.Kind.LOG_OUT, actor=applicant)
    more = Event.objects.filter(actor=applicant).count() - erasure.MOST_SHOWN
    parts = client.get("/de/konto/daten/").context["parts"]
    trail = next(part for part in parts if part.kept.model is Event)
    assert len(trail.newest) == erasure.MOST_SHOWN
    assert trail.left_out == more > 0


def test_list_of_own_data_takes_as_many_queries_for_more_rows(
    client, applicant, django_assert_num_queries
):
    sign_in(client, applicant.email)
    client.get("/de/konto/daten/")
    with CaptureQueriesContext(connection) as few:
        client.get("/de/konto/daten/")
    for _n in range(10):
        events.record(Event.Kind.LOG_OUT, actor=applicant)
    with django_assert_num_queries(len(few)):
        client.get("/de/konto/daten/")


def test_own_data_come_as_a_file(client, applicant):
    sign_in(client, applicant.email)
    response = client.get("/de/konto/daten/datei/")
    assert response["Content-Disposition"].startswith("attachment")
    assert applicant.email in json.dumps(json.loads(response.content))


def test_own_data_hold_nothing_of_others(client, applicant):
    make_user("andere@example.org")
    sign_in(client, applicant.email)
    assert "andere@example.org" not in client.get("/de/konto/daten/").text
    assert "andere@example.org" not in client.get("/de/konto/daten/datei/").text


def test_download_of_own_data_is_recorded(client, applicant):
    sign_in(client, applicant.email)
    client.get("/de/konto/daten/datei/")
    assert Event.objects.filter(kind=Event.Kind.EXPORTED, actor=applicant).exists()


def test_account_is_deleted_with_a_receipt(client, applicant):
    sign_in(client, applicant.email)
    page = client.post("/de/konto/loeschen/", {"understood": "on"})
    assert page.context["receipt"].reference in page.text
    assert not User.objects.filter(pk=applicant.pk).exists()


def test_deleting_needs_the_tick(client, applicant):
    sign_in(client, applicant.email)
    page = client.post("/de/konto/loeschen/", {})
    assert "error-summary" in page.text
    assert User.objects.filter(pk=applicant.pk).exists()


def test_staff_cannot_delete_the_own_account(client, db):
    client.post("/de/demo/editor/einsteigen/", {"ok": "1"})
    before = User.objects.count()
    assert client.post("/de/konto/loeschen/", {"understood": "on"}).status_code == 403
    assert User.objects.count() == before


def test_after_deletion_nobody_is_signed_in(client, applicant):
    sign_in(client, applicant.email)
    client.post("/de/konto/loeschen/", {"understood": "on"})
    assert client.get("/de/konto/").status_code == 302


def test_pages_of_the_account_need_a_sign_in(client, db):
    for path in (
        "",
        "daten/",
        "daten/datei/",
        "loeschen/",
        "sitzungen/",
        "sicherheit/",
        "adresse/",
    ):
        assert "/konto/anmelden/" in client.get(f"/de/konto/{path}")["Location"], path


def test_own_name_and_language_can_be_changed(client, applicant):
    sign_in(client, applicant.email)
    client.post("/de/konto/einstellungen/", {"name": "Ada", "language": "ar"})
    applicant.refresh_from_db()
    assert (applicant.name, applicant.language) == ("Ada", "ar")


def test_language_nobody_speaks_here_is_refused(client, applicant):
    sign_in(client, applicant.email)
    page = client.post("/de/konto/einstellungen/", {"name": "Ada", "language": "xx"})
    assert "error-summary" in page.text
    applicant.refresh_from_db()
    assert applicant.language == "de"


def test_staff_can_switch_the_weekly_mail_on(client, db):
    client.post("/de/demo/editor/einsteigen/", {"ok": "1"})
    form = {"name": "Demo", "language": "de", "wants_digest": "on"}
    client.post("/de/konto/einstellungen/", form)
    assert User.objects.filter(wants_digest=True).count() == 1


def test_applicant_cannot_become_staff_by_a_hand_made_form(client, applicant):
    sign_in(client, applicant.email)
    form = {"name": "A", "language": "de", "is_staff": "on", "wants_digest": "on", "groups": "1"}
    client.post("/de/konto/einstellungen/", form)
    applicant.refresh_from_db()
    assert (applicant.is_staff, applicant.wants_digest) == (False, False)
