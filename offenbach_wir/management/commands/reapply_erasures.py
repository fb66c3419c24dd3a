"""After a restore: erases again what was erased after the backup was made."""

from django.core.management.base import BaseCommand

from offenbach_wir import erasure


class Command(BaseCommand):
    help = "Repeats all erasures, from the database and from the files in var/erasures."

    def handle(self, *args, **options):
        for receipt in erasure.receipts():
            counts = erasure.erase_again(receipt)
            found = ", ".join(f"{label} {n}" for label, n in counts.items())
            self.stdout.write(f"{receipt.reference}: {found or 'nothing left'}")
