"""Dumping and restoring a PostgreSQL database by its own programs, which find the password in
their environment.
"""

import os
import re
import shutil
import subprocess
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient
from psycopg2 import sql

from . import BackupError
from .tables import sum_of

VENDOR = "postgresql"
DEBIAN = Path("/usr/lib/postgresql")
# How values are written as text must not depend on the server's or the person's settings.
AS_TEXT = """
    SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres';
    SET bytea_output = 'hex'; SET extra_float_digits = 3;
"""
LONGEST_WAIT = "30s"
COPIED_AT_ONCE = 256 * 1024


class Snapshot:
    """The database as it was at one moment, whatever is written meanwhile."""

    vendor = VENDOR

    def __init__(self, own):
        self._own = own
        self.version = own.server_version // 10000
        with own.cursor() as cursor:
            cursor.execute(AS_TEXT)
            own.commit()
            cursor.execute("SELECT pg_export_snapshot(), now()")
            self.name, self.moment = cursor.fetchone()

    def rows(self, statement):
        with self._own.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def table_names(self):
        return [
            name
            for (name,) in self.rows(
                "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p')"
                " AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"
            )
        ]

    def sums(self):
        return {name: sum_of(self._as_bytes(name)) for name in self.table_names()}

    def _as_bytes(self, table):
        with self._own.cursor(name="rows") as cursor:
            cursor.itersize = 2000
            cursor.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
            for (text,) in cursor:
                yield text.encode()

    @contextmanager
    def dump(self):
        """The stream of a dump in pg_dump's custom format."""
        arguments = [
            *("--format=custom", "--compress=3", "--no-owner", "--no-privileges"),
            *(f"--snapshot={self.name}", f"--lock-wait-timeout={LONGEST_WAIT}"),
        ]
        with _running("pg_dump", arguments, self.version, stdout=subprocess.PIPE) as process:
            yield process.stdout


@contextmanager
def snapshot():
    own = psycopg2.connect(**connection.get_connection_params())
    try:
        own.set_session("REPEATABLE READ", readonly=True)
        yield Snapshot(own)
    finally:
        own.close()


def restore(stream):
    """All of the dump or nothing, into a database without tables."""
    connection.ensure_connection()
    version = connection.pg_version // 10000
    connection.close()
    arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    with _running("pg_restore", arguments, version, stdin=subprocess.PIPE) as process:
        try:
            while data := stream.read(COPIED_AT_ONCE):
                process.stdin.write(data)
            process.stdin.close()
        except BrokenPipeError:
            pass  # the program ended early; what it said is told by _running


def holds_tables():
    return bool(connection.introspection.table_names())


def others_connected():
    """Whether others are connected to the database: the portal itself, most likely."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend')"
        )
        return cursor.fetchone()[0]


def make_empty():
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LONGEST_WAIT}'")
        cursor.execute("SELECT current_schema()")
        schema = connection.ops.quote_name(cursor.fetchone()[0])
        cursor.execute(f"DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}")
    connection.close()


def program(name, version):
    """The path of a client program that is not older than the server."""
    found = [shutil.which(name), *map(str, DEBIAN.glob(f"*/bin/{name}"))]
    fitting = [(v, path) for path in filter(None, found) if (v := _version_of(path)) >= version]
    if not fitting:
        raise BackupError(
            f"{name} of PostgreSQL {version} or newer is needed and was not found "
            f"(Debian: apt-get install postgresql-client-{version})."
        )
    return min(fitting, key=lambda pair: pair[0])[1]


def _version_of(path):
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 (own words)
    number = re.search(r"\) (\d+)", said.stdout)
    return int(number[1]) if number else 0


@contextmanager
def _running(name, arguments, version, **pipes):
    """The program at work on our database; raises BackupError with its words when it fails."""
    _command, settings = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    wanted = connection.get_connection_params()
    place = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
    environment = dict(os.environ) | (settings or {}) | {"PGCONNECT_TIMEOUT": "30"}
    environment |= {key: str(wanted[word]) for key, word in place.items() if wanted.get(word)}
    database = [f"--dbname={wanted['dbname']}", "--no-password"]
    process = subprocess.Popen(  # noqa: S603 (own words)
        [program(name, version), *arguments, *database],
        env=environment,
        stderr=subprocess.PIPE,
        **pipes,
    )
    words = []
    listener = threading.Thread(target=lambda: words.append(process.stderr.read()), daemon=True)
    listener.start()
    try:
        yield process
    except BaseException:
        process.kill()
        raise
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None and not pipe.closed:
                _close(pipe)
        process.wait()
        listener.join()
        process.stderr.close()
    if process.returncode:
        said = b"".join(words).decode(errors="replace").strip()
        raise BackupError(f"{name} failed ({process.returncode}): {said[-1000:]}")


def _close(pipe):
    with suppress(BrokenPipeError):
        pipe.close()
