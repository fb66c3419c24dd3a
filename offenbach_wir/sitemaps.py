"""The sitemap: every public page in every language, each naming its alternates."""

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from programs.models import FocusArea, FundingLine, Page
from projects.models import Organisation, Project


class _Base(Sitemap):
    i18n = True
    alternates = True
    x_default = True
    limit = 5000

    def get_domain(self, site=None):
        return settings.PORTAL_URL.partition("://")[2]

    def get_protocol(self, protocol=None):
        return settings.PORTAL_URL.partition("://")[0]


class Places(_Base):
    def items(self):
        return [
            *("home", "programs:program", "programs:funding", "programs:which_line"),
            *("programs:material", "projects:list", "projects:taking_part"),
            *("consultations:advice", "barrier_report"),
        ]

    def location(self, item):
        return reverse(item)


class Rows(_Base):
    def __init__(self, rows):
        self.rows = rows

    def items(self):
        return self.rows()

    def lastmod(self, item):
        return getattr(item, "updated_at", None)


EDITED = ("impressum", "datenschutz", "barrierefreiheit", "leichte-sprache")
SITEMAPS = {
    "orte": Places,
    "seiten": Rows(lambda: Page.objects.published().filter(key__in=EDITED).order_by("pk")),
    "schwerpunkte": Rows(lambda: FocusArea.objects.published().order_by("pk")),
    "foerderlinien": Rows(lambda: FundingLine.objects.published().order_by("pk")),
    "organisationen": Rows(lambda: Organisation.objects.listed().order_by("pk")),
    "projekte": Rows(lambda: Project.objects.published().only("slug", "updated_at").order_by("pk")),
}
