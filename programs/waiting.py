"""Content that waits for somebody, over all kinds of content: one page for each reason to wait.

The panels of the start page count with the same rows; each list of a kind has the same filter.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from offenbach_wir.publishing import Publishable

MOST_SHOWN = 50


@dataclass(frozen=True)
class Reason:
    """`rows(admin)` are the records of one kind of content; `query` is its filter in their list."""

    title: str
    explanation: str
    rows: Callable
    query: dict


def _drafts(model_admin):
    if not issubclass(model_admin.model, Publishable):
        return model_admin.model.objects.none()
    return model_admin.model.objects.waiting()


def _to_translate(model_admin):
    return model_admin.before_the_public().lacking_translations()


REASONS = {
    "freigabe": Reason(
        _("Waiting for publication"),
        _("Drafts and what was sent for review."),
        _drafts,
        {"state": "waiting"},
    ),
    "uebersetzungen": Reason(
        _("Translations to write or to check"),
        _("On the portal, but in some language missing or older than the German text."),
        _to_translate,
        {"translations": "open"},
    ),
}


def admins_for(user):
    """The admins of all content this person may change."""
    return [
        model_admin
        for model, model_admin in admin.site._registry.items()
        if hasattr(model_admin, "before_the_public")
        and user.has_perm(f"{model._meta.app_label}.change_{model._meta.model_name}")
    ]


def count(user, key):
    """How many records wait, over all kinds of content, in one query."""
    reason = REASONS[key]
    kinds = [reason.rows(model_admin).order_by().values("pk") for model_admin in admins_for(user)]
    return kinds[0].union(*kinds[1:], all=True).count() if kinds else 0


def address(key):
    return reverse("admin:waiting", args=[key])


def waiting(request, key):
    if key not in REASONS:
        raise Http404
    admins = admins_for(request.user)
    if not admins:
        raise PermissionDenied
    reason = REASONS[key]
    kinds = []
    for model_admin in admins:
        rows = reason.rows(model_admin).with_names().order_by("pk")
        if total := rows.count():
            opts = model_admin.opts
            name = f"admin:{opts.app_label}_{opts.model_name}"
            kinds.append(
                {
                    "name": capfirst(opts.verbose_name_plural),
                    "total": total,
                    "list_url": reverse(f"{name}_changelist", query=reason.query),
                    "rows": [
                        {"name": str(row), "url": reverse(f"{name}_change", args=[row.pk])}
                        for row in rows[:MOST_SHOWN]
                    ],
                }
            )
    context = {
        **admin.site.each_context(request),
        "title": reason.title,
        "reason": reason,
        "kinds": kinds,
    }
    return TemplateResponse(request, "admin/content/waiting.html", context)


urls = [path("offen/<slug:key>/", admin.site.admin_view(waiting), name="waiting")]


class TranslationsFilter(admin.SimpleListFilter):
    """What is on the portal and not yet, or no longer, in every language."""

    title = _("translations")
    parameter_name = "translations"

    def lookups(self, request, model_admin):
        self.model_admin = model_admin
        return [("open", _("missing or older than the German text"))]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(pk__in=_to_translate(self.model_admin).order_by().values("pk"))
