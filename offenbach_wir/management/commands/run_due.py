"""Everything that is due now, once: for cron or a systemd timer, every minute or so."""

from django.core.management.base import BaseCommand, CommandError

from offenbach_wir.jobs import do_everything_due


class Command(BaseCommand):
    help = "Runs due jobs, background tasks and mails once; safe to run on several hosts at once."

    def handle(self, *args, **options):
        outcomes = do_everything_due()
        for name, succeeded in outcomes.items():
            self.stdout.write(f"{name}: {'done' if succeeded else 'failed'}")
        if failed := [name for name, succeeded in outcomes.items() if not succeeded]:
            raise CommandError(f"Failed and tried again later: {', '.join(failed)}")
