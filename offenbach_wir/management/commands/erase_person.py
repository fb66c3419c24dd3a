"""Erases one person, for operators; shows first what would happen."""

from django.core.management.base import BaseCommand

from offenbach_wir import erasure


class Command(BaseCommand):
    help = "Shows what is kept about the person with that address or number; --yes erases it."

    def add_arguments(self, parser):
        parser.add_argument("contact", help="e-mail address or phone number")
        parser.add_argument("--yes", action="store_true", help="erase, do not only show")

    def handle(self, *args, contact, yes, **options):
        for part in erasure.parts_of(erasure.person_of(contact)):
            held = f", {len(part.held)} under a legal hold" if part.held else ""
            self.stdout.write(f"{part.kept.label}: {len(part.free)} {part.done}{held}")
        if yes:
            receipt = erasure.erase(contact)
            self.stdout.write(f"Erased; receipt {receipt.reference}.")
        else:
            self.stdout.write("Nothing was changed. Repeat with --yes to erase.")
