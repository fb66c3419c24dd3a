"""A portal at work is saved into one sealed file and brought back on an empty host.

Each portal here is one of its own: database, folder and processes.
"""

import datetime
import json
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from offenbach_wir.backup import databases, keys
from offenbach_wir.backup.postgresql import program
from offenbach_wir.backup.rotation import name_at
from offenbach_wir.backup.sealed import SealedReader
from tests.operation.places import Place, empty_host
from tests.operation.power import disk
from tests.server import ask, copy_of_database

pytestmark = pytest.mark.django_db
KEY = keys.new_key()
ADA = "ada.planted@example.org"
OLDER = [name_at(datetime.datetime(2024, m, 1, tzinfo=datetime.UTC)) for m in range(1, 13)]
LARGE = 30 * 1024 * 1024
# Files for every row that names one, and a person with a mail that has an attachment.
PLANT = f"""
from django.core.files.base import ContentFile
from offenbach_wir import outbox
from offenbach_wir.models import BarrierReport, User
from programs.models import Document, Picture
for row in [*Document.objects.all(), *Picture.objects.all()]:
    if not row.file.storage.exists(row.file.name):
        row.file.storage.save(row.file.name, ContentFile(row.file.name.encode() * 100))
User.objects.create_user("{ADA}", name="Ada Planted")
BarrierReport.objects.create(description="Tür", contact="{ADA}")
outbox.queue("organisation_message", cause="test:ada", to="club@example.org", language="de",
    context=dict(organisation="V", slug="v", name="Ada", email="x@example.org", message="Hallo",
    written_in="Deutsch"), attachments=[("plan.pdf", b"%PDF-1.7 private", "application/pdf")])
"""


def backups_in(folder):
    return sorted(path for path in folder.iterdir() if path.name.endswith(".wirbackup"))


def back_up(place, folder, **options):
    """The path of a new backup of that portal."""
    folder.mkdir(exist_ok=True)
    made = place.command("back_up", folder, **options)
    assert made.returncode == 0, made.stderr
    return backups_in(folder)[-1]


def restore(place, backup, *options):
    return place.command("restore", backup, *(options or ["--no-newer-erasures"]))


def count(place, table, where="1=1"):
    return ask(place.database, f"SELECT count(*) FROM {table} WHERE {where}")[0][0]


def unsealed(backup):
    with open(backup, "rb") as file:
        return SealedReader(file, keys.read(KEY)).read()


@pytest.fixture(scope="module")
def origin(django_db_setup, django_db_blocker, tmp_path_factory):
    """A portal with content, files and a person."""
    folder = tmp_path_factory.mktemp("origin")
    with django_db_blocker.unblock(), copy_of_database(connection, folder) as database:
        place = Place(folder / "var", database, BACKUP_KEY=KEY, SECRET_KEY="key of the origin")
        place.run(PLANT)
        yield place


@pytest.fixture(scope="module")
def backup(origin, tmp_path_factory):
    """In a folder with older ones, and something that is none."""
    folder = tmp_path_factory.mktemp("backups")
    for name in (*OLDER, "notes.txt"):
        (folder / name).write_text("x")
    return back_up(origin, folder)


@pytest.fixture(scope="module")
def restored(origin, backup, tmp_path_factory):
    """What the backup became on an empty host; told with the time it took."""
    with empty_host(origin, tmp_path_factory.mktemp("host") / "var") as place:
        started = time.monotonic()
        done = restore(place, backup)
        place.seconds = time.monotonic() - started
        assert done.returncode == 0, done.stderr
        yield place


@pytest.fixture
def host(origin, tmp_path):
    """An empty one."""
    with empty_host(origin, tmp_path / "host", "empty") as place:
        yield place


# --- The whole round --------------------------------------------------------------------------
def test_every_table_and_every_file_comes_back(origin, backup, restored, capsys):
    assert restored.tables() == origin.tables()
    assert restored.files() == origin.files()
    assert len(restored.files()) > 3
    size = backup.stat().st_size / 1e6
    with capsys.disabled():
        print(f"\n  {connection.vendor}: restored {size:.1f} MB in {restored.seconds:.1f} s")


def test_keys_come_back_for_the_eyes_of_one_person(restored):
    environment = restored.folder / "restored.env"
    assert "SECRET_KEY='key of the origin'\n" in environment.read_text()
    assert stat.S_IMODE(environment.stat().st_mode) == 0o600


def test_what_is_there_is_not_given_up_by_mistake(backup, restored):
    before = restored.tables()
    again = restore(restored, backup)
    assert again.returncode == 1
    assert "already holds tables" in again.stderr
    assert restored.tables() == before


def test_who_was_erased_after_the_backup_is_erased_again(backup, restored, tmp_path):
    """Also: what is there is given up where that is said."""
    assert count(restored, "offenbach_wir_user", f"email = '{ADA}'") == 1
    assert restored.command("erase_person", ADA, "--yes").returncode == 0
    receipts = tmp_path / "receipts"
    (restored.folder / "erasures").rename(receipts)
    done = restore(restored, backup, "--replace", "--erasures", receipts)
    assert done.returncode == 0, done.stderr
    assert count(restored, "offenbach_wir_user", f"email = '{ADA}'") == 0
    assert count(restored, "offenbach_wir_barrierreport", f"contact = '{ADA}'") == 0
    assert count(restored, "offenbach_wir_erasure") == 1
    assert len(list((restored.folder / "erasures").iterdir())) == 1


def test_restore_asks_for_the_receipts():
    with pytest.raises(CommandError, match="--erasures"):
        call_command("restore", "any.wirbackup")


def test_backup_is_noted_for_the_health_report(origin, backup):
    note = json.loads((origin.folder / "backup-last.json").read_text())
    assert (note["file"], note["bytes"]) == (backup.name, backup.stat().st_size)
    assert note["verified"] is True
    assert note["finished"].endswith("+00:00")


def test_backup_is_for_the_eyes_of_its_owner(backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_backup_holds_neither_its_own_key_nor_the_address_of_the_database(origin, backup):
    content = unsealed(backup)
    assert b"key of the origin" in content
    assert KEY.encode() not in content
    assert origin.database.encode() not in content
    assert ADA.encode() not in backup.read_bytes()


def test_backup_can_be_verified_later(backup, settings, capsys):
    settings.BACKUP_KEY = KEY
    call_command("back_up", verify=backup)
    assert f"Whole: {backup}" in capsys.readouterr().out


def test_outdated_backups_are_removed_and_nothing_else(backup):
    left = {path.name for path in backup.parent.iterdir()}
    assert left == {backup.name, *OLDER[-11:], "notes.txt", ".lock"}


def test_what_is_written_during_the_backup_is_in_it_whole_or_not_at_all(origin, host, tmp_path):
    """Each step writes a file, then two rows in one transaction, one of which names the file."""
    for table in ("left_one", "right_one"):
        ask(origin.database, f"CREATE TABLE {table} (n integer)")
    folder, stop = origin.folder / "private" / "written", threading.Event()
    folder.mkdir(parents=True)

    def write():
        n = 0
        while not stop.is_set():
            n += 1
            (folder / f"{n}.bin").write_bytes(b"x" * 1000)
            for statement in (
                "INSERT INTO post_office_attachment (name, file, mimetype, headers)"
                f" VALUES ('w', 'written/{n}.bin', 'text/plain', NULL)",
                f"INSERT INTO left_one VALUES ({n})",
            ):
                both = f"{statement}; INSERT INTO right_one VALUES ({n})"
                write_together(origin.database, both if "left" in statement else statement)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        saved = back_up(origin, tmp_path / "backups")
    finally:
        stop.set()
        writer.join()
    assert restore(host, saved).returncode == 0
    left, right = (
        ask(host.database, f"SELECT n FROM {t} ORDER BY n") for t in ("left_one", "right_one")
    )
    named = ask(host.database, "SELECT file FROM post_office_attachment WHERE name = 'w'")
    for statement in (
        *("DROP TABLE left_one", "DROP TABLE right_one"),
        "DELETE FROM post_office_attachment WHERE name = 'w'",
    ):
        ask(origin.database, statement)
    shutil.rmtree(folder)
    assert left == right
    assert len(left) > 0
    assert len(named) - len(left) in (0, 1)
    assert all((host.folder / "private" / name).exists() for (name,) in named)


def write_together(database, statements):
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"), timeout=20)) as own:
            own.executescript(f"BEGIN IMMEDIATE; {statements}; COMMIT;")
    else:
        ask(database, statements)


def test_file_that_is_not_there_is_listed(origin, tmp_path):
    ask(
        origin.database,
        "INSERT INTO post_office_attachment (name, file, mimetype, headers)"
        " VALUES ('gone', 'gone/for-ever.pdf', 'text/plain', NULL)",
    )
    made = origin.command("back_up", tmp_path)
    ask(origin.database, "DELETE FROM post_office_attachment WHERE name = 'gone'")
    assert made.returncode == 0
    assert "private/gone/for-ever.pdf" in made.stderr


# --- What is refused --------------------------------------------------------------------------
def is_untouched(host):
    return host.tables() == {} and host.files() == {}


@pytest.mark.parametrize("damage", ["altered", "other key"])
def test_damaged_backup_is_refused_before_anything_is_changed(host, backup, tmp_path, damage):
    content = bytearray(backup.read_bytes())
    if damage == "altered":
        content[len(content) // 2] ^= 1
    else:
        host.environment["BACKUP_KEY"] = keys.new_key()
    spoiled = tmp_path / backup.name
    spoiled.write_bytes(content)
    refused = restore(host, spoiled)
    assert refused.returncode == 1
    assert refused.stderr.startswith("CommandError: Not restored: This backup")
    assert is_untouched(host)


def test_backup_of_a_newer_portal_is_told_by_its_migrations(db):
    known = "programs.0001_initial"
    assert databases.unknown_migrations([known, "programs.9999_of_tomorrow"]) == [
        "programs.9999_of_tomorrow"
    ]
    # What an app left behind that is not installed any more is no reason.
    assert databases.unknown_migrations([known, "an_app_of_yesterday.0001_initial"]) == []


def test_portal_at_work_is_not_replaced_under_its_processes(host, backup):
    assert restore(host, backup).returncode == 0
    before = host.tables()
    with at_work(host):
        refused = restore(host, backup, "--replace", "--no-newer-erasures")
        assert refused.returncode == 1
        assert "Stop web server and worker first." in refused.stderr
    assert host.tables() == before
    assert restore(host, backup, "--replace", "--no-newer-erasures").returncode == 0


@contextmanager
def at_work(place):
    """A process of the portal that has read something and waits for the next request."""
    waits = (
        "import sys; from offenbach_wir.models import User; User.objects.count();"
        " print('ready', flush=True); sys.stdin.read()"
    )
    pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    process = place.begin("shell", "-v0", "-c", waits, text=True, **pipes)
    try:
        assert process.stdout.readline() == "ready\n"
        yield
    finally:
        process.communicate()


def test_interrupted_restore_is_finished_by_the_same_command(host, origin, backup):
    blocked = host.folder / "private"
    blocked.write_text("a file where a folder should be")
    interrupted = restore(host, backup)
    assert interrupted.returncode == 1
    assert host.tables() != {}
    blocked.unlink()
    finished = restore(host, backup)
    assert finished.returncode == 0, finished.stderr
    assert host.tables() == origin.tables()
    assert host.files() == origin.files()
    # Now it is a portal like any other.
    assert restore(host, backup).returncode == 1


# --- What goes wrong while one is made --------------------------------------------------------
def leaves_nothing(folder):
    return [path.name for path in folder.iterdir() if path.name != ".lock"] == []


def test_without_a_key_there_is_no_backup(settings, tmp_path):
    settings.BACKUP_KEY = settings.BACKUP_KEY_FILE = ""
    with pytest.raises(CommandError, match="--new-key"):
        call_command("back_up", tmp_path)
    assert leaves_nothing(tmp_path)


def limit_size_of_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))


@pytest.fixture
def large_file(origin):
    """Makes a backup take a moment."""
    path = origin.folder / "private" / "large.bin"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(os.urandom(1024) * (LARGE // 1024))
    # From before the snapshot, also for a database whose clock is a little behind.
    os.utime(path, (1_700_000_000, 1_700_000_000))
    yield path
    path.unlink()


@pytest.fixture
def small_disk(tmp_path):
    """(folder, options of the process); who may not mount a disk gets a limit for files."""
    folder = tmp_path / "small"
    folder.mkdir()
    with disk(folder, "2m") as is_own:
        yield folder, {} if is_own else {"preexec_fn": limit_size_of_files}


def test_full_disk_leaves_no_file_and_says_so(origin, small_disk, large_file):
    folder, options = small_disk
    failed = origin.command("back_up", folder, **options)
    assert failed.returncode == 1
    assert failed.stderr.startswith("CommandError: No backup: ")
    assert leaves_nothing(folder)
    assert options or "not enough room" in failed.stderr


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_killed_backup_leaves_nothing_that_looks_whole(origin, tmp_path, large_file, how):
    process = origin.begin("back_up", tmp_path)
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".*.part")) and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(how)
    assert process.wait(timeout=30) != 0
    assert backups_in(tmp_path) == []
    assert not list(origin.folder.parent.glob(".snapshot-*"))
    if how == signal.SIGKILL:
        # The next one clears away what was left.
        back_up(origin, tmp_path)
        assert len(backups_in(tmp_path)) == 1
    assert list(tmp_path.glob(".*.part")) == []


def test_password_of_the_database_is_on_no_command_line(origin, tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("the embedded database has none")
    listening = tmp_path / "pg_dump"
    seen = tmp_path / "seen"
    listening.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] || echo "$@ PGPASSWORD=$PGPASSWORD" > {seen}\n'
        f'exec {program("pg_dump", 0)} "$@"\n'
    )
    listening.chmod(0o755)
    with_password = origin.database.replace("postgres@", "postgres:very-secret@")
    place = Place(
        origin.folder,
        with_password,
        BACKUP_KEY=KEY,
        PATH=f"{tmp_path}:{os.path.dirname(sys.executable)}:/usr/bin:/bin",
    )
    back_up(place, tmp_path / "backups")
    assert seen.read_text().count("very-secret") == 1
    assert seen.read_text().endswith("PGPASSWORD=very-secret\n")
