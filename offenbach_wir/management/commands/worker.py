"""Work outside requests, round after round: jobs that are due, background tasks, queued mails.

Asked to end (SIGTERM, SIGINT) it finishes the one thing it is at and begins no other.
"""

import signal
import threading

from django.core.management.base import BaseCommand
from django.db.utils import Error as DatabaseFailure

from offenbach_wir.deploy_checks import refuse_demo_rows
from offenbach_wir.jobs import do_everything_due

PAUSE_SECONDS = 2


class Command(BaseCommand):
    help = "Sends mails and does background work until it is stopped; --once does what is due now."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true")

    def handle(self, *args, **options):
        refuse_demo_rows()
        stop = threading.Event()
        if options["once"]:
            self.round(stop.is_set)
            return
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_args: stop.set())
        while not stop.is_set():
            self.round(stop.is_set)
            stop.wait(PAUSE_SECONDS)

    def round(self, stopped):
        """One look at everything; a database that is away is tried again in the next round."""
        try:
            do_everything_due(stopped)
        except DatabaseFailure as error:
            self.stderr.write(f"Worker: the database is away, trying again ({error}).")
