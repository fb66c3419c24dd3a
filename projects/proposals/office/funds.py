"""The city's own small funds: what is committed, paid and left, and which cases it went to."""

from itertools import groupby

from django.contrib import admin
from django.db.models import Prefetch
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects.proposals.models import CityFund, Decision

from .access import page_for


@require_safe
@page_for("proposals.view_cityfund")
def funds(request):
    counting = (
        Decision.objects.filter(in_force_at__isnull=False, ended_at=None)
        .select_related("proposal__applicant__organisation")
        .order_by("decided_on", "pk")
    )
    rows = CityFund.objects.select_related("district").prefetch_related(
        Prefetch("decisions", counting, to_attr="counting")
    )
    context = {
        **admin.site.each_context(request),
        "title": _("The city's funds"),
        "years": [(year, _with_sums(list(found))) for year, found in groupby(rows, _year)],
        "may_change": request.user.has_perm("proposals.change_cityfund"),
        "may_read_cases": request.user.has_perm("proposals.view_proposal"),
    }
    return TemplateResponse(request, "proposals/office/funds.html", context)


def _year(fund):
    return fund.year


def _with_sums(funds):
    """The funds of a year, and what they come to together."""
    names = ("amount", "committed", "paid", "left")
    return {"funds": funds, **{name: sum(getattr(f, name) for f in funds) for name in names}}
