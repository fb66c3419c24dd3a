"""Scheduled work: on time by Offenbach's clocks, once across processes, again after a failure."""

import datetime
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tasks_db.models import DBTaskResult
from post_office.models import STATUS, Email

from offenbach_wir import jobs
from offenbach_wir.jobs import MONDAY, AtLocalTime, Every, retry_after, run_due
from offenbach_wir.models import JobRun
from programs.models import Picture
from programs.scheduled import ask_again_for_missing_sizes
from tests.factories import make_picture

MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)
NOW = datetime.datetime(2026, 11, 20, 12, 0, tzinfo=datetime.UTC)
THREADS = 6


def utc(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


@pytest.fixture
def only_jobs(monkeypatch):
    """No other jobs than those a test registers."""
    monkeypatch.setattr(jobs, "_jobs", {})


@pytest.fixture
def ran(only_jobs):
    """A job every hour that notes when it ran."""
    moments = []

    @jobs.job("noted", every=HOUR)
    def note(now):
        moments.append(now)
        return f"{len(moments)} noted"

    return moments


def the_row():
    return JobRun.objects.get(name="noted")


@pytest.mark.parametrize(
    ("at", "weekday", "after", "expected"),
    [
        ("03:15", None, "2026-11-20T12:00", "2026-11-21T02:15"),
        ("03:15", None, "2026-11-20T01:00", "2026-11-20T02:15"),
        ("03:15", None, "2026-11-20T02:15", "2026-11-21T02:15"),
        ("03:15", None, "2026-07-20T12:00", "2026-07-21T01:15"),
        # 23:30 UTC is already the next day in Offenbach.
        ("00:15", None, "2026-11-20T23:30", "2026-11-21T23:15"),
        ("02:30", None, "2027-03-27T12:00", "2027-03-28T01:30"),  # the clock skips this time
        ("02:30", None, "2026-10-24T12:00", "2026-10-25T00:30"),  # the clock shows it twice
        ("02:30", None, "2026-10-25T00:30", "2026-10-26T01:30"),
        ("07:00", MONDAY, "2026-11-20T12:00", "2026-11-23T06:00"),
        ("07:00", MONDAY, "2026-11-23T06:00", "2026-11-30T06:00"),
    ],
)
def test_next_time_is_the_next_on_the_clocks_of_offenbach(at, weekday, after, expected):
    schedule = AtLocalTime(datetime.time.fromisoformat(at), weekday)
    assert schedule.after(utc(after)) == utc(expected)


def test_job_that_runs_every_so_often_runs_again_after_its_period():
    assert Every(HOUR).after(NOW) == NOW + HOUR


def test_new_job_runs_at_once(db, ran):
    assert run_due(NOW) == {"noted": True}
    assert ran == [NOW]


def test_new_nightly_job_waits_for_its_night(db, only_jobs):
    jobs.job("nightly", daily_at="03:15")(lambda now: None)
    assert run_due(NOW) == {}
    assert JobRun.objects.get(name="nightly").due_at == utc("2026-11-21T02:15")


def test_job_runs_once_in_its_period(db, ran):
    for moment in (NOW, NOW + MINUTE, NOW + HOUR):
        run_due(moment)
    assert ran == [NOW, NOW + HOUR]


def test_result_is_kept(db, ran):
    run_due(NOW)
    assert (the_row().result, the_row().failures, the_row().claimed_until) == ("1 noted", 0, None)


def test_job_that_another_process_runs_is_left_to_it(db, ran):
    JobRun.objects.create(name="noted", due_at=NOW, claimed_until=NOW + MINUTE, claimed_by="x")
    assert run_due(NOW) == {}


def test_claim_of_a_killed_process_lapses(db, ran):
    JobRun.objects.create(name="noted", due_at=NOW, claimed_until=NOW - MINUTE, claimed_by="x")
    assert run_due(NOW) == {"noted": True}


def test_process_whose_claim_lapsed_does_not_report_for_the_new_one(db, only_jobs):
    @jobs.job("noted", every=HOUR)
    def slow(now):
        JobRun.objects.filter(name="noted").update(claimed_by="another")

    run_due(NOW)
    assert (the_row().claimed_by, the_row().result) == ("another", "")


FROM_THE_DATABASE = "Key (email)=(ada@example.org) already exists."


@pytest.fixture
def failing(only_jobs):
    @jobs.job("noted", every=HOUR)
    def fail(now):
        raise RuntimeError(FROM_THE_DATABASE)


def test_failing_job_does_not_stop_the_others(db, failing):
    jobs.job("other", every=HOUR)(lambda now: None)
    assert run_due(NOW) == {"noted": False, "other": True}


def test_failed_job_is_tried_again_after_a_while(db, failing):
    run_due(NOW)
    assert (the_row().due_at, the_row().failures) == (NOW + 5 * MINUTE, 1)
    run_due(NOW + 5 * MINUTE)
    assert (the_row().due_at, the_row().failures) == (NOW + 15 * MINUTE, 2)


@pytest.mark.parametrize(("failures", "minutes"), [(0, 5), (1, 10), (2, 20), (7, 360), (999, 360)])
def test_wait_doubles_up_to_six_hours(failures, minutes):
    assert retry_after(failures) == minutes * MINUTE


def test_last_error_names_the_place_and_nobody(db, failing):
    run_due(NOW)
    assert the_row().last_error.startswith("RuntimeError (back_office/test_jobs.py:")
    assert "ada@example.org" not in the_row().last_error


def test_log_of_a_failure_names_nobody(db, failing, caplog):
    run_due(NOW)
    assert "Job noted failed: RuntimeError" in caplog.text
    assert "ada@example.org" not in caplog.text


def test_success_ends_the_series_of_failures(db, ran):
    JobRun.objects.create(name="noted", due_at=NOW, failures=3, last_error="X")
    run_due(NOW)
    assert (the_row().failures, the_row().last_error) == (0, "")


def test_name_is_taken_once(only_jobs):
    jobs.job("noted", every=HOUR)(lambda now: None)
    with pytest.raises(ValueError, match="twice"):
        jobs.job("noted", every=HOUR)(lambda now: None)


@pytest.mark.parametrize("times", [{}, {"every": HOUR, "daily_at": "03:15"}])
def test_job_has_exactly_one_schedule(times):
    with pytest.raises(TypeError):
        jobs.job("noted", **times)


def test_portal_has_its_jobs():
    assert {"retention", "expired_sessions", "rate_limit_windows", "picture_sizes"} <= set(
        jobs.registered()
    )


def test_command_sends_mails_and_runs_tasks_and_jobs(transactional_db, ran, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail = Email.objects.create(
        from_email="a@example.org", to=["b@example.org"], subject="S", status=STATUS.queued
    )
    call_command("run_due")
    mail.refresh_from_db()
    assert (len(ran), mail.status) == (1, STATUS.sent)


def test_command_tells_cron_of_a_failure(transactional_db, failing):
    with pytest.raises(CommandError, match="noted"):
        call_command("run_due")


def test_pictures_without_sizes_are_queued_once(db):
    Picture.objects.update(sizes={"webp": {}})
    DBTaskResult.objects.all().delete()
    make_picture()
    assert ask_again_for_missing_sizes(NOW) == "Eingereihte Bilder: 1"
    assert ask_again_for_missing_sizes(NOW) == "Eingereihte Bilder: 0"


# --- Several processes --------------------------------------------------------------------------
def in_parallel(work):
    """Runs work() in each of the threads at once, each with a connection of its own."""
    start, failures = threading.Barrier(THREADS), []

    def run():
        try:
            start.wait(timeout=30)
            work()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.django_db(transaction=True)
def test_job_runs_once_however_many_processes_look(ran):
    in_parallel(lambda: run_due(NOW))
    assert ran == [NOW]


@pytest.mark.django_db(transaction=True)
def test_job_would_run_several_times_without_the_claim(ran):
    """The control: the same threads, but each looks first and runs then."""
    JobRun.objects.create(name="noted", due_at=NOW)
    all_have_looked = threading.Barrier(THREADS)

    def work():
        is_due = JobRun.objects.filter(name="noted", due_at__lte=NOW, claimed_until=None).exists()
        all_have_looked.wait(timeout=30)
        if is_due:
            jobs.registered()["noted"].run(NOW)

    in_parallel(work)
    assert len(ran) == THREADS
