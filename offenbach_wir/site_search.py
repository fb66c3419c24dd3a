"""One search over pages, focus areas, funding lines, documents, organisations and projects."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
    """The groups that have hits, the one with the best hit first."""
    found = [
        Group(_("Projects"), _projects(query), reverse("projects:list", query={"q": query})),
        Group(_("Funding lines"), _content(FundingLine.objects.published(), query, "summary")),
        Group(_("Focus areas"), _content(FocusArea.objects.published(), query, "summary")),
        Group(_("Pages"), _content(Page.objects.published(), query, "lead")),
        Group(_("Information material"), _documents(query)),
        Group(_("Organisations"), _organisations(query)),
    ]
    found = [group for group in found if group.hits]
    return sorted(found, key=lambda group: -group.hits[0].score)


def _best(rows, query):
    return rows.matching(query).with_texts().order_by("-score", "-pk")[:MOST_HITS]


def _content(rows, query, summary):
    return [
        Hit(row.text.title, getattr(row.text, summary), row.get_absolute_url(), row.text, row.score)
        for row in _best(rows, query)
        if row.text
    ]


def _projects(query):
    rows = Project.objects.published().defer("search_title", "search_text")
    return _content(rows, query, "summary")


def _documents(query):
    today = timezone.localdate()
    rows = Document.objects.published().exclude(expires_on__lt=today)
    place = reverse("programs:material")
    return [
        Hit(row.text.title, row.text.description, f"{place}#{row.slug}", row.text, row.score)
        for row in _best(rows, query)
        if row.text
    ]


def _organisations(query):
    return [
        Hit(
            row.name,
            row.text.summary if row.text else "",
            row.get_absolute_url(),
            row.text,
            row.score,
        )
        for row in _best(Organisation.objects.listed(), query)
    ]
