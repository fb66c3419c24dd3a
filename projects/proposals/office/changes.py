"""Notices of changes: what they do to the grant, and the city's answer."""

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from projects.proposals import changes, reports
from projects.proposals.forms.changes import AnswerForm
from projects.proposals.models import ChangeNotice

from .access import CHANGE, VIEW, case_page

State = ChangeNotice.State


@require_safe
@case_page(VIEW)
def change(request, proposal, number):
    notice = get_object_or_404(proposal.changes, pk=number)
    return _page(request, proposal, notice, None, _("Notice of a change"))


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(CHANGE)
def agree(request, proposal, number):
    return _answer(request, proposal, number, State.AGREED, _("Agree to the change"))


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(CHANGE)
def refuse(request, proposal, number):
    return _answer(request, proposal, number, State.REFUSED, _("Refuse the change"))


def _answer(request, proposal, number, state, title):
    notice = get_object_or_404(proposal.changes, pk=number)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, proposal, notice, form, title)
    try:
        notice = changes.answer(
            notice, state, form.cleaned_data["answer"], user=request.user, request=request
        )
    except changes.AnsweredError as error:
        messages.info(
            request,
            _("This notice was answered already: %(state)s.")
            % {"state": error.notice.get_state_display()},
        )
    else:
        messages.success(request, _("Your answer was sent."))
    return redirect("admin:proposal_change", proposal.key, notice.pk)


def _page(request, proposal, notice, form, title):
    effect = plan = None
    if notice.rows is not None:
        effect = changes.effect_of(proposal, notice.rows, notice=notice)
        effect = effect and effect.for_office
        plan = reports.comparison_of(proposal, notice)
    context = {
        **admin.site.each_context(request),
        "title": title,
        "proposal": proposal,
        "notice": notice,
        "effect": effect,
        "tables": plan,
        "form": form,
        "may_answer": request.user.has_perm(CHANGE) and notice.state == State.ASKED,
        "may_amend": request.user.has_perm(CHANGE) and changes.needs_amendment(notice),
    }
    status = 422 if form is not None and form.is_bound else 200
    return TemplateResponse(request, "proposals/office/change.html", context, status=status)
