"""The calendar of duties of all cases: overdue first, then month by month."""

import itertools

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from projects.proposals import colleagues, duty_calendars
from projects.proposals.models import Duty, Proposal

from .access import VIEW, page_for

A_PAGE = 200
MOST_IN_A_FILE = 2000


class DutyFilter(forms.Form):
    who = forms.ChoiceField(
        label=gettext_lazy("Who has to do it?"),
        required=False,
        choices=[("", gettext_lazy("everybody")), *Duty.Who.choices],
    )
    mine = forms.BooleanField(label=gettext_lazy("Only cases I look after"), required=False)


def _asked(request):
    """(form, duties): an address that makes no sense shows everything."""
    form = DutyFilter(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    today = timezone.localdate()
    cases = Proposal.objects.for_office(request.user, timezone.now())
    if said.get("mine"):
        absent = colleagues.stood_in_for(request.user, today)
        cases = cases.filter(Q(assignee=request.user) | Q(assignee__in=absent))
    duties = Duty.objects.open().filter(proposal__in=cases.order_by().values("pk"))
    if said.get("who"):
        duties = duties.filter(who=said["who"])
    return form, duties.select_related("proposal__applicant__organisation").order_by("due_on", "pk")


@require_safe
@page_for(VIEW)
def duties(request):
    form, rows = _asked(request)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    parts = [
        {"title": title, "is_late": is_late, "duties": list(rows)}
        for (is_late, title), rows in itertools.groupby(page, lambda duty: _part(duty, today))
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Calendar of duties"),
        "form": form,
        "page": page,
        "parts": parts,
        "query": request.GET.urlencode(),
    }
    return TemplateResponse(request, "proposals/office/duties.html", context)


def _part(duty, today):
    if duty.due_on < today:
        return True, _("Overdue")
    return False, date_format(duty.due_on, "F Y")


@require_safe
@page_for(VIEW)
def calendar_file(request):
    """What the page shows, to take into another calendar."""
    _form, rows = _asked(request)
    return duty_calendars.response(
        rows[:MOST_IN_A_FILE],
        url_of=lambda duty: reverse("admin:proposal_case", args=[duty.proposal.key]),
        name="fristen.ics",
    )
