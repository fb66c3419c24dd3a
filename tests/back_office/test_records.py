"""The pages for records: audit trail, jobs, legal holds, retention rules, one person's data."""

import datetime
import json

import pytest
import time_machine
from django.utils import timezone

from offenbach_wir import erasure, todo
from offenbach_wir.models import BarrierReport, Erasure, Event, JobRun, LegalHold, User
from offenbach_wir.records_admin import ShortPaginator
from tests.factories import make_project

EVENTS = "/verwaltung/offenbach_wir/event/"
HOLDS = "/verwaltung/offenbach_wir/legalhold/"
JOBS = "/verwaltung/offenbach_wir/jobrun/"
RETENTION = "/verwaltung/aufbewahrung/"
PERSON = "/verwaltung/auskunft/"
ADA = "ada@example.org"


@pytest.fixture(autouse=True)
def receipts_here(settings, tmp_path):
    settings.ERASURES_DIR = tmp_path / "erasures"


@pytest.fixture
def colleague(administrator):
    """The administrator that the client has stepped in as."""
    return User.objects.get(email="verwaltung@example.org")


def make_report(**fields):
    return BarrierReport.objects.create(description="Text", contact=ADA, **fields)


def make_old_report():
    """Long without a contact, and now due to be deleted."""
    report = make_report()
    BarrierReport.objects.filter(pk=report.pk).update(created_at="2020-01-01T12:00Z", contact="")


def make_events(n, **fields):
    defaults = {"kind": Event.Kind.PUBLISHED}
    return Event.objects.bulk_create(Event(**(defaults | fields)) for _n in range(n))


def events_shown(client, **query):
    response = client.get(EVENTS, query)
    assert response.status_code == 200
    return set(response.context["cl"].result_list.values_list("pk", flat=True))


# --- Audit trail --------------------------------------------------------------------------------
def test_trail_is_found_by_the_address_of_who_acted(administrator, colleague):
    (mine,) = make_events(1, actor_id=colleague.pk)
    make_events(1)
    found = events_shown(administrator, q="verwaltung@example.org")
    assert mine.pk in found
    assert set(Event.objects.filter(pk__in=found).values_list("actor", flat=True)) == {colleague.pk}


def test_trail_is_found_by_the_record(administrator):
    project = make_project()
    about = {"subject_type": "projects.project", "subject_id": project.pk}
    (mine,) = make_events(1, **about)
    make_events(1, **about | {"subject_id": project.pk + 1})
    assert events_shown(administrator, q=f"projects.project {project.pk}") == {mine.pk}


@pytest.mark.parametrize("query", ["x" * 3000, "'", "%", "9" * 40, "²"])
def test_trail_can_be_searched_for_anything(administrator, query):
    assert events_shown(administrator, q=query) == set()


def test_trail_is_narrowed_by_kind(administrator):
    (mine,) = make_events(1, kind=Event.Kind.DECISION)
    assert events_shown(administrator, kind__exact="decision") == {mine.pk}


def test_trail_is_narrowed_by_day(administrator):
    with time_machine.travel(timezone.now() - datetime.timedelta(days=40)):
        (old,) = make_events(1)
    (new,) = make_events(1)
    day = timezone.localdate().isoformat()
    found = events_shown(administrator, at__gte=f"{day} 00:00:00+01:00")
    assert (old.pk in found, new.pk in found) == (False, True)


def test_deleted_account_is_shown_by_its_number(administrator):
    (mine,) = make_events(1, actor_id=987654)
    page = administrator.get(EVENTS).text
    assert "987654" in page
    assert administrator.get(f"{EVENTS}{mine.pk}/change/").status_code == 200


@pytest.mark.parametrize("step", ["add/", "{}/change/", "{}/delete/"])
def test_nobody_writes_into_the_trail(administrator, step):
    (event,) = make_events(1)
    response = administrator.post(EVENTS + step.format(event.pk), {"kind": "log_in", "post": "yes"})
    assert response.status_code == 403
    event.refresh_from_db()
    assert event.kind == Event.Kind.PUBLISHED


def test_trail_takes_as_many_queries_for_more_rows(administrator, count_queries):
    make_events(10)
    for_ten = count_queries(EVENTS)
    make_events(30)
    assert count_queries(EVENTS) == for_ten


def test_trail_counts_no_further_than_anybody_reads(db, monkeypatch):
    monkeypatch.setattr(ShortPaginator, "MOST", 20)
    make_events(30)
    assert ShortPaginator(Event.objects.all(), 5).count == 20


# --- Jobs ---------------------------------------------------------------------------------------
def test_jobs_are_shown_with_their_failures(administrator):
    JobRun.objects.create(
        name="retention", due_at=timezone.now(), failures=3, last_error="OSError (a/b.py:1)"
    )
    page = administrator.get(JOBS).text
    assert "Regeln zur Aufbewahrung anwenden" in page


def panel(key, user):
    return next(p for p in todo.panels_for(user) if p.key == key)


def test_failed_job_stands_on_the_start_page_and_leads_to_its_row(administrator, colleague):
    for name, failures in (("retention", 3), ("expired_sessions", 0)):
        JobRun.objects.create(name=name, due_at=timezone.now(), failures=failures)
    failed = panel("failed_jobs", colleague)
    assert failed.count(colleague) == 1
    rows = administrator.get(failed.url(colleague)).context["cl"].result_list
    assert [row.name for row in rows] == ["retention"]


# --- Legal holds --------------------------------------------------------------------------------
def hold_by_form(client, report, **changes):
    fields = {
        "subject_type": "offenbach_wir.barrierreport",
        "subject_id": report.pk,
        "reason": "Aktenzeichen 1",
        "until": "",
    }
    return client.post(f"{HOLDS}add/", fields | changes)


def test_hold_is_set_with_a_reason_and_stands_in_the_trail(administrator, colleague):
    report = make_report()
    assert hold_by_form(administrator, report).status_code == 302
    hold = LegalHold.objects.get()
    assert (hold.set_by, hold.reason) == (colleague, "Aktenzeichen 1")
    event = Event.objects.about(hold).get()
    assert (event.kind, event.detail["number"]) == (Event.Kind.HELD, report.pk)


@pytest.mark.parametrize(
    "changes", [{"reason": ""}, {"subject_id": 999_999}, {"subject_type": "programs.oldaddress"}]
)
def test_hold_without_reason_or_record_is_refused(administrator, changes):
    assert hold_by_form(administrator, make_report(), **changes).status_code == 200
    assert not LegalHold.objects.exists()


def test_record_is_held_once(administrator):
    report = make_report()
    hold_by_form(administrator, report)
    assert hold_by_form(administrator, report).status_code == 200
    assert LegalHold.objects.count() == 1


def test_hold_cannot_be_edited_afterwards(administrator):
    hold_by_form(administrator, make_report())
    hold = LegalHold.objects.get()
    response = administrator.post(f"{HOLDS}{hold.pk}/change/", {"reason": "anders"})
    hold.refresh_from_db()
    assert (response.status_code, hold.reason) == (403, "Aktenzeichen 1")


def test_hold_is_lifted_by_a_button_and_stands_in_the_trail(administrator):
    hold_by_form(administrator, make_report())
    hold = LegalHold.objects.get()
    path = f"/verwaltung/sperre/{hold.pk}/aufheben/"
    assert path in administrator.get(f"{HOLDS}{hold.pk}/change/").text
    administrator.get(path)
    assert LegalHold.objects.active().exists()
    administrator.post(path, {"ok": "1"})
    assert not LegalHold.objects.active().exists()
    assert Event.objects.filter(kind=Event.Kind.HOLD_LIFTED).exists()


def test_lifted_hold_cannot_be_lifted_again(administrator):
    hold = LegalHold.objects.create(
        subject_type="x", subject_id=1, reason="x", lifted_at=timezone.now()
    )
    response = administrator.post(f"/verwaltung/sperre/{hold.pk}/aufheben/", {"ok": "1"})
    assert response.status_code == 404


# --- Retention rules ----------------------------------------------------------------------------
def test_every_rule_stands_on_the_page(administrator):
    page = administrator.get(RETENTION).context
    titles = {str(line["kept"].title) for line in page["lines"]}
    assert {str(kept.title) for kept in erasure.retention.registry().values()} == titles


def test_page_counts_what_is_due(administrator):
    make_old_report()
    lines = administrator.get(RETENTION).context["lines"]
    due = [line["rules"] for line in lines if line["kept"].label == "offenbach_wir.barrierreport"]
    assert sum(due[0].values()) == 1


def test_page_takes_few_queries(administrator, count_queries):
    assert count_queries(RETENTION) <= 12


def test_overdue_deletions_stand_on_the_start_page(administrator, colleague):
    make_old_report()
    assert panel("deletions_due", colleague).count(colleague) == 1


def test_overdue_entry_leads_to_exactly_what_it_counts(administrator, colleague):
    make_old_report()
    make_old_report()
    entry = panel("deletions_due", colleague)
    page = administrator.get(entry.url(colleague)).context
    assert page["due"] == entry.count(colleague) == 2
    assert [line["kept"].label for line in page["lines"]] == ["offenbach_wir.barrierreport"]


def test_looking_at_what_is_overdue_has_the_start_page_count_anew(administrator, colleague):
    entry = panel("deletions_due", colleague)
    assert entry.count(colleague) == 0
    make_old_report()
    assert administrator.get(entry.url(colleague)).context["due"] == 1
    assert entry.count(colleague) == 1


def test_job_of_an_older_version_is_not_listed(administrator):
    JobRun.objects.create(name="gone", due_at=timezone.now(), failures=3)
    page = administrator.get("/verwaltung/offenbach_wir/jobrun/?failures__gt=0")
    assert page.context["cl"].result_count == 0


# --- One person ---------------------------------------------------------------------------------
def test_person_is_looked_for_and_nothing_happens_yet(administrator):
    report = make_report()
    page = administrator.post(f"{PERSON}person/", {"contact": ADA})
    assert [(part.kept.label, part.count) for part in page.context["parts"]] == [
        ("offenbach_wir.barrierreport", 1)
    ]
    assert BarrierReport.objects.filter(pk=report.pk).exists()


@pytest.mark.parametrize("email", ["", "nobody", "x" * 300 + "@example.org"])
def test_mistyped_address_is_explained(administrator, email):
    response = administrator.post(f"{PERSON}person/", {"contact": email})
    assert response.context["form"].errors


def test_unknown_person_has_nothing(administrator):
    response = administrator.post(f"{PERSON}person/", {"contact": "nobody@example.org"})
    assert response.context["parts"] == []


def test_data_is_downloaded_and_stands_in_the_trail(administrator):
    make_report()
    response = administrator.post(f"{PERSON}herunterladen/", {"contact": ADA})
    assert response["Content-Disposition"].startswith("attachment")
    assert ADA in json.dumps(response.json())
    event = Event.objects.filter(kind=Event.Kind.EXPORTED).first()
    assert ADA not in json.dumps(event.detail)


def test_person_is_erased_and_the_receipt_shown(administrator, colleague):
    report = make_report()
    response = administrator.post(f"{PERSON}loeschen/", {"contact": ADA}, follow=True)
    receipt = Erasure.objects.get()
    assert receipt.reference in response.text
    assert receipt.asked_by == colleague
    assert not BarrierReport.objects.filter(pk=report.pk).exists()


def test_working_colleague_is_not_erased_by_accident(administrator, colleague):
    administrator.post(f"{PERSON}loeschen/", {"contact": colleague.email})
    assert User.objects.filter(pk=colleague.pk).exists()


@pytest.mark.parametrize("step", ["person/", "herunterladen/", "loeschen/"])
def test_looking_at_an_address_does_nothing(administrator, step):
    assert administrator.get(PERSON + step, {"contact": ADA}).status_code == 405


# --- Who may ------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", [EVENTS, JOBS, HOLDS, RETENTION, PERSON])
def test_records_are_closed_to_editors(editor, path):
    assert editor.get(path).status_code == 403


@pytest.mark.parametrize("step", ["person/", "herunterladen/", "loeschen/"])
def test_data_of_a_person_is_closed_to_editors(editor, step):
    report = make_report()
    assert editor.post(PERSON + step, {"contact": ADA}).status_code == 403
    assert BarrierReport.objects.filter(pk=report.pk).exists()


def test_editor_lifts_no_hold(editor):
    hold = LegalHold.objects.create(subject_type="x", subject_id=1, reason="x")
    assert editor.post(f"/verwaltung/sperre/{hold.pk}/aufheben/", {"ok": "1"}).status_code == 403


@pytest.mark.parametrize("path", [RETENTION, PERSON])
def test_visitor_is_led_to_the_log_in(client, db, path):
    assert client.get(path).status_code == 302
