"""What every page shows around its content: office, notice, languages.

Each part is read when a template first asks for it and is nothing when the database is away, so
that error pages can use the same base template.
"""

import logging

from django.conf import settings
from django.db import DatabaseError
from django.utils.functional import cached_property

from programs.models import Notice, Office

from . import languages
from .page_cache import kept

logger = logging.getLogger(__name__)


class Portal:
    def __init__(self, request):
        self.request = request

    @property
    def is_demo(self):
        return settings.IS_DEMO

    @property
    def previewed(self):
        """The row whose preview this is; None on the pages of the public."""
        return getattr(self.request, "previewed", None)

    @property
    def preview_back(self):
        return getattr(self.request, "preview_back", "")

    @cached_property
    def office(self):
        return self._read("office", lambda: Office.objects.with_texts().first())

    @cached_property
    def notice(self):
        if isinstance(self.previewed, Notice):
            return self.previewed
        return self._read("notice", lambda: Notice.objects.showing().with_texts().first())

    def _read(self, name, query):
        if getattr(self.request, "without_database", False):
            return None
        try:
            return kept(name, query) if self.previewed is None else query()
        except DatabaseError as error:
            logger.warning("Page shown without its frame: %s", error)
            self.request.without_database = True
            return None

    @cached_property
    def language_choices(self):
        """The same page in each language, with its query kept: a link in a mail stays a link."""
        return [
            {
                "code": languages.bcp47(code),
                "direction": languages.direction(code),
                "name": languages.name_in_itself(code),
                "is_current": code == languages.active(),
                "url": self._address_in(code),
                "absolute_url": settings.PORTAL_URL + self._address_in(code),
            }
            for code in languages.codes()
        ]

    def _address_in(self, code):
        """The preview of a draft has addresses of its own for each language."""
        if preview := getattr(self.request, "preview_addresses", None):
            return preview[code]
        query = self.request.META.get("QUERY_STRING", "")
        return languages.path_in(self.request.path, code) + (f"?{query}" if query else "")

    @property
    def canonical_url(self):
        return settings.PORTAL_URL + self.request.path

    @property
    def url(self):
        return settings.PORTAL_URL

    @property
    def language(self):
        return languages.bcp47(languages.active())

    @property
    def direction(self):
        return languages.direction(languages.active())


def portal(request):
    return {"portal": Portal(request)}
