"""The organisation tells of a change, and sees before sending what it does to the grant."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from projects.proposals import changes
from projects.proposals.forms.changes import ChangeForms

from . import unsaved
from .access import for_writers
from .drafts import form_key

# The same blocks as in a report, but nothing of it has happened yet.
WORDS = {
    "costs": {
        "title": gettext_lazy("Costs"),
        "more_title": gettext_lazy("New costs"),
        "row_name": gettext_lazy("Costs, row"),
    },
    "incomes": {
        "title": gettext_lazy("Income without the grant"),
        "more_title": gettext_lazy("New income"),
        "row_name": gettext_lazy("Income, row"),
    },
    "unpaid": {"title": gettext_lazy("Unpaid work"), "more_title": "", "row_name": ""},
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def report(request, proposal):
    if not changes.may_be_told(proposal):
        return _not_now(request, proposal)
    if request.method != "POST":
        typed = ChangeForms(proposal, unsaved.take(request), shown_at=timezone.now().isoformat())
        return _page(request, typed)
    typed = ChangeForms(proposal, request.POST)
    if not typed.is_valid():
        return _page(request, typed, status=422)
    try:
        changes.tell(
            proposal,
            user=request.user,
            form_key=form_key(typed.main.cleaned_data["shown_at"] + proposal.key),
            request=request,
            **typed.fields(),
        )
    except changes.NotNowError:
        return _not_now(request, proposal)
    messages.success(request, _("Thank you for telling us. The coordination answers you."))
    return redirect("proposals:grant", proposal.key)


@require_POST
@for_writers
def check(request, proposal):
    """What the change that is typed does to the grant; tells nobody."""
    if not changes.may_be_told(proposal):
        return _not_now(request, proposal)
    typed = ChangeForms(proposal, request.POST)
    if request.headers.get("X-Part") == "result":
        return render(request, "proposals/change_effect.html", {"effect": typed.effect()})
    typed.is_valid()
    return _page(request, typed)


def _not_now(request, proposal):
    messages.info(request, _("In this state of the case no change can be told here."))
    return redirect(proposal)


def _page(request, typed, *, status=200):
    context = {
        "typed": typed,
        "proposal": typed.proposal,
        "effect": typed.effect(),
        "problems": typed.problems if typed.data is not None else [],
        "blocks": [
            {
                "name": side,
                "planned": form.rows(),
                "others": typed.others.get(side),
                "prefix": f"other-{side}",
                **WORDS[side],
            }
            for side, form in typed.planned.items()
            if form.lines or side in typed.others
        ],
    }
    return render(request, "proposals/change.html", context, status=status)
