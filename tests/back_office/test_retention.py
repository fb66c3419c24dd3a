"""What is kept of people is classified, ends in time, and stays where a legal hold says so."""

import datetime
import threading

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils import timezone
from post_office.models import STATUS, Attachment, Email

from offenbach_wir import retention
from offenbach_wir.models import (
    BarrierReport,
    Event,
    Hits,
    Invitation,
    LegalHold,
    QueuedMail,
    User,
)
from offenbach_wir.retention import DAY, YEAR
from programs.models import FundingLine
from projects.models import Project
from tests.factories import in_state, make_line, make_project

NOW = datetime.datetime(2026, 11, 20, 12, 0, tzinfo=datetime.UTC)
THREADS = 4


def run():
    return retention.run(NOW)


def aged(row, age, field="created_at"):
    """The row as if made that long before NOW."""
    type(row)._base_manager.filter(pk=row.pk).update(**{field: NOW - age})
    return row


def exists(row):
    return type(row)._base_manager.filter(pk=row.pk).exists()


def make_report(age, **fields):
    defaults = {"description": "Text", "name": "Ada", "contact": "ada@example.org"}
    return aged(BarrierReport.objects.create(**(defaults | fields)), age)


def make_old_report(age=3 * YEAR + DAY):
    """Long without a contact, and now due to be deleted."""
    return make_report(age, name="", contact="")


def make_user(email="ada@example.org", age=0 * DAY, last_login=None, **fields):
    user = User.objects.create_user(email, **fields)
    User.objects.filter(pk=user.pk).update(date_joined=NOW - age, last_login=last_login)
    return user


def hold(row):
    return LegalHold.objects.create(
        subject_type=row._meta.label_lower, subject_id=row.pk, reason="Widerspruch"
    )


# --- Classification -----------------------------------------------------------------------------
def test_every_stored_field_is_classified():
    assert retention.unclassified() == []


def test_nothing_is_classified_that_does_not_exist():
    assert retention.classified_in_vain() == []


def test_field_nobody_thought_about_is_found(monkeypatch):
    known = retention._impersonal["programs.oldaddress"] - {"target"}
    monkeypatch.setitem(retention._impersonal, "programs.oldaddress", known)
    assert retention.unclassified() == ["programs.oldaddress.target"]


def test_model_nobody_thought_about_is_found_with_its_earlier_versions(monkeypatch):
    monkeypatch.delitem(retention._impersonal, "programs.measure")
    retention.registry.cache_clear()
    missing = retention.unclassified()
    retention.registry.cache_clear()
    assert "programs.measure.position" in missing
    assert "programs.historicalmeasure.history_user" in missing


def test_keeping_for_ever_needs_a_reason():
    with pytest.raises(ImproperlyConfigured, match="reason"):
        retention.keep(
            "programs.oldaddress", owner="editor", purpose="x", basis="x", personal="path"
        )


def test_model_is_classified_once():
    with pytest.raises(ImproperlyConfigured, match="twice"):
        retention.nothing_personal("offenbach_wir.user", "id")


@pytest.mark.parametrize("label", sorted(retention.registry()))
def test_every_entry_names_owner_purpose_and_basis(label):
    kept = retention.registry()[label]
    assert all((kept.owner, str(kept.purpose), str(kept.basis)))
    assert kept.rules or str(kept.no_period_because)


# --- The rules ----------------------------------------------------------------------------------
@pytest.mark.parametrize("state", BarrierReport.State)
def test_contact_of_a_report_is_cleared_after_a_year(db, state):
    report = make_report(YEAR + DAY, state=state)
    run()
    report.refresh_from_db()
    assert (report.contact, report.description) == ("", "Text")


def test_contact_stays_within_the_year(db):
    report = make_report(YEAR - DAY, state="answered")
    run()
    report.refresh_from_db()
    assert report.contact == "ada@example.org"


def test_report_is_deleted_after_three_years(db):
    report = make_report(3 * YEAR + DAY)
    run()
    assert not exists(report)


def test_account_that_was_never_confirmed_is_deleted_after_a_week(db):
    user = make_user(age=8 * DAY)
    run()
    assert not exists(user)


def test_confirmed_account_stays(db):
    user = make_user(age=8 * DAY)
    EmailAddress.objects.create(user=user, email=user.email, verified=True)
    run()
    assert exists(user)


def test_new_account_has_a_week_to_confirm(db):
    user = make_user(age=6 * DAY)
    run()
    assert exists(user)


@pytest.mark.parametrize(
    ("fields", "stays"),
    [
        ({}, False),
        ({"is_staff": True}, True),
        ({"is_staff": True, "is_active": False}, False),
    ],
)
def test_account_is_deleted_two_years_after_its_last_use_unless_staff_works_with_it(
    db, fields, stays
):
    user = make_user(age=9 * YEAR, last_login=NOW - 2 * YEAR - DAY, **fields)
    run()
    assert exists(user) is stays


def test_account_in_use_stays_however_old(db):
    user = make_user(age=9 * YEAR, last_login=NOW - DAY)
    run()
    assert exists(user)


def test_deleted_account_leaves_no_trace_in_earlier_versions(db):
    user = make_user(age=8 * DAY)
    version = make_project().history.first()
    type(version).objects.filter(pk=version.pk).update(history_user=user, review_asked_by=user)
    run()
    version = type(version).objects.get(pk=version.pk)
    assert (version.history_user_id, version.review_asked_by_id) == (None, None)


def test_invitation_is_deleted_a_month_after_its_end(db):
    old, new = (
        Invitation.objects.create(
            email=f"{n}@example.org", name="A", secret_hash=str(n), expires_at=NOW - n * DAY
        )
        for n in (31, 29)
    )
    run()
    assert (exists(old), exists(new)) == (False, True)


@pytest.mark.parametrize(
    ("kind", "age", "stays"),
    [
        (Event.Kind.LOG_IN, YEAR + DAY, False),
        (Event.Kind.LOG_IN, YEAR - DAY, True),
        (Event.Kind.DECISION, 9 * YEAR, True),
        (Event.Kind.DECISION, 10 * YEAR + DAY, False),
    ],
)
def test_event_stays_for_the_period_of_its_kind(db, kind, age, stays):
    with time_machine.travel(NOW - age):
        event = Event.objects.create(kind=kind)
    run()
    assert exists(event) is stays


def test_counted_requests_end_with_their_window(db):
    Hits.objects.create(key="x", window=1, ends_at=NOW - datetime.timedelta(seconds=1))
    run()
    assert not Hits.objects.filter(key="x").exists()


def make_mail(age):
    email = Email.objects.create(
        from_email="a@example.org", to=["ada@example.org"], subject="S", status=STATUS.sent
    )
    aged(email, age, "created")
    return aged(QueuedMail.objects.create(cause=f"test:{email.pk}", template="t", email=email), age)


def test_mail_loses_text_and_recipient_after_90_days_but_is_still_counted(db):
    queued = make_mail(91 * DAY)
    run()
    queued.refresh_from_db()
    assert queued.email is None
    assert not Email.objects.filter(to__contains="ada@example.org").exists()


def test_count_of_a_mail_ends_after_a_year(db):
    queued = make_mail(YEAR + DAY)
    run()
    assert not exists(queued)


def test_attachment_goes_with_its_last_mail(db):
    old, new = make_mail(91 * DAY).email, make_mail(DAY).email
    alone, shared = (Attachment.objects.create(name=name) for name in ("a.ics", "b.ics"))
    alone.emails.add(old)
    shared.emails.add(old, new)
    run()
    assert (exists(alone), exists(shared)) == (False, True)


def test_who_changed_a_text_is_forgotten_after_two_years(db):
    version = make_project().history.first()
    editor = make_user(is_staff=True)
    type(version).objects.filter(pk=version.pk).update(
        history_user=editor, history_date=NOW - 2 * YEAR - DAY
    )
    run()
    assert type(version).objects.get(pk=version.pk).history_user_id is None


# --- The bin ------------------------------------------------------------------------------------
def binned(row, age):
    type(row).objects.filter(pk=row.pk).update(state="deleted", deleted_at=NOW - age)
    return row


def test_content_leaves_the_bin_for_good_after_30_days(db):
    old, new = binned(make_project(), 31 * DAY), binned(make_project(), 29 * DAY)
    run()
    assert (exists(old), exists(new)) == (False, True)


def test_content_out_of_the_bin_again_stays(db):
    project = binned(make_project(), 31 * DAY)
    Project.objects.filter(pk=project.pk).update(**in_state("draft"))
    run()
    assert exists(project)


def test_earlier_versions_go_with_the_content(db):
    project = binned(make_project(), 31 * DAY)
    run()
    assert not Project.history.filter(id=project.pk).exists()
    assert not project.translations.model.history.filter(master_id=project.pk).exists()


def test_content_that_others_need_stays_and_is_reported(db):
    needed, free = (binned(make_line(slug), 31 * DAY) for slug in ("needed", "free"))
    make_project(funding_line=needed)
    outcome = run()
    assert (exists(needed), exists(free)) == (True, False)
    assert outcome.stuck == 1


# --- Legal holds --------------------------------------------------------------------------------
def test_held_row_stays(db):
    report = make_report(3 * YEAR + DAY)
    hold(report)
    run()
    assert exists(report)


def test_lifted_hold_holds_no_longer(db):
    report = make_report(3 * YEAR + DAY)
    LegalHold.objects.filter(pk=hold(report).pk).update(lifted_at=timezone.now())
    run()
    assert not exists(report)


def test_hold_that_is_over_holds_no_longer(db):
    report = make_report(3 * YEAR + DAY)
    LegalHold.objects.filter(pk=hold(report).pk).update(until=datetime.date(2020, 1, 1))
    run()
    assert not exists(report)


def test_hold_on_a_record_holds_the_mails_about_it(db):
    report, queued = make_report(DAY), make_mail(91 * DAY)
    QueuedMail.objects.filter(pk=queued.pk).update(
        subject_type="offenbach_wir.barrierreport", subject_id=report.pk
    )
    hold(report)
    run()
    queued.refresh_from_db()
    assert queued.email is not None


def test_held_funding_line_stays_in_the_bin(db):
    line = binned(make_line(), 31 * DAY)
    hold(line)
    run()
    assert FundingLine.objects.filter(pk=line.pk).exists()


# --- The nightly job ----------------------------------------------------------------------------
def test_second_run_finds_nothing_to_do(db):
    make_old_report()
    assert (run().done, run().done) == (1, 0)


def test_rows_beyond_a_batch_are_reached(db, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for _n in range(5):
        make_report(3 * YEAR + DAY)
    run()
    assert not BarrierReport.objects.exists()


def test_run_that_was_stopped_is_finished_by_the_next(db, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for _n in range(5):
        make_old_report()
    assert retention.run(NOW, longest=0).done == 0
    assert run().done == 5


def test_trail_counts_what_the_rules_did_and_names_nobody(db):
    make_old_report()
    run()
    event = Event.objects.get(kind=Event.Kind.RETENTION)
    assert event.detail == {"record": "offenbach_wir.barrierreport", "what": "delete", "rows": 1}


def test_due_rows_of_all_rules_are_counted_in_two_queries(db, django_assert_num_queries):
    make_report(3 * YEAR + DAY)
    with django_assert_num_queries(2):
        due = {(kept.label, rule.after): n for kept, rule, n in retention.due_counts(NOW)}
    assert due["offenbach_wir.barrierreport", "delete"] == 1


def test_row_is_overdue_a_day_after_its_night(db):
    make_old_report(3 * YEAR + DAY / 2)
    assert retention.overdue(NOW) == 0
    assert retention.overdue(NOW + DAY) == 1


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_do_everything_once(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    for n in range(20):
        make_report(3 * YEAR + DAY, state="answered", reference=f"B-{n}")
    start, failures, done = threading.Barrier(THREADS), [], []

    def work():
        try:
            start.wait(timeout=30)
            done.append(run().done)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert not BarrierReport.objects.exists()
    # Each report was cleared once and deleted once, and the trail counts the same.
    counted = Event.objects.filter(kind=Event.Kind.RETENTION)
    assert sum(event.detail["rows"] for event in counted) == sum(done) == 40
