"""`make bench`, last part: what advice by appointment stands.

    python tests/bench_advice.py

On both databases: the overview of four weeks beside 100,000 past bookings, sixty and two hundred
visitors who choose one time at once, and bookings a second over distinct times of twenty people.
The databases it makes are dropped afterwards.
"""

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import bench_ratio
from tests.bench import TIDY, Web, cpu, cpu_of_all, database_server, family, manage
from tests.crowd import Visitor, at_once
from tests.run import GET_POSTGRESQL, postgresql_address

CROWDS = (60, 200)
SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))
PAST = int(os.environ.get("BENCH_BOOKINGS", "100000"))
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "120"))
WRITERS, THREADS = 2, 6
NAME = f"wir_bench_advice_{os.getpid()}"
ANSWERS = "language=de&interpreter=no&channel=on_site"
TIMES = f"/de/beratung/termine/?concern=erstberatung&{ANSWERS}"
SHORT = f"/de/beratung/termine/?concern=kurzes-gespraech&{ANSWERS}"
TIMES_LEFT = "times.json"
LIMITS = ("LIMIT_SEARCH", "LIMIT_BOOKING", "LIMIT_BOOKING_CONTACT")


def environment(database, folder):
    return os.environ | {
        "WIR_MODE": "demo",
        "DATABASE_URL": database,
        "VAR_DIR": str(folder),
        "SECRET_KEY": "bench",
        "TRUSTED_PROXY_COUNT": "1",
        "FASTEST_FORM_SECONDS": "0",
        **dict.fromkeys(LIMITS, "1000000000"),
    }


def run_data(env, call):
    return manage(env, "shell", "-v0", "-c", f"import tests.bench_advice_data as data; {call}")


@contextmanager
def portal(env):
    """Each refused visitor leaves a line in the log, so it goes beside the database's files."""
    with open(Path(env["VAR_DIR"]) / "web.log", "w") as log:
        web = Web("offenbach_wir.wsgi:application", env, log=log)
        try:
            yield web
        finally:
            web.stop()


# --- Many visitors, one time --------------------------------------------------------------------
def crowd(web, times, size):
    """(seconds of the slowest, answers) of so many who choose the same time at once."""
    wanted = Visitor(web.port).get(times).times[-1]
    took = []

    def choose(number):
        visitor = Visitor(web.port, number + size * 1000)
        started = time.perf_counter()
        answer = visitor.post(times, time=wanted)
        took.append(time.perf_counter() - started)
        return answer

    answers = at_once([partial(choose, number) for number in range(size)])
    return max(took), answers


def crowds(web, env):
    times = f"{TIMES}&coordinator={run_data(env, 'data.print_one()').strip()}"
    for size in CROWDS:
        slowest, answers = crowd(web, times, size)
        losers = [answer for answer in answers if answer.status == 409]
        row(
            f"{size} clients on one time",
            name_of(env),
            f"slowest {slowest:.1f} s",
            f"winners {sum(answer.status == 302 for answer in answers)}",
            f"5xx {sum(answer.status >= 500 for answer in answers)}",
            f"told, three others, answers kept {sum(is_polite(a) for a in losers)}",
        )


def is_polite(answer):
    kept = 'name="time"' in answer.text and "concern=erstberatung" in answer.text
    return len(answer.alternatives) == 3 and kept


# --- Bookings a second --------------------------------------------------------------------------
def book(port, number, coordinator, starts_at):
    """Chooses a time, gives the details, books: the statuses of the three steps."""
    visitor = Visitor(port, number)
    statuses = [visitor.post(f"{SHORT}&coordinator={coordinator}", time=starts_at).status]
    details = {"name": "Ada", "email": f"gast-{number}@example.com", "people": 1}
    statuses.append(visitor.post("/de/beratung/buchen/", **details).status)
    done = visitor.post("/de/beratung/buchen/pruefen/", book=1)
    is_booked = done.status == 302 and done.location.endswith("/gebucht/")
    statuses.append("booked" if is_booked else done.status)
    return statuses


def write(port, share, until, outcome):
    """One process with several threads that book their share of the times, until the time is up."""
    statuses, took, lock, mine = Counter(), [], threading.Lock(), iter(share)

    def client():
        while time.time() < until:
            with lock:
                number, time_wanted = next(mine, (None, None))
            if number is None:
                return
            started = time.perf_counter()
            seen = book(port, number, *time_wanted)
            with lock:
                took.append(time.perf_counter() - started)
                statuses.update(seen)

    threads = [threading.Thread(target=client) for _n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.put((statuses, took))


def bookings(web, env):
    run_data(env, "data.starts_every(10)")
    times = list(enumerate(json.loads(run_data(env, "data.print_free_times()")), start=1))
    outcome = multiprocessing.Queue()
    watched, server = family(web.process.pid), database_server(env["DATABASE_URL"])
    before = cpu(watched), cpu_of_all(server)
    started = time.time()
    writers = [
        multiprocessing.Process(
            target=write, args=(web.port, times[n::WRITERS], started + SECONDS, outcome)
        )
        for n in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    found = [outcome.get() for _writer in writers]
    seconds = time.time() - started
    statuses = sum((counted for counted, _took in found), Counter())
    took = sorted(t for _counted, times_taken in found for t in times_taken)
    booked = max(statuses["booked"], 1)
    web_ms = (cpu(watched) - before[0]) * 1000 / booked
    base_ms = (cpu_of_all(server) - before[1]) * 1000 / booked
    row(
        f"bookings by HTTP, {seconds:.0f} s",
        name_of(env),
        f"{statuses['booked'] / seconds:.0f} a second",
        f"p95 {took[int(len(took) * 0.95) - 1] * 1000:.0f} ms",
        f"5xx {sum(n for status, n in statuses.items() if status != 'booked' and status >= 500)}",
        f"doubles {doubles(env)}",
        f"CPU a booking: web {web_ms:.1f} ms, database {base_ms:.1f} ms",
        f"x bare {bench_ratio.of(web_ms + base_ms, bench_ratio.CPU)}",
    )
    others = {s: n for s, n in statuses.items() if s not in (302, "booked")}
    if others:
        print(f"  other answers: {others}")


def engine_alone(env, workers=4):
    """Hold and book without HTTP, from several processes, each its share of the free times."""
    seconds = max(SECONDS // 3, 5)
    (Path(env["VAR_DIR"]) / TIMES_LEFT).write_text(run_data(env, "data.print_free_times()"))
    command = "import tests.bench_advice as bench; bench.engine({n}, {workers}, {seconds})"
    processes = [
        subprocess.Popen(
            [
                *(sys.executable, "manage.py", "shell", "-v0", "-c"),
                command.format(n=n, workers=workers, seconds=seconds),
            ],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(workers)
    ]
    rates = [float(process.communicate()[0]) for process in processes]
    row(
        f"hold and book alone, {seconds} s",
        name_of(env),
        f"{sum(rates):.0f} a second",
        f"processes {workers}",
        f"doubles {doubles(env)}",
    )


def engine(worker, workers, seconds):
    """Prints how many bookings a second this process made."""
    import datetime

    from django.conf import settings

    from consultations import booking
    from consultations.availability import Wish
    from consultations.models import Concern, Coordinator
    from projects.models import SpokenLanguage
    from tests import bench_advice_data

    people = Coordinator.objects.in_bulk()
    concern = Concern.objects.get(slug=bench_advice_data.SHORT_TALK)
    german = SpokenLanguage.objects.get(code="de")
    times = json.loads((settings.VAR_DIR / TIMES_LEFT).read_text())[worker::workers]
    n, started = 0, time.perf_counter()
    for coordinator, starts_at in times:
        if time.perf_counter() - started > seconds:
            break
        wish = Wish(concern, "on_site", german, coordinator=people[coordinator])
        held = booking.hold(
            wish, datetime.datetime.fromisoformat(starts_at), holder=f"{worker}-{n}"
        )
        details = booking.Details("Ada", f"gast-{worker}-{n}@example.com")
        booking.book(held, details, written_language="de")
        n += 1
    print(n / (time.perf_counter() - started))


def doubles(env):
    """How many pairs of bookings that stand have time of one person in common."""
    return int(run_data(env, "data.print_doubles()"))


# --- The overview -------------------------------------------------------------------------------
def overview(web, env):
    """Each request asks for an address nobody asked for before, so that no kept page answers."""
    times = []
    for n in range(REQUESTS):
        started = time.perf_counter()
        status = web.get(f"{TIMES}&fresh={n}")
        times.append(time.perf_counter() - started)
        if status != 200:
            raise RuntimeError(f"the overview answered {status}")
    queries = run_data(env, f"data.print_queries({TIMES!r})").strip()
    p95 = sorted(times)[int(REQUESTS * 0.95) - 1] * 1000
    row(
        f"four weeks, {PAST:,} past bookings",
        name_of(env),
        f"p95 {p95:.0f} ms",
        f"x bare {bench_ratio.of(p95)}",
        f"queries {queries}",
    )


def name_of(env):
    return "SQLite" if env["DATABASE_URL"].startswith("sqlite") else "PostgreSQL"


def row(what, database, *figures):
    print(f"{what:36}{database:12}{'; '.join(figures)}", flush=True)


# --- The whole --------------------------------------------------------------------------------
def on_sqlite():
    with tempfile.TemporaryDirectory() as folder:
        env = environment(f"sqlite:///{folder}/portal.sqlite3", folder)
        measure(env)


def on_postgresql(address):
    admin = psycopg2.connect(address)
    admin.autocommit = True
    cursor = admin.cursor()
    cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    cursor.execute(f"CREATE DATABASE {NAME}")
    database = f"{address.rpartition('/')[0]}/{NAME}"
    try:
        with tempfile.TemporaryDirectory() as folder:
            measure(environment(database, folder))
    finally:
        cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def measure(env):
    manage(env, "set_up")
    run_data(env, f"data.fill({PAST})")
    manage(env, "shell", "-v0", "-c", TIDY)
    with portal(env) as web:
        overview(web, env)
        crowds(web, env)
        bookings(web, env)
    engine_alone(env)


def main():
    address = postgresql_address()
    if address is None:
        sys.exit(f"The bench needs PostgreSQL: {GET_POSTGRESQL}")
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; advice by appointment")
    on_postgresql(address)
    on_sqlite()


if __name__ == "__main__":
    main()
