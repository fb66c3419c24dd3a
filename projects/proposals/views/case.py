"""One proposal at a glance: sections, deadline, what happened, messages."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from icalendar import Calendar
from icalendar import Event as CalendarEvent

from offenbach_wir import rate_limits
from projects.proposals import (
    completeness,
    copying,
    early_start,
    financing,
    messaging,
    submission,
    supplements,
    timeline,
)
from projects.proposals import whole as wholes
from projects.proposals.forms.drafts import MessageForm
from projects.proposals.models import Proposal
from projects.proposals.models.applicants import Role
from projects.proposals.questions import SectionKey

from . import unsaved
from .access import for_writers, readable
from .drafts import form_key
from .grant import offered
from .writing import address_of


@require_safe
@readable
def overview(request, proposal):
    typed = unsaved.take(request)
    if typed is not None:
        messages.info(
            request, _("You are signed in again. Your message is here, but not sent yet.")
        )
    return _page(request, proposal, MessageForm(typed))


def _page(request, proposal, form, *, status=200):
    now = timezone.now()
    whole = wholes.read(proposal)
    result = financing.check(whole)
    open_sections = proposal.open_sections
    gaps, _elsewhere = supplements.gaps_of(whole, open_sections, result)
    states = completeness.states_of(whole, gaps)
    deadline = submission.deadline_of(proposal, whole.terms, now)
    role = proposal.applicant.role_of(request.user)
    context = {
        "proposal": proposal,
        "role": role,
        "may_write": proposal.is_draft and proposal.may_be_written_by(request.user),
        "supplement": proposal.open_supplement,
        "unsent": list(proposal.supplements.with_unsent(now)),
        "may_supply": not proposal.is_draft and proposal.may_be_written_by(request.user),
        "sections": [
            {
                "key": key,
                "name": address_of(proposal, key),
                "state": states[key],
                "gaps": sum(gap.section == key for gap in gaps),
            }
            for key in SectionKey
            if key in open_sections
        ],
        "n_done": sum(state is completeness.SectionState.DONE for state in states.values()),
        "result": result,
        "deadline": deadline,
        "start_warning": early_start.warning_of(
            proposal, now, last_day=deadline.last_day if deadline else None
        )
        if proposal.is_draft or early_start.may_be_permitted(proposal)
        else None,
        "changes": copying.changes_since_earlier(proposal, result) if proposal.is_draft else [],
        "past": timeline.past_of(proposal),
        "next": timeline.next_of(proposal, gaps, deadline),
        "steps": offered(proposal) if role in (Role.OWNER, Role.EDITOR) else [],
        "letters": proposal.messages.select_related("author"),
        "form": form,
    }
    return render(request, "proposals/overview.html", context, status=status)


@require_POST
@for_writers
def write_message(request, proposal):
    rate_limits.count("proposal_message", f"account {request.user.pk}")
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, proposal, form, status=422)
    messaging.write(
        proposal,
        form.cleaned_data["text"],
        user=request.user,
        form_key=form_key(form.data.get("shown_at", "")),
        request=request,
    )
    messages.success(request, _("Your message was sent."))
    return redirect(proposal)


@require_safe
@readable
def deadline_calendar(request, proposal):
    """The last day to hand in as a file for the calendar."""
    terms = proposal.terms_on(timezone.localdate())
    deadline = submission.deadline_of(proposal, terms, timezone.now())
    if deadline is None or deadline.last_day is None:
        raise Http404
    entry = CalendarEvent()
    entry.add("uid", f"deadline-{proposal.key}@{urlsplit(settings.PORTAL_URL).hostname}")
    entry.add("dtstamp", timezone.now().astimezone(datetime.UTC))
    entry.add("dtstart", deadline.last_day)
    entry.add("dtend", deadline.last_day + datetime.timedelta(days=1))
    entry.add("summary", _("Last day: %(title)s") % {"title": proposal})
    entry.add("description", str(deadline.text))
    entry.add("url", settings.PORTAL_URL + proposal.get_absolute_url())
    calendar = Calendar()
    calendar.add("prodid", "-//Offenbach am Main//WIR portal//DE")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="frist.ics"'
    return response


@require_POST
@for_writers
def book_advice(request, proposal):
    """Leads to the free times; the talk that is booked there is about this proposal."""
    request.session[Proposal.ADVICE_IN_SESSION] = proposal.key
    return redirect("consultations:concern")
