"""Projects and organisations in the back office."""

from django.contrib import admin
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from programs.admin import PUBLICATION
from programs.content_admin import ContentAdmin, ContentInline, picture_preview

from .models import (
    District,
    Organisation,
    Project,
    ProjectDate,
    ProjectPicture,
    SpokenLanguage,
    TargetGroup,
)
from .views import detail_context, organisation_context


class PictureInline(admin.StackedInline):
    model = ProjectPicture
    extra = 0
    fields = ["preview", "picture", "position"]
    readonly_fields = ["preview"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.select_related("picture").prefetch_related("picture__translations")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.queryset = field.queryset.prefetch_related("translations")
        return field

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
        (_("What it is about"), {"fields": ["title", "summary", "body", "results"]}),
        (_("Taking part"), {"fields": ["looks_for_help", "help_wanted"]}),
        (
            _("Who, where, when"),
            {
                "fields": [
                    "organisation",
                    "partners",
                    ("district", "place"),
                    ("starts_on", "ends_on"),
                    "target_groups",
                    "languages",
                ]
            },
        ),
        (
            _("Funding and money"),
            {
                "fields": [
                    "focus_areas",
                    "funding_line",
                    "total_cost",
                    ("state_share", "city_share"),
                    ("own_share", "third_party_share"),
                ],
                "description": _("Leave a sum empty where it is not known any more."),
            },
        ),
        PUBLICATION,
        (_("Number and address"), {"fields": ["number", "slug"]}),
    ]
    inlines = [PictureInline, DateInline]
    picture_paths = ("project_pictures__picture",)
    slug_from = "title"
    previewed = True

    def get_queryset(self, request):
        return super().get_queryset(request).defer("search_title", "search_text")

    def preview_page(self, request, project):
        return render(request, "projects/detail.html", detail_context(project) | {"preview": True})


@admin.register(Organisation)
class OrganisationAdmin(ContentAdmin):
    list_display = ["name", "kind", "is_listed", "translation_states"]
    list_filter = ["kind", "is_listed"]
    fieldsets = [
        (_("Who they are"), {"fields": ["name", "kind", "summary", "body", "languages"]}),
        (_("Contact"), {"fields": ["website", "email"]}),
        (_("Place in the portal"), {"fields": ["is_listed", "slug"]}),
    ]
    slug_from = "name"

    previewed = True

    def preview_page(self, request, organisation):
        context = organisation_context(organisation) | {"preview": True}
        return render(request, "projects/organisation.html", context)

    def before_the_public(self):
        return Organisation.objects.listed()

    def to_reindex(self, organisation):
        return [organisation, *organisation.projects.all()]


@admin.register(District)
class DistrictAdmin(admin.ModelAdmin):
    list_display = ["name", "has_neighbourhood_office"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(TargetGroup)
class TargetGroupAdmin(ContentAdmin):
    kept_while_in = ("projects",)
    list_display = ["__str__", "position", "translation_states"]
    fields = ["name", "slug", "position"]
    slug_from = "name"


@admin.register(SpokenLanguage)
class SpokenLanguageAdmin(ContentAdmin):
    kept_while_in = ("projects", "organisations", "coordinators")
    list_display = ["__str__", "name_in_itself", "code", "position", "translation_states"]
    fields = ["name", "name_in_itself", "code", "position"]
