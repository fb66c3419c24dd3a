"""New projects as an Atom feed in each language."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import feedgenerator
from django.utils.translation import gettext_lazy as _

from .models import Project


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
        return project.text.title

    def item_description(self, project):
        return project.text.summary

    def item_link(self, project):
        return settings.PORTAL_URL + project.get_absolute_url()

    def item_guid(self, project):
        return f"{settings.PORTAL_URL}/daten/projekte/{project.number}"

    def item_author_name(self, project):
        return project.organisation.name

    def item_pubdate(self, project):
        return project.published_from or project.created_at

    def item_updateddate(self, project):
        return project.updated_at
