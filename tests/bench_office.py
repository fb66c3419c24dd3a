"""What the lists of the back office cost with 20,000 rows each, on PostgreSQL.

    DATABASE_URL=postgres://… python tests/bench_office.py

Fills the database it is given (a scratch one: rows stay in it), then opens each list as the
administrator of the demo, plain, on a late page and searched, and prints queries and the 95th
percentile of the answer time.
"""

import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
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
    from django.db import connection

    # The finder of N+1 queries itself costs time.
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if not m.startswith("zeal.")]
    call_command("set_up", verbosity=0)
    fill()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    sys.exit(measure_all())


def fill():
    from consultations.models import Coordinator
    from offenbach_wir.models import BarrierReport, Event, FoundLink, User
    from programs.models import Document, Page, Picture
    from projects.models import Organisation
    from tests import bench_data

    bench_data.fill(ROWS)
    content(Organisation, lambda n: {"slug": f"o-{n}", "name": f"Verein {n}", "kind": "city"})
    content(Document, lambda n: {"slug": f"d-{n}", "language": "de", "author": "A", "licence": "L"})
    size = {"width": 640, "height": 400}  # else each row would open its file
    content(Picture, lambda n: {"file": f"pictures/{n}.jpg", "author": "A", "rights": "R"} | size)
    content(Page, lambda n: {"key": f"p-{n}"})
    content(Coordinator, lambda n: {"name": f"Beratung {n}"}, most=50)
    plain(User, lambda n: {"email": f"bench-{n}@example.org", "name": f"Person {n}"})
    plain(BarrierReport, lambda n: {"reference": f"B-{n:06}", "description": "Text"})
    plain(Event, lambda n: {"kind": "log_in", "actor_id": 1})
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


def measure_all():
    from django.contrib import admin
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.post("/de/demo/administrator/einsteigen/", {"ok": "1"})
    slow = 0
    print(f"{ROWS:,} rows a list, {TIMES} requests a line")
    print(f"{'list':28}{'query':24}{'rows':>8}{'queries':>9}{'p95 ms':>8}")
    for model in sorted(admin.site._registry, key=lambda m: m._meta.label_lower):
        label = model._meta.label_lower
        count = model.objects.count()
        if count < 1000:
            continue
        queries = ["", f"?p={max(count // 100 // 2, 1)}"]
        if admin.site._registry[model].search_fields or hasattr(model, "translations"):
            queries.append("?q=Beispiel")
        for query in queries:
            path = f"/verwaltung/{label.replace('.', '/')}/{query}"
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                status = client.get(path).status_code
                queries_taken = len(captured)
            took = []
            for _n in range(TIMES):
                started = time.perf_counter()
                client.get(path)
                took.append((time.perf_counter() - started) * 1000)
            p95 = sorted(took)[int(len(took) * 0.95) - 1]
            slow += p95 > MOST_MS or status != 200
            print(
                f"{label:28}{query:24}{count:>8}{queries_taken:>9}{p95:>8.0f}"
                f"{'' if status == 200 else f'  answered {status}'}",
                flush=True,
            )
    return 1 if slow else 0


if __name__ == "__main__":
    main()
