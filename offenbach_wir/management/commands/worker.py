"""Work outside requests: queued mails, picture sizes, counters whose time is over."""

import signal
import threading

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.db.utils import Error as DatabaseFailure

from offenbach_wir.rate_limits import forget_old_windows

PAUSE_SECONDS = 2
ROUNDS_BETWEEN_TIDYING = 300


class Command(BaseCommand):
    help = "Sends mails and does background work until it is stopped; --once does what is due now."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true")

    def handle(self, *args, **options):
        if options["once"]:
            self.round(0)
            return
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_args: stop.set())
        rounds = 0
        while not stop.is_set():
            self.round(rounds)
            rounds += 1
            stop.wait(PAUSE_SECONDS)

    def round(self, number):
        """One look at everything; a database that is away is tried again in the next round."""
        try:
            close_old_connections()
            call_command(
                "db_worker", batch=True, interval=0, startup_delay=False, verbosity=0, reload=False
            )
            call_command("send_queued_mail", processes=1, log_level=1, verbosity=0)
            if number % ROUNDS_BETWEEN_TIDYING == 0:
                forget_old_windows()
        except DatabaseFailure as error:
            self.stderr.write(f"Worker: the database is away, trying again ({error}).")
