"""Background tasks: working through them, and finding those that were lost."""

import datetime

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

# Longer than any task takes: one that is said to run since then was killed with its process.
LONGEST_TASK = datetime.timedelta(hours=1)


class Round(Worker):
    """The library's worker until no task waits or `stopped()` says so.

    Its command would take the process's signals for itself, and lose the one that ends it.
    """

    def __init__(self, stopped):
        self._stopped = stopped
        super().__init__(
            queue_names=list(settings.TASKS["default"]["QUEUES"]),
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )

    @property
    def running(self):
        return not self._stopped()

    @running.setter
    def running(self, value):
        """The library says True once, at the beginning."""


def work(stopped):
    """Does the tasks that wait, one after another; a task that has begun is finished."""
    Round(stopped).run()


def enqueue_missing(task, rows, most):
    """Queues the task for at most so many of the rows, whose keys are its one argument; how many.

    A row whose task still waits or runs is not queued twice.
    """
    lost_before = timezone.now() - LONGEST_TASK
    open_tasks = DBTaskResult.objects.filter(
        Q(status=TaskResultStatus.READY)
        | Q(status=TaskResultStatus.RUNNING, started_at__gte=lost_before),
        task_path=task.module_path,
    )
    waiting = {
        arguments["args"][0] for arguments in open_tasks.values_list("args_kwargs", flat=True)
    }
    keys = list(rows.exclude(pk__in=waiting).values_list("pk", flat=True)[:most])
    for pk in keys:
        task.enqueue(pk)
    return len(keys)
