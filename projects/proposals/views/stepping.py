"""The page of a step, for both sides: what will happen, what is asked, one button."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from offenbach_wir.models import User
from projects.proposals import case, grants, needs, steps
from projects.proposals.forms import step_forms


def page(request, proposal, key, *, template, context, done):
    """GET shows the page, POST takes the step and leads to `done`.

    A case that has gone on meanwhile is explained with 409, what is missing with 422; what was
    typed stays on the page.
    """
    step = case.STEPS[key]
    if not steps.may_take(step, proposal, request.user):
        raise PermissionDenied
    form_class = step_forms.form_class_of(step)
    options = {"proposal": proposal, "step": step, "user": request.user}
    if request.method == "POST":
        form = form_class(request.POST, request.FILES, **options)
        if form.is_valid():
            return _take(request, proposal, step, form, template, context, done)
        return _shown(request, proposal, step, form, template, context, status=422)
    if not step.starts_from(proposal.state):
        return _stale(request, proposal, step, form_class(**options), template, context)
    return _shown(request, proposal, step, form_class(**options), template, context)


def _take(request, proposal, step, form, template, context, done):
    try:
        _taken(request, proposal, step, form)
    except steps.StaleError as error:
        return _stale(request, error.proposal, step, form, template, context)
    except steps.LockedError as error:
        form.add_error(None, _locked_words(step, error))
    except steps.MissingError as error:
        for gap in error.gaps:
            form.add_error(None, _linked(gap, proposal))
    except grants.FundEmptyError:
        form.add_error(None, _("The fund of the city does not hold that much any more."))
    except ValidationError as error:
        # What only the work itself finds out: a disk that is full.
        form.add_error(None, error)
    else:
        messages.success(request, step.done)
        return redirect(done)
    return _shown(request, proposal, step, form, template, context, status=422)


def _taken(request, proposal, step, form):
    try:
        with transaction.atomic():
            steps.take(
                step.key,
                proposal,
                user=request.user,
                seen=form.cleaned_data["seen"],
                reason=form.reason,
                work=form.work,
                request=request,
                **form.detail,
            )
    except BaseException:
        form.undo()
        raise


def _linked(gap, proposal):
    """The sentence, as a link where it can be met on a page of its own."""
    if not gap.page:
        return str(gap)
    return format_html('<a href="{}">{}</a>', reverse(gap.page, args=[proposal.key]), str(gap))


def _locked_words(step, error):
    """Why a case is locked is for colleagues only."""
    if step.actor != case.Actor.WRITERS:
        return _("The case is locked: %(why)s") % {"why": error.because}
    return _("The city has locked this case for the time being. Please write to us.")


def _shown(request, proposal, step, form, template, context, *, status=200):
    missing = []
    if not form.is_bound:
        missing = needs.missing_before(step, proposal, request.user)
    return render(
        request,
        template,
        {
            **context(request),
            "title": step.words,
            "proposal": proposal,
            "step": step,
            "form": form,
            "missing": missing,
            "stale": None,
        },
        status=status,
    )


def _stale(request, proposal, step, form, template, context):
    """Somebody was faster: who, when and what, and the way on."""
    last = steps.last_of(proposal)
    who = User.objects.filter(pk=last.actor_id).first() if last and last.actor_id else None
    stale = {
        "state": proposal.get_state_display(),
        "at": last.at if last else None,
        "by_me": who is not None and who == request.user,
        # Colleagues are named to colleagues only.
        "who": who if request.user.is_staff else None,
        "done": case.STEPS[last.detail["step"]].done if last else "",
    }
    return render(
        request,
        template,
        {
            **context(request),
            "title": step.words,
            "proposal": proposal,
            "step": step,
            "form": form,
            "missing": [],
            "stale": stale,
        },
        status=409,
    )
