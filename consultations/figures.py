"""Figures of advice without people: bookings that are there, and numbers of deleted ones."""

from collections import Counter

from django.db.models import Count, F
from django.db.models.functions import TruncMonth
from django.utils import timezone

from .models import AdviceCount, Booking

# Bookings that came to an end or stand; a held or lapsed time is nobody's talk.
COUNTED = (
    Booking.Status.CONFIRMED,
    Booking.Status.ATTENDED,
    Booking.Status.NO_SHOW,
    *Booking.CANCELLED,
)
KEYS = ("month", "concern", "language", "channel", "outcome")


def count_and_delete(rows, moment):
    """Adds the bookings to the figures and deletes them; call it inside a transaction."""
    for key, n in live_counts(rows).items():
        values = dict(zip(KEYS, key, strict=True))
        AdviceCount.objects.get_or_create(**values)
        AdviceCount.objects.filter(**values).update(n=F("n") + n)
    n = rows.count()
    rows.delete()
    return n


def live_counts(rows):
    """{(month, concern, language, channel, outcome): n} of bookings, months as in Offenbach."""
    counted = (
        rows.filter(status__in=COUNTED)
        .annotate(month=TruncMonth("starts_at", tzinfo=timezone.get_default_timezone()))
        .order_by()
        .values_list("month", "concern__slug", "language__code", "channel", "status")
        .annotate(n=Count("pk"))
    )
    return Counter({(month.date(), *others): n for month, *others, n in counted})


def all_counts(first_month, last_month):
    """The same for a stretch of months (their first days), live and deleted together."""
    counts = Counter()
    for *key, n in AdviceCount.objects.filter(month__range=(first_month, last_month)).values_list(
        *KEYS, "n"
    ):
        counts[tuple(key)] += n
    for key, n in live_counts(Booking.objects.all()).items():
        if first_month <= key[0] <= last_month:
            counts[key] += n
    return counts


def by(counts, key):
    """[(value, n)] of one of KEYS, in order of the values."""
    place = KEYS.index(key)
    summed = Counter()
    for values, n in counts.items():
        summed[values[place]] += n
    return sorted(summed.items())
