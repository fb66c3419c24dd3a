"""What the forms of all translated content share in the back office."""

import copy

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from parler.admin import TranslatableAdmin, TranslatableStackedInline
from parler.forms import TranslatableModelForm

from offenbach_wir import languages
from offenbach_wir.bulk import BulkMixin
from offenbach_wir.forms import EuroField
from offenbach_wir.office_search import FoldedSearchMixin
from offenbach_wir.publishing import Publishable

from .conflicts import ConflictMixin
from .models import OldAddress
from .publication import PublicationMixin
from .translating import TranslatingMixin, lay_german_beside
from .versions import VersionsMixin
from .waiting import TranslationsFilter

STATES = {
    "missing": _("missing"),
    "outdated": _("older than the German text"),
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
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return _with_texts(super().formfield_for_foreignkey(db_field, request, **kwargs))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name != "partners":
            kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        return _with_texts(super().formfield_for_manytomany(db_field, request, **kwargs))


def _with_texts(field):
    """The choices with their names, in one query instead of one for each."""
    if field is not None and hasattr(field.queryset, "with_texts"):
        field.queryset = field.queryset.with_texts()
    return field


class InlineForm(TranslatableModelForm):
    """A row without a text in this language starts from the German one, so that it can stay so."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.language_code not in self.instance.get_available_languages():
            german = self.instance.text_in("de")
            for name in self._meta.model._parler_meta.get_all_fields():
                if german and name in self.fields:
                    self.initial[name] = getattr(german, name)
        lay_german_beside(self)


class ContentInline(PlainFieldsMixin, TranslatableStackedInline):
    form = InlineForm
    extra = 0

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
    previewed = False
    # Names of relations that forbid deleting, where the database itself cannot.
    kept_while_in = ()

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("translations")

    def before_the_public(self):
        """The rows the public sees, or will see on their day."""
        rows = self.model.objects.all()
        return rows.filter(state=Publishable.State.PUBLISHED) if self.has_states else rows

    def get_list_filter(self, request):
        return [*super().get_list_filter(request), TranslationsFilter]

    def get_view_on_site_url(self, obj=None):
        """The public page, for what the public can see."""
        is_public = obj is not None and hasattr(obj, "get_absolute_url")
        return obj.get_absolute_url() if is_public and getattr(obj, "is_published", True) else None

    def get_prepopulated_fields(self, request, obj=None):
        return {"slug": (self.slug_from,)} if self.slug_from and obj is None else {}

    @admin.display(description=_("translations"))
    def translation_states(self, obj):
        return format_html_join(
            " ",
            '<span class="translation-state translation-{}">{}: {}</span>',
            (
                (state := obj.translation_state(code), code.upper(), STATES[state])
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
        return super().delete_translation(request, object_id, language_code)

    def has_delete_permission(self, request, obj=None):
        is_used = obj is not None and any(
            getattr(obj, name).exists() for name in self.kept_while_in
        )
        return not is_used and super().has_delete_permission(request, obj)

    def get_actions(self, request):
        actions = super().get_actions(request)
        if self.kept_while_in:
            actions.pop("delete_selected", None)
        return actions

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

    def preview_page(self, request, obj):
        """The public page of the object, as a response; for admins that set `previewed`."""

    def preview_view(self, request, pk, language):
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not self.previewed or language not in languages.codes():
            raise Http404
        obj = get_object_or_404(self.get_queryset(request), pk=pk)
        public = copy.copy(request)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_preview"
        public.preview_addresses = {
            code: reverse(name, args=[pk, code]) for code in languages.codes()
        }
        form = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        public.preview_back = reverse(form, args=[pk], query={"language": language})
        with translation.override(language):
            public.path = public.path_info = obj.get_absolute_url()
            return self.preview_page(public, obj)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["translation_states"] = {
                code: STATES[obj.translation_state(code)] for code in languages.codes()
            }
            if self.previewed:
                name = f"admin:{self.opts.app_label}_{self.opts.model_name}_preview"
                code = self.get_form_language(request, obj)
                context["preview_url"] = reverse(name, args=[obj.pk, code])
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
