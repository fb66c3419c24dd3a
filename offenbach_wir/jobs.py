"""Scheduled work. Each app registers its own jobs in its module `scheduled.py`:

    @job("links", title=_("Check the links"), daily_at="04:00")
    def check_links(now):
        return f"{n} checked"          # shown to operators; counts and codes only, no names

`manage.py run_due` (cron, systemd) and the worker run what is due, each job once however many
processes look at the same time. A job may be killed at any moment and is then started again, so it
must be safe to repeat.
"""

import datetime
import logging
import secrets
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import close_old_connections
from django.db.models import F, Q
from django.utils import timezone

from . import background, outbox
from .models import JobRun

logger = logging.getLogger(__name__)

OFFENBACH = ZoneInfo(settings.TIME_ZONE)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
FIRST_RETRY, LONGEST_RETRY = datetime.timedelta(minutes=5), datetime.timedelta(hours=6)


@dataclass(frozen=True)
class Every:
    period: datetime.timedelta

    def after(self, moment):
        return moment + self.period


@dataclass(frozen=True)
class AtLocalTime:
    """A time on Offenbach's clocks, every day or on one weekday (Monday is 0)."""

    time: datetime.time
    weekday: int | None = None

    def after(self, moment):
        # A time that the clock skips in March counts one hour later, one that it shows twice in
        # October counts the first time.
        day = moment.astimezone(OFFENBACH).date()
        for ahead in range(9):
            on = day + datetime.timedelta(days=ahead)
            at = datetime.datetime.combine(on, self.time, OFFENBACH).astimezone(datetime.UTC)
            if at > moment and self.weekday in (None, on.weekday()):
                return at


@dataclass(frozen=True)
class Job:
    name: str
    title: str
    schedule: Every | AtLocalTime
    run: Callable
    # Longer than the job ever takes: afterwards another process may start it again.
    lease: datetime.timedelta = datetime.timedelta(hours=1)


_jobs = {}


def job(name, *, title="", every=None, daily_at=None, weekly_at=None, lease=Job.lease):
    """Registers a function of the moment (`now`) that may return a short result. `title` is what
    the back office calls it.

    Exactly one of `every` (a timedelta), `daily_at` ("03:15") and `weekly_at` ((MONDAY, "07:00")),
    times as on Offenbach's clocks. Every-jobs start at once, the others at their next time.
    """
    if [every, daily_at, weekly_at].count(None) != 2:
        raise TypeError("A job runs every so often, daily or weekly.")
    if every:
        schedule = Every(every)
    else:
        weekday, at = weekly_at or (None, daily_at)
        schedule = AtLocalTime(datetime.time.fromisoformat(at), weekday)

    def register(function):
        if name in _jobs:
            raise ValueError(f"Job {name} is registered twice.")
        _jobs[name] = Job(name, title or name, schedule, function, lease)
        return function

    return register


def registered():
    return dict(_jobs)


def title_of(name):
    return _jobs[name].title if name in _jobs else name


def failing():
    """Registered jobs that failed the last time they ran."""
    return JobRun.objects.filter(name__in=_jobs, failures__gt=0)


def _never():
    return False


def run_due(now=None, stopped=_never):
    """Runs each job that is due and that nobody else is running; {name: succeeded}.

    A job that fails does not stop the others; it is tried again after a while. Once `stopped()`
    is true no further one begins.
    """
    moment = now or timezone.now()
    _make_rows(moment)
    due = JobRun.objects.filter(_claimable(moment), name__in=_jobs).order_by("due_at", "name")
    outcomes = {}
    for name in list(due.values_list("name", flat=True)):
        if stopped():
            break
        if claim := _claim(_jobs[name], now or timezone.now()):
            outcomes[name] = _run(_jobs[name], claim, now or timezone.now())
    return outcomes


def do_everything_due(stopped=_never):
    """One look at everything outside requests: jobs, background tasks, mails; as `run_due`.

    Jobs come first, so that what they queue goes out in the same round.
    """
    close_old_connections()
    outcomes = run_due(stopped=stopped)
    background.work(stopped)
    outbox.send_waiting(stopped)
    return outcomes


def _make_rows(now):
    known = set(JobRun.objects.values_list("name", flat=True))
    JobRun.objects.bulk_create(
        [
            JobRun(name=job.name, due_at=now if isinstance(job.schedule, Every) else at)
            for job in _jobs.values()
            if job.name not in known and (at := job.schedule.after(now))
        ],
        ignore_conflicts=True,  # another process may be doing the same
    )


def _claimable(now):
    return Q(due_at__lte=now) & (Q(claimed_until=None) | Q(claimed_until__lt=now))


def _claim(job, now):
    """The key of the claim, or None where another process has the job: one UPDATE decides."""
    key = secrets.token_hex(16)
    claimed = JobRun.objects.filter(_claimable(now), name=job.name).update(
        claimed_until=now + job.lease, claimed_by=key, started_at=now
    )
    return key if claimed else None


def _run(job, claim, now):
    # Only while the claim is ours: it may have lapsed and the job be running elsewhere.
    mine = JobRun.objects.filter(name=job.name, claimed_by=claim)
    try:
        result = job.run(now)
    except Exception as error:
        logger.error("Job %s failed: %s\n%s", job.name, _name_of(error), _frames_of(error))
        failures = mine.values_list("failures", flat=True).first() or 0
        mine.update(
            due_at=now + retry_after(failures),
            failures=F("failures") + 1,
            last_error=_where(error),
            **_released(),
        )
        return False
    mine.update(
        due_at=job.schedule.after(now),
        failures=0,
        last_error="",
        result=str("" if result is None else result)[:300],
        **_released(),
    )
    return True


def _released():
    return {"finished_at": timezone.now(), "claimed_until": None, "claimed_by": ""}


def retry_after(failures):
    """How long to wait when so many failures went before: 5, 10, 20 … minutes, at most 6 hours."""
    return min(FIRST_RETRY * 2 ** min(failures, 16), LONGEST_RETRY)


# What an exception says may name people ("Key (email)=(…) already exists"); its kind and the place
# in the code do not.
def _name_of(error):
    return type(error).__qualname__


def _frames_of(error):
    return "".join(traceback.format_tb(error.__traceback__))


def _where(error):
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if Path(f.filename).is_relative_to(settings.BASE_DIR)]
    ours = [f for f in ours if "site-packages" not in f.filename] or frames
    place = Path(ours[-1].filename)
    return f"{_name_of(error)} ({place.parent.name}/{place.name}:{ours[-1].lineno})"[:300]
