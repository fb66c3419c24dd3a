"""The queue: which cases need something, by whom, until when; to read and to take along."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offenbach_wir import events, exports, office_search, rate_limits
from offenbach_wir.models import Event
from offenbach_wir.search import fold
from projects.proposals.models import Duty, Proposal, Substitution

from .access import CHANGE, VIEW, page_for
from .bulk_form import BulkForm, chosen_as
from .queue_filter import asked_of, found
from .what_waits import QUESTIONS

A_PAGE = 50
CHUNK = 500


@dataclass(frozen=True)
class Line:
    """One case as the list says it. `duty` is the one that is next, or None; `days_late` counts
    the days since it was due. A colleague `has_left` who may no longer work on proposals.
    """

    proposal: Any
    duty: Any
    days_late: int
    has_left: bool

    @property
    def choice(self):
        return chosen_as(self.proposal)


def lines_of(rows, colleagues, today):
    here = {user.pk for user in colleagues}
    for proposal in rows:
        duties = proposal.open_duties
        late = (today - proposal.due_on).days if proposal.due_on and proposal.is_open_case else 0
        yield Line(
            proposal,
            duties[0] if duties else None,
            max(late, 0),
            proposal.assignee_id is not None and proposal.assignee_id not in here,
        )


def for_list(rows):
    """With what a line says, in a constant number of queries."""
    open_duties = Duty.objects.open().order_by("due_on", "pk")
    return rows.select_related(
        "applicant__organisation", "funding_line", "assignee"
    ).prefetch_related(
        "funding_line__translations",
        "labels",
        Prefetch("duties", open_duties, to_attr="open_duties"),
    )


@require_safe
@page_for(VIEW)
def proposals(request):
    return list_page(request, request.GET)


def list_page(request, query, *, bulk=None, chosen=(), status=200):
    """The list of that query; `bulk` is a form about the `chosen` lines that has mistakes."""
    form, rows = asked_of(query, request.user)
    page = Paginator(for_list(rows), A_PAGE).get_page(query.get("page"))
    today = timezone.localdate()
    page.object_list = list(page.object_list)
    may_change = request.user.has_perm(CHANGE)
    context = {
        **admin.site.each_context(request),
        "title": _("Proposals"),
        "form": form,
        "page": page,
        "lines": list(lines_of(page.object_list, form.colleagues, today)),
        "tabs": _tabs(query.get("show", "")),
        "stands_in": Substitution.objects.on(today)
        .filter(substitute=request.user)
        .select_related("absent"),
        "address": query.urlencode(),
        "export_query": _without_page(query),
        "everywhere": _everywhere(query),
        "bulk": bulk or (BulkForm(form) if may_change and page.object_list else None),
        "chosen": chosen,
    }
    return TemplateResponse(request, "proposals/office/list.html", context, status=status)


def _tabs(show):
    """[(name, words, is it this one)]: the frequent questions, and the one that is asked."""
    return [
        (name, question.words, name == show)
        for name, question in QUESTIONS.items()
        if question.is_frequent or name == show
    ]


def _without_page(query):
    query = query.copy()
    query.pop("page", None)
    return query.urlencode()


def _everywhere(query):
    """The query that looks for the same words in all cases, or "" where it does so already."""
    words = query.get("q", "").strip()
    if not words or query.get("show") == "all":
        return ""
    query = query.copy()
    query.clear()
    query["show"], query["q"] = "all", words
    return query.urlencode()


@require_safe
@page_for(VIEW)
def export(request, format_name):
    form, rows = asked_of(request.GET, request.user)
    if not form.is_valid():
        raise Http404
    rate_limits.count("export", f"account {request.user.pk}")
    events.record(
        Event.Kind.EXPORTED,
        request=request,
        model="proposals.proposal",
        rows=rows.count(),
        format=format_name,
    )
    table = _table(for_list(rows), form.colleagues, format_name, translation.get_language())
    return exports.as_file(table, "antraege", format_name)


def _table(rows, colleagues, format_name, language):
    """Headings, then one list of cells a case, read in parts so that memory stays small."""
    written = _as_day if format_name == "csv" else exports.as_value
    # The answer is written after the request's own language has been put away.
    with translation.override(language):
        yield [
            *(_("Reference"), _("Title"), _("Organisation"), _("Funding line"), _("State")),
            *(_("Looked after by"), _("Next"), _("Next due"), _("Overdue"), _("Handed in")),
            *(_("Labels"), _("Locked because")),
        ]
        today = timezone.localdate()
        for line in lines_of(rows.iterator(chunk_size=CHUNK), colleagues, today):
            yield [written(value) for value in _cells(line)]


def _cells(line):
    proposal = line.proposal
    funding_line, handed_in = proposal.funding_line, proposal.submitted_at
    return (
        proposal.reference or "",
        str(proposal),
        proposal.applicant.name,
        str(funding_line.text.title) if funding_line else "",
        str(proposal.get_state_display()),
        _who(line),
        str(line.duty.get_kind_display()) if line.duty else "",
        proposal.due_on,
        _("yes") if line.days_late else _("no"),
        timezone.localdate(handed_in) if handed_in else None,
        ", ".join(label.name for label in proposal.labels.all()),
        proposal.locked_because,
    )


def _who(line):
    assignee = line.proposal.assignee
    if assignee is None:
        return ""
    return _("%(name)s (no longer here)") % {"name": assignee} if line.has_left else str(assignee)


def _as_day(value):
    if value is None or isinstance(value, str):
        return value
    return date_format(value, "SHORT_DATE_FORMAT")


def _found_everywhere(request, query):
    """The cases among what the search of the back office finds."""
    if not request.user.has_perm(VIEW) or not fold(query).strip():
        return None
    rows = Proposal.objects.for_office(request.user, timezone.now())
    rows = found(rows, query).select_related("applicant__organisation")
    hits = list(rows.order_by("-submitted_at", "pk")[: office_search.MOST_HITS + 1])
    is_more = len(hits) > office_search.MOST_HITS
    return office_search.Group(
        title=_("Proposals"),
        hits=[
            (_named(proposal), reverse("admin:proposal_case", args=[proposal.key]))
            for proposal in hits[: office_search.MOST_HITS]
        ],
        all_url=reverse("admin:proposal_list", query={"show": "all", "q": query})
        if is_more
        else "",
    )


def _named(proposal):
    parts = (proposal.reference, str(proposal), proposal.applicant.name)
    return " · ".join(part for part in parts if part)


office_search.also(_found_everywhere)
