"""The texts of letters in the back office: staff change them, and see them as a PDF first."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.text import slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from offenbach_wir.changes import LastChanges
from programs.conflicts import ConflictMixin
from programs.content_admin import PlainFieldsMixin
from programs.field_help import section

from . import letter_texts, letters
from .models import LetterTemplate
from .typesetting import FontsMissingError, TypesettingError


@admin.register(LetterTemplate)
class LetterTemplateAdmin(ConflictMixin, PlainFieldsMixin, admin.ModelAdmin):
    list_display = ["__str__", "subject", "updated_at"]
    readonly_fields = ["placeholders", "updated_at"]
    fieldsets = [
        section(
            _("Your words"),
            *("subject", "body", "signed_by"),
            says=_(
                "Write a placeholder with its braces where the portal is to put in the fact. "
                "Letters that were sent already do not change."
            ),
        ),
        section(_("Placeholders"), "placeholders", says=_("They may stand in subject and text.")),
        section(_("Last changed"), "updated_at"),
    ]

    def language_of_texts(self, request, obj):
        return "de"

    def changes_so_far(self, obj, language):
        """Letters have no history; the page says that somebody has changed it."""
        return LastChanges(None, {})

    def has_add_permission(self, request):
        """Which letters there are is said by the portal."""
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        wrap = self.admin_site.admin_view(require_POST(self.try_out))
        name = "proposals_lettertemplate_try_out"
        return [path("<int:pk>/vorschau/", wrap, name=name), *super().get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        address = "admin:proposals_lettertemplate_try_out"
        may_try = obj is not None and self.has_change_permission(request)
        context["try_out_url"] = reverse(address, args=[obj.pk]) if may_try else ""
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def try_out(self, request, pk):
        """The letter as it stands in the open form, with invented values; saves nothing."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        template = get_object_or_404(LetterTemplate, pk=pk)
        form = self.get_form(request, template, change=True)(request.POST, instance=template)
        if not form.is_valid():
            return self._not_shown(request, form.errors.items(), status=422)
        try:
            content = letters.example(form.instance)
        except (FontsMissingError, TypesettingError):
            nothing = _("The PDF cannot be made at the moment. Please tell the operators.")
            return self._not_shown(request, [("", [nothing])], status=503)
        name = f"{slugify(_now('Preview'))}.pdf"
        return HttpResponse(
            content,
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _not_shown(self, request, errors, *, status):
        fields = {field.name: field.verbose_name for field in self.opts.fields}
        context = self.admin_site.each_context(request) | {
            "title": _("Preview"),
            "opts": self.opts,
            "errors": [(fields.get(name, ""), text) for name, texts in errors for text in texts],
        }
        return TemplateResponse(request, "admin/letters/not_shown.html", context, status=status)

    @admin.display(description=_("placeholders"))
    def placeholders(self, template):
        return format_html_join(
            "",
            "<div><code>{{{}}}</code> {}</div>",
            ((name, known.meaning) for name, known in letter_texts.PLACEHOLDERS.items()),
        )
