"""What the frame itself has waiting for staff."""

from django.urls import reverse
from django.utils.translation import ngettext

from . import jobs, retention, todo
from .models import BarrierReport, FoundLink, QueuedMail
from .roles import mail_areas_of

todo.register(
    todo.Panel(
        key="undeliverable_mails",
        permission="offenbach_wir.view_queuedmail",
        count=lambda user: (
            QueuedMail.objects.in_areas(mail_areas_of(user)).needs_attention().count()
        ),
        sentence=lambda n: ngettext(
            "%(n)s mail could not be delivered.", "%(n)s mails could not be delivered.", n
        ),
        url=lambda user: reverse(
            "admin:offenbach_wir_queuedmail_changelist", query={"state": "needs_attention"}
        ),
        order=20,
        is_urgent=True,
    )
)

todo.register(
    todo.Panel(
        key="deletions_due",
        permission="offenbach_wir.view_legalhold",
        count=lambda user: retention.overdue_lately(),
        sentence=lambda n: ngettext(
            "%(n)s entry should have been deleted by now.",
            "%(n)s entries should have been deleted by now.",
            n,
        ),
        url=lambda user: reverse("admin:retention", query={"show": "overdue"}),
        order=60,
    )
)
todo.register(
    todo.Panel(
        key="failed_jobs",
        permission="offenbach_wir.view_jobrun",
        count=lambda user: jobs.failing().count(),
        sentence=lambda n: ngettext(
            "%(n)s scheduled job failed and is tried again.",
            "%(n)s scheduled jobs failed and are tried again.",
            n,
        ),
        url=lambda user: reverse(
            "admin:offenbach_wir_jobrun_changelist", query={"failures__gt": 0}
        ),
        order=15,
        is_urgent=True,
    )
)

todo.register(
    todo.Panel(
        key="broken_links",
        permission="offenbach_wir.view_foundlink",
        count=lambda user: FoundLink.objects.broken().count(),
        sentence=lambda n: ngettext("%(n)s link leads nowhere.", "%(n)s links lead nowhere.", n),
        url=lambda user: reverse("admin:offenbach_wir_foundlink_changelist"),
        order=70,
    )
)

todo.register(
    todo.Panel(
        key="barrier_reports",
        permission="offenbach_wir.change_barrierreport",
        count=lambda user: BarrierReport.objects.open().count(),
        sentence=lambda n: ngettext(
            "%(n)s barrier report waits for an answer.",
            "%(n)s barrier reports wait for an answer.",
            n,
        ),
        url=lambda user: reverse(
            "admin:offenbach_wir_barrierreport_changelist", query={"open": "1"}
        ),
        order=10,
        is_urgent=True,
    )
)
