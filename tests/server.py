"""The portal as an operator runs it: gunicorn with several processes and the worker."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parent.parent


class Server:
    """With a folder of its own; without a database address it has its own SQLite file there.

    `root` is the folder of the code, for running an earlier version.
    """

    def __init__(self, folder, database="", root=ROOT, **variables):
        self.root = root
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")
        } | {
            "WIR_MODE": "demo",
            "VAR_DIR": str(folder),
            "PORT": str(self.port),
            "PORTAL_URL": self.url,
            "LIMIT_SEARCH": "100000",
            "FASTEST_FORM_SECONDS": "0",
            "TRUSTED_PROXY_COUNT": "1",
            "SECRET_KEY": "browser-tests",
            **variables,
        }
        self.environment.pop("DATABASE_URL", None)
        if database:
            self.environment["DATABASE_URL"] = database

    def manage(self, *arguments):
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.root,
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def set_up(self):
        """Makes the database and its content, with what the worker does to it."""
        self.manage("set_up")
        self.manage("worker", "--once")
        return self

    def run(self, code):
        """Runs Python with the portal's models, in a process of its own."""
        self.manage("shell", "-v0", "-c", code)

    def start(self):
        self.log = open(Path(self.environment["VAR_DIR"]) / "server.log", "w")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=self.root,
            env=self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        for _attempt in range(300):
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=2)
            except OSError:
                time.sleep(0.1)
            else:
                return self
        raise RuntimeError("The portal did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()


@contextmanager
def postgresql_database(name, template="", server=""):
    """The address of a new database beside the one in DATABASE_URL (or `server`), dropped
    afterwards.
    """
    address = server or os.environ["DATABASE_URL"]
    with closing(psycopg2.connect(address)) as admin:
        admin.autocommit = True
        # Of a process of that number which could not clear away behind itself.
        admin.cursor().execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        copied = f" TEMPLATE {template}" if template else ""
        admin.cursor().execute(f"CREATE DATABASE {name}{copied}")
        try:
            yield f"{address.rpartition('/')[0]}/{name}"
        finally:
            admin.cursor().execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def copy_of_database(connection, folder):
    """The address of a copy of the database of the tests, with all its content.

    No transaction may be open on it.
    """
    source = connection.settings_dict["NAME"]
    connection.close()
    if connection.vendor == "postgresql":
        with postgresql_database(f"wir_copy_{os.getpid()}", template=source) as address:
            yield address
    else:
        target = Path(folder) / "copy.sqlite3"
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
        yield f"sqlite:///{target}"


def ask(database, sql):
    """The rows that the statement gives on that database, outside Django."""
    if database.startswith("sqlite"):
        connection = sqlite3.connect(database.removeprefix("sqlite:///"), timeout=20)
    else:
        connection = psycopg2.connect(database)
    with closing(connection):
        cursor = connection.cursor()
        cursor.execute(sql)
        rows = cursor.fetchall() if cursor.description else []
        connection.commit()
    return rows
