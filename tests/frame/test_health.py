"""The health report: what is found, what it means, and that looking never breaks anything."""

import datetime
import io
import json
import threading

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from post_office.models import STATUS, Email

from offenbach_wir import health
from offenbach_wir.health import State, rules
from offenbach_wir.models import JobRun, QueuedMail
from tests.frame.test_scanner import Clamd, Server

MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)


def found(name):
    return {entry.probe.name: entry.finding for entry in health.report()}[name]


# --- What numbers mean --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("free", "total", "state"),
    [
        (50e9, 100e9, "ok"),
        (10e9, 100e9, "ok"),
        (9.9e9, 100e9, "warning"),
        (0.9e9, 2e9, "warning"),
        (0.19e9, 1e9, "failing"),
        (1.9e9, 100e9, "failing"),
        (0, 0, "failing"),
    ],
)
def test_disk_is_full_by_share_or_by_what_is_left(free, total, state):
    assert rules.of_disk(free, total).state == state


@pytest.mark.parametrize(
    ("oldest", "last_sent", "undeliverable", "state"),
    [
        (None, None, 0, "ok"),
        (14 * MINUTE, None, 0, "ok"),
        (15 * MINUTE, MINUTE, 0, "warning"),
        (5 * HOUR, MINUTE, 0, "warning"),
        (4 * HOUR, 4 * HOUR, 0, "failing"),
        (4 * HOUR, None, 0, "failing"),
        (None, MINUTE, 1, "warning"),
    ],
)
def test_mail_stands_still_only_where_none_leaves(oldest, last_sent, undeliverable, state):
    assert rules.of_mail(3, oldest, last_sent, undeliverable).state == state


@pytest.mark.parametrize(
    ("failed", "late", "state"),
    [
        ([], MINUTE, "ok"),
        (["links"], MINUTE, "warning"),
        ([], 15 * MINUTE, "failing"),
        (["links"], 15 * MINUTE, "failing"),
    ],
)
def test_job_that_is_overdue_weighs_more_than_one_that_failed(failed, late, state):
    assert rules.of_jobs(failed, late).state == state


@pytest.mark.parametrize(
    ("seen", "state"),
    [(None, "failing"), (MINUTE, "ok"), (5 * MINUTE, "warning"), (15 * MINUTE, "failing")],
)
def test_worker_is_missed_after_minutes(seen, state):
    assert rules.of_worker(seen).state == state


@pytest.mark.parametrize(
    ("age", "is_verified", "is_demo", "state"),
    [
        (None, False, True, "ok"),
        (None, False, False, "warning"),
        (25 * HOUR, True, False, "ok"),
        (25 * HOUR, False, False, "warning"),
        (26 * HOUR, True, False, "warning"),
        (72 * HOUR, True, False, "failing"),
    ],
)
def test_backup_ages(age, is_verified, is_demo, state):
    finding = rules.of_backup(age, 5_000_000, is_verified=is_verified, is_demo=is_demo)
    assert finding.state == state


@pytest.mark.parametrize(
    ("vendor", "version", "state"),
    [
        ("sqlite", (3, 40, 1), "warning"),
        ("sqlite", (3, 51, 2), "warning"),
        ("sqlite", (3, 51, 3), "ok"),
        ("postgresql", (15, 4), "ok"),
    ],
)
def test_sqlite_with_the_fault_is_told(vendor, version, state):
    assert rules.of_version(vendor, version).state == state


@pytest.mark.parametrize("pending", [0, 1, 3])
def test_pending_migrations_fail(pending):
    assert (rules.of_migrations(pending).state == State.FAILING) is bool(pending)


@pytest.mark.parametrize(("ms", "state"), [(1, "ok"), (251, "warning")])
def test_slow_database_is_told(ms, state):
    assert rules.of_database(ms).state == state


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (datetime.timedelta(seconds=-5), "0 s"),
        (59 * datetime.timedelta(seconds=1), "59 s"),
        (HOUR + 5 * MINUTE, "1 h 5 min"),
        (49 * HOUR + MINUTE, "2 d 1 h"),
    ],
)
def test_periods_are_spoken_in_their_two_largest_parts(period, words):
    assert rules.spoken(period) == words


# --- Looking ------------------------------------------------------------------------------------
def test_what_does_not_work_says_what_to_do(db, settings):
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    entries = health.report()
    assert all(entry.finding.sentence for entry in entries)
    assert all(entry.finding.advice for entry in entries if entry.finding.state != State.OK)
    assert health.worst(entries) == State.FAILING


def test_report_never_raises_while_the_database_is_away(database_away, settings):
    settings.IS_DEMO = False
    entries = health.report()
    assert {e.probe.name for e in entries if e.finding.state == State.FAILING} >= {
        *("database", "migrations", "mail", "jobs", "worker", "tasks", "demo"),
    }
    assert "OperationalError" in {e.probe.name: e for e in entries}["mail"].finding.sentence


def test_waiting_mail_is_counted_with_the_age_of_the_oldest(db):
    Email.objects.all().delete()
    now = timezone.now()
    for minutes in (3, 20):
        email = Email.objects.create(
            from_email="a@example.org", to=["b@example.org"], status=STATUS.queued
        )
        Email.objects.filter(pk=email.pk).update(created=now - minutes * MINUTE)
    figures = found("mail").figures
    assert figures["waiting"] == 2
    assert 20 * 60 <= figures["oldest_seconds"] < 21 * 60


def test_undeliverable_mail_is_counted(db):
    email = Email.objects.create(
        from_email="a@example.org", to=["b@example.org"], status=STATUS.failed
    )
    QueuedMail.objects.create(email=email, cause="health:1", template="x", language="de")
    assert found("mail").figures["undeliverable"] == 1


def test_job_that_failed_is_named(db):
    JobRun.objects.update_or_create(
        name="links", defaults={"due_at": timezone.now() + HOUR, "failures": 2}
    )
    finding = found("jobs")
    assert finding.state == State.WARNING
    assert "links" in finding.sentence


def test_job_that_nobody_starts_is_late(db):
    JobRun.objects.update_or_create(name="links", defaults={"due_at": timezone.now() - HOUR})
    assert found("jobs").figures["late_seconds"] >= 3600


def test_worker_was_seen_when_a_job_ended(db):
    JobRun.objects.all().delete()
    assert found("worker").state == State.FAILING
    JobRun.objects.create(name="links", due_at=timezone.now(), finished_at=timezone.now())
    assert found("worker").state == State.OK


def test_looking_at_the_files_leaves_none_behind(db):
    assert found("private_files").state == State.OK
    assert storages["private"].listdir("health")[1] == []


def test_storage_that_takes_no_file_fails(db, settings, tmp_path):
    (tmp_path / "file").write_text("no folder")
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {
        "private": {"BACKEND": backend, "OPTIONS": {"location": tmp_path / "file"}}
    }
    assert found("private_files").state == State.FAILING


@pytest.mark.parametrize(("answer", "state"), [(b"PONG\0", "ok"), (b"NO\0", "failing")])
def test_scanner_is_asked_whether_it_is_there(db, settings, answer, state):
    def play(clamd):
        assert clamd.request.recv(20) == b"zPING\0"
        clamd.answer(answer)

    with Server(("127.0.0.1", 0), Clamd) as server:
        server.play, server.received = play, []
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        assert found("scanner").state == state
        server.shutdown()


def test_missing_scanner_and_dead_scanner_are_two_things(db, settings):
    settings.CLAMAV_ADDRESS = ""
    missing = found("scanner")
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    dead = found("scanner")
    assert (missing.state, dead.state) == (State.WARNING, State.FAILING)


@pytest.fixture
def note(settings, tmp_path):
    """note(text) is what the last backup left."""
    settings.VAR_DIR = tmp_path
    return (tmp_path / "backup-last.json").write_text


def test_backup_is_known_by_its_note(db, note):
    finished = (timezone.now() - 2 * HOUR).isoformat()
    note(json.dumps({"finished": finished, "bytes": 7_000_000, "verified": True}))
    finding = found("backup")
    assert finding.state == State.OK
    assert finding.figures["bytes"] == 7_000_000
    assert 7200 <= finding.figures["age_seconds"] < 7300


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"finished": "gestern", "bytes": 1}'])
def test_note_that_cannot_be_read_is_a_finding(db, note, text):
    note(text)
    assert found("backup").state == State.FAILING


def test_demo_accounts_in_production_fail(db, settings):
    settings.IS_DEMO = False
    assert found("demo").state == State.FAILING


@pytest.mark.parametrize(
    ("backend", "state"), [("locmem.LocMemCache", "ok"), ("dummy.DummyCache", "warning")]
)
def test_cache_that_keeps_nothing_is_told(db, settings, backend, state):
    pages = {"BACKEND": f"django.core.cache.backends.{backend}"}
    settings.CACHES = settings.CACHES | {"pages": pages}
    assert found("cache").state == state


# --- For operators ------------------------------------------------------------------------------
def run(*arguments):
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("health", *arguments, stdout=out)
    return ended.value.code, out.getvalue()


def test_command_ends_with_the_worst_state(db, settings):
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    code, text = run()
    assert code == 2
    assert "The scanner does not answer" in text


def test_command_speaks_one_language_whatever_the_portal_speaks(db):
    assert "Database: The database answers" in run()[1]


def test_command_works_while_the_database_is_away(database_away):
    code, text = run()
    assert code == 2
    assert "OperationalError" in text


def test_command_speaks_json(db):
    code, text = run("--json")
    report = json.loads(text)
    assert ["ok", "warning", "failing"].index(report["state"]) == code
    assert report["probes"]["migrations"] == {
        **report["probes"]["migrations"],
        **{"state": "ok", "pending": 0},
    }


def test_report_names_no_password(db, settings):
    settings.STORAGE_URL = "s3://key:geheim@host/bucket"
    password = connection.settings_dict["PASSWORD"] or "geheim"
    assert password not in run("--json")[1]


def test_administrator_reads_the_report_in_the_back_office(administrator):
    page = administrator.get("/verwaltung/zustand/")
    assert page.status_code == 200
    assert {e.probe.name for e in page.context["entries"]} >= {"database", "disk", "fonts"}
    assert "/verwaltung/zustand/" in administrator.get("/verwaltung/").text


def test_report_is_closed_to_other_roles(editor):
    assert editor.get("/verwaltung/zustand/").status_code == 403
