"""Days and times in words, as on the calendars and clocks of Offenbach, in the active language."""

import datetime
import functools

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext


def day_in_words(moment):
    """ "Mittwoch, 25. November 2026" of an aware moment or a date."""
    if isinstance(moment, datetime.datetime):
        moment = timezone.localtime(moment).date()
    return _day_in(get_language(), moment)


def clock_in_words(moment):
    """ "9:30 Uhr" of an aware moment or a time of day."""
    if isinstance(moment, datetime.datetime):
        moment = timezone.localtime(moment).time()
    return _clock_in(get_language(), moment.replace(second=0, microsecond=0))


# A page of free times says the same days and times again and again.
@functools.lru_cache(maxsize=1000)
def _day_in(_language, day):
    return date_format(day, pgettext("format of a day with its weekday", "l j F Y"))


@functools.lru_cache(maxsize=1000)
def _clock_in(_language, time):
    # Only a whole moment can be formatted; the day does not show.
    moment = datetime.datetime.combine(datetime.date.min, time)
    return date_format(moment, pgettext("format of a time of day", "G:i"))
