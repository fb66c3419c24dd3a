"""Advice in the back office."""

import datetime

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from offenbach_wir.times import clock_in_words, day_in_words
from programs.bin_admin import RecordedDeletionMixin
from programs.content_admin import ContentAdmin, MomentField, PlainFieldsMixin, picture_preview
from programs.field_help import section

from .models import (
    Absence,
    AdviceRules,
    Concern,
    Coordinator,
    HelpPlace,
    Location,
    OpeningHours,
    SpecialHours,
)
from .models.bookings import Channel
from .office.changes import TouchesTalksMixin
from .slots import OFFENBACH


@admin.register(Coordinator)
class CoordinatorAdmin(TouchesTalksMixin, ContentAdmin):
    list_display = ["name", "is_public", "takes_bookings", "position", "translation_states"]
    readonly_fields = ["preview"]
    fieldsets = [
        section(
            _("Person"),
            "name",
            "role",
            "introduction",
            "languages",
            "phone",
            says=_("Visitors read this on the page “Advice”."),
        ),
        section(
            _("Appointments"),
            "takes_bookings",
            "buffer_minutes",
            says=_("When this person advises stands under “Weekly hours”."),
        ),
        section(_("Picture"), "picture", "preview"),
        section(_("Place in the portal"), "is_public", "position"),
        section(_("Account"), "user"),
    ]

    def before_the_public(self):
        return Coordinator.objects.public()

    @admin.display(description=_("preview"))
    def preview(self, coordinator):
        return picture_preview(coordinator.picture)

    def public_place(self, coordinator):
        return reverse("consultations:advice", fragment=f"person-{coordinator.pk}")


@admin.register(HelpPlace)
class HelpPlaceAdmin(ContentAdmin):
    list_display = ["__str__", "phone", "position", "translation_states"]
    fieldsets = [
        section(
            _("Where to turn"),
            "name",
            "phone",
            "description",
            "website",
            says=_("It stands at the end of the page “Advice”, for when it cannot wait."),
        ),
        section(_("Place in the portal"), "position"),
    ]

    def public_place(self, place):
        return reverse("consultations:advice", fragment=f"place-{place.pk}")


# --- Hours ----------------------------------------------------------------------------------------
class HoursAdmin(TouchesTalksMixin, RecordedDeletionMixin, PlainFieldsMixin, admin.ModelAdmin):
    """What lists and forms of hours, special hours and absences share."""

    save_on_top = True
    list_per_page = 50
    list_select_related = ["coordinator"]
    formfield_overrides = PlainFieldsMixin.formfield_overrides | {
        models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}
    }

    def get_changeform_initial_data(self, request):
        """Most people enter their own hours."""
        own = Coordinator.objects.filter(user=request.user).first()
        return ({"coordinator": own.pk} if own else {}) | super().get_changeform_initial_data(
            request
        )

    @admin.display(description=_("times"), ordering="opens")
    def times(self, hours):
        return f"{clock_in_words(hours.opens)} – {clock_in_words(hours.closes)}"

    @admin.display(description=_("what for"))
    def what_for(self, hours):
        if hours.is_walk_in:
            return gettext("open hours without booking")
        labels = [str(Channel(value).label) for value in Channel.values if value in hours.channels]
        return ", ".join(labels)


HOW_AND_WHERE = section(
    _("How and where"),
    "on_site",
    "location",
    "by_phone",
    "by_video",
    says=_("Visitors can choose among the ways to talk that you tick."),
)
WHAT_FOR = section(
    _("What for"),
    "is_walk_in",
    "concerns",
    says=_("Usually nothing needs to be changed here: all concerns, with an appointment."),
)


@admin.register(OpeningHours)
class OpeningHoursAdmin(HoursAdmin):
    list_display = ["weekday", "times", "coordinator", "what_for", "valid_from", "valid_until"]
    list_filter = ["coordinator", "weekday", "is_walk_in"]
    fieldsets = [
        section(
            _("Who and when"),
            "coordinator",
            "weekday",
            ("opens", "closes"),
            ("valid_from", "valid_until"),
            says=_(
                "These hours come round every week. On public holidays they do not count, unless "
                "you open the day."
            ),
        ),
        HOW_AND_WHERE,
        WHAT_FOR,
    ]


@admin.register(SpecialHours)
class SpecialHoursAdmin(HoursAdmin):
    list_display = ["date", "times", "coordinator", "what_for", "replaces_weekly"]
    list_filter = ["coordinator", "date"]
    fieldsets = [
        section(
            _("Who and when"),
            "coordinator",
            "date",
            ("opens", "closes"),
            "replaces_weekly",
            says=_("Hours on one day only. They count on public holidays, too."),
        ),
        HOW_AND_WHERE,
        WHAT_FOR,
    ]


class ClockField(MomentField):
    """A moment as the clocks of Offenbach show it. Of a time that they show twice in October, an
    absence begins with the first and ends with the second (`fold`).
    """

    def __init__(self, *args, fold=0, **kwargs):
        super().__init__(*args, **kwargs)
        self.fold = fold

    def to_python(self, value):
        # Read as the clock shows it, without asking yet whether the clock ever does.
        with timezone.override(datetime.UTC):
            shown = super().to_python(value)
        if shown is None or shown.tzinfo is not datetime.UTC:
            return shown
        local = shown.replace(tzinfo=OFFENBACH, fold=self.fold)
        moment = local.astimezone(datetime.UTC)
        if moment.astimezone(OFFENBACH).replace(tzinfo=None) != local.replace(tzinfo=None):
            raise ValidationError(
                _(
                    "On %(day)s there is no %(time)s: the clocks are put forward. "
                    "Please choose 3:00."
                ),
                code="no_such_time",
                params={"day": day_in_words(shown.date()), "time": clock_in_words(shown.time())},
            )
        return moment


def _moment_input():
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class AbsenceForm(forms.ModelForm):
    starts_at = ClockField(label=_("From"), widget=_moment_input())
    ends_at = ClockField(label=_("Until"), widget=_moment_input(), fold=1)


class AheadFilter(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [("all", _("past ones, too"))]

    def queryset(self, request, queryset):
        return queryset if self.value() else queryset.filter(ends_at__gt=timezone.now())


@admin.register(Absence)
class AbsenceAdmin(HoursAdmin):
    form = AbsenceForm
    list_display = ["__str__", "who", "note"]
    list_filter = [AheadFilter, "coordinator"]
    fieldsets = [
        section(
            _("Who and when"),
            "coordinator",
            "starts_at",
            "ends_at",
            "note",
            says=_(
                "Nothing can be booked in this time. Talks that are booked stay, and are shown."
            ),
        ),
    ]

    @admin.display(description=_("who"), ordering="coordinator")
    def who(self, absence):
        return absence.coordinator or gettext("the whole office")


# --- What can be booked ---------------------------------------------------------------------------
@admin.register(Concern)
class ConcernAdmin(TouchesTalksMixin, ContentAdmin):
    list_display = ["__str__", "minutes", "is_offered", "position", "translation_states"]
    fieldsets = [
        section(
            _("Text"),
            "name",
            "description",
            "what_to_bring",
            says=_("Visitors choose a concern first; it says how long the talk is."),
        ),
        section(_("Appointments"), "minutes", "is_offered"),
        section(_("Place in the portal"), "slug", "position"),
    ]
    slug_from = "name"


@admin.register(Location)
class LocationAdmin(ContentAdmin):
    list_display = ["__str__", "street", "is_step_free", "position", "translation_states"]
    fieldsets = [
        section(
            _("Place"),
            "name",
            "street",
            ("postcode", "city"),
            "directions",
            says=_("Visitors read it when they book a talk on site, and in their mails."),
        ),
        section(
            _("Accessibility"),
            "is_step_free",
            "has_lift",
            "has_hearing_loop",
            "has_quiet_room",
        ),
        section(_("Place in the portal"), "slug", "position"),
    ]
    slug_from = "name"


@admin.register(AdviceRules)
class AdviceRulesAdmin(PlainFieldsMixin, admin.ModelAdmin):
    """One row; it is neither added nor deleted."""

    list_display = ["__str__", "minimum_notice_hours", "window_days", "needs_confirmation"]
    actions = None
    fieldsets = [
        section(
            _("When talks can be booked"),
            "minimum_notice_hours",
            "window_days",
            "start_every_minutes",
            says=_("This counts for visitors. In the office you can book at any time."),
        ),
        section(_("Confirming"), "needs_confirmation", "confirm_hours"),
        section(_("Reminder"), "reminder_hours"),
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
