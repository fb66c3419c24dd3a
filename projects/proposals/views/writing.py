"""Writing one section: a form that saves on its own, by button or by itself."""

import datetime

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from offenbach_wir.times import clock_in_words
from projects.proposals import completeness, questions, saving
from projects.proposals import whole as wholes
from projects.proposals.forms.sections import SectionForm
from projects.proposals.questions import SectionKey

from . import unsaved
from .access import closed_answer, is_by_itself, writable


@require_http_methods(["GET", "HEAD", "POST"])
@writable()
def section(request, proposal, section):
    section = SectionKey(section)
    stored = saving.stored_values(proposal, section)
    typed = request.POST if request.method == "POST" else unsaved.take(request)
    form = SectionForm(typed, proposal=proposal, section=section, stored=stored)
    if request.method != "POST":
        if typed is not None:
            messages.info(request, unsaved_in_words())
        return _page(request, form)
    form.full_clean()
    form.take_theirs()
    try:
        conflicts = saving.save(form, user=request.user)
    except saving.ClosedError:
        return closed_answer(request, proposal)
    if conflicts:
        return _conflict(request, form, conflicts)
    if is_by_itself(request):
        return saved_answer(form.seen_after(saved=form.cleaned_data), form.errors)
    if form.errors:
        return _page(request, form, status=422, seen=form.seen_after(saved=form.cleaned_data))
    messages.success(request, saved_in_words())
    return redirect(*after(proposal, section, stay="stay" in request.POST))


def after(proposal, section, *, stay):
    """Where saving leads: the same section, or the next one that is open."""
    if not stay:
        sections = list(SectionKey)
        following = sections[sections.index(section) + 1 :]
        section = next((key for key in following if key in proposal.open_sections), None)
    return address_of(proposal, section) if section else check_address(proposal)


def check_address(proposal):
    """Where everything is looked through before it is handed in, the first time or again."""
    name = "proposals:check" if proposal.is_draft else "proposals:supplement"
    return (name, proposal.key)


def address_of(proposal, section):
    if section == SectionKey.COSTS:
        return ("proposals:plan", proposal.key)
    if section == SectionKey.ENCLOSURES:
        return ("proposals:enclosures", proposal.key)
    return ("proposals:section", proposal.key, section.value)


def unsaved_in_words():
    return _("You are signed in again. What you typed is here, but not saved yet.")


def saved_in_words(now=None):
    moment = timezone.localtime(now or timezone.now())
    return _("Saved at %(time)s.") % {"time": clock_in_words(moment)}


def saved_answer(seen, errors):
    """For a page that saves by itself: what it remembers next, and what was not saved."""
    return JsonResponse(
        {
            "seen": seen,
            "message": saved_in_words() if not errors else _("Saved, except what is marked."),
            "errors": {name: " ".join(texts) for name, texts in errors.items()},
        }
    )


def conflict_answer(request):
    return JsonResponse(
        {
            "conflict": True,
            "message": _(
                "Somebody else changed this section meanwhile. Press “Save” to see both versions."
            ),
        },
        status=409,
    )


def _conflict(request, form, conflicts):
    if is_by_itself(request):
        return conflict_answer(request)
    shown = {conflict.name: conflict.theirs for conflict in conflicts}
    rows = [
        {
            "conflict": conflict,
            "label": form.fields[conflict.name].label,
            "mine": in_words(form, conflict.name, conflict.mine),
            "theirs": in_words(form, conflict.name, conflict.theirs),
        }
        for conflict in conflicts
    ]
    return _page(request, form, status=409, conflicts=rows, seen=form.seen_after(shown=shown))


def in_words(form, name, value):
    """A stored or typed value as people read it."""
    field = form.fields[name]
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if hasattr(field, "label_from_instance") and value:
        rows = value if isinstance(value, list) or hasattr(value, "all") else [value]
        return ", ".join(str(field.label_from_instance(row)) for row in rows)
    if name == "declared":
        return "\n".join(str(questions.Declaration(entry).label) for entry in value)
    return value or "–"


def _page(request, form, *, status=200, conflicts=(), seen=None):
    proposal, section = form.proposal, form.section
    context = {
        "form": form,
        "proposal": proposal,
        "section": section,
        "seen": seen or form.seen_after(),
        "conflicts": conflicts,
        **frame(proposal, section),
    }
    return render(request, "proposals/section.html", context, status=status)


def frame(proposal, section):
    """What stands beside every section: all sections with their states."""
    whole = wholes.read(proposal)
    states = completeness.states_of(whole, completeness.gaps_of(whole))
    open_sections = proposal.open_sections
    sections = [
        {
            "number": number,
            "key": key,
            "name": address_of(proposal, key),
            "state": states[key],
            "is_current": key == section,
            "is_open": key in open_sections,
        }
        for number, key in enumerate(SectionKey, start=1)
    ]
    row = next(row for row in proposal.sections.all() if row.key == section)
    return {
        "sections": sections,
        "open_sections": open_sections,
        "check_address": check_address(proposal),
        "supplement": proposal.open_supplement,
        "saved_row": row,
        "number": list(SectionKey).index(section) + 1,
    }


def years_of(proposal, today=None):
    """The budget years a plan may name: those of the project, else this year and the next two."""
    today = today or timezone.localdate()
    first = proposal.starts_on or today
    last = proposal.ends_on or first + datetime.timedelta(days=730)
    # An end in the past while there is no start: the year of today is all there is.
    return list(range(first.year, max(first.year, min(last.year, first.year + 9)) + 1))
