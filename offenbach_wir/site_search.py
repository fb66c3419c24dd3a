"""One search over pages, focus areas, funding lines, documents, organisations and projects."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offenbach_wir.search import mended_parts, query_parts
from programs.models import Document, FocusArea, FundingLine, Page
from projects.models import Organisation, Project

MOST_HITS = 10


@dataclass
class Hit:
    title: str
    summary: str
    url: str
    text: object
    score: float


@dataclass
class Group:
    title: str
    hits: list
    more_url: str = ""


def groups_for(query):
    """The groups that have hits, the one with the best hit first; typing errors are mended only
    where nothing at all was found.
    """
    parts = query_parts(query)
    found = _groups(parts, query)
    if not found and (mended := mended_parts(query, parts)):
        found = _groups(mended, query)
    return sorted(found, key=lambda group: -group.hits[0].score)


def _groups(parts, query):
    def best(rows):
        rows = rows.holding(parts, query).with_texts().order_by("-score", "-pk")
        return rows.defer("search_title", "search_text")[:MOST_HITS]

    today = timezone.localdate()
    found = [
        Group(
            _("Projects"),
            _content(best(Project.objects.published()), "summary"),
            reverse("projects:list", query={"q": query}),
        ),
        Group(_("Funding lines"), _content(best(FundingLine.objects.published()), "summary")),
        Group(_("Focus areas"), _content(best(FocusArea.objects.published()), "summary")),
        Group(_("Pages"), _content(best(Page.objects.published()), "lead")),
        Group(
            _("Information material"),
            _documents(best(Document.objects.published().exclude(expires_on__lt=today))),
        ),
        Group(_("Organisations"), _organisations(best(Organisation.objects.listed()))),
    ]
    return [group for group in found if group.hits]


def _content(rows, summary):
    return [
        Hit(row.text.title, getattr(row.text, summary), row.get_absolute_url(), row.text, row.score)
        for row in rows
        if row.text
    ]


def _documents(rows):
    place = reverse("programs:material")
    return [
        Hit(row.text.title, row.text.description, f"{place}#{row.slug}", row.text, row.score)
        for row in rows
        if row.text
    ]


def _organisations(rows):
    return [
        Hit(
            row.name,
            row.text.summary if row.text else "",
            row.get_absolute_url(),
            row.text,
            row.score,
        )
        for row in rows
    ]
