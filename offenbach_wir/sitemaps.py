"""The sitemap: every public page in every language, each naming its alternates."""

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import x_robots_tag
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

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
            *(
                "proposals:intro",
                "proposals:questions",
                "proposals:paper_form",
                "proposals:example",
            ),
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


@require_safe
@x_robots_tag
def index(request):
    """The parts of the sitemap. Django's own index would name them by the Host header."""
    parts = []
    for section, sitemap in SITEMAPS.items():
        pages = (sitemap() if callable(sitemap) else sitemap).paginator.num_pages
        address = settings.PORTAL_URL + reverse("sitemap", args=[section])
        parts += [{"location": address}]
        parts += [{"location": f"{address}?p={page}"} for page in range(2, pages + 1)]
    return TemplateResponse(
        request, "sitemap_index.xml", {"sitemaps": parts}, content_type="application/xml"
    )
