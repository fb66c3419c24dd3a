"""The waiting list: tell me when an (earlier) time becomes free."""

from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations import waiting
from consultations.availability import Wish
from consultations.forms import WaitingForm
from consultations.models import WaitingEntry
from consultations.models.waiting import waiting_entry_by_token
from consultations.visits import Visit
from offenbach_wir import languages
from offenbach_wir.rate_limits import count, limited

from .appointment import own


@require_http_methods(["GET", "HEAD", "POST"])
@limited("booking")
def join(request):
    """For people without an appointment; the wish stands in the address as with the times."""
    wish = Wish.from_answers(request.GET.dict())
    if wish is None:
        return redirect(reverse("consultations:talk", query=request.GET.dict()))
    request.personal = True
    form = WaitingForm(request.POST or None)
    if form.is_valid():
        contact = form.cleaned_data["email"].casefold() or form.cleaned_data["phone"]
        count("booking_contact", contact)
        with transaction.atomic():
            if form.is_first_sending():
                entry = waiting.join(_entry(wish, form.cleaned_data))
                Visit(request).admit_entry(entry)
        return redirect("consultations:waiting_entry")
    wish.read_texts()
    return render(request, "consultations/waiting.html", {"form": form, "wish": wish})


def _entry(wish, typed):
    return WaitingEntry(
        concern=wish.concern,
        channel=wish.channel,
        language=wish.language,
        needs_interpreter=wish.needs_interpreter,
        written_language=languages.active(),
        **{name: typed[name] for name in ("name", "email", "phone")},
    )


@require_POST
@own
def earlier(request, visit, found):
    """Tell me if an earlier time than my appointment becomes free."""
    if found.is_standing() and found.email:
        waiting.join_with(found)
    return redirect(found)


@require_safe
@limited("booking_link", when=lambda request: True)
def link(request, token):
    found = waiting_entry_by_token(token)
    if found is None or found.ends_at <= timezone.now():
        response = render(request, "consultations/link_over.html", {}, status=404)
    else:
        Visit(request).admit_entry(found, by_link=True)
        response = redirect("consultations:waiting_entry")
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def entry(request):
    visit = Visit(request)
    found = visit.entry
    if found is None:
        return render(request, "consultations/link_needed.html", {}, status=404)
    context = {
        "entry": found,
        "may_confirm": visit.entry_by_link and found.confirmed_at is None and bool(found.email),
        "times_url": reverse("consultations:times") + Wish.of(found).query,
    }
    return render(request, "consultations/waiting_entry.html", context)


@require_POST
def confirm(request):
    visit = Visit(request)
    if visit.entry and visit.entry_by_link:
        waiting.confirm(visit.entry)
    return redirect("consultations:waiting_entry")


@require_POST
def leave(request):
    visit = Visit(request)
    if found := visit.entry:
        found.delete()
    return redirect("consultations:waiting_left")


@require_safe
def left(request):
    return render(request, "consultations/waiting_left.html", {})
