"""What the frame looks at; what the numbers mean stands in health/rules.py."""

import datetime
import json
import secrets
import shutil
import sqlite3
import time

from django.conf import settings
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max, Min, Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks_db.models import DBTaskResult
from post_office.models import STATUS, Email

from . import jobs, scanner
from .deploy_checks import demo_accounts
from .health import failing, ok, probe, rules, warning
from .models import JobRun, QueuedMail


@probe("database", title=gettext_lazy("Database"))
def database(now):
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return rules.of_database((time.perf_counter() - started) * 1000)


@probe("database_version", title=gettext_lazy("Version of the database"))
def database_version(now):
    if connection.vendor == "sqlite":
        return rules.of_version("sqlite", sqlite3.sqlite_version_info)
    number = connection.pg_version
    return rules.of_version("postgresql", (number // 10000, number % 10000))


@probe("migrations", title=gettext_lazy("Structure of the database"))
def migrations(now):
    executor = MigrationExecutor(connection)
    return rules.of_migrations(len(executor.migration_plan(executor.loader.graph.leaf_nodes())))


@probe("mail", title=gettext_lazy("E-mails"))
def mail(now):
    waiting = Email.objects.filter(status__in=(STATUS.queued, STATUS.requeued))
    oldest = waiting.aggregate(oldest=Min("created"))["oldest"]
    sent = Email.objects.filter(status=STATUS.sent).aggregate(at=Max("last_updated"))["at"]
    return rules.of_mail(
        waiting.count(),
        oldest and now - oldest,
        sent and now - sent,
        QueuedMail.objects.needs_attention().count(),
    )


@probe("jobs", title=gettext_lazy("Scheduled jobs"))
def scheduled_jobs(now):
    waiting = JobRun.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lt=now), name__in=jobs.registered()
    )
    due = waiting.aggregate(due=Min("due_at"))["due"]
    failed = list(jobs.failing().order_by("name").values_list("name", flat=True))
    late = max(now - due, datetime.timedelta()) if due else datetime.timedelta()
    return rules.of_jobs(failed, late)


@probe("worker", title=gettext_lazy("Worker"))
def worker(now):
    seen = JobRun.objects.aggregate(at=Max("finished_at"))["at"]
    return rules.of_worker(seen and now - seen)


@probe("tasks", title=gettext_lazy("Background tasks"))
def tasks(now):
    waiting = DBTaskResult.objects.ready()
    oldest = waiting.aggregate(oldest=Min("enqueued_at"))["oldest"]
    return rules.of_tasks(waiting.count(), oldest and now - oldest)


@probe("disk", title=gettext_lazy("Disk"))
def disk(now):
    usage = shutil.disk_usage(settings.VAR_DIR)
    return rules.of_disk(usage.free, usage.total)


def _writes(alias):
    """Writes, reads and deletes a small file; raises OSError where that fails."""
    storage, content = storages[alias], secrets.token_bytes(8)
    name = storage.save(f"health/{secrets.token_hex(8)}.bin", ContentFile(content))
    try:
        with storage.open(name) as file:
            return file.read() == content
    finally:
        storage.delete(name)


def _storage(alias):
    try:
        works = _writes(alias)
    except OSError as error:
        sentence = _("Files cannot be stored: %(error)s.") % {"error": type(error).__name__}
    else:
        if works:
            return ok(_("A file was stored, read and deleted."))
        sentence = _("A file came back with other content than it was stored with.")
    return failing(
        sentence,
        _("See whether VAR_DIR is writable and has room, or the storage answers."),
    )


@probe("media", title=gettext_lazy("Public files"))
def media(now):
    return _storage("default")


@probe("private_files", title=gettext_lazy("Private files"))
def private_files(now):
    return _storage("private")


@probe("scanner", title=gettext_lazy("Scanner for viruses"))
def virus_scanner(now):
    if not scanner.is_configured():
        return warning(
            _("No scanner is configured; files of clubs are not scanned."),
            _("Install ClamAV and set CLAMAV_ADDRESS (docs/operation.md)."),
        )
    if scanner.answers():
        return ok(_("The scanner answers."))
    return failing(
        _("The scanner does not answer; new files are kept back."),
        _("Start clamd; files that wait are scanned by themselves afterwards."),
    )


@probe("cache", title=gettext_lazy("Cache of pages"))
def page_cache(now):
    kept, key = caches["pages"], f"health:{secrets.token_hex(8)}"
    try:
        kept.set(key, 1, 10)
        works = kept.get(key) == 1
        kept.delete(key)
    except Exception as error:  # each kind of cache has errors of its own
        return warning(
            _("The cache is away: %(error)s.") % {"error": type(error).__name__}, _(CACHE_ADVICE)
        )
    if works:
        return ok(_("The cache answers."))
    return warning(_("The cache does not keep anything."), _(CACHE_ADVICE))


CACHE_ADVICE = gettext_lazy("Pages work and are made anew each time. See CACHE_URL.")


@probe("backup", title=gettext_lazy("Backup"))
def backup(now):
    """From the note that `manage.py back_up` leaves."""
    try:
        note = json.loads((settings.VAR_DIR / "backup-last.json").read_text())
        finished = parse_datetime(note["finished"])
        age, size, verified = now - finished, int(note["bytes"]), note["verified"] is True
    except FileNotFoundError:
        age, size, verified = None, 0, False
    return rules.of_backup(age, size, is_verified=verified, is_demo=settings.IS_DEMO)


@probe("demo", title=gettext_lazy("Examples"))
def examples(now):
    if settings.IS_DEMO:
        return ok(_("This is a demo."))
    if demo_accounts().exists():
        return failing(
            _("Accounts of the demo are in this database."),
            _("Set DATABASE_URL to a database of its own and run manage.py set_up."),
        )
    return ok(_("No examples are in this database."))
