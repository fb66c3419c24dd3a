"""An update while the version before serves: from the state of an earlier step, on many rows.

What is promised in docs/operation.md under "Update" is walked here on real processes.
"""

import contextlib
import itertools
import random
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection

from tests.crowd import Visitor
from tests.operation.earlier import code_of
from tests.server import ROOT, Server, ask, postgresql_database

pytestmark = pytest.mark.django_db
PROJECTS = 5000
FILL = f"import sys; sys.path.insert(0, '.'); from tests.bench_data import fill; fill({PROJECTS})"
# Each page asked for once only, so that none comes from the kept copies.
READ = (
    "/de/?fresh={n}",
    "/de/projekte/?page={n}",
    "/de/projekte/bench-{n:06}/",
    "/de/foerderung/?fresh={n}",
    "/en/programm/?fresh={n}",
    "/de/beratung/?fresh={n}",
    "/de/barriere-melden/",
    "/de/konto/anmelden/",
)
# A search is counted. SQLite lets one process write at a time and a migration is one write, so
# there what writes waits, and is told to come again where it waits too long.
COUNTED = ("/ar/projekte/?q=sprache{n}", "/de/suche/?q=kind{n}")
OF_CONTENT = {
    "projects": "SELECT id, slug, number, total_cost, state FROM projects_project ORDER BY id",
    "their texts": (
        "SELECT id, title, summary, body, language_code"
        " FROM projects_projecttranslation ORDER BY id"
    ),
    "terms": "SELECT id, valid_from, as_of FROM programs_fundingterms ORDER BY id",
    "colleagues": "SELECT id, email FROM offenbach_wir_user ORDER BY id",
}
COLLEAGUE = (
    "from consultations.models import Coordinator as C; from django.utils import translation;"
    "translation.activate('de');"
    "C.objects.create(name='Neu im Amt', position=9)"
)
NUMBERS = itertools.count(30)


class Readers:
    """Visitors who go on reading, each page anew, until they are sent home."""

    def __init__(self, port, pages, crowd=3):
        self._pages = pages
        self.answers, self._stop = [], threading.Event()
        self._threads = [
            threading.Thread(target=self._read, args=(port, n)) for n in range(1, crowd + 1)
        ]

    def _read(self, port, number):
        source = random.Random(number)
        while not self._stop.is_set():
            path = source.choice(self._pages).format(n=source.randrange(30, 200))
            try:
                answer = Visitor(port, next(NUMBERS)).get(path)
            except OSError as error:
                self.answers.append((path, repr(error)))
            else:
                self.answers.append((path, answer.status))

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self._stop.set()
        for thread in self._threads:
            thread.join()


def report_a_barrier(portal, words):
    visitor = Visitor(portal.port, next(NUMBERS))
    form = visitor.get("/de/barriere-melden/").text
    shown_at = form.partition('name="shown_at" value="')[2].partition('"')[0]
    return visitor.post(
        "/de/barriere-melden/", wish="barrier", description=words, shown_at=shown_at
    )


def migrate_until_killed(new, seconds):
    process = subprocess.Popen(
        [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=new.environment
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=seconds)
    process.kill()
    return process.wait()


@pytest.fixture(scope="module")
def update(tmp_path_factory):
    """The earlier version serves while the newer one migrates, is killed, and migrates again."""
    code = code_of("step-2", tmp_path_factory.mktemp("earlier"))
    folder = tmp_path_factory.mktemp("update")
    with contextlib.ExitStack() as stack:
        database = f"sqlite:///{folder / 'portal.sqlite3'}"
        if connection.vendor == "postgresql":
            database = stack.enter_context(postgresql_database("wir_update"))
        old = Server(folder, database, root=code, LIMIT_SEARCH="1000000")
        old.manage("set_up")
        old.run(FILL)
        before = {name: ask(database, sql) for name, sql in OF_CONTENT.items()}
        old.start()
        stack.callback(old.stop)
        new = Server(folder, database)
        pages = READ + COUNTED if connection.vendor == "postgresql" else READ
        with Readers(old.port, pages) as readers:
            while len(readers.answers) < 30:
                time.sleep(0.05)
            killed = migrate_until_killed(new, seconds=6)
            new.manage("migrate", "-v0")
            during = list(readers.answers)
        for command in ("createcachetable", "load_content"):
            new.manage(command)
        new.manage("collectstatic", "--no-input", "-v0")
        new.start()
        stack.callback(new.stop)
        yield {"old": old, "new": new, "before": before, "during": during, "killed": killed}


def test_the_version_before_answers_every_page_while_the_new_one_migrates(update):
    assert [answer for answer in update["during"] if answer[1] != 200] == []


def test_migrating_goes_on_where_it_was_killed(update):
    assert update["killed"] == -9
    shown = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--check"],
        cwd=ROOT,
        env=update["new"].environment,
        check=False,
    )
    assert shown.returncode == 0


def test_nothing_that_was_there_is_lost(update):
    database = update["new"].environment["DATABASE_URL"]
    for name, sql in OF_CONTENT.items():
        now = {row[0]: row for row in ask(database, sql)}
        assert [row for row in update["before"][name] if now.get(row[0]) != row] == [], name


def test_the_new_version_serves_what_the_old_one_had(update):
    answer = Visitor(update["new"].port, next(NUMBERS)).get("/de/projekte/bench-000077/")
    assert answer.status == 200


def test_both_versions_take_reports_on_the_new_tables(update):
    for version in ("old", "new"):
        assert report_a_barrier(update[version], f"from the {version} one").status == 302
    reported = ask(
        update["new"].environment["DATABASE_URL"],
        "SELECT description FROM offenbach_wir_barrierreport WHERE description LIKE 'from the%'",
    )
    assert {row[0] for row in reported} == {"from the old one", "from the new one"}


def test_the_version_before_still_writes_rows_with_columns_it_does_not_know(update):
    update["old"].run(COLLEAGUE)
    rows = ask(
        update["new"].environment["DATABASE_URL"],
        "SELECT buffer_minutes FROM consultations_coordinator WHERE name = 'Neu im Amt'",
    )
    assert rows == [(10,)]
