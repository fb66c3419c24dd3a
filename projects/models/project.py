"""A funded project, its pictures and its dates."""

from decimal import Decimal

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey

from offenbach_wir import languages
from offenbach_wir.richtext import RichTextField
from offenbach_wir.search import sort_key
from offenbach_wir.translated import (
    GERMAN,
    ContentTranslation,
    TranslatedContent,
    TranslatedContentQuerySet,
)
from programs.models import FocusArea, FundingLine, Picture
from programs.models.content import Content, ContentQuerySet

from .organisation import Organisation
from .places import District, SpokenLanguage, TargetGroup

SHARES = ("state_share", "city_share", "own_share", "third_party_share")
SHARE_LABELS = {
    "state_share": _("State of Hesse"),
    "city_share": _("City of Offenbach"),
    "own_share": _("Own funds"),
    "third_party_share": _("Others"),
}
SUM_OF_SHARES = F("state_share") + F("city_share") + F("own_share") + F("third_party_share")


def _money(label):
    return models.DecimalField(label, max_digits=12, decimal_places=2, null=True, blank=True)


def keys(ids):
    """The ids as one sortable text, so that a facet is counted without a join: ",3,17,"."""
    return f",{','.join(str(pk) for pk in sorted(ids))}," if ids else ""


class ProjectQuerySet(ContentQuerySet):
    def with_phase(self, on):
        """Annotates `phase_on`: running, planned or finished that day, "" where unknown."""
        phase = Project.Phase
        return self.annotate(
            phase_on=Case(
                When(ends_on__lt=on, then=Value(phase.FINISHED)),
                When(starts_on=None, then=Value("")),
                When(starts_on__gt=on, then=Value(phase.PLANNED)),
                default=Value(phase.RUNNING),
            )
        )

    def newest_first(self):
        return self.order_by(F("starts_on").desc(nulls_last=True), "-pk")

    def with_seeking(self, on):
        """Annotates `seeks`: 1 where help is looked for and the project has not ended, else 0."""
        return self.annotate(
            seeks=Case(
                When(looks_for_help=True, ends_on=None, then=Value(1)),
                When(looks_for_help=True, ends_on__gte=on, then=Value(1)),
                default=Value(0),
            )
        )

    def seeking_help(self):
        return self.with_seeking(timezone.localdate()).filter(seeks=1)

    def for_cards(self):
        """With everything a card in a list says, in a constant number of queries."""
        texts = ProjectTranslation.objects.filter(language_code__in={languages.active(), GERMAN})
        return (
            self.select_related("organisation", "district")
            .only(
                *("slug", "german_revision", "starts_on", "ends_on", "looks_for_help"),
                *("is_example", "organisation__name", "district__name"),
            )
            .prefetch_related(
                models.Prefetch("translations", texts),
                models.Prefetch(
                    "project_pictures", ProjectPicture.objects.select_related("picture")
                ),
            )
        )


class Project(Content):
    parts = ("dates",)

    class Phase(models.TextChoices):
        RUNNING = "running", _("running")
        PLANNED = "planned", _("planned")
        FINISHED = "finished", _("finished")

    number = models.CharField(
        _("project number"),
        max_length=40,
        unique=True,
        help_text=_("Stays the same for ever; imports recognise the project by it."),
    )
    slug = models.SlugField(_("short name in addresses"), max_length=90, unique=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="projects", verbose_name=_("organisation")
    )
    partners = models.ManyToManyField(
        Organisation, blank=True, related_name="partner_projects", verbose_name=_("partners")
    )
    focus_areas = models.ManyToManyField(
        FocusArea, blank=True, related_name="projects", verbose_name=_("focus areas")
    )
    funding_line = models.ForeignKey(
        FundingLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("funding line"),
    )
    district = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("district"),
        help_text=_("Leave empty for the whole town."),
    )
    place = models.CharField(_("place"), max_length=200, blank=True)
    target_groups = models.ManyToManyField(
        TargetGroup, blank=True, related_name="projects", verbose_name=_("target groups")
    )
    languages = models.ManyToManyField(
        SpokenLanguage, blank=True, related_name="projects", verbose_name=_("languages")
    )
    starts_on = models.DateField(_("start"), null=True, blank=True)
    ends_on = models.DateField(_("end"), null=True, blank=True)
    total_cost = _money(_("total cost (EUR)"))
    state_share = _money(_("paid by the state (EUR)"))
    city_share = _money(_("paid by the city (EUR)"))
    own_share = _money(_("own funds (EUR)"))
    third_party_share = _money(_("third parties (EUR)"))
    looks_for_help = models.BooleanField(_("looks for help"), default=False)
    is_example = models.BooleanField(_("invented example"), default=False, editable=False)

    # Index columns, filled by refresh_index().
    sort_title = models.CharField(max_length=200, editable=False, default="")
    focus_keys = models.CharField(max_length=1000, editable=False, default="")
    group_keys = models.CharField(max_length=1000, editable=False, default="")
    language_keys = models.CharField(max_length=1000, editable=False, default="")

    objects = ProjectQuerySet.as_manager()

    class Meta(Content.Meta):
        ordering = ["-starts_on", "-pk"]
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        indexes = [
            models.Index("sort_title", "id", name="project_by_title"),
        ]
        constraints = [
            *Content.Meta.constraints,
            models.CheckConstraint(
                name="project_ends_after_it_starts",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The end is before the start."),
            ),
            models.CheckConstraint(
                name="project_leaves_the_feed_its_address",
                condition=~Q(slug="feed"),
                violation_error_message=_("“feed” is taken. Please choose another short name."),
            ),
            models.CheckConstraint(
                name="project_money_is_not_negative",
                condition=Q(
                    *[
                        Q(**{name: None}) | Q(**{f"{name}__gte": 0})
                        for name in ("total_cost", *SHARES)
                    ]
                ),
                violation_error_message=_("Sums of money cannot be negative."),
            ),
            # Half a cent of tolerance because SQLite adds decimals as binary fractions.
            models.CheckConstraint(
                name="project_shares_make_the_total",
                condition=Q(total_cost=None)
                | Q(state_share=None)
                | Q(city_share=None)
                | Q(own_share=None)
                | Q(third_party_share=None)
                | Q(
                    total_cost__isnull=False,
                    total_cost__gt=SUM_OF_SHARES - Decimal("0.005"),
                    total_cost__lt=SUM_OF_SHARES + Decimal("0.005"),
                ),
                violation_error_message=_("The four shares do not add up to the total cost."),
            ),
        ]

    def get_absolute_url(self):
        return reverse("projects:detail", args=[self.slug])

    @property
    def phase(self):
        """Running, planned or finished today; None where the dates are unknown."""
        today = timezone.localdate()
        if self.ends_on and self.ends_on < today:
            return self.Phase.FINISHED
        if self.starts_on is None:
            return None
        return self.Phase.PLANNED if self.starts_on > today else self.Phase.RUNNING

    @property
    def seeks_help_now(self):
        return self.looks_for_help and self.phase != self.Phase.FINISHED

    @property
    def money_is_known(self):
        return self.total_cost is not None and all(getattr(self, s) is not None for s in SHARES)

    @property
    def money_parts(self):
        """Who pays how much: key, label, amount, and place and width in a bar of 100.

        Place and width are texts, because a template would write numbers the German way.
        """
        offset, parts = Decimal(0), []
        for name in SHARES:
            amount = getattr(self, name)
            percent = (
                (amount * 100 / self.total_cost).quantize(Decimal("0.01"))
                if self.money_is_known and self.total_cost
                else Decimal(0)
            )
            parts.append(
                {
                    "key": name.removesuffix("_share").replace("_", "-"),
                    "label": SHARE_LABELS[name],
                    "amount": amount,
                    "width": f"{percent:.2f}",
                    "percent_text": f"{percent:.0f}" if percent else "",
                    "offset": f"{offset:.2f}",
                }
            )
            offset += percent
        return parts

    @property
    def first_picture(self):
        """The picture that stands for the project in lists; uses what was prefetched."""
        pictures = list(self.project_pictures.all())
        return pictures[0].picture if pictures else None

    def related(self, most=3):
        """Published projects near this one: same organisation, then same area and district.

        Each question is answered from an index by a few keys, whatever the number of projects.
        """
        others = Project.objects.published().exclude(pk=self.pk).newest_first()
        same_area = Q(pk=0) if not self.focus_keys else Q()
        for key in filter(None, self.focus_keys.split(",")):
            same_area |= Q(focus_keys__contains=f",{key},")
        nearest = [
            others.filter(organisation=self.organisation_id),
            others.filter(same_area, district=self.district_id),
            others.filter(same_area),
        ]
        keys_found = [pk for rows in nearest for pk in rows.values_list("pk", flat=True)[:most]]
        keys_found = list(dict.fromkeys(keys_found))[:most]
        found = Project.objects.filter(pk__in=keys_found).for_cards()
        return sorted(found, key=lambda project: keys_found.index(project.pk))

    def search_parts(self):
        words = [self.number, self.organisation.name, self.place]
        words += [self.district.name] if self.district else []
        for related in (self.focus_areas, self.target_groups, self.languages):
            for row in related.with_texts():
                words += [str(t) for t in row.translations.all()]
        return self.all_texts("title"), [
            *self.all_texts("summary", "body", "results", "help_wanted"),
            *words,
        ]

    def index_columns(self):
        german = self.text_in("de")
        return super().index_columns() | {
            "sort_title": sort_key(german.title) if german else "",
            "focus_keys": keys(self.focus_areas.values_list("pk", flat=True)),
            "group_keys": keys(self.target_groups.values_list("pk", flat=True)),
            "language_keys": keys(self.languages.values_list("pk", flat=True)),
        }


class ProjectTranslation(ContentTranslation):
    master = TranslationsForeignKey(Project, models.CASCADE, related_name="translations", null=True)
    title = models.CharField(_("title"), max_length=160)
    summary = models.TextField(_("summary"), help_text=_("Two or three sentences for lists."))
    body = RichTextField(_("text"), blank=True)
    results = RichTextField(_("what was achieved"), blank=True)
    help_wanted = models.TextField(_("what help is looked for"), blank=True)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("project text")


class ProjectPicture(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="project_pictures")
    picture = models.ForeignKey(
        Picture, models.PROTECT, related_name="in_projects", verbose_name=_("picture")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("picture of the project")
        verbose_name_plural = _("pictures of the project")
        constraints = [
            models.UniqueConstraint(fields=["project", "picture"], name="project_picture_once")
        ]

    def __str__(self):
        return str(self.picture)


class ProjectDateQuerySet(TranslatedContentQuerySet):
    def upcoming(self):
        return self.filter(starts_at__gte=timezone.now())

    def for_translators(self):
        """Pages show no date that is over."""
        return self.upcoming()


class ProjectDate(TranslatedContent):
    """A meeting or event of a project that people may come to."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="dates", verbose_name=_("project")
    )
    starts_at = models.DateTimeField(_("start"), db_index=True)
    ends_at = models.DateTimeField(_("end"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProjectDateQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        verbose_name = _("date")
        verbose_name_plural = _("dates")
        constraints = [
            models.CheckConstraint(
                name="project_date_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The end is before the start."),
            )
        ]

    @property
    def is_for_translators(self):
        return self.starts_at >= timezone.now()


class ProjectDateTranslation(ContentTranslation):
    master = TranslationsForeignKey(
        ProjectDate, models.CASCADE, related_name="translations", null=True
    )
    title = models.CharField(_("title"), max_length=160)

    class Meta:
        unique_together = [("language_code", "master")]
        verbose_name = _("text of the date")
