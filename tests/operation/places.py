"""Portals in places of their own, for tests of backups: commands with their words, and checksums
that know nothing of the code they check.
"""

import hashlib
import os
import subprocess
import sys
from contextlib import contextmanager

from tests.server import ROOT, Server, ask, postgresql_database

# What a restore ends or empties on purpose.
NOT_COMPARED = {
    *("django_session", "usersessions_usersession", "portal_cache", "portal_pages"),
    "django_site",
}


class Place(Server):
    """A portal's database and folder on a host of its own."""

    def __init__(self, folder, database, **variables):
        folder.mkdir(exist_ok=True)
        super().__init__(folder, database, **variables)
        self.folder, self.database = folder, database

    def command(self, *arguments, **options):
        """What `manage.py …` said and how it ended."""
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    def begin(self, *arguments, **options):
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            **(silent | options),
        )

    def tables(self):
        """{table: checksum of its rows}"""
        if self.database.startswith("sqlite"):
            listing = "SELECT name FROM sqlite_master WHERE type = 'table'"
        else:
            listing = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        names = {name for (name,) in ask(self.database, listing) if not name.startswith("sqlite_")}
        return {name: self._sum_of_table(name) for name in names - NOT_COMPARED}

    def _sum_of_table(self, name):
        rows = sorted(map(repr, ask(self.database, f'SELECT * FROM "{name}"')))
        return len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()

    def files(self):
        """{path: checksum} of everything uploaded."""
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for part in ("media", "private", "erasures")
            for path in (self.folder / part).rglob("*")
            if path.is_file()
        }


@contextmanager
def empty_host(like, folder, name="restored", **variables):
    """A place without tables and files, for the same kind of database."""
    variables = {"BACKUP_KEY": like.environment["BACKUP_KEY"]} | variables
    if like.database.startswith("sqlite"):
        folder.mkdir(exist_ok=True)
        yield Place(folder, f"sqlite:///{folder}/{name}.sqlite3", **variables)
    else:
        with postgresql_database(f"wir_{name}_{os.getpid()}") as address:
            yield Place(folder, address, **variables)
