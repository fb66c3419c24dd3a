"""English is the language of the source strings: its catalogue repeats them."""

from django.conf import settings
from django.core.management.base import BaseCommand
from polib import pofile


class Command(BaseCommand):
    help = "Fills the English catalogue from its own source strings."
    requires_system_checks = []

    def handle(self, *args, **options):
        catalogue = pofile(str(settings.BASE_DIR / "locale/en/LC_MESSAGES/django.po"), wrapwidth=0)
        for entry in catalogue:
            if entry.obsolete:
                continue
            if entry.msgid_plural:
                entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
            else:
                entry.msgstr = entry.msgid
            entry.previous_msgid = entry.previous_msgid_plural = None
            if "fuzzy" in entry.flags:
                entry.flags.remove("fuzzy")
        catalogue.save()
