"""Saves database, files, receipts of erasures and keys while the portal runs."""

import signal
import sys
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from offenbach_wir.backup import BackupError, keys, making
from offenbach_wir.backup.rotation import Plan


class Command(BaseCommand):
    help = "Makes one sealed, verified file of everything; --new-key makes the key for it."

    def add_arguments(self, parser):
        parser.add_argument("target_dir", nargs="?", type=Path)
        parser.add_argument("--new-key", action="store_true", help="print a key and do no more")
        parser.add_argument("--verify", type=Path, metavar="FILE", help="read a backup, compare it")
        parser.add_argument("--keep-daily", type=int, default=Plan.daily)
        parser.add_argument("--keep-weekly", type=int, default=Plan.weekly)
        parser.add_argument("--keep-monthly", type=int, default=Plan.monthly)

    def handle(self, *args, target_dir, new_key, verify, **options):
        if new_key:
            self.stdout.write(keys.new_key())
            return
        # Stopped by the service manager it removes what it had begun.
        before = signal.signal(signal.SIGTERM, lambda *_args: sys.exit("The backup was stopped."))
        try:
            if verify:
                manifest = making.verify(verify, keys.configured())
                self.stdout.write(f"Whole: {verify}, made at {manifest['made_at']}")
            else:
                self.make(target_dir, Plan(*(options[f"keep_{span}"] for span in SPANS)))
        except (BackupError, OSError) as error:
            raise CommandError(f"No backup: {error}") from error
        finally:
            signal.signal(signal.SIGTERM, before)

    def make(self, folder, plan):
        if folder is None or not folder.is_dir():
            raise CommandError("No backup: name a folder that exists.")
        started = time.monotonic()
        made = making.make(folder, plan)
        tables = made.manifest["database"]["tables"]
        self.stdout.write(
            f"{made.path}: {made.bytes} bytes, {sum(t['rows'] for t in tables.values())} rows, "
            f"{len(made.manifest['parts'])} parts, verified, {time.monotonic() - started:.1f} s"
        )
        for name in made.manifest["missing"]:
            self.stderr.write(f"Named by a row and not there: {name}")
        for name in made.removed:
            self.stdout.write(f"Removed: {name}")


SPANS = ("daily", "weekly", "monthly")
