"""Invented talks in the next free times, so that the agenda of the demo is not empty.

Not part of load_demo, because whoever tests times wants all of them free. Repeatable: talks are
made only where none is ahead.
"""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from consultations import booking, sharing, waiting
from consultations.availability import Availability, Wish
from consultations.models import Booking, Concern, WaitingEntry
from offenbach_wir.content_files import read
from projects.models import SpokenLanguage
from projects.proposals.models import Proposal

TALKS = settings.BASE_DIR / "consultations" / "demo" / "talks.toml"


class Command(BaseCommand):
    help = "Loads invented talks; only in demo mode."

    def handle(self, *args, **options):
        if not settings.IS_DEMO:
            raise CommandError("Examples are loaded in demo mode only (WIR_MODE=demo).")
        self.now = timezone.now()
        if Booking.objects.upcoming(self.now).exists():
            return
        data = read(TALKS)
        for row in data["talk"]:
            self.talk(row)
        for row in data["waiting"]:
            self.waiting(row)

    def wish(self, row):
        return Wish(
            Concern.objects.get(slug=row.pop("concern")),
            row.pop("channel"),
            SpokenLanguage.objects.get(code=row.pop("language")),
            row.pop("interpreter", False),
        )

    def waiting(self, row):
        wish = self.wish(row)
        if WaitingEntry.objects.filter(name=row["name"]).exists():
            return
        entry = WaitingEntry(concern=wish.concern, channel=wish.channel, language=wish.language)
        entry.name, entry.phone, entry.written_language = row["name"], row["phone"], "de"
        waiting.join(entry, self.now)

    def talk(self, row):
        wish, nth = self.wish(row), row.pop("nth")
        written_language = row.pop("written_language", "de")
        waits_for_call = row.pop("waits_for_call", False)
        about = row.pop("about", "")
        free = Availability(wish, self.now).free_moments()
        if not free:
            return
        starts_at = free[min(nth, len(free) - 1)].starts_at
        details = booking.Details(**row)
        if waits_for_call:
            held = booking.hold(wish, starts_at)
            made = booking.book(held, details, written_language=written_language)
        else:
            made = booking.book_for_caller(
                wish, starts_at, details, written_language=written_language
            )
        if about:
            self.share(made, about)

    def share(self, made, title):
        """As if the talk had been booked from inside the draft."""
        made.proposal = Proposal.objects.drafts().filter(title=title).first()
        made.save(update_fields=["proposal", "updated_at"])
        sharing.follow(made)
