"""What waits for those who look after proposals; each panel leads to just the list it counts."""

from django.urls import reverse
from django.utils.translation import ngettext

from offenbach_wir.todo import Panel, register

from . import project_panel  # noqa: F401 - registers itself
from .office.access import CHANGE
from .office.what_waits import CONFIRM, ME, NOBODY, shown

# Scoring is first of all for those who neither look after cases nor decide.
ASSESS = "proposals.add_score"


def _cases(show, *, assignee="", permission=CHANGE, **panel):
    """A panel of the cases that a question of the queue (`show`) means."""
    query = {"show": show} | ({"assignee": assignee} if assignee else {})

    def rows(user):
        found = shown(show, user, assignee=assignee)
        is_beside = permission == ASSESS and (user.has_perm(CHANGE) or user.has_perm(CONFIRM))
        return found.filter(pk=0) if is_beside else found

    register(
        Panel(
            permission=permission,
            rows=rows,
            url=lambda user: reverse("admin:proposal_list", query=query),
            **panel,
        )
    )


_cases(
    "confirm",
    permission=CONFIRM,
    key="decisions_to_confirm",
    sentence=lambda n: ngettext(
        "%(n)s decision waits for you to confirm it.",
        "%(n)s decisions wait for you to confirm them.",
        n,
    ),
    order=6,
    is_urgent=True,
)
_cases(
    "assess",
    permission=ASSESS,
    key="cases_to_assess",
    sentence=lambda n: ngettext(
        "%(n)s case waits for your scores.", "%(n)s cases wait for your scores.", n
    ),
    order=9,
)
_cases(
    "overdue",
    assignee=ME,
    key="cases_overdue",
    sentence=lambda n: ngettext(
        "%(n)s case of yours is overdue.", "%(n)s cases of yours are overdue.", n
    ),
    order=7,
    is_urgent=True,
)
_cases(
    "answer",
    key="proposals_to_answer",
    sentence=lambda n: ngettext(
        "%(n)s organisation waits for an answer about its proposal.",
        "%(n)s organisations wait for an answer about their proposal.",
        n,
    ),
    order=8,
    is_urgent=True,
)
_cases(
    "new",
    assignee=NOBODY,
    key="proposals_new",
    sentence=lambda n: ngettext(
        "%(n)s new proposal, which nobody looks after yet.",
        "%(n)s new proposals, which nobody looks after yet.",
        n,
    ),
    order=15,
)
_cases(
    "week",
    assignee=ME,
    key="cases_due_this_week",
    sentence=lambda n: ngettext(
        "In %(n)s case of yours something is due this week.",
        "In %(n)s cases of yours something is due this week.",
        n,
    ),
    order=16,
)
