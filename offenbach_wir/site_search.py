"""One search over pages, focus areas, funding lines, documents, organisations and projects."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offenbach_wir.search import index_text, mended_parts, query_parts
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
        Group(_("Prepare an application"), _places(parts)),
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


# Pages that nobody edits, with the words they are looked for by.
PLACES = {
    "proposals:intro": (
        _("Prepare an application"),
        _("What a proposal takes, which lines are open, how it goes."),
        _("apply application proposal grant money funding club deadline"),
    ),
    "proposals:questions": (
        _("All questions"),
        _("Everything a proposal asks, so that you can think it over and gather what you need."),
        _("application proposal form questions"),
    ),
    "proposals:paper_form": (
        _("Empty form to print"),
        _("An empty form for thinking and writing on paper."),
        _("application proposal form print paper"),
    ),
    "proposals:example": (
        _("A worked example of the plan"),
        _("An invented project with all its costs and who pays them."),
        _("application proposal example budget costs financing plan"),
    ),
}


def _places(parts):
    """They have no row to search in, so the words are looked for here, in the page's language."""
    hits = []
    for name, texts in PLACES.items():
        title, summary, words = (str(text) for text in texts)
        if parts and all(part in index_text(title, summary, words) for part in parts):
            score = sum(_score(part, index_text(title)) for part in parts)
            hits.append(Hit(title, summary, reverse(name), None, score))
    return sorted(hits, key=lambda hit: -hit.score)


def _score(part, title):
    """As search.py counts."""
    return 8 if f" {part.strip()}" in title else 4 if part in title else 1


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
