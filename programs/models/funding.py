"""Funding lines and their dated terms: rates, caps, deadlines, who may apply.

A line is what stays the same over the years; its terms are rows with a period, so that a page can
show what is valid today and what was valid before. Nothing of this is a constant in code.
"""

import calendar
import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey

from offenbach_wir.bin import BinnableContent, BinnableContentQuerySet
from offenbach_wir.richtext import RichTextField
from offenbach_wir.translated import ContentTranslation, TranslatedContent

from .content import Content
from .program import FocusArea, Program


class ApplicantKind(BinnableContent):
    """A kind of body that asks for money: a club, a church, a city."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    may_apply = models.BooleanField(
        _("may apply at all"),
        default=True,
        help_text=_("Private persons may not; they are led to other ways of taking part."),
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("kind of applicant")
        verbose_name_plural = _("kinds of applicants")


class ApplicantKindTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        ApplicantKind, models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name"), max_length=120)
    explanation = models.CharField(_("explanation"), max_length=250, blank=True)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("name of the kind of applicant")


class MeasureKind(BinnableContent):
    """What the money is for, in the words of those who ask: "Train integration guides"."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("kind of measure")
        verbose_name_plural = _("kinds of measures")


class MeasureKindTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        MeasureKind, models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("name of the kind of measure")


class EnclosureKind(BinnableContent):
    """A kind of paper that goes with an outline: the statutes, a letter of a partner."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    belongs_to_organisation = models.BooleanField(
        _("belongs to the organisation"),
        default=False,
        help_text=_("Uploaded once at the organisation and used again for each of its outlines."),
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("kind of enclosure")
        verbose_name_plural = _("kinds of enclosures")


class EnclosureKindTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        EnclosureKind, models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name"), max_length=120)
    explanation = models.CharField(_("explanation"), max_length=250, blank=True)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("name of the kind of enclosure")


class FundingLine(Content):
    program = models.ForeignKey(
        Program, models.PROTECT, related_name="funding_lines", verbose_name=_("programme")
    )
    slug = models.SlugField(_("short name in addresses"), unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    focus_area = models.ForeignKey(
        FocusArea,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="funding_lines",
        verbose_name=_("focus area"),
    )
    measure_kinds = models.ManyToManyField(
        MeasureKind, related_name="lines", blank=True, verbose_name=_("kinds of measures")
    )

    class Meta(Content.Meta):
        ordering = ["position", "pk"]
        verbose_name = _("funding line")
        verbose_name_plural = _("funding lines")

    def get_absolute_url(self):
        return reverse("programs:funding_line", args=[self.slug])

    def search_parts(self):
        terms = FundingTerms.objects.outside_the_bin().filter(line=self).with_texts()
        term_texts = [
            value
            for row in terms
            for t in row.translations.all()
            for value in (t.conditions, t.guideline)
        ]
        return self.all_texts("title"), [*self.all_texts("summary", "body"), *term_texts]


class FundingLineTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        FundingLine, models.CASCADE, related_name="translations", null=True
    )
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary for lists"))
    body = RichTextField(_("text"), blank=True)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("funding line text")


class FundingTermsQuerySet(BinnableContentQuerySet):
    def with_names(self):
        return self.with_texts().prefetch_related("line__translations")

    def valid_on(self, day):
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def ended_before(self, day):
        return self.filter(valid_to__lt=day)

    def of_published_lines(self):
        return self.outside_the_bin().filter(line__in=FundingLine.objects.published())

    def open_for_proposals(self, day):
        """The terms for which outlines are written in the portal that day."""
        applicants = ApplicantKind.objects.outside_the_bin().filter(may_apply=True)
        return (
            self.of_published_lines()
            .valid_on(day)
            .filter(Exists(applicants.filter(terms=OuterRef("pk"))), in_portal=True)
        )

    def for_pages(self):
        """With everything a page says about terms, in a constant number of queries."""
        return self.select_related("line").prefetch_related(
            "translations",
            "line__translations",
            "line__measure_kinds__translations",
            "applicant_kinds__translations",
            "required_enclosures__translations",
            # Figures that nobody has confirmed are on no page; the back office shows them.
            models.Prefetch(
                "rates",
                FundingRate.objects.filter(terms__figures_confirmed=True).with_texts(),
            ),
        )


class FundingTerms(BinnableContent):
    """What a guideline says about a line in a period."""

    parts = ("rates",)

    class DeadlineRule(models.TextChoices):
        DAY_OF_YEAR = "day_of_year", _("a day of the year")
        DAYS_BEFORE_START = "days_before_start", _("days before the start")
        YEARLY = "yearly", _("once a year, day announced")
        SET_BY_CITY = "set_by_city", _("set by the city")

    class FinancingType(models.TextChoices):
        PRO_RATA = "pro_rata", _("pro rata financing")
        SHORTFALL = "shortfall", _("shortfall financing")
        FIXED_AMOUNT = "fixed_amount", _("fixed-sum financing")
        FULL = "full", _("full financing")

    class Decides(models.TextChoices):
        STATE = "state", _("the granting authority of the state")
        CITY = "city", _("the city, from its own funds")

    FINANCING_MEANS = {
        FinancingType.PRO_RATA: _("The grant is a share of the costs that count."),
        FinancingType.SHORTFALL: _(
            "The grant fills the gap that your own money and money of others leave."
        ),
        FinancingType.FIXED_AMOUNT: _("The grant is a fixed sum."),
        FinancingType.FULL: _("The grant can pay all costs that count."),
    }

    line = models.ForeignKey(
        FundingLine, models.CASCADE, related_name="terms", verbose_name=_("funding line")
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    source_url = models.URLField(_("address of the source"), blank=True)
    as_of = models.DateField(_("as of"), help_text=_("The day somebody last checked the source."))
    applicant_kinds = models.ManyToManyField(
        ApplicantKind, related_name="terms", verbose_name=_("who may apply")
    )
    figures_confirmed = models.BooleanField(
        _("figures confirmed"),
        default=True,
        help_text=_("If not, pages show no figures and say whom to ask."),
    )
    financing_type = models.CharField(
        _("kind of financing"), max_length=12, choices=FinancingType, blank=True, db_default=""
    )
    in_kind_counts = models.BooleanField(
        _("contributions in kind and volunteer work count as costs"),
        default=False,
        db_default=False,
    )
    overhead_allowed = models.BooleanField(
        _("a flat sum for overhead counts"), default=False, db_default=False
    )
    decided_by = models.CharField(
        _("who decides"),
        max_length=5,
        choices=Decides,
        default=Decides.STATE,
        db_default=Decides.STATE,
    )
    proof_months = models.PositiveSmallIntegerField(
        _("proof of use: months after the end"),
        default=3,
        db_default=3,
        validators=[MaxValueValidator(24)],
        help_text=_("Three for the simple proof of the WIR programme; other grants often six."),
    )
    in_portal = models.BooleanField(
        _("outlines are written in the portal"), default=True, db_default=True
    )
    required_enclosures = models.ManyToManyField(
        EnclosureKind, related_name="terms", blank=True, verbose_name=_("enclosures needed")
    )
    deadline_rule = models.CharField(
        _("deadline"), max_length=20, choices=DeadlineRule, default=DeadlineRule.SET_BY_CITY
    )
    deadline_month = models.PositiveSmallIntegerField(
        _("deadline: month"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    deadline_day = models.PositiveSmallIntegerField(
        _("deadline: day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
    )
    deadline_in_year_before = models.BooleanField(_("in the year before the start"), default=False)
    deadline_days_before_start = models.PositiveSmallIntegerField(
        _("deadline: days before the start"), null=True, blank=True
    )
    city_deadline = models.DateField(_("deadline: the day the city has set"), null=True, blank=True)

    objects = FundingTermsQuerySet.as_manager()

    class Meta:
        ordering = ["line__position", "line_id", "-valid_from"]
        verbose_name = _("funding terms")
        verbose_name_plural = _("funding terms")
        constraints = [
            models.UniqueConstraint(
                fields=["line", "valid_from"],
                name="funding_terms_once_a_start",
                violation_error_message=_("This line already has terms from that day."),
            ),
            models.CheckConstraint(
                name="funding_terms_end_after_they_start",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The end is before the start."),
            ),
            models.CheckConstraint(
                name="funding_terms_deadline_has_its_day",
                condition=~Q(deadline_rule="day_of_year")
                | Q(deadline_month__isnull=False, deadline_day__isnull=False),
                violation_error_message=_("Please give the day and month of the deadline."),
            ),
            models.CheckConstraint(
                name="funding_terms_deadline_day_exists",
                condition=Q(deadline_month=None)
                | Q(deadline_day=None)
                | Q(deadline_day__lte=29)
                | Q(deadline_day=30, deadline_month__in=[1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
                | Q(deadline_day=31, deadline_month__in=[1, 3, 5, 7, 8, 10, 12]),
                violation_error_message=_("This month does not have that day."),
            ),
            models.CheckConstraint(
                name="funding_terms_deadline_has_its_days",
                condition=~Q(deadline_rule="days_before_start")
                | Q(deadline_days_before_start__isnull=False),
                violation_error_message=_("Please give the number of days before the start."),
            ),
            models.CheckConstraint(
                name="funding_terms_city_sets_its_own_day",
                condition=Q(city_deadline=None) | Q(deadline_rule="set_by_city"),
                violation_error_message=_(
                    "Only a deadline set by the city has a day of its own. Please choose “set by "
                    "the city” or clear the day."
                ),
            ),
        ]

    def __str__(self):
        return _("%(line)s, from %(day)s") % {
            "line": self.line,
            "day": date_format(self.valid_from, "SHORT_DATE_FORMAT"),
        }

    @property
    def is_valid_today(self):
        today = timezone.localdate()
        return self.valid_from <= today and (self.valid_to is None or self.valid_to >= today)

    @property
    def takes_proposals(self):
        """Whether outlines for it are written in the portal today; as `open_for_proposals`."""
        return (
            self.in_portal
            and self.is_valid_today
            and not self.is_binned
            and self.line.is_published
            and any(kind.may_apply and not kind.is_binned for kind in self.applicant_kinds.all())
        )

    @property
    def financing_explanation(self):
        return self.FINANCING_MEANS.get(self.financing_type, "")

    @property
    def is_deadline_certain(self):
        """A day the city has set holds, even while the figures are not confirmed."""
        return self.figures_confirmed or self.city_deadline is not None

    @property
    def deadline_as_date(self):
        """The day and month of the deadline as a date, so that each language writes it its way."""
        return datetime.date(2024, self.deadline_month, self.deadline_day)

    def deadline_for(self, starts_on):
        """The last day to apply for a measure starting that day; None where no rule gives one
        or the city has not set it yet.
        """
        if self.deadline_rule == self.DeadlineRule.DAYS_BEFORE_START:
            return starts_on - datetime.timedelta(days=self.deadline_days_before_start)
        if self.deadline_rule == self.DeadlineRule.DAY_OF_YEAR:
            year = starts_on.year - (1 if self.deadline_in_year_before else 0)
            # 29 February is the 28th in a common year.
            last = calendar.monthrange(year, self.deadline_month)[1]
            return datetime.date(year, self.deadline_month, min(self.deadline_day, last))
        if self.deadline_rule == self.DeadlineRule.SET_BY_CITY:
            return self.city_deadline
        return None


class FundingTermsTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        FundingTerms, models.CASCADE, related_name="translations", null=True
    )
    guideline = models.CharField(_("guideline or source"), max_length=250)
    conditions = models.TextField(_("conditions"), blank=True)
    deadline_note = models.CharField(_("note on the deadline"), max_length=250, blank=True)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("text of the terms")


class FundingRate(TranslatedContent):
    """One part of what a line pays: a share, a fixed sum, or an amount for each unit."""

    class Kind(models.TextChoices):
        SHARE = "share", _("share of the costs")
        FIXED = "fixed", _("fixed sum")
        PER_UNIT = "per_unit", _("amount per unit")

    terms = models.ForeignKey(
        FundingTerms, models.CASCADE, related_name="rates", verbose_name=_("terms")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    percent = models.DecimalField(
        _("per cent"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    cap = models.DecimalField(
        _("at most (EUR)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    amount = models.DecimalField(
        _("amount (EUR)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    max_units = models.PositiveIntegerField(_("at most this many units"), null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        constraints = [
            models.CheckConstraint(
                name="funding_rate_share_has_percent",
                condition=~Q(kind="share")
                | Q(percent__isnull=False, percent__gt=0, percent__lte=100),
                violation_error_message=_("A share needs a percentage between 0 and 100."),
            ),
            models.CheckConstraint(
                name="funding_rate_sum_has_amount",
                condition=Q(kind="share") | Q(amount__isnull=False, amount__gt=0),
                violation_error_message=_("Please give the amount in euros."),
            ),
        ]


class FundingRateTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        FundingRate, models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("what it pays for"), max_length=200, blank=True)
    unit = models.CharField(
        _("unit"), max_length=120, blank=True, help_text=_("For instance: hour, post and year.")
    )

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("text of the rate")
