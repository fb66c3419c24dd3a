"""Choosing pictures of the proposal for its public project, each with its rights."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from projects.models import Project
from projects.proposals import project_pictures as rules
from projects.proposals.forms.pictures import TakePictureForm

from .access import CHANGE, case_page


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(CHANGE)
def pictures(request, proposal):
    if proposal.project is None:
        raise Http404
    if not rules.may_take(proposal, request.user):
        raise PermissionDenied
    found = rules.found(proposal)
    sent = request.POST if request.method == "POST" else None
    # Also of those taken already: the button may have been pressed twice.
    forms = [TakePictureForm(sent, enclosure=row) for row in found]
    if sent is None:
        return _page(request, proposal, forms)
    chosen = [form for form in forms if form.is_chosen]
    fresh = [form for form in chosen if not hasattr(form.enclosure, "taken")]
    if not chosen:
        return _page(request, proposal, forms, is_none_chosen=True, status=422)
    # Each is looked at, so that all refusals stand on one page.
    if [form for form in fresh if not form.is_valid()]:
        return _page(request, proposal, forms, status=422)
    n = rules.take(proposal, fresh, user=request.user, request=request)
    _say(request, n)
    return redirect("admin:projects_project_change", proposal.project_id)


def _say(request, n):
    if not n:
        messages.info(request, _("These pictures were taken over already."))
        return
    words = ngettext(
        "%(n)s picture was taken over and stands at the project.",
        "%(n)s pictures were taken over and stand at the project.",
        n,
    )
    messages.success(request, words % {"n": n})


def _page(request, proposal, forms, *, is_none_chosen=False, status=200):
    open_forms = [form for form in forms if not hasattr(form.enclosure, "taken")]
    context = {
        **admin.site.each_context(request),
        "title": _("Pictures for the public project"),
        "proposal": proposal,
        "forms": open_forms,
        "refused": [form for form in open_forms if form.errors],
        "taken": [form.enclosure for form in forms if hasattr(form.enclosure, "taken")],
        "at_project": set(proposal.project.project_pictures.values_list("picture", flat=True)),
        "is_none_chosen": is_none_chosen,
        "is_public": proposal.project.state == Project.State.PUBLISHED,
    }
    template = "proposals/office/project_pictures.html"
    return TemplateResponse(request, template, context, status=status)
