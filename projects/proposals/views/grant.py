"""The grant on one page: what was decided, what is due, money, changes, reports."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from projects.proposals import case, changes, duty_calendars, grants, payments, reports
from projects.proposals.forms.grant import MoneyForm
from projects.proposals.models import Duty, Report
from projects.proposals.models.applicants import Role

from .access import for_writers, readable
from .drafts import form_key
from .reports import title_of


@require_safe
@readable
def grant(request, proposal):
    decision = grants.grant_of(proposal)
    if decision is None:
        raise Http404
    may_write = proposal.applicant.role_of(request.user) in (Role.OWNER, Role.EDITOR)
    context = {
        "proposal": proposal,
        "decision": decision,
        "acceptance": getattr(proposal, "acceptance", None),
        "duties": proposal.duties.open(),
        "today": timezone.localdate(),
        "may_write": may_write,
        "payments": proposal.disbursements.all(),
        "paid": grants.paid(proposal),
        "left": payments.left(proposal),
        "may_ask_for_money": may_write and payments.may_be_asked_for(proposal),
        "changes": proposal.changes.all(),
        "may_tell_of_change": may_write and changes.may_be_told(proposal),
        "reports": _reports(proposal),
        "steps": offered(proposal) if may_write else [],
    }
    return render(request, "proposals/grant.html", context)


def offered(proposal):
    """The steps of the organisation that follow from its grant."""
    return [
        step
        for step in case.steps_from(proposal.state, case.Actor.WRITERS)
        # The proof of use is handed in from its own page, where it is written.
        if proposal.has_grant and not step.is_side_way and step.key != "hand_in_proof"
    ]


@require_safe
@readable
def duty_calendar(request, proposal):
    """What is due, as a file for the calendar of the organisation."""
    return duty_calendars.response(
        proposal.duties.open().filter(who=Duty.Who.WRITERS),
        url_of=lambda duty: reverse("proposals:grant", args=[proposal.key]),
        name="fristen.ics",
    )


def _reports(proposal):
    """Those that are asked for, as lines of the page."""
    lines = []
    for kind in (Report.Kind.INTERIM, Report.Kind.PROOF):
        if not reports.is_asked_for(proposal, kind):
            continue
        there = reports.of(proposal, kind)
        lines.append(
            {
                "kind": kind,
                "title": title_of(kind),
                "is_begun": there is not None,
                "handed_in_at": there.submitted_at if there else None,
                "final_grant": there.final_grant if there else None,
            }
        )
    return lines


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def ask_for_money(request, proposal):
    if not payments.may_be_asked_for(proposal):
        messages.info(request, _("Money can be asked for once the grant is accepted."))
        return redirect(proposal)
    if request.method != "POST":
        form = MoneyForm(initial={"shown_at": timezone.now().isoformat()})
        return _money_page(request, proposal, form)
    form = MoneyForm(request.POST)
    if not form.is_valid():
        return _money_page(request, proposal, form, status=422)
    try:
        payments.ask(
            proposal,
            form.cleaned_data["amount"],
            form.cleaned_data["purpose"],
            user=request.user,
            form_key=form_key(form.cleaned_data["shown_at"] + proposal.key),
            request=request,
        )
    except payments.NotNowError:
        messages.info(request, _("Meanwhile the case has gone on. Nothing was asked for."))
        return redirect(proposal)
    except payments.TooMuchError as error:
        for message in error.messages:
            form.add_error("amount", message.text)
        return _money_page(request, proposal, form, status=422)
    messages.success(request, _("You have asked for the money. The coordination answers you."))
    return redirect("proposals:grant", proposal.key)


def _money_page(request, proposal, form, *, status=200):
    context = {"proposal": proposal, "form": form, "left": payments.left(proposal)}
    return render(request, "proposals/ask_for_money.html", context, status=status)
