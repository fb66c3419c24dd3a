"""The programme in the back office."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from offenbach_wir import images
from offenbach_wir.uploads import check_document

from .content_admin import ContentAdmin, ContentInline, picture_preview
from .focus_point import FocusPointField, nearest
from .models import (
    ApplicantKind,
    Document,
    FocusArea,
    FundingLine,
    FundingRate,
    FundingTerms,
    Measure,
    MeasureKind,
    Notice,
    Office,
    OldAddress,
    Page,
    Partner,
    Picture,
    Program,
    ProgramPeriod,
)
from .picture_places import places_of
from .publication import ContentForm
from .tasks import make_picture_sizes
from .views import focus_area_context, funding_line_context, page_context

PUBLICATION = (
    _("Publication"),
    {"fields": ["state_in_words", ("published_from", "published_until")]},
)


class PeriodInline(ContentInline):
    model = ProgramPeriod
    fields = ["name", "funder", "description", ("starts_on", "ends_on"), ("source", "as_of")]


@admin.register(Program)
class ProgramAdmin(ContentAdmin):
    list_display = ["__str__", "starts_on", "ends_on", "translation_states"]
    fieldsets = [
        (_("Text"), {"fields": ["name", "summary", "body"]}),
        (_("Time"), {"fields": [("starts_on", "ends_on"), "predecessor", "slug"]}),
    ]
    inlines = [PeriodInline]
    slug_from = "name"


class MeasureInline(ContentInline):
    model = Measure
    fields = ["title", "body", "position"]


@admin.register(FocusArea)
class FocusAreaAdmin(ContentAdmin):
    list_display = ["__str__", "state", "position", "translation_states"]
    fieldsets = [
        (_("Text"), {"fields": ["title", "aim", "summary", "body"]}),
        (_("Picture"), {"fields": ["picture", "preview"]}),
        PUBLICATION,
        (_("Place in the portal"), {"fields": ["program", "slug", "position"]}),
    ]
    readonly_fields = ["preview"]
    inlines = [MeasureInline]
    previewed = True
    kept_while_in = ("projects", "funding_lines")
    picture_paths = ("picture",)
    slug_from = "title"

    @admin.display(description=_("preview"))
    def preview(self, area):
        return picture_preview(area.picture)

    def preview_page(self, request, area):
        context = focus_area_context(area) | {"preview": True}
        return render(request, "programs/focus_area.html", context)


@admin.register(Partner)
class PartnerAdmin(ContentAdmin):
    list_display = ["__str__", "website", "position", "translation_states"]
    fields = ["name", "role", "website", "slug", "position"]
    slug_from = "name"


@admin.register(ApplicantKind)
class ApplicantKindAdmin(ContentAdmin):
    list_display = ["__str__", "may_apply", "position", "translation_states"]
    fields = ["name", "explanation", "may_apply", "slug", "position"]
    slug_from = "name"


@admin.register(MeasureKind)
class MeasureKindAdmin(ContentAdmin):
    list_display = ["__str__", "position", "translation_states"]
    fields = ["name", "slug", "position"]
    slug_from = "name"


@admin.register(FundingLine)
class FundingLineAdmin(ContentAdmin):
    list_display = ["__str__", "state", "position", "translation_states"]
    fieldsets = [
        (_("Text"), {"fields": ["title", "summary", "body"]}),
        (_("What it is for"), {"fields": ["focus_area", "measure_kinds"]}),
        PUBLICATION,
        (_("Place in the portal"), {"fields": ["program", "slug", "position"]}),
    ]
    slug_from = "title"
    previewed = True

    def preview_page(self, request, line):
        context = funding_line_context(line) | {"preview": True}
        return render(request, "programs/funding_line.html", context)


class RateInline(ContentInline):
    model = FundingRate
    fields = ["name", "kind", ("percent", "cap"), ("amount", "unit", "max_units"), "position"]


@admin.register(FundingTerms)
class FundingTermsAdmin(ContentAdmin):
    list_display = ["line", "valid_from", "valid_to", "figures_confirmed", "translation_states"]
    list_select_related = ["line"]
    list_filter = ["figures_confirmed"]
    fieldsets = [
        (
            _("Period and source"),
            {
                "fields": [
                    "line",
                    ("valid_from", "valid_to"),
                    "guideline",
                    "source_url",
                    "as_of",
                    "figures_confirmed",
                ]
            },
        ),
        (_("Who and under which conditions"), {"fields": ["applicant_kinds", "conditions"]}),
        (
            _("Deadline"),
            {
                "fields": [
                    "deadline_rule",
                    ("deadline_day", "deadline_month", "deadline_in_year_before"),
                    "deadline_days_before_start",
                    "deadline_note",
                ]
            },
        ),
    ]
    inlines = [RateInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("line__translations")

    def to_reindex(self, terms):
        return [terms.line]


class DescriptionFilter(admin.SimpleListFilter):
    title = _("description and rights")
    parameter_name = "description"

    def lookups(self, request, model_admin):
        return [("missing", _("something is missing"))]

    def queryset(self, request, queryset):
        return queryset if self.value() is None else queryset.undescribed()


class PictureForm(ContentForm):
    focus = FocusPointField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "focus" in self.fields:
            self.initial["focus"] = nearest(self.instance)
            if self.instance.pk:
                self.fields["focus"].widget.picture = self.instance

    def clean_file(self):
        file = self.cleaned_data["file"]
        return images.cleaned(file) if "file" in self.changed_data else file

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("is_decorative") and not cleaned.get("alt"):
            self.add_error(
                "alt", _("Please describe the picture, or tick that it is decorative only.")
            )
        if cleaned.get("focus") and "focus" in self.changed_data:
            x, y = cleaned["focus"].split("-")
            self.instance.focus_x, self.instance.focus_y = int(x), int(y)
        return cleaned


@admin.register(Picture)
class PictureAdmin(ContentAdmin):
    form = PictureForm
    list_filter = [DescriptionFilter]
    list_display = ["preview", "__str__", "author", "rights", "translation_states"]
    list_display_links = ["__str__"]
    readonly_fields = ["preview", "used_in"]
    fieldsets = [
        (None, {"fields": ["preview", "file", "title", "used_in"]}),
        (_("For people who cannot see it"), {"fields": ["alt", "is_decorative"]}),
        (_("Rights"), {"fields": ["author", "rights", "consent"]}),
        (
            _("Focus point"),
            {
                "fields": ["focus"],
                "description": _(
                    "Lists and phones show a part of the picture only. Choose what that part must "
                    "hold. Save once to see the picture here."
                ),
            },
        ),
    ]

    @admin.display(description=_("preview"))
    def preview(self, picture):
        return picture_preview(picture)

    @admin.display(description=_("used in"))
    def used_in(self, picture):
        places = places_of(picture, self.admin_site) if picture.pk else []
        if not places:
            return _("not used yet")
        return format_html_join(", ", '<a href="{}">{}</a>', places)

    def save_model(self, request, obj, form, change):
        if "file" in form.changed_data:
            obj.sizes = {}
        super().save_model(request, obj, form, change)
        if "file" in form.changed_data:
            make_picture_sizes.enqueue(obj.pk)


class ValidityFilter(admin.SimpleListFilter):
    title = _("validity")
    parameter_name = "validity"

    def lookups(self, request, model_admin):
        return [("expiring", _("published, expired or expiring within 30 days"))]

    def queryset(self, request, queryset):
        return queryset if self.value() is None else queryset.expiring()


class DocumentForm(ContentForm):
    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            check_document(file)
        return file


@admin.register(Document)
class DocumentAdmin(ContentAdmin):
    form = DocumentForm
    list_filter = [ValidityFilter]
    list_display = ["__str__", "state", "language", "expires_on", "translation_states"]
    fieldsets = [
        (_("Text"), {"fields": ["title", "description"]}),
        (_("File"), {"fields": ["file", "language", ("published_on", "expires_on")]}),
        (_("Rights"), {"fields": ["author", "licence", "permission_note"]}),
        PUBLICATION,
        (_("Place in the portal"), {"fields": ["slug", "position"]}),
    ]
    slug_from = "title"


@admin.register(Page)
class PageAdmin(ContentAdmin):
    list_display = ["__str__", "key", "state", "review_due_on", "translation_states"]
    fieldsets = [
        (_("Text"), {"fields": ["title", "lead", "body"]}),
        (_("Checked"), {"fields": [("reviewed_on", "review_due_on")]}),
        PUBLICATION,
        (_("Place in the portal"), {"fields": ["key"]}),
    ]
    previewed = True

    def preview_page(self, request, page):
        return render(request, "programs/page.html", page_context(page) | {"preview": True})


@admin.register(Office)
class OfficeAdmin(ContentAdmin):
    fields = ["name", "phone", "email", "hours", ("street", "postcode", "city"), "directions"]

    def has_add_permission(self, request):
        return not Office.objects.exists() and super().has_add_permission(request)


@admin.register(Notice)
class NoticeAdmin(ContentAdmin):
    list_display = ["__str__", "is_on", "shown_from", "shown_until", "translation_states"]
    fields = ["title", "body", "is_on", ("shown_from", "shown_until")]


class OldAddressForm(forms.ModelForm):
    def clean_path(self):
        path = self.cleaned_data["path"]
        if not path.startswith("/"):
            raise ValidationError(_("The old path starts with a slash."))
        return path


@admin.register(OldAddress)
class OldAddressAdmin(admin.ModelAdmin):
    form = OldAddressForm
    list_display = ["path", "target"]
    search_fields = ["path", "target"]
