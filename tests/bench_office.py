"""What the lists of the back office cost with 20,000 rows each, on PostgreSQL.

    DATABASE_URL=postgres://… python tests/bench_office.py

Fills the database it is given (a scratch one: rows stay in it), then opens each list as the
administrator of the demo, plain, on a late page and searched, then the pages beside the lists
(start, search, talks, waiting list, rules), and prints queries and the 95th percentile of the
answer time. Ends with an error where a page takes longer than 500 ms or a start page more than 20
queries.
"""

import datetime
import functools
import logging
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import bench_ratio

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
ROWS = int(os.environ.get("BENCH_ROWS", "20000"))
TIMES = int(os.environ.get("BENCH_REQUESTS", "20"))
MOST_MS = 500
BATCH = 2000


def main():
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from tests import bench_data

    logging.getLogger("portal.access").setLevel(logging.WARNING)
    # The finder of N+1 queries itself costs time.
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if not m.startswith("zeal.")]
    call_command("set_up", verbosity=0)
    fill()
    bench_data.tidy()
    sys.exit(measure_all())


def fill():
    from consultations.models import Coordinator
    from offenbach_wir.models import BarrierReport, Event, FoundLink, User
    from programs.models import Document, Page, Picture
    from projects.models import Organisation
    from tests import bench_advice_data, bench_data

    bench_data.fill(ROWS)
    talks(bench_advice_data)
    content(Organisation, lambda n: {"slug": f"o-{n}", "name": f"Verein {n}", "kind": "city"})
    content(Document, lambda n: {"slug": f"d-{n}", "language": "de", "author": "A", "licence": "L"})
    size = {"width": 640, "height": 400}  # else each row would open its file
    content(Picture, lambda n: {"file": f"pictures/{n}.jpg", "author": "A", "rights": "R"} | size)
    content(Page, lambda n: {"key": f"p-{n}"})
    content(Coordinator, lambda n: {"name": f"Beratung {n}"}, most=50)
    plain(User, lambda n: {"email": f"bench-{n}@example.org", "name": f"Person {n}"})
    plain(BarrierReport, lambda n: {"reference": f"B-{n:06}", "description": "Text"})
    plain(Event, lambda n: {"kind": "log_in", "actor_id": 1})
    mails()
    plain(
        FoundLink,
        lambda n: {
            "subject_type": "projects.project",
            "subject_id": n + 1,
            "language": "de",
            "url": f"https://example.org/{n}",
            "problem": "gone",
            "broken_since": "2026-01-01T00:00Z",
        },
    )


def talks(data):
    from django.utils import timezone

    from consultations.models import Booking, Concern, WaitingEntry
    from projects.models import SpokenLanguage

    if Booking.objects.count() < ROWS:
        data.fill(ROWS)
    concern, german = Concern.objects.first(), SpokenLanguage.objects.get(code="de")
    plain(
        WaitingEntry,
        lambda n: {
            "concern": concern,
            "language": german,
            "channel": "on_site",
            "written_language": "de",
            "name": f"Person {n}",
            "phone": "069 90009-111",
            "ends_at": timezone.now() + datetime.timedelta(days=20),
        },
    )


def mails():
    """The outbox, most of it sent, some of it undeliverable, as after a long while."""
    from post_office.models import STATUS, Email

    from offenbach_wir.models import QueuedMail

    first = QueuedMail.objects.count()
    for start in range(first, ROWS, BATCH):
        numbers = range(start, min(start + BATCH, ROWS))
        sent = Email.objects.bulk_create(
            [
                Email(
                    from_email="portal@example.org",
                    to=[f"bench-{n}@example.org"],
                    subject="Beispiel",
                    message="Text " * 200,
                    status=STATUS.failed if n % 50 == 0 else STATUS.sent,
                )
                for n in numbers
            ]
        )
        QueuedMail.objects.bulk_create(
            [
                QueuedMail(
                    cause=f"bench:{n}",
                    template="barrier_report",
                    language="de",
                    area="office",
                    email=email,
                )
                for n, email in zip(numbers, sent, strict=True)
            ]
        )


def plain(model, fields):
    for start in range(model.objects.count(), ROWS, BATCH):
        model.objects.bulk_create(
            [model(**fields(n)) for n in range(start, min(start + BATCH, ROWS))]
        )


def content(model, fields, most=ROWS):
    from offenbach_wir.search import index_text

    texts = model._parler_meta.root_model
    names = {field.name for field in texts._meta.concrete_fields}
    word = {name: "Beispiel" for name in ("title", "name", "role", "summary") if name in names}
    searchable = {"search_text": index_text("Beispiel")} if hasattr(model, "search_text") else {}
    for start in range(model.objects.count(), most, BATCH):
        made = model.objects.bulk_create(
            [
                model(german_revision=1, **searchable, **fields(n))
                for n in range(start, min(start + BATCH, most))
            ]
        )
        texts.objects.bulk_create(
            [texts(master=row, language_code="de", checked_revision=1, **word) for row in made]
        )


# Pages with lists of their own: who opens them, where.
OTHER_PAGES = (
    ("administrator", "start page", "", 20),
    ("administrator", "search in everything", "suche/?q=Beispiel", None),
    ("administrator", "translations", "offen/uebersetzungen/", None),
    ("administrator", "drafts", "offen/freigabe/", None),
    ("administrator", "retention rules", "aufbewahrung/", None),
    ("administrator", "texts of mails", "offenbach_wir/mailtext/", None),
    ("coordinator", "start page", "", 20),
    ("coordinator", "search in everything", "suche/?q=Beispiel", None),
    ("coordinator", "all talks", "beratung/liste/", None),
    ("coordinator", "talks, outcome missing", "beratung/liste/?show=outcome", None),
    ("coordinator", "talks, searched", "beratung/liste/?q=Beispiel", None),
    ("coordinator", "waiting list", "beratung/warteliste/", None),
    ("editor", "start page", "", 20),
)


def measure_all():
    print(f"{ROWS:,} rows a list, {TIMES} requests a line")
    print(f"{'list':28}{'query':28}{'rows':>8}{'queries':>9}{'p95 ms':>8}{'x bare':>8}")
    failed = sum(measure_list(*entry) for entry in lists())
    print(f"\n{'page':28}{'opened by':36}{'queries':>9}{'p95 ms':>8}{'x bare':>8}")
    failed += sum(measure_page(*page) for page in OTHER_PAGES)
    return 1 if failed else 0


def lists():
    """(label, rows, admin) of every record with a long list."""
    from django.contrib import admin

    for model in sorted(admin.site._registry, key=lambda m: m._meta.label_lower):
        if (count := model.objects.count()) >= 1000:
            yield model._meta.label_lower, count, admin.site._registry[model]


def measure_list(label, count, model_admin):
    queries = ["", f"?p={max(count // 100 // 2, 1)}"]
    if model_admin.search_fields or hasattr(model_admin.model, "translations"):
        queries.append("?q=Beispiel")
    client, failed = stepped_in("administrator"), 0
    for query in queries:
        answer = measure(client, f"{label.replace('.', '/')}/{query}")
        print(f"{label:28}{query:28}{count:>8}{answer.line}", flush=True)
        failed += answer.is_slow
    return failed


def measure_page(role, name, path, most_queries):
    answer = measure(stepped_in(role), path)
    print(f"{name:28}{role:36}{answer.line}", flush=True)
    return answer.is_slow or (most_queries is not None and answer.queries > most_queries)


@functools.cache
def stepped_in(role):
    from django.test import Client

    client = Client()
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})
    return client


@dataclass
class Answer:
    status: int
    queries: int
    p95: float

    @property
    def is_slow(self):
        return self.p95 > MOST_MS or self.status != 200

    @property
    def line(self):
        wrong = "" if self.status == 200 else f"  answered {self.status}"
        return f"{self.queries:>9}{self.p95:>8.0f}{bench_ratio.of(self.p95):>8}{wrong}"


def measure(client, path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    path = f"/verwaltung/{path}"
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        status = client.get(path).status_code
        queries = len(captured)
    took = []
    for _n in range(TIMES):
        started = time.perf_counter()
        client.get(path)
        took.append((time.perf_counter() - started) * 1000)
    return Answer(status, queries, sorted(took)[int(len(took) * 0.95) - 1])


if __name__ == "__main__":
    main()
