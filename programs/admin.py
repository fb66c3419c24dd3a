"""The programme in the back office."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from offenbach_wir import images, uses
from offenbach_wir.uploads import check_document

from .bin_admin import RecordedDeletionMixin
from .content_admin import ContentAdmin, ContentInline, picture_preview
from .field_help import section
from .focus_point import FocusPointField, nearest
from .models import (
    ApplicantKind,
    Document,
    EnclosureKind,
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
from .picture_forms import DescribedMixin
from .publication import ContentForm
from .tasks import make_picture_sizes

PUBLICATION = section(
    _("Publication"),
    "state_in_words",
    ("published_from", "published_until"),
    says=_("The buttons above and below the form bring it to the public and take it off again."),
)
PLACE = _("Place in the portal")
# The sentence above the first fields of each form: where visitors read this.
TEXT_IS_FOR = {
    "program": _("Visitors read this on the page “Programme”."),
    "focus_area": _("Each focus area has a page of its own."),
    "partner": _("Visitors read this at the end of the page “Programme”."),
    "questions": _("An answer in the questionnaire “Which line fits?”."),
    "enclosures": _("Clubs read this where they enclose papers with an outline."),
    "funding_line": _("Each line has a page of its own below “Funding”."),
    "terms": _("What a guideline says about a line. A new guideline is a new entry."),
    "document": _("Visitors find it below “Information material”."),
    "page": _("The texts that stand on the portal's own pages."),
    "notice": _("A notice above every page, for instance when the office is closed."),
}


class PeriodInline(ContentInline):
    model = ProgramPeriod
    fields = ["name", "funder", "description", ("starts_on", "ends_on"), ("source", "as_of")]


@admin.register(Program)
class ProgramAdmin(ContentAdmin):
    list_display = ["__str__", "starts_on", "ends_on", "translation_states"]
    fieldsets = [
        section(_("Text"), "name", "summary", "body", says=TEXT_IS_FOR["program"]),
        section(_("Time"), ("starts_on", "ends_on"), "predecessor"),
        section(PLACE, "slug"),
    ]
    inlines = [PeriodInline]
    slug_from = "name"

    def public_place(self, program):
        return reverse("programs:program", fragment=f"program-{program.slug}")


class MeasureInline(ContentInline):
    model = Measure
    fields = ["title", "body", "position"]


@admin.register(FocusArea)
class FocusAreaAdmin(ContentAdmin):
    list_display = ["__str__", "state", "position", "translation_states"]
    fieldsets = [
        section(_("Text"), "title", "aim", "summary", "body", says=TEXT_IS_FOR["focus_area"]),
        section(_("Picture"), "picture", "preview", says=_("It stands below the title.")),
        PUBLICATION,
        section(PLACE, "program", "slug", "position"),
    ]
    readonly_fields = ["preview"]
    inlines = [MeasureInline]
    picture_paths = ("picture",)
    slug_from = "title"

    @admin.display(description=_("preview"))
    def preview(self, area):
        return picture_preview(area.picture)


@admin.register(Partner)
class PartnerAdmin(ContentAdmin):
    list_display = ["__str__", "website", "position", "translation_states"]
    fieldsets = [
        section(_("Who they are"), "name", "role", "website", says=TEXT_IS_FOR["partner"]),
        section(PLACE, "advises", "slug", "position"),
    ]
    slug_from = "name"

    def public_place(self, partner):
        return reverse("programs:program", fragment=f"partner-{partner.slug}")


@admin.register(ApplicantKind)
class ApplicantKindAdmin(ContentAdmin):
    list_display = ["__str__", "may_apply", "position", "translation_states"]
    fieldsets = [
        section(_("Who asks"), "name", "explanation", "may_apply", says=TEXT_IS_FOR["questions"]),
        section(PLACE, "slug", "position"),
    ]
    slug_from = "name"


@admin.register(MeasureKind)
class MeasureKindAdmin(ContentAdmin):
    list_display = ["__str__", "position", "translation_states"]
    fieldsets = [
        section(_("What for"), "name", says=TEXT_IS_FOR["questions"]),
        section(PLACE, "slug", "position"),
    ]
    slug_from = "name"


@admin.register(EnclosureKind)
class EnclosureKindAdmin(ContentAdmin):
    list_display = ["__str__", "belongs_to_organisation", "position", "translation_states"]
    fieldsets = [
        section(
            _("What is enclosed"),
            "name",
            "explanation",
            "belongs_to_organisation",
            says=TEXT_IS_FOR["enclosures"],
        ),
        section(PLACE, "slug", "position"),
    ]
    slug_from = "name"


@admin.register(FundingLine)
class FundingLineAdmin(ContentAdmin):
    list_display = ["__str__", "state", "position", "translation_states"]
    fieldsets = [
        section(_("Text"), "title", "summary", "body", says=TEXT_IS_FOR["funding_line"]),
        section(_("What it is for"), "focus_area", "measure_kinds"),
        PUBLICATION,
        section(PLACE, "program", "slug", "position"),
    ]
    slug_from = "title"


class RateInline(ContentInline):
    model = FundingRate
    fields = ["name", "kind", ("percent", "cap"), ("amount", "unit", "max_units"), "position"]


@admin.register(FundingTerms)
class FundingTermsAdmin(ContentAdmin):
    list_display = ["line", "valid_from", "valid_to", "figures_confirmed", "translation_states"]
    list_select_related = ["line"]
    list_filter = ["figures_confirmed"]
    fieldsets = [
        section(
            _("Period and source"),
            "line",
            ("valid_from", "valid_to"),
            "guideline",
            "source_url",
            "as_of",
            "figures_confirmed",
            says=TEXT_IS_FOR["terms"],
        ),
        section(_("Who and under which conditions"), "applicant_kinds", "conditions"),
        section(
            _("Financing"),
            "financing_type",
            "in_kind_counts",
            "overhead_allowed",
            says=_("By this and by the rates below the portal checks the plan of an outline."),
        ),
        section(
            _("Outline"),
            "in_portal",
            "required_enclosures",
            "decided_by",
            "proof_months",
            says=_("What clubs write here before they apply to the state."),
        ),
        section(
            _("Deadline"),
            "deadline_rule",
            ("deadline_day", "deadline_month", "deadline_in_year_before"),
            "deadline_days_before_start",
            "city_deadline",
            "deadline_note",
            says=_("First choose the kind of deadline, then fill in what belongs to it."),
        ),
    ]
    inlines = [RateInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("line__translations")

    def to_reindex(self, terms):
        return [terms.line]

    def after_the_bin(self, records):
        """The search of a line holds the words of its terms."""
        lines = FundingLine.objects.filter(terms__in=records).distinct().with_texts()
        for line in lines:
            line.refresh_index()

    def public_place(self, terms):
        return terms.line.get_absolute_url()

    def previewed_row(self, terms):
        return terms.line


class DescriptionFilter(admin.SimpleListFilter):
    title = _("description and rights")
    parameter_name = "description"

    def lookups(self, request, model_admin):
        return [("missing", _("something is missing"))]

    def queryset(self, request, queryset):
        return queryset if self.value() is None else queryset.undescribed()


class PictureForm(DescribedMixin, ContentForm):
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
        if cleaned.get("focus") and "focus" in self.changed_data:
            x, y = cleaned["focus"].split("-")
            self.instance.focus_x, self.instance.focus_y = int(x), int(y)
        return cleaned


FOCUS = [
    _("Lists and phones show a part of the picture only. Choose what that part must hold."),
]
FOCUS_LATER = _("Save once to see the picture here.")


@admin.register(Picture)
class PictureAdmin(ContentAdmin):
    form = PictureForm
    list_filter = [DescriptionFilter]
    list_display = ["preview", "__str__", "author", "rights", "translation_states"]
    list_display_links = ["__str__"]
    readonly_fields = ["preview", "used_in"]
    fieldsets = [
        section(_("Picture"), "preview", "file", "title", "used_in"),
        section(
            _("For people who cannot see it"),
            "alt",
            "is_decorative",
            says=_("Programs read this text aloud instead of the picture."),
        ),
        section(
            _("Rights"),
            "author",
            "rights",
            "consent",
            says=_("Without these the portal may not show the picture."),
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        """The focus point can be chosen once there is a picture to choose on."""
        says = FOCUS if obj is not None else [*FOCUS, FOCUS_LATER]
        focus = section(_("Focus point"), "focus", says=format_lazy("{} " * len(says), *says))
        return [*super().get_fieldsets(request, obj), focus]

    @admin.display(description=_("preview"))
    def preview(self, picture):
        return picture_preview(picture)

    @admin.display(description=_("used in"))
    def used_in(self, picture):
        places = uses.places_of(picture, self.admin_site) if picture.pk else []
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


# A document may be in a language that the portal itself does not have.
DOCUMENT_LANGUAGES = [
    ("de", _("German")),
    ("de-leicht", _("German in easy language")),
    ("en", _("English")),
    ("ar", _("Arabic")),
    ("bg", _("Bulgarian")),
    ("el", _("Greek")),
    ("es", _("Spanish")),
    ("fa", _("Persian")),
    ("fr", _("French")),
    ("hr", _("Croatian")),
    ("it", _("Italian")),
    ("pl", _("Polish")),
    ("pt", _("Portuguese")),
    ("ro", _("Romanian")),
    ("ru", _("Russian")),
    ("tr", _("Turkish")),
    ("uk", _("Ukrainian")),
    ("ur", _("Urdu")),
]


class DocumentForm(ContentForm):
    language = forms.ChoiceField(
        label=_("Language of the document"), help_text=_("The language the file is written in.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "language" in self.fields:
            stored = self.instance.language
            others = [] if stored in dict(DOCUMENT_LANGUAGES) or not stored else [(stored, stored)]
            self.fields["language"].choices = [*DOCUMENT_LANGUAGES, *others]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            check_document(file)
        return file


@admin.register(Document)
class DocumentAdmin(ContentAdmin):
    form = DocumentForm
    list_filter = [ValidityFilter]
    list_display = ["__str__", "state", "language_name", "expires_on", "translation_states"]
    fieldsets = [
        section(_("Text"), "title", "description", says=TEXT_IS_FOR["document"]),
        section(_("File"), "file", "language", ("published_on", "expires_on")),
        section(
            _("Rights"),
            "author",
            "licence",
            "permission_note",
            says=_("So that others know whether they may pass it on."),
        ),
        PUBLICATION,
        section(PLACE, "slug", "position"),
    ]
    slug_from = "title"

    @admin.display(description=_("language of the document"), ordering="language")
    def language_name(self, document):
        return dict(DOCUMENT_LANGUAGES).get(document.language, document.language)

    def public_place(self, document):
        return reverse("programs:material", fragment=document.slug)


# Not "place", which is where a project happens.
WHICH_PAGE = _("Shown on")


@admin.register(Page)
class PageAdmin(ContentAdmin):
    list_display = ["__str__", "place", "state", "review_due_on", "translation_states"]
    fieldsets = [
        section(_("Text"), "title", "lead", "body", says=TEXT_IS_FOR["page"]),
        section(
            _("Checked"),
            ("reviewed_on", "review_due_on"),
            says=_("When somebody last read whether all of it is still right."),
        ),
        PUBLICATION,
        section(PLACE, "key"),
    ]

    @admin.display(description=WHICH_PAGE, ordering="key")
    def place(self, page):
        return page.get_key_display()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        made = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "key":
            made.label = WHICH_PAGE
        return made

    def public_place(self, page):
        """Nowhere if the place is no longer among those the portal has."""
        return page.get_absolute_url() if page.key in Page.Key else ""


@admin.register(Office)
class OfficeAdmin(ContentAdmin):
    fieldsets = [
        section(
            _("How to reach the office"),
            "name",
            "phone",
            "email",
            "hours",
            says=_("This stands at the foot of every page and on the page “Advice”."),
        ),
        section(_("Where it is"), ("street", "postcode", "city"), "directions"),
    ]

    def has_add_permission(self, request):
        # The start page asks more than once.
        if not hasattr(request, "has_office"):
            request.has_office = Office.objects.exists()
        return not request.has_office and super().has_add_permission(request)

    def public_place(self, office):
        return reverse("consultations:advice", fragment="contact")


@admin.register(Notice)
class NoticeAdmin(ContentAdmin):
    list_display = ["__str__", "is_on", "shown_from", "shown_until", "translation_states"]
    fieldsets = [
        section(_("Text"), "title", "body", says=TEXT_IS_FOR["notice"]),
        section(_("When it is shown"), "is_on", ("shown_from", "shown_until")),
    ]

    def leaves_the_portal(self, notice):
        return Notice.objects.showing().filter(pk=notice.pk).exists()

    def public_place(self, notice):
        return reverse("home", fragment="notice")


class OldAddressForm(forms.ModelForm):
    def clean_path(self):
        path = self.cleaned_data["path"]
        if not path.startswith("/"):
            raise ValidationError(_("The old path starts with a slash."))
        return path


@admin.register(OldAddress)
class OldAddressAdmin(RecordedDeletionMixin, admin.ModelAdmin):
    form = OldAddressForm
    fieldsets = [
        section(
            _("From where to where"),
            "path",
            "target",
            says=_("Whoever opens the old address comes to the new one."),
        )
    ]
    list_display = ["path", "target"]
    search_fields = ["path", "target"]
