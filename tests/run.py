"""`make test`: everything that can be tested on this machine, on both databases where possible.

With CI=true a missing browser or PostgreSQL is a failure, not something to leave out.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import migrated

IN_CI = os.environ.get("CI") == "true"
LOCAL_POSTGRESQL = "postgres://postgres@127.0.0.1:5432/postgres"
GET_CHROMIUM = "Chromium is missing (Debian: apt-get install chromium, or set CHROMIUM)"
GET_POSTGRESQL = "no PostgreSQL answers (Debian: apt-get install postgresql, or set DATABASE_URL)"


def postgresql_address():
    """DATABASE_URL where it names PostgreSQL, else the local server if it answers, else None."""
    import psycopg2

    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith(("postgres://", "postgresql://")):
        address = LOCAL_POSTGRESQL
    try:
        psycopg2.connect(address, connect_timeout=3).close()
    except psycopg2.OperationalError:
        return None
    return address


def pytest(name, *arguments, database_with_all_migrations, database=None):
    """Runs pytest on one database; returns (name, exit code, seconds)."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment["MIGRATED_DATABASE"] = database_with_all_migrations
    if database:
        environment["DATABASE_URL"] = database
    print(f"\n=== {name}", flush=True)
    started = time.monotonic()
    code = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments], cwd=ROOT, env=environment, check=False
    ).returncode
    return name, code, time.monotonic() - started


WITHOUT_BROWSER = ("-n", "2", "-m", "not browser")
# A server, a database and a browser for each of two processes; a file's tests share theirs.
IN_BROWSER = ("-n", "2", "--dist", "loadfile")


def run_all(addresses, chromium, postgresql, extra):
    """Yields what `pytest` returns for each run; `addresses` are those of migrated databases."""
    on_sqlite = {"database_with_all_migrations": addresses["sqlite"]}
    yield pytest("SQLite", *WITHOUT_BROWSER, *extra, **on_sqlite)
    if chromium:
        yield pytest("SQLite in Chromium", *IN_BROWSER, "-m", "browser", *extra, **on_sqlite)
    if not postgresql:
        return
    on_postgresql = {
        "database_with_all_migrations": addresses["postgresql"],
        "database": postgresql,
    }
    yield pytest("PostgreSQL", *WITHOUT_BROWSER, *extra, **on_postgresql)
    if chromium:
        # axe reads what Chromium shows; a second database changes nothing.
        only = ("-m", "browser and not axe")
        yield pytest("PostgreSQL in Chromium", *IN_BROWSER, *only, *extra, **on_postgresql)


def main():
    environment = dict(os.environ, WIR_MODE="demo")
    subprocess.run(
        [sys.executable, "manage.py", "compile_catalogues"], cwd=ROOT, env=environment, check=True
    )
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    postgresql = postgresql_address()
    with tempfile.TemporaryDirectory() as folder, migrated.made(folder, postgresql) as addresses:
        runs = list(run_all(addresses, chromium, postgresql, sys.argv[1:]))
    left_out = []
    if not chromium:
        left_out.append(("Browser tests", GET_CHROMIUM))
    if not postgresql:
        left_out.append(("All tests on PostgreSQL", GET_POSTGRESQL))

    print("\n=== What ran, and what did not")
    for name, code, seconds in runs:
        print(f"  {'passed' if code == 0 else 'FAILED'}  {name} ({seconds:.0f} s)")
    for name, reason in left_out:
        print(f"  {'FAILED' if IN_CI else 'left out'}  {name}: {reason}")
    failed = any(code for _name, code, _seconds in runs) or (IN_CI and left_out)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
