"""What the numbers mean: pure functions of plain values, with the limits in one place."""

import datetime

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import failing, ok, warning

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)

SLOW_MS = 250
LATE_MAIL, VERY_LATE_MAIL = 15 * MINUTE, 4 * HOUR
LATE_WORK, VERY_LATE_WORK = 5 * MINUTE, 15 * MINUTE
LITTLE_SPACE, LITTLE_SHARE = 1_000_000_000, 0.10
NO_SPACE, NO_SHARE = 200_000_000, 0.02
LATE_BACKUP, VERY_LATE_BACKUP = 26 * HOUR, 72 * HOUR
# Below, a rare fault can damage a database in WAL mode (sqlite.org/wal.html, "WAL-reset bug").
SQLITE_SINCE = (3, 51, 3)


def of_database(milliseconds):
    figures = {"latency_seconds": milliseconds / 1000}
    sentence = _("The database answers in %(n)s ms.") % {"n": number_format(milliseconds, 1)}
    if milliseconds > SLOW_MS:
        advice = _("Look at the load of the database and at the network between it and this host.")
        return warning(sentence, advice, **figures)
    return ok(sentence, **figures)


def of_version(vendor, version):
    """`version` as a tuple of numbers."""
    name = ".".join(map(str, version))
    if vendor != "sqlite":
        return ok(_("PostgreSQL %(version)s.") % {"version": name})
    if version < SQLITE_SINCE:
        return warning(
            _("SQLite %(version)s has a rare fault that can damage the database.")
            % {"version": name},
            _("Use PostgreSQL in production, or a Python with SQLite %(version)s or newer.")
            % {"version": ".".join(map(str, SQLITE_SINCE))},
        )
    return ok(_("SQLite %(version)s.") % {"version": name})


def of_migrations(pending):
    if pending:
        return failing(
            ngettext(
                "%(n)s change of the database is still to be made.",
                "%(n)s changes of the database are still to be made.",
                pending,
            )
            % {"n": pending},
            _("Run manage.py migrate."),
            pending=pending,
        )
    return ok(_("The database fits this version of the portal."), pending=0)


def of_mail(waiting, oldest, last_sent, undeliverable):
    """`oldest` is how long the oldest has waited, `last_sent` how long ago one left; or None.

    One mail that its server does not want is no standstill, so that is only where none leaves.
    """
    late = oldest or datetime.timedelta()
    figures = {
        "waiting": waiting,
        "oldest_seconds": late.total_seconds(),
        "undeliverable": undeliverable,
    }
    sentence = _("Waiting: %(waiting)s, the oldest for %(late)s. Undeliverable: %(failed)s.") % {
        "waiting": waiting,
        "late": spoken(late),
        "failed": undeliverable,
    }
    if late >= VERY_LATE_MAIL and (last_sent is None or last_sent >= VERY_LATE_MAIL):
        return failing(sentence, _("See whether the worker runs; check EMAIL_URL."), **figures)
    if late >= LATE_MAIL:
        return warning(
            sentence, _("See whether the mail server answers; it is tried again."), **figures
        )
    if undeliverable:
        advice = _("Open the outbox: each of them says why, and can be sent again or settled.")
        return warning(sentence, advice, **figures)
    return ok(sentence, **figures)


def of_jobs(failed, late):
    """`failed` are names, `late` is by how much the job that is most overdue is late."""
    figures = {"failed": len(failed), "late_seconds": late.total_seconds()}
    if late >= VERY_LATE_WORK:
        return failing(
            _("A scheduled job is overdue by %(late)s.") % {"late": spoken(late)},
            _("Start the worker (manage.py worker) or run manage.py run_due every minute."),
            **figures,
        )
    if failed:
        return warning(
            _("Failed the last time: %(names)s.") % {"names": ", ".join(failed)},
            _("“Scheduled jobs” in the back office names the error; they are tried again."),
            **figures,
        )
    return ok(_("All scheduled jobs ran as they should."), **figures)


def of_worker(last_seen):
    """`last_seen` is how long ago a job last ended, None when none ever did."""
    figures = {} if last_seen is None else {"seen_seconds": last_seen.total_seconds()}
    start = _("Start the worker: systemctl start wir-worker, or manage.py worker.")
    if last_seen is None:
        return failing(_("The worker has never run."), start, **figures)
    sentence = _("The worker last finished something %(ago)s ago.") % {"ago": spoken(last_seen)}
    if last_seen >= VERY_LATE_WORK:
        return failing(sentence, start, **figures)
    if last_seen >= LATE_WORK:
        return warning(sentence, _("See whether it is at a long task or has stopped."), **figures)
    return ok(sentence, **figures)


def of_tasks(waiting, oldest):
    late = oldest or datetime.timedelta()
    figures = {"waiting": waiting, "oldest_seconds": late.total_seconds()}
    sentence = _("Waiting (pictures, PDF files): %(n)s, the oldest for %(late)s.") % {
        "n": waiting,
        "late": spoken(late),
    }
    if late >= VERY_LATE_WORK:
        return warning(sentence, _("See whether the worker runs and has enough time."), **figures)
    return ok(sentence, **figures)


def of_disk(free, total):
    share = free / total if total else 0
    figures = {"free_bytes": free, "free_ratio": share}
    sentence = _("%(gb)s GB are free (%(percent)s %%).") % {
        "gb": number_format(free / 1_000_000_000, 1),
        "percent": round(share * 100),
    }
    advice = _("Make room: delete old backups and logs, or enlarge the disk.")
    if free < NO_SPACE or share < NO_SHARE:
        return failing(sentence, advice, **figures)
    if free < LITTLE_SPACE or share < LITTLE_SHARE:
        return warning(sentence, advice, **figures)
    return ok(sentence, **figures)


def of_backup(age, size, *, is_verified, is_demo):
    """`age` is how old the last backup is, None when there is none."""
    advice = _("Run manage.py back_up, and let a timer do so each night (docs/operation.md).")
    if age is None:
        sentence = _("No backup has been made yet.")
        return ok(sentence) if is_demo else warning(sentence, advice)
    figures = {"age_seconds": age.total_seconds(), "bytes": size}
    sentence = _("The last backup is %(age)s old and has %(mb)s MB.") % {
        "age": spoken(age),
        "mb": round(size / 1_000_000),
    }
    if age >= VERY_LATE_BACKUP:
        return failing(sentence, advice, **figures)
    if age >= LATE_BACKUP:
        return warning(sentence, advice, **figures)
    if not is_verified:
        return warning(
            _("The last backup was not verified."),
            _("Run manage.py back_up again and look at what it prints."),
            **figures,
        )
    return ok(sentence, **figures)


def spoken(period):
    """A period as people say it: the two largest of days, hours, minutes; below, seconds."""
    seconds = max(0, int(period.total_seconds()))
    if seconds < 60:
        return _("%(n)s s") % {"n": seconds}
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    parts = [
        _("%(n)s d") % {"n": days} if days else "",
        _("%(n)s h") % {"n": hours} if hours else "",
        _("%(n)s min") % {"n": minutes} if minutes else "",
    ]
    return " ".join([part for part in parts if part][:2])
