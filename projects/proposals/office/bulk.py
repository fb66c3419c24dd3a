"""Doing the same to many cases: choose in the list, read what will happen, confirm."""

from django.contrib import admin, messages
from django.http import QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from .access import CHANGE, page_for
from .bulk_actions import action_of
from .bulk_form import MOST_CASES, BulkForm, Chosen, chosen_as, chosen_of
from .queue import for_list, list_page
from .queue_filter import QueueFilter
from .what_waits import Asker

# So many cases that stayed as they were are named after it was done; the others are counted.
MOST_NAMED = 10


@require_POST
@page_for(CHANGE)
def preview(request):
    """What would happen to each of the cases chosen; writes nothing."""
    back = _list_asked(request)
    asked = QueueFilter(back)
    form = BulkForm(asked, request.POST)
    chosen = chosen_of(request.POST.getlist("chosen"))
    if form.is_valid() and form.cleaned_data["everything"]:
        chosen = _all_hits(asked, request.user)
    if not chosen:
        form.add_error(None, _("Please choose at least one case."))
    elif len(chosen) > MOST_CASES:
        form.add_error(
            None,
            _("At most %(most)s cases can be changed at once. Please narrow the list first.")
            % {"most": MOST_CASES},
        )
    if not form.is_valid():
        ticked = set(request.POST.getlist("chosen"))
        return list_page(request, back, bulk=form, chosen=ticked, status=422)
    action = action_of(form.cleaned_data["action"])
    can, cannot = _sorted_out(request, action, chosen)
    context = {
        **admin.site.each_context(request),
        "title": action.words,
        "action": action,
        "can": [(proposal, chosen_as(proposal)) for proposal, _seen in can],
        "cannot": cannot,
        "address": back.urlencode(),
    }
    return TemplateResponse(request, "proposals/office/bulk.html", context)


@require_POST
@page_for(CHANGE)
def confirm(request):
    """Does it to each case that is still as the preview showed it."""
    back = _list_asked(request)
    form = BulkForm(QueueFilter(back), request.POST)
    chosen = chosen_of(request.POST.getlist("chosen"))
    if not form.is_valid() or len(chosen) > MOST_CASES:
        return list_page(request, back, bulk=form, status=422)
    action = action_of(form.cleaned_data["action"])
    can, cannot = _sorted_out(request, action, chosen)
    left, n = [(str(proposal), reason) for proposal, reason in cannot], 0
    for proposal, seen in can:
        if reason := action.perform(proposal, seen, request):
            left.append((str(proposal), reason))
        else:
            n += 1
    _say(request, n, left, len(chosen) - n)
    query = f"?{back.urlencode()}" if back else ""
    return redirect(reverse("admin:proposal_list") + query)


def _list_asked(request):
    """The query of the list that was left; at the same time where the way back leads."""
    return QueryDict(request.POST.get("back", "")[:2000])


def _all_hits(asked, user):
    """One more than are allowed, so that too many are noticed."""
    rows = asked.rows(Asker(user))[: MOST_CASES + 1]
    return [Chosen(row.key, row.step_number, row.assignee_id) for row in rows]


def _sorted_out(request, action, chosen):
    """([(case, seen)] that change, [(case, reason)] that stay), as the list was sorted."""
    seen_of = {seen.key: seen for seen in chosen}
    rows = for_list(Asker(request.user).cases().filter(key__in=seen_of))
    found = {proposal.key: proposal for proposal in rows}
    can, cannot = [], []
    for key, seen in seen_of.items():
        proposal = found.get(key)
        if proposal is None:
            continue
        if reason := action.refuses(proposal, seen):
            cannot.append((proposal, reason))
        else:
            can.append((proposal, seen))
    return can, cannot


def _say(request, n, left, count_left):
    if n:
        text = ngettext("%(n)s case was changed.", "%(n)s cases were changed.", n)
        messages.success(request, text % {"n": n})
    for title, reason in left[:MOST_NAMED]:
        text = _("“%(title)s” stayed as it was. %(reason)s")
        messages.warning(request, text % {"title": title, "reason": reason})
    if count_left > MOST_NAMED or (count_left and not left):
        text = ngettext(
            "%(n)s case stayed as it was.", "%(n)s cases stayed as they were.", count_left
        )
        messages.warning(request, text % {"n": count_left})
