"""Imports the coordinator's list of projects from CSV or XLSX, as drafts."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from offenbach_wir.page_cache import forget_pages
from projects.project_import import HEADINGS, Importer, match_headings
from projects.spreadsheets import SpreadsheetError, read


class _RolledBack(Exception):  # noqa: N818
    """Ends a dry run, or an import with refused rows, without a trace in the database."""


class Command(BaseCommand):
    help = (
        "Imports projects as drafts from CSV (UTF-8 or Windows-1252, comma or semicolon) or XLSX. "
        f"Headings: {', '.join(HEADINGS)}. Several values in a cell are parted by | or comma."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check only, save nothing")
        parser.add_argument("--skip-refused", action="store_true", help="import the good rows")
        parser.add_argument(
            "--update", action="store_true", help="overwrite projects that are there already"
        )
        parser.add_argument("--language", default="de", help="language of the report")

    def handle(self, *args, **options):
        with override(options["language"]):
            try:
                headings, rows = read(options["file"])
            except SpreadsheetError as error:
                raise CommandError(str(error)) from error
            columns, unknown, missing = match_headings(headings)
            if missing:
                raise CommandError(
                    _("These headings are missing in the first row: %s") % ", ".join(missing)
                )
            if unknown:
                self.stdout.write(_("Columns left out: %s") % ", ".join(unknown))
            self.take_all(rows, columns, options)

    def take_all(self, rows, columns, options):
        importer = Importer(columns, update=options["update"])
        stops = options["dry_run"]
        try:
            with transaction.atomic():
                for done, row in enumerate(rows, start=1):
                    importer.take(row)
                    self.progress(done, len(rows))
                stops = stops or (importer.refusals and not options["skip_refused"])
                if stops:
                    raise _RolledBack
        except _RolledBack:
            pass
        forget_pages()
        self.report(importer, saved=not stops, dry_run=options["dry_run"])

    def progress(self, done, total):
        if sys.stderr.isatty():
            bar = "█" * (done * 30 // total)
            end = "\n" if done == total else ""
            sys.stderr.write(f"\r[{bar:<30}] {done}/{total}{end}")

    def report(self, importer, *, saved, dry_run):
        for refusal in importer.refusals:
            self.stderr.write(str(refusal))
        self.stdout.write(
            _("New: %(new)s, changed: %(changed)s, already there: %(kept)s")
            % {"new": importer.created, "changed": importer.updated, "kept": importer.kept}
        )
        refused = len({refusal.row for refusal in importer.refusals})
        if refused:
            self.stdout.write(
                ngettext("%s row was refused.", "%s rows were refused.", refused) % refused
            )
        if dry_run:
            self.stdout.write(_("This was a dry run: nothing was saved."))
        elif not saved:
            raise CommandError(
                _("Nothing was saved. Mend the rows, or import the others with --skip-refused.")
            )
