"""Enclosures: upload, replace, remove, download."""

import functools

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offenbach_wir import private_files, rate_limits
from projects.proposals import files, saving, unsent
from projects.proposals import whole as wholes
from projects.proposals.forms.enclosures import UploadForm
from projects.proposals.models import Enclosure, Proposal
from projects.proposals.questions import SectionKey

from .access import readable, writable
from .writing import after, closed_answer, frame


@require_http_methods(["GET", "HEAD", "POST"])
@writable(SectionKey.ENCLOSURES)
def upload(request, proposal):
    if request.method != "POST":
        return _page(request, proposal, UploadForm(initial={"kind": request.GET.get("kind")}))
    rate_limits.count("upload", f"account {request.user.pk}")
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, proposal, form, status=422)
    problems, stored = [], 0
    replaced = _to_replace(request, proposal)
    for chosen in form.cleaned_data["files"]:
        try:
            row = files.take_in(
                Enclosure,
                chosen,
                kind=form.cleaned_data["kind"],
                user=request.user,
                request=request,
                inside=functools.partial(_make_room, request, proposal, chosen.size, replaced),
                proposal=proposal,
                replaces=replaced,
            )
        except saving.ClosedError:
            return closed_answer(request, proposal)
        except ValidationError as error:
            problems.append((chosen.name[:80], " ".join(error.messages)))
            continue
        if row.is_infected:
            problems.append((row.name, _("A virus was found in this file. It was not kept.")))
        else:
            stored += 1
            replaced = None
    if stored:
        messages.success(
            request,
            ngettext("%(n)s file was uploaded.", "%(n)s files were uploaded.", stored)
            % {"n": stored},
        )
    if problems:
        return _page(request, proposal, form, status=422, problems=problems)
    return redirect("proposals:enclosures", proposal.key)


def _to_replace(request, proposal):
    key = request.POST.get("replaces", "").replace("\x00", "")[:32]
    return Enclosure.objects.current().filter(proposal=proposal, key=key).first() if key else None


def _make_room(request, proposal, size, replaced):
    """Takes the section, so that two uploads at once are counted one after the other.

    The right is asked again, because it may have gone while the file was on its way; infected files
    are not kept and take no room.
    """
    saving.lock(proposal, SectionKey.ENCLOSURES, request.user)
    if not Proposal.objects.writable_by(request.user).filter(pk=proposal.pk).exists():
        raise PermissionDenied
    there = Enclosure.objects.current().filter(proposal=proposal).exclude(file="")
    if replaced is not None:
        there = there.exclude(pk=replaced.pk)
    if there.count() >= files.MOST_FILES:
        raise ValidationError(
            _("A proposal has at most %(n)s files. Please remove one first.")
            % {"n": files.MOST_FILES}
        )
    used = there.aggregate(n=Sum("size"))["n"] or 0
    if used + size > files.MOST_BYTES:
        raise ValidationError(
            _("All files together have at most %(n)s MB. Please remove one first.")
            % {"n": files.MOST_BYTES // (1024 * 1024)}
        )


def _page(request, proposal, form, *, status=200, problems=()):
    whole = wholes.read(proposal)
    context = {
        "form": form,
        "proposal": proposal,
        "section": SectionKey.ENCLOSURES,
        "whole": whole,
        "missing": whole.missing_kinds,
        "problems": problems,
        "replaces": _replaced(request, whole),
        "most_files": files.MOST_FILES,
        "most_megabytes": files.MOST_BYTES // (1024 * 1024),
        "next_address": after(proposal, SectionKey.ENCLOSURES, stay=False),
        **frame(proposal, SectionKey.ENCLOSURES),
    }
    return render(request, "proposals/enclosures.html", context, status=status)


def _replaced(request, whole):
    """The file that the next upload takes the place of, if one was named."""
    key = request.GET.get("replaces") or request.POST.get("replaces")
    return next((file for file in whole.enclosures if file.key == key), None)


@require_safe
@readable
def download(request, proposal, file):
    found = get_object_or_404(Enclosure, proposal=proposal, key=file)
    is_shown = (
        found.removed_at is None
        or proposal.versions.naming(found).exists()
        or unsent.names(proposal, found, timezone.now())
    )
    if not is_shown or not found.may_be_passed_on:
        raise Http404
    return private_files.attachment(found.file, found.name, found.content_type)


@require_POST
@writable(SectionKey.ENCLOSURES)
def remove(request, proposal, file):
    found = get_object_or_404(Enclosure, proposal=proposal, key=file)
    try:
        with transaction.atomic():
            saving.lock(proposal, SectionKey.ENCLOSURES, request.user)
            files.remove(found, user=request.user, request=request)
    except saving.ClosedError:
        return closed_answer(request, proposal)
    messages.success(request, _("The file was removed."))
    return redirect("proposals:enclosures", proposal.key)
