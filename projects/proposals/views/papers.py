"""Papers of an organisation: upload, download after a permission check, remove."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offenbach_wir import private_files, rate_limits
from projects.proposals import files
from projects.proposals import papers as rules
from projects.proposals.forms.applicants import PaperForm
from projects.proposals.models import Paper

from .applicant_access import readable, writable

MEGABYTE = 1024 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
@readable
def papers(request, applicant):
    """The list for everybody in the organisation; who may write uploads here."""
    form = None
    if applicant.may_be_written:
        form = _form(request)
    elif request.method == "POST":
        raise PermissionDenied
    if form and form.is_bound:
        rate_limits.count("upload", f"account {request.user.pk}")
        if form.is_valid() and _is_kept(request, applicant, form):
            return redirect("proposals:papers", applicant.key)
    rows = Paper.objects.current().filter(applicant=applicant)
    return render(
        request,
        "proposals/papers.html",
        {
            "applicant": applicant,
            "form": form,
            "papers": rows.select_related("applicant", "kind").prefetch_related(
                "kind__translations"
            ),
        },
    )


def _is_kept(request, applicant, form):
    """Whether the paper is there now; if not, the form says why."""
    try:
        paper = rules.add(applicant, form, user=request.user, request=request)
    except rules.CameBeforeError:
        return True
    except ValidationError as error:
        form.add_error("file", error)
        return False
    if paper.is_infected:
        form.add_error("file", _("A virus was found in this file. It was not kept."))
        return False
    messages.success(request, _("The paper is kept."))
    return True


def _form(request):
    is_sent = request.method == "POST"
    return PaperForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        most_megabytes=settings.ENCLOSURE_MOST_BYTES // MEGABYTE,
    )


def _paper(applicant, filekey):
    return get_object_or_404(Paper.objects.current().filter(applicant=applicant), key=filekey)


@require_safe
@readable
def download(request, applicant, filekey):
    paper = _paper(applicant, filekey)
    if not paper.may_be_passed_on:
        raise Http404
    return private_files.attachment(paper.file, paper.name, paper.content_type)


@require_POST
@writable
def remove(request, applicant, filekey):
    paper = get_object_or_404(Paper.objects.filter(applicant=applicant), key=filekey)
    files.remove(paper, user=request.user, request=request)
    messages.success(request, _("“%s” was removed. We delete the file after 30 days.") % paper.name)
    return redirect("proposals:papers", applicant.key)
