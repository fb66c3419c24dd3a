"""A database with all migrations, made once for a whole run of the tests and copied where one is
needed: migrating takes half a minute, copying a moment.

`tests/run.py` makes one of each kind and names the one in MIGRATED_DATABASE; without it every
database of the tests is migrated from nothing.
"""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.server import ROOT, postgresql_database

ADDRESS = os.environ.get("MIGRATED_DATABASE", "")
IS_FILE = ADDRESS.startswith("sqlite:")
# Its name on PostgreSQL, which makes databases after the pattern of another one.
TEMPLATE = "" if IS_FILE else ADDRESS.rpartition("/")[2]


def copy_file(target):
    """Puts the migrated database there, where it is a file."""
    for ending in ("", "-wal", "-shm"):
        Path(f"{target}{ending}").unlink(missing_ok=True)
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ADDRESS.removeprefix("sqlite:///"), target)


@contextmanager
def made(folder, postgresql):
    """{"sqlite": address, "postgresql": address} of the migrated databases, made at once."""
    with ExitStack() as dropped_afterwards:
        addresses = {"sqlite": f"sqlite:///{folder}/migrated.sqlite3"}
        if postgresql:
            database = postgresql_database(f"wir_migrated_{os.getpid()}", server=postgresql)
            addresses["postgresql"] = dropped_afterwards.enter_context(database)
        running = {kind: _migrate(folder, address) for kind, address in addresses.items()}
        failed = [kind for kind, process in running.items() if process.wait()]
        if failed:
            raise SystemExit(f"The migrations failed on {' and '.join(failed)}")
        yield addresses


def _migrate(folder, address):
    environment = dict(os.environ, WIR_MODE="demo", VAR_DIR=str(folder), DATABASE_URL=address)
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment
    )
