"""Answering a request for money: paid on a day, or refused with a reason."""

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from projects.proposals import grants, payments
from projects.proposals.forms.payments import NotedForm, PaidForm, RefusedForm
from projects.proposals.views.drafts import form_key

from .access import CHANGE, case_page


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(CHANGE)
def pay(request, proposal, number):
    row = get_object_or_404(proposal.disbursements, pk=number)
    form = PaidForm(request.POST or None)
    if not form.is_valid():
        return _page(request, proposal, row, form, _("Note the payment"))

    def take():
        payments.pay(row, paid_on=form.cleaned_data["paid_on"], user=request.user, request=request)

    return _answered(request, proposal, row, form, take, _("Note the payment"))


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(CHANGE)
def refuse(request, proposal, number):
    row = get_object_or_404(proposal.disbursements, pk=number)
    form = RefusedForm(request.POST or None)
    if not form.is_valid():
        return _page(request, proposal, row, form, _("Refuse the request"))

    def take():
        payments.refuse(row, form.cleaned_data["answer"], user=request.user, request=request)

    return _answered(request, proposal, row, form, take, _("Refuse the request"))


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(CHANGE)
def note(request, proposal):
    """A payment that nobody has asked for: a first instalment, or the rest at the end."""
    title = _("Note a payment")
    if not payments.may_be_paid(proposal):
        messages.info(request, _("No money is paid in this state of the case."))
        return redirect("admin:proposal_case", proposal.key)
    if request.method != "POST":
        initial = {"shown_at": timezone.now().isoformat(), "amount": payments.left(proposal)}
        return _page(request, proposal, None, NotedForm(initial=initial), title)
    form = NotedForm(request.POST)
    if not form.is_valid():
        return _page(request, proposal, None, form, title)
    said = form.cleaned_data

    def take():
        payments.note(
            proposal,
            said["amount"],
            said["purpose"],
            paid_on=said["paid_on"],
            user=request.user,
            form_key=form_key(said["shown_at"] + proposal.key),
            request=request,
        )

    return _answered(request, proposal, None, form, take, title)


def _answered(request, proposal, row, form, take, title):
    try:
        take()
    except payments.AnsweredError as error:
        messages.info(
            request,
            _("This request was answered already: %(state)s.")
            % {"state": error.disbursement.get_state_display()},
        )
    except payments.NotNowError:
        messages.info(request, _("No money is paid in this state of the case."))
    except payments.TooMuchError:
        form.add_error(None, _("That is more than what is left of the grant."))
        return _page(request, proposal, row, form, title)
    except grants.FundEmptyError:
        form.add_error(None, _("The fund of the city does not hold that much any more."))
        return _page(request, proposal, row, form, title)
    else:
        messages.success(request, _("Noted. The organisation gets an e-mail."))
    return redirect("admin:proposal_case", proposal.key)


def _page(request, proposal, row, form, title):
    context = {
        **admin.site.each_context(request),
        "title": title,
        "proposal": proposal,
        "row": row,
        "form": form,
        "acceptance": getattr(proposal, "acceptance", None),
        "paid": grants.paid(proposal),
        "left": payments.left(proposal),
        "granted": grants.final_grant(proposal),
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "proposals/office/payment.html", context, status=status)
