"""Pages of an organisation: register, see, change, delete."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from offenbach_wir import rate_limits
from programs.models import FundingTerms
from projects.proposals import applicants
from projects.proposals.forms.applicants import ApplicantForm
from projects.proposals.models import Paper, Proposal

from .applicant_access import owned, readable, writable


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def register(request):
    form = ApplicantForm(
        request.POST if request.method == "POST" else None,
        initial={"contact_name": request.user.name, "contact_email": request.user.email},
    )
    if form.is_valid():
        rate_limits.count("organisation", f"account {request.user.pk}")
        applicant = applicants.register(form, owner=request.user, request=request)
        return redirect(applicant or "proposals:own")
    return render(request, "proposals/applicant_form.html", {"form": form})


@require_safe
@readable
def detail(request, applicant):
    today = timezone.localdate()
    terms = FundingTerms.objects.open_for_proposals(today).filter(applicant_kinds=applicant.kind)
    return render(
        request,
        "proposals/applicant.html",
        {
            "applicant": applicant,
            "languages": applicant.languages.with_texts(),
            "open_terms": terms.for_pages(),
            "papers": _papers(applicant),
            "proposals": Proposal.objects.filter(applicant=applicant).for_lists(),
        },
    )


def _papers(applicant):
    rows = Paper.objects.current().filter(applicant=applicant).select_related("kind")
    return rows.prefetch_related("kind__translations")


@require_http_methods(["GET", "HEAD", "POST"])
@writable
def edit(request, applicant):
    form = ApplicantForm(request.POST if request.method == "POST" else None, instance=applicant)
    differences = []
    if form.is_valid():
        try:
            applicants.change(form)
        except applicants.StaleFormError as stale:
            differences = form.differences(stale.current)
            form.show_again(stale.current.version)
        else:
            messages.success(request, _("Saved."))
            return redirect(applicant)
    return render(
        request,
        "proposals/applicant_form.html",
        {"form": form, "applicant": applicant, "differences": differences},
        status=409 if differences else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@owned
def delete(request, applicant):
    """Asks first; once something was handed in, says why it stays."""
    may_go = applicants.may_go(applicant)
    if request.method == "POST" and may_go:
        name = applicant.name
        try:
            applicants.delete(applicant, by=request.user, request=request)
        except applicants.CannotGoError:
            may_go = False
        else:
            messages.success(request, _("“%s” and everything written for it is deleted.") % name)
            return redirect("account")
    return render(
        request,
        "proposals/applicant_delete.html",
        {
            "applicant": applicant,
            "may_go": may_go,
            "drafts": applicant.proposals.drafts().count(),
        },
        status=409 if request.method == "POST" else 200,
    )
