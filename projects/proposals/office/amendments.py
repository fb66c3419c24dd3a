"""The pages on which a grant is changed: record an amendment, look at it, confirm or drop it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.proposals import amendments as rules
from projects.proposals import changes, grants
from projects.proposals.forms.amendments import AmendForm

from .access import CHANGE, VIEW, case_page

CONFIRM = "proposals.change_decision"


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(CHANGE)
def amend(request, proposal):
    grant = grants.grant_of(proposal)
    if grant is None or not rules.may_be_changed(proposal):
        messages.error(request, _("There is no grant that could be changed now."))
        return redirect("admin:proposal_case", proposal.key)
    is_sent = request.method == "POST"
    notice = changes.to_amend(proposal, request.GET.get("change"))
    form = AmendForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        proposal=proposal,
        grant=grant,
        suggested=changes.suggested(notice),
    )
    if is_sent and form.is_valid() and _is_recorded(request, proposal, form, notice):
        return redirect("admin:proposal_case", proposal.key)
    context = {
        **admin.site.each_context(request),
        "title": _("Record an amendment"),
        "proposal": proposal,
        "grant": grant,
        "form": form,
    }
    return TemplateResponse(
        request, "proposals/office/amend.html", context, status=422 if is_sent else 200
    )


def _is_recorded(request, proposal, form, notice):
    try:
        amendment = rules.record(
            proposal,
            seen=form.cleaned_data["seen"],
            user=request.user,
            may_grow=form.cleaned_data["may_grow"],
            request=request,
            change=notice,
            **form.changes(),
        )
    except BaseException as error:
        form.undo()
        if (sentence := _sentence(error)) is None:
            raise
        form.add_error(None, sentence)
        return False
    if amendment.in_force_at is None:
        messages.success(
            request, _("The amendment is prepared. It counts once somebody else confirms it.")
        )
    else:
        messages.success(request, _("The amendment counts from now on. The organisation knows."))
    return True


def _sentence(error):
    """What to say about it, or None where it is none of the expected ones."""
    if isinstance(error, ValidationError):
        return error
    sentences = {
        rules.StaleError: _(
            "Somebody has changed this grant since you opened the page. Please look at the case."
        ),
        rules.NotPossibleError: _("There is no grant that could be changed now."),
        grants.GrowsError: _("Higher costs do not raise a grant; only a new decision does."),
        grants.FundEmptyError: _(
            "The fund of the city does not hold that much any more, or more was paid already than "
            "the grant would be."
        ),
    }
    return sentences.get(type(error))


@require_safe
@case_page(VIEW)
def amendment(request, proposal):
    return _page(request, proposal)


def _page(request, proposal, problems=(), *, status=200):
    waiting = grants.amendment_of(proposal)
    if waiting is None and not problems:
        raise Http404
    may_confirm = request.user.has_perm(CONFIRM)
    context = {
        **admin.site.each_context(request),
        "title": _("Amendment of the grant"),
        "proposal": proposal,
        "amendment": waiting,
        "fund_after": waiting.fund.left - waiting.amount + waiting.amends.amount
        if waiting and waiting.fund
        else None,
        "problems": problems,
        "missing": rules.gaps_of(proposal, waiting, request.user, timezone.now())
        if waiting and may_confirm
        else [],
        "may_confirm": may_confirm,
        "may_drop": request.user.has_perm(CHANGE) or may_confirm,
    }
    return TemplateResponse(request, "proposals/office/amendment.html", context, status=status)


@require_POST
@case_page(VIEW)
def confirm(request, proposal):
    if not request.user.has_perm(CONFIRM):
        raise PermissionDenied
    try:
        rules.confirm(
            proposal, seen=request.POST.get("seen", ""), user=request.user, request=request
        )
    except rules.MissingError as error:
        return _page(request, proposal, error.gaps, status=422)
    except (rules.StaleError, rules.NotPossibleError, grants.FundEmptyError) as error:
        status = 422 if isinstance(error, grants.FundEmptyError) else 409
        return _page(request, proposal, [_sentence(error)], status=status)
    messages.success(request, _("The amendment counts from now on. The organisation knows."))
    return redirect("admin:proposal_case", proposal.key)


@require_POST
@case_page(VIEW)
def drop(request, proposal):
    if not (request.user.has_perm(CONFIRM) or request.user.has_perm(CHANGE)):
        raise PermissionDenied
    rules.drop(proposal, user=request.user, request=request)
    messages.success(request, _("The amendment was taken back. The grant stays as it is."))
    return redirect("admin:proposal_case", proposal.key)
