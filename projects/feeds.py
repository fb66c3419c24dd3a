"""New projects as an Atom feed in each language."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import feedgenerator
from django.utils.translation import gettext_lazy as _

from .models import Project

# XML has no way to write these, and Django's writer stops at them.
_NOT_IN_XML = dict.fromkeys((*range(9), 0xB, 0xC, *range(0xE, 0x20), 0xFFFE, 0xFFFF))


class ProjectFeed(Feed):
    feed_type = feedgenerator.Atom1Feed
    title = _("Projects of WIR in Offenbach am Main")
    subtitle = _("New projects for integration and participation")
    author_name = "Stadt Offenbach am Main"

    def link(self):
        return settings.PORTAL_URL + reverse("projects:list")

    def feed_url(self):
        return settings.PORTAL_URL + reverse("projects:feed")

    def items(self):
        return (
            Project.objects.published()
            .select_related("organisation")
            .defer("search_title", "search_text")
            .with_texts()
            .order_by("-created_at", "-pk")[:30]
        )

    def item_title(self, project):
        return project.text.title.translate(_NOT_IN_XML)

    def item_description(self, project):
        return project.text.summary.translate(_NOT_IN_XML)

    def item_link(self, project):
        return settings.PORTAL_URL + project.get_absolute_url()

    def item_guid(self, project):
        return f"{settings.PORTAL_URL}/daten/projekte/{project.number}"

    def item_author_name(self, project):
        return project.organisation.name.translate(_NOT_IN_XML)

    def item_pubdate(self, project):
        return project.published_from or project.created_at

    def item_updateddate(self, project):
        return project.updated_at
