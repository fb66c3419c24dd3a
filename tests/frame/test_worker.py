"""The worker process: it ends when it is asked to, and finishes what it has begun."""

import datetime
import os
import signal
import subprocess
import sys

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from offenbach_wir import background
from tests.server import Server, ask, copy_of_database

pytestmark = pytest.mark.django_db
ENQUEUE = """
from tests.frame.test_worker import ask_to_end
for _n in range(2):
    ask_to_end.enqueue()
"""


@task
def ask_to_end():
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("worker")
    with django_db_blocker.unblock(), copy_of_database(connection, folder) as database:
        server = Server(folder, database)
        server.manage("worker", "--once")
        yield server


def states(portal):
    sql = "SELECT status FROM django_tasks_database_dbtaskresult WHERE task_path LIKE '%ask_to_end'"
    return sorted(state for (state,) in ask(portal.environment["DATABASE_URL"], sql))


def test_worker_that_is_asked_to_end_during_a_task_finishes_it_and_begins_no_other(portal):
    portal.run(ENQUEUE)
    worker = [sys.executable, "manage.py", "worker"]
    ended = subprocess.run(worker, env=portal.environment, timeout=30, capture_output=True)
    assert ended.returncode == 0
    assert states(portal) == ["READY", "SUCCESSFUL"]


@task
def look_at(number):
    pass


def enqueued(*, begun_ago):
    """How often the task of one row is queued again while one is said to run since then."""
    row = get_user_model().objects.create_user("ada@example.org")
    rows = get_user_model().objects.filter(pk=row.pk)
    assert background.enqueue_missing(look_at, rows, most=5) == 1
    assert background.enqueue_missing(look_at, rows, most=5) == 0
    DBTaskResult.objects.filter(task_path=look_at.module_path).update(
        status="RUNNING", started_at=timezone.now() - begun_ago
    )
    return background.enqueue_missing(look_at, rows, most=5)


def test_task_that_was_killed_with_its_process_is_queued_again(db):
    assert enqueued(begun_ago=datetime.timedelta(hours=2)) == 1


def test_task_that_runs_is_not_queued_again(db):
    assert enqueued(begun_ago=datetime.timedelta(minutes=5)) == 0
