"""Compiles the .po catalogues without GNU gettext."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed
from polib import pofile


class Command(BaseCommand):
    help = "Writes a .mo beside every .po that is newer."
    requires_system_checks = []

    def handle(self, *args, **options):
        for path in sorted((settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po")):
            compiled = path.with_suffix(".mo")
            if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
                pofile(str(path)).save_as_mofile(str(compiled))
                # What this very command still does (set_up loads content) reads the new words.
                translation_file_changed(None, compiled)
                self.stdout.write(f"Compiled {path.relative_to(settings.BASE_DIR)}")
