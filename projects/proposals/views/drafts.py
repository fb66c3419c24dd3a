"""The own proposals: the list, a new one, and throwing a draft away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from offenbach_wir import languages
from programs.models import FundingLine, FundingTerms
from projects.models import SpokenLanguage
from projects.proposals import copying, removal, submission
from projects.proposals.forms.drafts import NewProposalForm
from projects.proposals.models import Applicant, Proposal

from .access import while_a_draft

A_PAGE = 20


@require_safe
@login_required
def own(request):
    rows = Proposal.objects.visible_to(request.user).for_lists()
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    applicants = Applicant.objects.of(request.user).select_related("organisation")
    return render(request, "proposals/own.html", {"page": page, "applicants": applicants})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request):
    """Nobody without an organisation begins; whoever has a draft is asked before a second one."""
    if not Applicant.objects.writable_by(request.user).exists():
        return redirect("proposals:register")
    drafts = Proposal.objects.writable_by(request.user).drafts().for_lists()[:5]
    if request.method == "POST":
        form = NewProposalForm(request.POST, user=request.user, drafts=drafts)
        if again := _begun_by(form):
            return redirect(again)
        if form.is_valid():
            try:
                return redirect(_begin(request, form))
            except submission.NotPossibleError:
                return redirect("proposals:own")
    else:
        form = NewProposalForm(initial=_first_answers(request), user=request.user, drafts=drafts)
    context = {"form": form, "drafts": drafts}
    return render(request, "proposals/new.html", context, status=422 if form.errors else 200)


def _first_answers(request):
    language = SpokenLanguage.objects.filter(code=languages.active()).first()
    key = request.GET.get("earlier", "").replace("\x00", "")
    earlier = Proposal.objects.visible_to(request.user).filter(key=key)
    found = earlier.first()
    mine = Applicant.objects.writable_by(request.user)
    return {
        "applicant": found.applicant_id if found else mine.values_list("pk", flat=True).first(),
        "language": language,
        "earlier": found,
        "line": request.GET.get("line", "")[:50],
    }


def _begun_by(form):
    """The draft that this very form began before, when its button is pressed twice."""
    key = form.data.get("shown_at", "")
    return Proposal.objects.filter(started_by_form=form_key(key)).first() if key else None


def form_key(shown_at):
    """A short name for the form that was shown; each showing has its own."""
    from projects.proposals.snapshot import checksum_of

    return checksum_of(shown_at)


def _begin(request, form):
    answers = form.cleaned_data
    key = form_key(form.data.get("shown_at", ""))
    if answers.get("earlier"):
        return copying.start_from(
            answers["earlier"],
            user=request.user,
            form_key=key,
            title=answers["title"],
            request=request,
        )
    return submission.start(
        applicant=answers["applicant"],
        language=answers["language"],
        user=request.user,
        form_key=key,
        title=answers["title"],
        line=_line(answers["line"]),
        request=request,
    )


def _line(slug):
    """The line chosen on the page before, if it takes proposals today."""
    if not slug:
        return None
    terms = FundingTerms.objects.open_for_proposals(timezone.localdate())
    return FundingLine.objects.filter(slug=slug, pk__in=terms.values("line")).first()


@require_http_methods(["GET", "HEAD", "POST"])
@while_a_draft
def delete(request, proposal):
    if request.method == "POST":
        try:
            removal.delete_draft(proposal, user=request.user, request=request)
        except removal.NotPossibleError:
            messages.error(request, _("This proposal cannot be deleted. Please write to us."))
            return redirect(proposal)
        messages.success(request, _("The draft was deleted."))
        return redirect("proposals:own")
    return render(request, "proposals/delete.html", {"proposal": proposal})
