"""Help for those who translate: the German text beside each field, and what changed in it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django_prose_editor.fields import ProseEditorFormField
from parler.forms import TranslatableModelForm

from offenbach_wir import languages
from offenbach_wir.changes import german_since
from offenbach_wir.translated import GERMAN

from .conflicts import StaleError, claim


def lay_german_beside(form, changes=None):
    """Gives the fields of a translation the German text, for the template to show; read only."""
    if not form.instance.pk or form.language_code == GERMAN:
        return
    rows = {row.language_code: row for row in form.instance.translations.all()}
    german = rows.get(GERMAN)
    for name in form._translated_fields if german else ():
        field = form.fields[name]
        field.german = getattr(german, name)
        field.german_is_rich = isinstance(field, ProseEditorFormField)
        field.german_changes = (changes or {}).get(name, [])


class TranslatingForm(TranslatableModelForm):
    """In a translation: the German text, and where it is older, what changed in the German one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        obj, code = self.instance, self.language_code
        if obj.pk and code != GERMAN:
            row = next((r for r in obj.translations.all() if r.language_code == code), None)
            is_older = row is not None and row.checked_revision < obj.german_revision
            lay_german_beside(self, german_since(obj, row.checked_revision) if is_older else None)


class TranslatingMixin:
    """For admins of translated content."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_checked"
        view = self.admin_site.admin_view(self.checked_view)
        return [path("<int:pk>/geprueft/<str:language>/", view, name=name), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and self.has_change_permission(request, obj):
            code = self.get_form_language(request, obj)
            if code != GERMAN and obj.translation_state(code) == "outdated":
                name = f"admin:{self.opts.app_label}_{self.opts.model_name}_checked"
                context["checked_url"] = reverse(name, args=[obj.pk, code])
        return super().render_change_form(request, context, add, change, form_url, obj)

    def checked_view(self, request, pk, language):
        """The translation is still right: it counts as checked against today's German text."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        obj = self.get_object(request, str(pk))
        if obj is None or language == GERMAN or language not in languages.codes():
            raise Http404
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        row = obj._parler_meta.root_model.objects.filter(master=obj, language_code=language).first()
        if row is None:
            raise Http404
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        form = reverse(name, args=[obj.pk], query={"language": language})
        try:
            with transaction.atomic():
                claim(obj, int(request.POST.get("version") or -1))
                row.save()
        except (StaleError, ValueError):
            messages.error(
                request,
                _("The text has changed meanwhile. Please look at it again before you confirm."),
            )
            return redirect(form)
        messages.success(request, _("The translation counts as checked."))
        return redirect(form)
