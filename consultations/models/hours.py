"""When somebody advises: weekly hours, special hours, absences, holidays that are worked."""

import functools

import holidays
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consultations import slots
from offenbach_wir.times import clock_in_words, day_in_words

from .bookings import Channel
from .offer import Concern, Location
from .people import Coordinator


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class HoursQuerySet(models.QuerySet):
    def with_concern_keys(self):
        """The rows in the order of their keys, with the keys of their concerns; one statement."""
        rows = {}
        for row in self.order_by().annotate(concern_key=F("concerns")):
            if row.pk not in rows:
                rows[row.pk] = row
                row.concern_keys = set()
            if row.concern_key is not None:
                rows[row.pk].concern_keys.add(row.concern_key)
        return [rows[key] for key in sorted(rows)]


class AdviceHours(models.Model):
    """What weekly and special hours have in common; times are those of Offenbach's clocks."""

    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("until"))
    is_walk_in = models.BooleanField(
        _("open hours without booking"),
        default=False,
        help_text=_("People come without an appointment; nothing can be booked then."),
    )
    on_site = models.BooleanField(_("on site"), default=True)
    by_phone = models.BooleanField(_("by phone"), default=False)
    by_video = models.BooleanField(_("by video"), default=False)
    location = models.ForeignKey(
        Location, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    concerns = models.ManyToManyField(
        Concern,
        blank=True,
        related_name="+",
        verbose_name=_("concerns"),
        help_text=_("Without a choice: all."),
    )

    objects = HoursQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_close_after_opening",
                condition=Q(closes__gt=F("opens")),
                violation_error_message=_("The end is before the start."),
            ),
            models.CheckConstraint(
                name="%(class)s_on_site_have_a_place",
                condition=Q(on_site=False) | Q(location__isnull=False),
                violation_error_message=_("Please choose a place for talks on site."),
            ),
            models.CheckConstraint(
                name="%(class)s_have_a_channel",
                condition=Q(on_site=True) | Q(by_phone=True) | Q(by_video=True),
                violation_error_message=_("Please choose at least one way to talk."),
            ),
        ]

    def clean(self):
        """Times lie on the steps by which talks are given away."""
        super().clean()
        for name in ("opens", "closes"):
            time = getattr(self, name)
            if time and (time.minute % slots.STEP_MINUTES or time.second or time.microsecond):
                raise ValidationError(
                    {name: ValidationError(_("Please give a time in steps of five minutes."))}
                )

    @property
    def channels(self):
        chosen = {
            Channel.ON_SITE: self.on_site,
            Channel.PHONE: self.by_phone,
            Channel.VIDEO: self.by_video,
        }
        return frozenset(channel for channel, is_offered in chosen.items() if is_offered)

    @cached_property
    def concern_keys(self):
        return {concern.pk for concern in self.concerns.all()}

    def as_plain(self, **when):
        """The same as a plain value of slots.py."""
        return slots.Hours(
            coordinator=self.coordinator_id,
            opens=self.opens,
            closes=self.closes,
            channels=self.channels,
            location=self.location_id,
            concerns=frozenset(self.concern_keys),
            **when,
        )


class OpeningHours(AdviceHours):
    """Hours that come round every week while they are valid."""

    coordinator = models.ForeignKey(
        Coordinator, models.CASCADE, related_name="opening_hours", verbose_name=_("coordinator")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    valid_from = models.DateField(_("valid from"), default=timezone.localdate)
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Empty: until further notice.")
    )

    class Meta(AdviceHours.Meta):
        ordering = ["coordinator", "weekday", "opens", "pk"]
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        constraints = [
            *AdviceHours.Meta.constraints,
            models.CheckConstraint(
                name="opening_hours_end_after_they_begin",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("The end is before the start."),
            ),
            models.CheckConstraint(
                name="opening_hours_on_a_weekday",
                condition=Q(weekday__gte=0, weekday__lte=6),
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"

    @property
    def plain(self):
        return self.as_plain(
            weekday=self.weekday, valid_from=self.valid_from, valid_until=self.valid_until
        )


class SpecialHours(AdviceHours):
    """Hours on one day, also on a public holiday."""

    coordinator = models.ForeignKey(
        Coordinator, models.CASCADE, related_name="special_hours", verbose_name=_("coordinator")
    )
    date = models.DateField(_("day"))
    replaces_weekly = models.BooleanField(
        _("instead of the weekly hours of that day"),
        default=False,
        help_text=_("Otherwise they come on top."),
    )

    class Meta(AdviceHours.Meta):
        ordering = ["date", "opens", "pk"]
        verbose_name = _("special hours")
        verbose_name_plural = _("special hours")

    def __str__(self):
        return f"{self.date:%d.%m.%Y} {self.opens:%H:%M}–{self.closes:%H:%M}"

    def clean(self):
        super().clean()
        for name in ("opens", "closes"):
            time = getattr(self, name)
            if self.date and time:
                try:
                    slots.instant(self.date, time)
                except slots.NoSuchTimeError:
                    raise ValidationError({name: self._no_such_time(time)}) from None

    def _no_such_time(self, time):
        return ValidationError(
            _("On %(day)s there is no %(time)s: the clocks are put forward. Please choose 3:00."),
            code="no_such_time",
            params={"day": day_in_words(self.date), "time": clock_in_words(time)},
        )

    @property
    def plain(self):
        return self.as_plain(date=self.date, replaces_weekly=self.replaces_weekly)


class Absence(models.Model):
    """Nobody is there: one person, or the whole office."""

    coordinator = models.ForeignKey(
        Coordinator,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="absences",
        verbose_name=_("coordinator"),
        help_text=_("Without a choice: the office is closed for everybody."),
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    note = models.CharField(
        _("note for colleagues"),
        max_length=120,
        blank=True,
        help_text=_("For instance “Fortbildung”. Please write nothing about illness."),
    )

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The end is before the start."),
            )
        ]

    def __str__(self):
        return f"{timezone.localtime(self.starts_at):%d.%m.%Y %H:%M} – " + (
            f"{timezone.localtime(self.ends_at):%d.%m.%Y %H:%M}"
        )


class OpenedHoliday(models.Model):
    """A public holiday of Hesse on which the weekly hours count all the same."""

    date = models.DateField(_("day"), unique=True)

    class Meta:
        ordering = ["date"]
        verbose_name = _("holiday with advice")
        verbose_name_plural = _("holidays with advice")

    def __str__(self):
        return f"{self.date:%d.%m.%Y}"


def public_holidays(first_day, last_day, language="de"):
    """{day: name} of Hesse's public holidays in that stretch, computed, not stored."""
    known = HOLIDAY_LANGUAGES[language_of_holidays(language)]
    years = range(first_day.year, last_day.year + 1)
    days = [pair for year in years for pair in _holidays_of(year, known)]
    return {day: name for day, name in days if first_day <= day <= last_day}


@functools.lru_cache(maxsize=50)
def _holidays_of(year, language):
    names = holidays.country_holidays("DE", subdiv="HE", years=year, language=language)
    return sorted(names.items())


# Ours and the package's; it has no Arabic names for Germany.
HOLIDAY_LANGUAGES = {"de": "de", "en": "en_US"}


def language_of_holidays(language):
    """The language in which a page in that language shows the names of holidays."""
    return language if language in HOLIDAY_LANGUAGES else "de"
