"""Brings a backup back, on an empty host or in place of what is there."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db.utils import Error as DatabaseFailure

from offenbach_wir.backup import BackupError, databases
from offenbach_wir.backup.restoring import Restore


class Command(BaseCommand):
    help = "Restores database, files and keys from a backup; stop web server and worker first."
    # There may be no tables yet.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="give up what is there now")
        receipts = parser.add_mutually_exclusive_group(required=True)
        receipts.add_argument(
            "--erasures", type=Path, metavar="DIR", help="receipts of erasures, also newer ones"
        )
        receipts.add_argument(
            "--no-newer-erasures",
            action="store_true",
            help="nobody was erased after the backup, or the receipts are lost",
        )

    def handle(self, *args, file, replace, erasures, **options):
        started = time.monotonic()
        try:
            Restore(file, replace=replace, erasures=erasures, say=self.stdout.write).run()
        except (BackupError, OSError, DatabaseFailure, *databases.Trouble) as error:
            raise CommandError(f"Not restored: {error}") from error
        self.stdout.write(f"Restored and verified in {time.monotonic() - started:.1f} s.")
