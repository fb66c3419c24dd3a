"""The check before handing in, the receipt, and taking back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from offenbach_wir import events, private_files, rate_limits
from offenbach_wir.models import Event
from projects.proposals import (
    completeness,
    document,
    early_start,
    exports,
    financing,
    snapshot,
    stored_pdf,
    submission,
    versions,
)
from projects.proposals import whole as wholes

from .access import for_writers, readable, while_a_draft
from .writing import address_of


@require_safe
@while_a_draft
def check(request, proposal):
    return _check_page(request, proposal)


@require_POST
@while_a_draft
def submit(request, proposal):
    try:
        submission.hand_in(proposal, user=request.user, request=request)
    except submission.IncompleteError:
        return _check_page(request, proposal, status=422)
    except submission.TooLateError:
        return _check_page(request, proposal, status=409)
    except submission.NotPossibleError:
        return redirect(proposal)
    return redirect("proposals:receipt", proposal.key)


def _check_page(request, proposal, *, status=200):
    now = timezone.now()
    whole = wholes.read(proposal)
    result = financing.check(whole)
    gaps = completeness.gaps_of(whole, result)
    deadline = submission.deadline_of(proposal, whole.terms, now)
    data = snapshot.of(whole)
    context = {
        "proposal": proposal,
        "gaps": [(gap, address_of(proposal, gap.section)) for gap in gaps],
        "parts": [
            (part, address_of(proposal, part.section))
            for part in document.parts_of(data, proposal.contact)
        ],
        "data": data,
        "plan_tables": document.plan_of(data),
        "declarations": document.declarations_of(data),
        "result": result,
        "deadline": deadline,
        "start_warning": early_start.warning_of(
            proposal, now, last_day=deadline.last_day if deadline else None
        ),
        "may_hand_in": not gaps and not (deadline and deadline.is_refused),
    }
    return render(request, "proposals/check.html", context, status=status)


def _version_of(proposal, number=None):
    """The newest version, or the one of that number (404)."""
    if number is not None:
        return versions.of(proposal, number)[0]
    version = proposal.versions.first()
    if version is None:
        raise Http404
    return version


def _change_to(version):
    """What is different from the version before; None for the first."""
    if version.number == 1:
        return None
    return versions.compared(version.proposal, version.number - 1, version.number)


@require_safe
@readable
def receipt(request, proposal, number=None):
    version = _version_of(proposal, number)
    data = version.data
    context = {
        "proposal": proposal,
        "version": version,
        "newest": proposal.versions.first().number,
        "differences": _change_to(version),
        "data": data,
        "parts": document.parts_of(data, version.contact),
        "plan_tables": document.plan_of(data),
        "declarations": document.declarations_of(data),
        "role": proposal.applicant.role_of(request.user),
        "has_pdf": bool(version.pdf) or stored_pdf.is_quickly_made(version),
    }
    return render(request, "proposals/receipt.html", context)


@require_safe
@readable
def pdf(request, proposal):
    """The PDF made after handing in; while it is being made, the page says so."""
    version = _version_of(proposal)
    if not stored_pdf.ready(version):
        messages.info(request, _("The PDF is being made. Please try again in a minute."))
        return redirect("proposals:receipt", proposal.key)
    name = f"{proposal.reference}.pdf"
    return private_files.attachment(version.pdf, name, "application/pdf")


@require_safe
@readable
def everything(request, proposal, number=None):
    """All of it in one file to keep: answers, plan, files, and the PDF where there is one."""
    version = proposal.versions.first() if number is None else _version_of(proposal, number)
    rate_limits.count("export", f"account {request.user.pk}")
    events.record(Event.Kind.EXPORTED, request=request, subject=proposal)
    return exports.everything(version or proposal)


@require_POST
@for_writers
def withdraw(request, proposal):
    if request.POST.get("sure") != "yes":
        return render(request, "proposals/withdraw.html", {"proposal": proposal}, status=422)
    try:
        submission.withdraw(proposal, user=request.user, request=request)
    except submission.NotPossibleError:
        return redirect(proposal)
    messages.success(request, _("The proposal was withdrawn."))
    return redirect(proposal)
