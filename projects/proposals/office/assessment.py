"""Declaring a conflict of interest or none, and scoring: each person for themselves."""

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from projects.proposals import assessing, phases
from projects.proposals.forms.office import DeclarationForm, ScoresForm

from .access import case_page

DECLARE, SCORE = "proposals.add_conflictdeclaration", "proposals.add_score"


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(DECLARE)
def declare(request, proposal):
    if proposal.is_draft:
        raise Http404
    declaration = assessing.declaration_of(proposal, request.user)
    form = DeclarationForm(request.POST or None, declaration=declaration)
    if form.is_valid():
        assessing.declare(
            proposal,
            user=request.user,
            has_conflict=form.has_conflict,
            reason=form.cleaned_data["reason"],
            request=request,
        )
        messages.success(request, _("Your declaration was stored."))
        return redirect("admin:proposal_case", proposal.key)
    context = {
        **admin.site.each_context(request),
        "title": _("Conflict of interest"),
        "proposal": proposal,
        "form": form,
        "declaration": declaration,
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "proposals/office/declare.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(SCORE)
def score(request, proposal):
    form = ScoresForm(
        request.POST if request.method == "POST" else None,
        criteria=list(assessing.criteria_of(proposal)),
        scores=assessing.own_scores(proposal, request.user),
    )
    if request.method != "POST":
        return _scores_page(request, proposal, form)
    if not form.is_valid():
        return _scores_page(request, proposal, form, status=422)
    try:
        assessing.score(proposal, form.given, user=request.user, request=request)
    except phases.ClosedError as error:
        return _scores_page(request, proposal, form, closed=str(error), status=409)
    except assessing.NotFreeError:
        return _scores_page(request, proposal, form, status=409)
    messages.success(request, _("Your scores were stored."))
    return redirect("admin:proposal_case", proposal.key)


def _scores_page(request, proposal, form, *, closed="", status=200):
    declaration = assessing.declaration_of(proposal, request.user)
    context = {
        **admin.site.each_context(request),
        "title": _("My scores"),
        "proposal": proposal,
        "form": form,
        "hindrance": assessing.hindrance_of(declaration),
        "others": list(assessing.who_else(proposal, "add_score", request.user))
        if declaration and declaration.has_conflict
        else [],
        "closed": closed or phases.closed_because(phases.Work.SCORES, proposal),
    }
    return TemplateResponse(request, "proposals/office/scores.html", context, status=status)
