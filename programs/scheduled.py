"""Work on content that comes round by itself."""

import datetime

from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from offenbach_wir.jobs import job

from .models import Picture
from .tasks import make_picture_sizes

MOST_PICTURES = 200


@job("picture_sizes", every=datetime.timedelta(hours=6))
def ask_again_for_missing_sizes(now):
    """For pictures whose task was lost or failed; one that still waits is not queued twice."""
    open_tasks = DBTaskResult.objects.filter(
        task_path=make_picture_sizes.module_path,
        status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING),
    )
    waiting = {
        arguments["args"][0] for arguments in open_tasks.values_list("args_kwargs", flat=True)
    }
    lacking = Picture.objects.lacking_sizes().exclude(pk__in=waiting).order_by("pk")
    keys = list(lacking.values_list("pk", flat=True)[:MOST_PICTURES])
    for pk in keys:
        make_picture_sizes.enqueue(pk)
    return f"{len(keys)} queued"
