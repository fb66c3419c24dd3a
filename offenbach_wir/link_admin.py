"""The list of links that lead nowhere, with the way to the place where each stands."""

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from . import languages, link_check, rate_limits
from .models import FoundLink
from .search import Searchable


class BrokenFilter(admin.SimpleListFilter):
    """Broken ones, unless all are asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("failed", _("Failed once")), ("all", _("All links"))]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [first | {"display": _("Broken")}, *others]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset.broken()
        if self.value() == "failed":
            return queryset.filter(broken_since=None).exclude(problem="")
        return queryset


class WhereItLeadsFilter(admin.SimpleListFilter):
    title = _("where it leads")
    parameter_name = "leads"

    def lookups(self, request, model_admin):
        return [("here", _("Into this portal")), ("elsewhere", _("To another website"))]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(is_internal=self.value() == "here")


class WithSubjects(ChangeList):
    """Reads the records behind the shown links, one kind at a time."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        keys = {}
        for link in self.result_list:
            keys.setdefault(link.subject_type, set()).add(link.subject_id)
        found = {label: subjects(label, numbers) for label, numbers in keys.items()}
        for link in self.result_list:
            link.subject = found[link.subject_type].get(link.subject_id)


def subjects(label, keys):
    model = apps.get_model(label)
    rows = model.objects.with_names()
    if issubclass(model, Searchable):
        rows = rows.defer("search_title", "search_text")
    return rows.in_bulk(keys)


def form_of(subject):
    """The form in which the record is changed: its own, or that of the record it belongs to."""
    owner, key = type(subject), subject.pk
    if not admin.site.is_registered(owner):
        for field in owner._meta.concrete_fields:
            if field.is_relation and admin.site.is_registered(field.related_model):
                owner, key = field.related_model, getattr(subject, field.attname)
                break
    return reverse(f"admin:{owner._meta.app_label}_{owner._meta.model_name}_change", args=[key])


@admin.register(FoundLink)
class FoundLinkAdmin(admin.ModelAdmin):
    list_display = ["address", "place", "what", "broken_since", "checked_at", "again"]
    list_display_links = None
    list_filter = [BrokenFilter, WhereItLeadsFilter]
    search_fields = ["url"]
    list_per_page = 50
    show_full_result_count = False
    export_fields = ["url", "where", "what", "status", "broken_since", "checked_at"]
    fields = ["address", "place", "what", "status", "broken_since", "checked_at"]
    readonly_fields = fields

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_changelist(self, request, **kwargs):
        return WithSubjects

    @admin.display(description=_("address"), ordering="url")
    def address(self, link):
        return format_html('<a href="{}" rel="noreferrer" class="long-address">{}</a>', *[link] * 2)

    @admin.display(description=_("where it stands"))
    def place(self, link):
        if not hasattr(link, "subject"):
            link.subject = subjects(link.subject_type, [link.subject_id]).get(link.subject_id)
        if link.subject is None:
            return _("The record was deleted.")
        address = form_of(link.subject)
        if not link.language:
            return format_html('<a href="{}">{}</a>', address, link.subject)
        return format_html(
            '<a href="{}?language={}">{} ({})</a>',
            *(address, link.language, link.subject, languages.name_in_itself(link.language)),
        )

    @admin.display(description=_("where it stands"))
    def where(self, link):
        """For the table to take along, which is written without looking up each record."""
        name = apps.get_model(link.subject_type)._meta.verbose_name
        return f"{name} {link.subject_id} {link.language}".strip()

    @admin.display(description=_("problem"), ordering="problem")
    def what(self, link):
        if not link.problem:
            return _("none") if link.checked_at else _("not looked up yet")
        said = link_check.PROBLEMS.get(link.problem, link.problem)
        return f"{said} ({link.status})" if link.status else said

    @admin.display(description=_("again"))
    def again(self, link):
        return format_html(
            '<button type="submit" class="button" formaction="{}" aria-label="{}">{}</button>',
            *(
                reverse("admin:offenbach_wir_foundlink_check_again", args=[link.pk]),
                _("Check %s again") % link,
            ),
            _("Check again"),
        )

    def get_urls(self):
        view = self.admin_site.admin_view(self.check_view)
        name = "offenbach_wir_foundlink_check_again"
        return [path("<int:pk>/pruefen/", view, name=name), *super().get_urls()]

    def check_view(self, request, pk):
        """Looks one address up now, for every place that has it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("offenbach_wir.change_foundlink"):
            raise PermissionDenied
        link = get_object_or_404(FoundLink, pk=pk)
        rate_limits.count("link_check", f"account {request.user.pk}")
        link_check.look_up(link.url, timezone.now())
        link.refresh_from_db()
        if link.problem:
            messages.warning(request, f"{link.url}: {link_check.PROBLEMS[link.problem]}")
        else:
            messages.success(request, _("%s works.") % link.url)
        return redirect("admin:offenbach_wir_foundlink_changelist")
