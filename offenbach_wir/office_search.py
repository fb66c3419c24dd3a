"""One search over everything in the back office that the person may see."""

from dataclasses import dataclass

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import connection
from django.db.models import Q
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from .search import LONGEST_QUERY, Searchable, as_typed, fold, query_words

MOST_HITS = 10
# What is looked for most stands first; the rest follows by name.
FIRST = (
    *("projects.project", "programs.page", "projects.organisation", "programs.fundingline"),
    *("programs.document", "programs.focusarea", "programs.picture"),
    *("offenbach_wir.barrierreport", "offenbach_wir.user", "offenbach_wir.queuedmail"),
)


class FoldedSearchMixin:
    """Content is searched as the public searches it: parts of words, umlauts in any spelling.

    Small records without a search text of their own are searched in their translated lines.
    """

    @property
    def is_searchable(self):
        return issubclass(self.model, Searchable)

    def get_search_fields(self, request):
        if self.is_searchable:
            return ["search_text"]
        texts = self.model._parler_meta.root_model
        names = [name for name in ("name", "title", "alt") if hasattr(texts, name)]
        own = [name for name in ("name", "slug") if name in _columns(self.model)]
        return [*(f"translations__{name}" for name in names), *own]

    def get_search_results(self, request, queryset, search_term):
        if not fold(search_term).strip():
            return queryset, False
        if self.is_searchable:
            return queryset.matching(search_term), False
        found = self.model.objects.order_by()
        for word in query_words(search_term):
            found = found.filter(pk__in=self._holding(request, word))
        return queryset.filter(pk__in=found.values("pk")), False

    def _holding(self, request, word):
        spellings = [word]
        if connection.vendor == "sqlite":
            # It ignores case for plain letters only.
            spellings += [word.upper(), word.capitalize()]
        anywhere = Q()
        for field in self.get_search_fields(request):
            for spelling in spellings:
                anywhere |= Q(**{f"{field}__icontains": spelling})
        return self.model.objects.order_by().filter(anywhere).values("pk")


def _columns(model):
    return {field.name for field in model._meta.concrete_fields}


@dataclass(frozen=True)
class Group:
    title: str
    hits: list  # (record, address)
    all_url: str  # the whole list, where there are more


@require_safe
def search(request):
    query = as_typed(request.GET.get("q", ""))
    context = {
        **admin.site.each_context(request),
        "query": query,
        "longest": LONGEST_QUERY,
        "groups": list(_groups(request, query)) if query else [],
    }
    return render(request, "admin/search.html", context)


_others = []


def also(find):
    """For what has pages of its own instead of lists: `find(request, query)` → Group or None."""
    _others.append(find)


def _groups(request, query):
    for find in _others:
        group = find(request, query)
        if group and group.hits:
            yield group
    for model_admin in sorted(admin.site._registry.values(), key=_place):
        if not model_admin.has_view_permission(request):
            continue
        if group := _group(model_admin, request, query):
            yield group


def _place(model_admin):
    label = model_admin.opts.label_lower
    if label in FIRST:
        return (FIRST.index(label), "")
    return (len(FIRST), fold(str(model_admin.opts.verbose_name_plural)))


def _group(model_admin, request, query):
    if not model_admin.get_search_fields(request):
        return None
    rows = model_admin.get_queryset(request)
    if hasattr(rows, "outside_the_bin"):
        rows = rows.outside_the_bin()
    related = model_admin.get_list_select_related(request)
    if isinstance(related, list | tuple) and related:
        rows = rows.select_related(*related)
    rows, may_repeat = model_admin.get_search_results(request, rows, query)
    if may_repeat:
        rows = rows.distinct()
    hits = list(rows[: MOST_HITS + 1])
    if not hits:
        return None
    name = f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}"
    return Group(
        title=capfirst(str(model_admin.opts.verbose_name_plural)),
        hits=[
            (record, reverse(f"{name}_change", args=[quote(record.pk)]))
            for record in hits[:MOST_HITS]
        ],
        all_url=reverse(f"{name}_changelist", query={"q": query}) if len(hits) > MOST_HITS else "",
    )


urls = [path("suche/", admin.site.admin_view(search), name="office_search")]
