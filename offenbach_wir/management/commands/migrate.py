"""Django's migrate, made to run beside a portal that serves.

A migration that has to wait for a table makes every later request to that table wait behind it. So
it waits for a moment only, is rolled back and tried again. Hosts that are updated at the same time
migrate one after the other.
"""

import fcntl
import time
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.utils import OperationalError

# Less than PostgreSQL's deadlock_timeout (1 s): the migration gives way, never a request.
LONGEST_WAIT_MILLISECONDS = 500
MOST_TRIES = 60
PAUSE_SECONDS = 1
# Any number that nothing else of the portal locks.
ONE_MIGRATES = 20140101
LOCK_NOT_AVAILABLE = "55P03"


@contextmanager
def alone_on_postgresql(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_MIGRATES])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_MIGRATES])
            cursor.execute("RESET lock_timeout")


@contextmanager
def alone_on_this_host():
    with open(settings.VAR_DIR / "migrate.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Command(migrate.Command):
    def handle(self, *args, **options):
        connection = connections[options["database"]]
        if connection.vendor != "postgresql":
            with alone_on_this_host():
                return super().handle(*args, **options)
        with alone_on_postgresql(connection):
            return self.try_until_free(connection, *args, **options)

    def try_until_free(self, connection, *args, **options):
        for _attempt in range(MOST_TRIES):
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = %s", [LONGEST_WAIT_MILLISECONDS])
            try:
                return super().handle(*args, **options)
            except OperationalError as error:
                if getattr(error.__cause__, "pgcode", None) != LOCK_NOT_AVAILABLE:
                    raise
                self.stdout.write("A table is in use; the migration is tried again.")
                time.sleep(PAUSE_SECONDS)
        raise CommandError(
            "Some table was in use all the time. What was migrated stays; run the command again, "
            "at a quiet hour if need be."
        )
