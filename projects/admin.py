"""Projects and organisations in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from programs.admin import PUBLICATION
from programs.bin_admin import RecordedDeletionMixin
from programs.content_admin import (
    ContentAdmin,
    ContentInline,
    PlainFieldsMixin,
    picture_preview,
)
from programs.field_help import section

from .models import (
    District,
    Organisation,
    Project,
    ProjectDate,
    ProjectPicture,
    SpokenLanguage,
    TargetGroup,
)

LIST = _("Projects choose from this list, and visitors filter by it.")


class PictureInline(PlainFieldsMixin, admin.StackedInline):
    model = ProjectPicture
    extra = 0
    fields = ["preview", "picture", "position"]
    readonly_fields = ["preview"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.select_related("picture").prefetch_related("picture__translations")

    @admin.display(description=_("preview"))
    def preview(self, row):
        return picture_preview(row.picture) if row.pk else "–"


class DateInline(ContentInline):
    model = ProjectDate
    fields = ["title", ("starts_at", "ends_at"), "place"]


@admin.register(Project)
class ProjectAdmin(ContentAdmin):
    list_display = ["number", "__str__", "organisation", "state", "translation_states"]
    list_display_links = ["number", "__str__"]
    list_filter = ["looks_for_help", "district"]
    list_select_related = ["organisation"]
    fieldsets = [
        section(
            _("What it is about"),
            "title",
            "summary",
            "body",
            "results",
            says=_("Visitors read this on the page of the project."),
        ),
        section(_("Taking part"), "looks_for_help", "help_wanted"),
        section(
            _("Who, where, when"),
            "organisation",
            "partners",
            ("district", "place"),
            ("starts_on", "ends_on"),
            "target_groups",
            "languages",
            says=_("Visitors filter the list of projects by this."),
        ),
        section(
            _("Funding and money"),
            "focus_areas",
            "funding_line",
            "total_cost",
            ("state_share", "city_share"),
            ("own_share", "third_party_share"),
            says=_("Leave a sum empty where it is not known any more."),
        ),
        PUBLICATION,
        section(_("Number and address"), "number", "slug"),
    ]
    inlines = [PictureInline, DateInline]
    picture_paths = ("project_pictures__picture",)
    slug_from = "title"

    def get_queryset(self, request):
        return super().get_queryset(request).defer("search_title", "search_text")


@admin.register(Organisation)
class OrganisationAdmin(ContentAdmin):
    list_display = ["name", "kind", "is_listed", "translation_states"]
    list_filter = ["kind", "is_listed"]
    fieldsets = [
        section(
            _("Who they are"),
            "name",
            "kind",
            "summary",
            "body",
            "languages",
            says=_("Visitors read this on the page of the organisation."),
        ),
        section(_("Contact"), "website", "email"),
        section(_("Place in the portal"), "is_listed", "slug"),
    ]
    slug_from = "name"

    def before_the_public(self):
        return Organisation.objects.listed()

    def to_reindex(self, organisation):
        return [organisation, *organisation.projects.all()]


@admin.register(District)
class DistrictAdmin(RecordedDeletionMixin, PlainFieldsMixin, admin.ModelAdmin):
    list_display = ["name", "has_neighbourhood_office"]
    fieldsets = [section(_("District"), "name", "slug", "has_neighbourhood_office", says=LIST)]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(TargetGroup)
class TargetGroupAdmin(ContentAdmin):
    list_display = ["__str__", "position", "translation_states"]
    fieldsets = [
        section(_("For whom"), "name", says=LIST),
        section(_("Place in the portal"), "slug", "position"),
    ]
    slug_from = "name"


@admin.register(SpokenLanguage)
class SpokenLanguageAdmin(ContentAdmin):
    list_display = ["__str__", "name_in_itself", "code", "position", "translation_states"]
    fieldsets = [
        section(_("Which language"), "name", "name_in_itself", "code", says=LIST),
        section(_("Place in the portal"), "position"),
    ]
