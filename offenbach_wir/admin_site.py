"""The back office at /verwaltung/. It has no log-in of its own: people sign in at /konto/, with a
second factor.
"""

import base64
import functools
import hashlib
import re
from importlib import import_module

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, resolve_url
from django.urls import path, reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_prose_editor.widgets import prose_editor_admin_media

from . import editor_words, second_factor, todo
from .page_cache import forget_pages
from .roles import AREAS, GROUPS

# The one style element the editor puts into its page; a browser test fails when it changes.
EDITOR_STYLE_HASH = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"


@functools.cache
def editor_import_map_hash():
    """The hash of the editor's import map, whose addresses change with each build."""
    text = re.search(
        r'<script type="importmap">(.*?)</script>', str(prose_editor_admin_media), re.S
    )
    digest = hashlib.sha256(text[1].encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


# Modules with pages of their own beside the records; each has a list `urls`.
PAGES = (
    "offenbach_wir.exports",
    "offenbach_wir.health.pages",
    "offenbach_wir.office_search",
    "offenbach_wir.records_admin",
    "programs.waiting",
    "consultations.office.agenda",
    "consultations.office.talk",
    "consultations.office.calls",
    "consultations.office.holidays",
    "consultations.office.feeds",
    "consultations.office.numbers",
    "projects.proposals.office_urls",
)


# Pages of the start page's groups beside the records: name, address, permission.
GROUP_PAGES = {
    "proposals": (
        (_("Proposals"), "proposal_list", "proposals.view_proposal"),
        (_("The city's funds"), "funds", "proposals.view_cityfund"),
        (_("Figures of proposals"), "case_figures", "proposals.view_casecount"),
    ),
    "talks": (
        (_("Agenda"), "agenda", "consultations.view_booking"),
        (_("All talks"), "talks", "consultations.view_booking"),
        (_("Book for a caller"), "book_for_caller", "consultations.add_booking"),
        (_("Waiting list"), "waiting_list", "consultations.view_waitingentry"),
        (_("Calendar feeds"), "calendar_feeds", "consultations.view_calendarfeed"),
        (_("Figures of advice"), "figures", "consultations.view_advicecount"),
    ),
    "advice": ((_("Public holidays"), "holidays", "consultations.view_openedholiday"),),
    "privacy": (
        (_("State of the portal"), "health", "offenbach_wir.view_jobrun"),
        (_("Retention rules"), "retention", "offenbach_wir.view_legalhold"),
        (_("Data of one person"), "person_data", "offenbach_wir.view_erasure"),
    ),
}


def _link(admin, request):
    name = f"admin:{admin.opts.app_label}_{admin.opts.model_name}"
    return {
        "name": capfirst(admin.opts.verbose_name_plural),
        "url": reverse(f"{name}_changelist"),
        "add_url": reverse(f"{name}_add") if admin.has_add_permission(request) else "",
    }


def not_found_here(request):
    raise Http404


class PortalAdminSite(AdminSite):
    site_header = _("WIR portal: administration")
    site_title = _("WIR portal")
    index_title = _("Start")
    enable_nav_sidebar = False

    def has_permission(self, request):
        user = request.user
        return user.is_active and user.is_staff and second_factor.is_proven(request)

    def login(self, request, extra_context=None):
        """Where those are led who may not enter (yet)."""
        if request.user.is_authenticated:
            if request.user.is_staff:
                return redirect("mfa_index")
            raise PermissionDenied
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
            wanted = reverse("admin:index")
        return redirect_to_login(wanted, resolve_url("account_login"))

    def logout(self, request, extra_context=None):
        return redirect("account_logout")

    def index(self, request, extra_context=None):
        context = {"entries": todo.entries_for(request.user), "groups": self._groups(request)}
        return super().index(request, context | (extra_context or {}))

    def _groups(self, request):
        """The lists and pages this person may open, in the groups of the start page."""
        may_see = {
            model._meta.label_lower: admin
            for model, admin in self._registry.items()
            if admin.has_view_permission(request)
        }
        groups = []
        for key, name in GROUPS.items():
            areas = [area for area in AREAS.values() if area.group == key]
            labels = [label for area in areas for label in area.models]
            records = [_link(may_see[label], request) for label in labels if label in may_see]
            records += [
                {"name": title, "url": reverse(f"admin:{url_name}"), "add_url": ""}
                for title, url_name, permission in GROUP_PAGES.get(key, ())
                if request.user.has_perm(permission)
            ]
            if records:
                groups.append({"key": key, "name": name, "records": records})
        return groups

    def each_context(self, request):
        return super().each_context(request) | {"editor_words": editor_words.WORDS}

    def app_index(self, request, app_label, extra_context=None):
        """The start page lists records by areas of work; the rooms of the code are nobody's."""
        return redirect("admin:index")

    def get_urls(self):
        return [
            *(url for module in PAGES for url in import_module(module).urls),
            # Django's pages for passwords, which nobody has here.
            path("password_change/", not_found_here, name="password_change"),
            path("password_change/done/", not_found_here, name="password_change_done"),
            *super().get_urls(),
        ]

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(view, cacheable)

        @functools.wraps(view)
        def guarded(request, *args, **kwargs):
            if request.user.is_authenticated:
                translation.activate(request.user.language)
            response = inner(request, *args, **kwargs)
            if request.method == "POST":
                forget_pages()
            response._csp_update = {
                "script-src": [editor_import_map_hash()],
                "style-src": [EDITOR_STYLE_HASH],
            }
            return response

        return guarded
