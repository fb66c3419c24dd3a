"""`make bench`: what the pages cost, beside a bare Django view in the same run.

Builds a PostgreSQL database with 10,000 and then 100,000 projects and one of SQLite with 100,000,
serves the portal with gunicorn as in production, and prints for each page the CPU it takes (web
processes and database together), the pages a second and the 95th percentile of the answer time with
two clients at once. Then the other parts, each in a file of its own (PARTS).
"""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from offenbach_wir.management.commands.serve import PROCESSES, THREADS
from tests import bench_ratio
from tests.run import GET_POSTGRESQL, postgresql_address

CLIENTS = 2
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "120"))
SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "10000,100000").split(",")]
TICK = os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat, counted as `cpu` does: of children that have ended, user and system.
ENDED_CHILDREN = (13, 14)
PAGES = {
    "home": ["/de/"],
    "programme": ["/de/programm/"],
    "funding": ["/de/foerderung/"],
    "project": ["/de/projekte/bench-0001{n:02}/"],
    "project, never kept": ["/de/projekte/bench-0001{n:02}/?fresh={fresh}"],
    "list": ["/de/projekte/", "/de/projekte/?page={n}"],
    "list, never kept": ["/de/projekte/?page={n}&fresh={fresh}"],
    "list, filtered": ["/de/projekte/?district=nordend&status=running&page={n}"],
    "list, searched": ["/de/projekte/?q={word}"],
    "list, typing error": ["/de/projekte/?q=Integrationslosten"],
    "site search": ["/de/suche/?q={word}"],
}
TIDY = "import tests.bench_data as data; data.tidy()"
WORDS = [
    *("sprachkurs", "garten", "fahrrad", "lotsen", "eltern"),
    *("musik", "deutsch", "nachbarschaft", "kochen", "verein"),
]


# The back office, the queue of cases, advice by appointment, plans and PDF files, large files.
PARTS = ("bench_office", "bench_cases", "bench_advice", "bench_proposals", "bench_files")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def family(pid):
    """The process and its children."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has ended
        children = []
    return [pid, *[grandchild for child in children for grandchild in family(int(child))]]


def cpu(pids, user=11, system=12):
    """Seconds of CPU these processes have used; one that has ended counts nothing."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(fields[user]) + int(fields[system])) / TICK
    return total


def database_server(address):
    """The process of PostgreSQL that starts one for each connection; None for SQLite."""
    if address.startswith("sqlite"):
        return None
    with psycopg2.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
        return int(fields[1])


def cpu_of_all(server):
    """Seconds of CPU of a process and all its children, also of those that have ended."""
    if server is None:
        return 0
    return cpu(family(server)) + cpu([server], *ENDED_CHILDREN)


class Web:
    """gunicorn as `serve` starts it, for one WSGI application."""

    def __init__(self, application, environment, log=None):
        self.port = free_port()
        self.process = subprocess.Popen(
            [
                *(Path(sys.executable).parent / "gunicorn", application, "-k", "gthread"),
                *("-w", PROCESSES, "--threads", THREADS, "--no-control-socket"),
                *("-b", f"127.0.0.1:{self.port}", "--log-level", "error"),
            ],
            cwd=ROOT,
            env=environment,
            # A line for each request is written, as in production, and read by nobody.
            stderr=log or subprocess.DEVNULL,
        )
        for _attempt in range(200):
            try:
                self.get("/")
                break
            except OSError:
                time.sleep(0.1)

    def get(self, path, connection=None):
        own = connection or http.client.HTTPConnection("localhost", self.port, timeout=60)
        own.request("GET", path, headers={"Accept-Encoding": "gzip"})
        response = own.getresponse()
        response.read()
        if connection is None:
            own.close()
        return response.status

    def measure(self, patterns, database=None):
        """(milliseconds of CPU a request of the web processes, and of the process `database` with
        its children; requests a second; p95 in milliseconds) over REQUESTS requests.
        """
        paths = [
            patterns[n % len(patterns)].format(n=n % 40 + 1, word=WORDS[n % len(WORDS)], fresh=n)
            for n in range(REQUESTS)
        ]
        for path in paths[:8]:
            self.get(path)
        times, wrong, lock = [], [], threading.Lock()

        def client(mine):
            connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
            for path in mine:
                started = time.perf_counter()
                status = self.get(path, connection)
                took = time.perf_counter() - started
                with lock:
                    times.append(took)
                    if status != 200:
                        wrong.append(f"{path} answered {status}")

        watched = family(self.process.pid)
        before = cpu(watched), cpu_of_all(database), time.perf_counter()
        threads = [
            threading.Thread(target=client, args=(paths[i::CLIENTS],)) for i in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if wrong:
            raise RuntimeError(wrong[0])
        rate = len(paths) / (time.perf_counter() - before[2])
        web = (cpu(watched) - before[0]) * 1000 / len(paths)
        base = (cpu_of_all(database) - before[1]) * 1000 / len(paths)
        return web, base, rate, sorted(times)[int(len(times) * 0.95) - 1] * 1000

    def stop(self):
        self.process.terminate()
        self.process.wait()


def main():
    address = postgresql_address()
    if address is None:
        sys.exit(f"The bench needs PostgreSQL: {GET_POSTGRESQL}")
    admin = psycopg2.connect(address)
    admin.autocommit = True
    cursor = admin.cursor()
    cursor.execute("DROP DATABASE IF EXISTS wir_bench WITH (FORCE)")
    cursor.execute("CREATE DATABASE wir_bench")
    environment = os.environ | {
        "WIR_MODE": "demo",
        "DATABASE_URL": f"{address.rpartition('/')[0]}/wir_bench",
        "VAR_DIR": str(ROOT / "var" / "bench"),
        "LIMIT_SEARCH": "1000000000",
        "SECRET_KEY": "bench",
    }
    bare = Web("tests.bare:application", environment)
    plain = bare.measure(["/"])
    bare.stop()
    print(f"\n{os.cpu_count()} cores, {CLIENTS} clients, {REQUESTS} requests a row")
    line("bare Django view", 0, plain, plain)
    public_pages("PostgreSQL", SIZES, environment, plain)
    cursor.execute("DROP DATABASE wir_bench WITH (FORCE)")
    with tempfile.TemporaryDirectory() as folder:
        embedded = {"VAR_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3"}
        public_pages("SQLite", SIZES[-1:], environment | embedded, plain)
    environment |= bench_ratio.handed_on(*plain)
    failed = [part for part in PARTS if not is_passed(part, cursor, environment)]
    if failed:
        sys.exit(f"Above its aim: {', '.join(failed)}")


def public_pages(name, sizes, environment, plain):
    """Prints what each page costs on that database with so many projects."""
    print(f"\n{name}")
    print("page                      projects   web ms   db ms   CPU ms  x bare  a second   p95 ms")
    manage(environment, "set_up")
    for size in sizes:
        fill = f"import tests.bench_data as data; data.fill({size})"
        manage(environment, "shell", "-v0", "-c", fill)
        manage(environment, "shell", "-v0", "-c", TIDY)
        server = database_server(environment["DATABASE_URL"])
        portal = Web("offenbach_wir.wsgi:application", environment)
        try:
            for page, patterns in PAGES.items():
                line(page, size, portal.measure(patterns, server), plain)
        finally:
            portal.stop()


def manage(environment, *arguments):
    """What the command printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def is_passed(part, cursor, environment):
    """Runs one part of the bench; what needs a database gets an empty one."""
    print(flush=True)
    if part in ("bench_office", "bench_cases"):
        cursor.execute("CREATE DATABASE wir_bench")
    else:
        environment = os.environ | {k: v for k, v in environment.items() if k.startswith("BENCH")}
    ran = subprocess.run(
        [sys.executable, f"tests/{part}.py"], cwd=ROOT, env=environment, check=False
    )
    cursor.execute("DROP DATABASE IF EXISTS wir_bench WITH (FORCE)")
    return ran.returncode == 0


def line(name, size, measured, plain):
    web, base, rate, p95 = measured
    total = web + base
    ratio = total / max(sum(plain[:2]), 0.01)
    print(
        f"{name:24}{size:>10,}{web:>9.1f}{base:>8.1f}{total:>9.1f}{ratio:>8.0f}"
        f"{rate:>10.0f}{p95:>9.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
