"""The back office at /verwaltung/. It has no log-in of its own.

Until accounts with a second factor exist, it opens in demo mode only; in production every one of
its addresses answers 404.
"""

import base64
import functools
import hashlib
import re

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import Http404
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django_prose_editor.widgets import prose_editor_admin_media

from .page_cache import forget_pages

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


class PortalAdminConfig(AdminConfig):
    default_site = "offenbach_wir.admin_site.PortalAdminSite"


class PortalAdminSite(AdminSite):
    site_header = _("WIR portal: administration")
    site_title = _("WIR portal")
    index_title = _("What would you like to do?")
    enable_nav_sidebar = True

    def has_permission(self, request):
        return settings.IS_DEMO and request.user.is_active and request.user.is_staff

    def login(self, request, extra_context=None):
        if not settings.IS_DEMO:
            raise Http404
        return redirect("demo:index")

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(view, cacheable)

        @functools.wraps(view)
        def guarded(request, *args, **kwargs):
            if not settings.IS_DEMO:
                raise Http404
            if self.has_permission(request):
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
