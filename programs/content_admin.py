"""What the forms of all translated content share in the back office."""

import copy

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import path, resolve, reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from parler.admin import TranslatableAdmin, TranslatableStackedInline
from parler.forms import TranslatableModelForm

from offenbach_wir import beside, languages
from offenbach_wir.bulk import BulkMixin
from offenbach_wir.forms import EuroField
from offenbach_wir.office_search import FoldedSearchMixin
from offenbach_wir.publishing import Publishable
from offenbach_wir.translated import GERMAN

from .conflicts import ConflictMixin
from .field_help import help_for
from .models import OldAddress
from .publication import PublicationMixin
from .translating import TranslatingMixin, lay_german_beside
from .versions import VersionsMixin
from .waiting import TranslationsFilter

STATES = {
    "missing": _("missing"),
    "outdated": _("older than the German text"),
    "parts": _("rows below missing or older"),
    "complete": _("complete"),
}
MONEY_DIGITS = 12


EARLIEST, LATEST = 1990, 2100


class MomentField(forms.DateTimeField):
    """A moment in Offenbach time, in a year that can be meant."""

    def to_python(self, value):
        try:
            moment = super().to_python(value)
            year = moment.year if moment else EARLIEST
        except OverflowError:
            year = 0
        if not EARLIEST <= year <= LATEST:
            raise ValidationError(
                _("Please choose a year between %(earliest)s and %(latest)s."),
                params={"earliest": EARLIEST, "latest": LATEST},
            )
        return moment


class PlainFieldsMixin:
    """One input for a moment, the browser's own date picker, sums of money as people type them."""

    formfield_overrides = {
        models.DateTimeField: {
            "form_class": MomentField,
            "widget": forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
        },
        models.DateField: {
            "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        },
        models.URLField: {"assume_scheme": "https"},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.DecimalField) and db_field.max_digits == MONEY_DIGITS:
            return EuroField(
                label=capfirst(db_field.verbose_name),
                required=not db_field.blank,
                help_text=_("For instance: 10.000,00"),
            )
        made = super().formfield_for_dbfield(db_field, request, **kwargs)
        if made is not None and not db_field.help_text:
            made.help_text = help_for(db_field) or made.help_text
        return made

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return for_choosing(super().formfield_for_foreignkey(db_field, request, **kwargs))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name != "partners":
            kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        return for_choosing(super().formfield_for_manytomany(db_field, request, **kwargs))


def for_choosing(field):
    """The choices without the bin, and with their names in one query instead of one for each."""
    if field is not None and hasattr(field.queryset, "outside_the_bin"):
        field.queryset = field.queryset.outside_the_bin()
    if field is not None and hasattr(field.queryset, "with_texts"):
        field.queryset = field.queryset.with_texts()
    return field


class InlineForm(TranslatableModelForm):
    """A row without a text in this language starts from the German one. It stays without, until
    somebody changes that text or says that it is right as it stands.
    """

    is_right = forms.BooleanField(
        label=_("This text is right in this language as it stands"), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.language_code == GERMAN:
            del self.fields["is_right"]
        elif (
            self.instance.pk is None
            or self.instance.translation_state(self.language_code) == "complete"
        ):
            # A new row is right by being written; its language is not known yet.
            self.fields["is_right"].initial = True
            self.fields["is_right"].disabled = True
        if self.instance.pk and self.language_code not in self.instance.get_available_languages():
            german = self.instance.text_in("de")
            for name in self._meta.model._parler_meta.get_all_fields():
                if german and name in self.fields:
                    self.initial[name] = getattr(german, name)
        lay_german_beside(self)

    def save(self, commit=True):
        texts = self.instance._translations_cache[self._meta.model._parler_meta.root_model]
        text = texts.get(self.language_code)
        if self.instance.pk is None or text is None or self._is_rewritten():
            return super().save(commit)
        says_right = "is_right" in self.changed_data
        if text.pk is None and not says_right:
            # Otherwise the German text would be stored as a translation.
            del texts[self.language_code]
        elif says_right and text.pk:
            text.save()
        return super().save(commit)

    def _is_rewritten(self):
        return any(name in self.changed_data for name in self._translated_fields)


class ContentInline(PlainFieldsMixin, TranslatableStackedInline):
    form = InlineForm
    extra = 0

    def get_fields(self, request, obj=None):
        """In a translation, whether the text of the row is right is a field of its own."""
        fields = super().get_fields(request, obj)
        parent = self.admin_site.get_model_admin(self.parent_model)
        may_change = obj is not None and parent.has_change_permission(request, obj)
        is_translation = self.get_form_language(request, obj) != GERMAN
        return [*fields, "is_right"] if may_change and is_translation else fields

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("translations")


class ContentAdmin(
    BulkMixin,
    FoldedSearchMixin,
    ConflictMixin,
    PublicationMixin,
    VersionsMixin,
    TranslatingMixin,
    PlainFieldsMixin,
    TranslatableAdmin,
):
    """Translation tabs with their states, history, preview, search index, former addresses."""

    save_on_top = True
    list_per_page = 50
    slug_from = ""

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related(*self.model.with_parts())

    def before_the_public(self):
        """The rows the public sees, or will see on their day."""
        rows = self.model.objects.all()
        if self.has_states:
            return rows.filter(state=Publishable.State.PUBLISHED)
        return rows.outside_the_bin() if self.has_bin else rows

    def get_list_filter(self, request):
        return [*super().get_list_filter(request), TranslationsFilter]

    def get_view_on_site_url(self, obj=None):
        """The public page, for what the public can see."""
        if obj is None or not hasattr(obj, "get_absolute_url") or getattr(obj, "is_binned", False):
            return None
        return obj.get_absolute_url() if getattr(obj, "is_published", True) else None

    def get_prepopulated_fields(self, request, obj=None):
        return {"slug": (self.slug_from,)} if self.slug_from and obj is None else {}

    @admin.display(description=_("translations"))
    def translation_states(self, obj):
        return format_html_join(
            " ",
            '<span class="translation-state translation-{}">{}: {}</span>',
            (
                (state := obj.whole_translation_state(code), code.upper(), STATES[state])
                for code in languages.codes()
                if code != "de"
            ),
        )

    def get_form_language(self, request, obj=None):
        """Something new starts in German; a language that is not switched on counts as German."""
        language = super().get_form_language(request, obj)
        return language if obj is not None and language in languages.codes() else "de"

    def delete_translation(self, request, object_id, language_code):
        """The German text stays as long as the content does."""
        if language_code == "de" or language_code not in languages.codes():
            raise Http404
        obj = self.get_object(request, unquote(object_id))
        if getattr(obj, "is_binned", False):
            raise PermissionDenied
        return super().delete_translation(request, object_id, language_code)

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_preview"
        return [
            path(
                "<int:pk>/vorschau/<str:language>/",
                self.admin_site.admin_view(self.preview_view),
                name=name,
            ),
            *super().get_urls(),
        ]

    def save_model(self, request, obj, form, change):
        before = self.model.objects.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        if before is not None and "slug" in form.changed_data and hasattr(obj, "get_absolute_url"):
            OldAddress.objects.filter(path=_bare(obj)).delete()
            OldAddress.objects.update_or_create(path=_bare(before), defaults={"target": _bare(obj)})

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self.reindex(form.instance)
        # The log and the messages name the object several times: its texts are read once.
        models.prefetch_related_objects([form.instance], "translations")

    def reindex(self, obj):
        for row in self.to_reindex(obj):
            type(row).objects.with_texts().get(pk=row.pk).refresh_index()

    def to_reindex(self, obj):
        """The rows whose search text holds something of this object."""
        return [obj] if hasattr(obj, "refresh_index") else []

    def public_place(self, obj):
        """Where the public sees the object: an address, with its place on the page behind “#”.
        Empty for what has no place of its own; then there is no preview.
        """
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else ""

    def previewed_row(self, obj):
        """The row that may be a draft; of parts of something bigger, that bigger thing."""
        return obj

    def preview_view(self, request, pk, language):
        """The public view itself answers, asked for its page by a request that carries the row."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if language not in languages.codes():
            raise Http404
        obj = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self._has_preview(obj):
            raise Http404
        row = self.previewed_row(obj)
        if not self.admin_site.get_model_admin(type(row)).has_view_permission(request):
            raise PermissionDenied
        public = copy.copy(request)
        public.previewed = row
        public.preview_addresses = {
            code: self._preview_address(obj, code) for code in languages.codes()
        }
        form = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        public.preview_back = reverse(form, args=[pk], query={"language": language})
        public.GET = QueryDict()
        with translation.override(language):
            public.path = public.path_info = self.public_place(obj).partition("#")[0]
            public.resolver_match = view, args, kwargs = resolve(public.path)
            response = view(public, *args, **kwargs)
        response["Content-Language"] = language
        return response

    def _has_preview(self, obj):
        """What lies in the bin is shown nowhere any more."""
        return not getattr(obj, "is_binned", False) and bool(self.public_place(obj))

    def _preview_address(self, obj, language):
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_preview"
        place = self.public_place(obj).partition("#")[2]
        return reverse(name, args=[obj.pk, language], fragment=place or None)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["beside"] = beside.parts(request, obj)
            context["translation_states"] = {
                code: STATES[obj.whole_translation_state(code)] for code in languages.codes()
            }
            if self._has_preview(obj):
                code = self.get_form_language(request, obj)
                context["preview_url"] = self._preview_address(obj, code)
        return super().render_change_form(request, context, add, change, form_url, obj)


def _bare(obj):
    """The address of an object without its language."""
    return "/" + obj.get_absolute_url().lstrip("/").partition("/")[2]


def picture_preview(picture):
    return (
        format_html('<img class="picture-preview" src="{}" alt="">', picture.file.url)
        if picture and picture.file
        else "–"
    )
