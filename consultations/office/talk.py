"""One talk in the back office, and each thing the office does with it: one address each."""

import datetime

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations import booking, mails, slots, timetable, touched
from consultations.availability import Availability, Wish
from consultations.forms import WhenForm
from consultations.models import Booking
from consultations.views.steps import ALTERNATIVES, moment_asked
from offenbach_wir import events
from offenbach_wir.mails_admin import purpose_of
from offenbach_wir.models import Event, QueuedMail
from offenbach_wir.office_pages import page_for

from . import rights

MOST_MAILS = 20


# The office books further ahead than visitors may.
OFFICE_AHEAD = datetime.timedelta(days=56)


def times_for_office(wish, now, **options):
    """The free times of the next weeks, whatever notice and window say."""
    last_day = timezone.localdate(now) + OFFICE_AHEAD
    return Availability(wish, now, last_day=last_day, for_office=True, **options).free()


class NotesForm(forms.ModelForm):
    video_link = forms.URLField(
        label=Booking._meta.get_field("video_link").verbose_name,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("For this talk only. It stands on the visitor's page."),
        widget=forms.URLInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )

    class Meta:
        model = Booking
        fields = ["office_note", "video_link"]
        widgets = {"office_note": forms.Textarea(attrs={"rows": 4, "dir": "auto"})}
        help_texts = {
            "office_note": gettext_lazy("Only colleagues see it; deleted with the talk."),
        }


class MessageForm(forms.Form):
    message = forms.CharField(
        label=gettext_lazy("Message to the visitor"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=gettext_lazy("It stands in the mail, word for word, in the language you write."),
    )


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=[(value, value.label) for value in Booking.OVER],
    )


def why(error):
    """What a refused step means for the office."""
    if isinstance(error, booking.TakenError):
        return _("This time is taken. Nothing was changed.")
    if isinstance(error, booking.NotOfferedError):
        return _("This time lies outside the opening hours. Nothing was changed.")
    if isinstance(error, booking.LapsedError):
        return _("It was not confirmed in time, and the time is free again. Please book anew.")
    return _("This step is no longer possible: somebody has changed the talk meanwhile.")


def _found(pk):
    found = Booking.objects.booked().for_display().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _page(found):
    return redirect("admin:talk", found.pk)


def _done(request, found, step, sentence):
    """Notes the step in the audit trail (no names) and says it."""
    events.record(Event.Kind.DECISION, request=request, subject=found, step=step)
    messages.success(request, sentence)
    return _page(found)


@page_for(rights.VIEW)
@require_safe
def show(request, pk):
    found = _found(pk)
    return _shown(request, found, NotesForm(instance=found))


def _shown(request, found, notes):
    now = timezone.now()
    is_ahead = found.is_standing(now) and found.starts_at > now
    sent = QueuedMail.objects.filter(
        subject_type=Booking._meta.label_lower, subject_id=found.pk
    ).select_related("email")
    context = rights.context(
        request,
        _("Talk %s") % found.reference,
        booking=found,
        notes=notes,
        is_ahead=is_ahead,
        may_confirm=found.is_requested and not found.has_lapsed(now) and is_ahead,
        may_set_outcome=found.starts_at <= now
        and (found.is_confirmed or found.status in Booking.OVER),
        mails=[
            {"mail": mail, "purpose": purpose_of(mail)}
            for mail in sent.order_by("-pk")[:MOST_MAILS]
        ],
        others=_others_of(found, now),
        problems=_problems_of(found, now),
    )
    return TemplateResponse(request, "consultations/office/talk.html", context)


def _others_of(found, now):
    """Other talks ahead with the same contact, so that doubles are seen."""
    rows = Booking.objects.upcoming(now).exclude(pk=found.pk)
    if found.email:
        return rows.filter(email__iexact=found.email)[:5]
    return rows.filter(phone=found.phone)[:5] if found.phone else rows.none()


def _problems_of(found, now):
    """Why the talk does not lie where it could be booked now, in words; empty where it does."""
    problems = touched.problems(now, Booking.objects.filter(pk=found.pk))
    return [reason.label for reason in sorted(problems.get(found.pk, ()))]


@page_for(rights.CHANGE)
@require_POST
def save_notes(request, pk):
    found = _found(pk)
    form = NotesForm(request.POST, instance=found)
    if not form.is_valid():
        messages.error(request, _("The notes are not saved yet. Please look at them again below."))
        return _shown(request, _found(pk), form)
    Booking.objects.filter(pk=pk).update(**form.cleaned_data)
    messages.success(request, _("Saved."))
    return _page(found)


@page_for(rights.CHANGE)
@require_POST
def confirm(request, pk):
    found = _found(pk)
    try:
        booking.confirm(found, by_office=True)
    except booking.BookingError as error:
        messages.error(request, why(error))
        return _page(found)
    return _done(request, found, "confirmed", _("The talk is confirmed."))


@page_for(rights.CHANGE)
@require_http_methods(["GET", "POST"])
def cancel(request, pk):
    found = _found(pk)
    form = MessageForm(request.POST or None)
    if form.is_valid():
        try:
            booking.cancel(found, by_office=True, message=form.cleaned_data["message"])
        except booking.BookingError as error:
            messages.error(request, why(error))
            return _page(found)
        return _done(request, found, "cancelled", _told(found, _("The talk is cancelled.")))
    context = rights.context(request, _("Cancel the talk?"), booking=found, form=form)
    return TemplateResponse(request, "consultations/office/cancel.html", context)


def _told(found, sentence):
    if found.email:
        return f"{sentence} {_('The visitor gets a mail.')}"
    return f"{sentence} {_('Please call the visitor: there is no e-mail address.')}"


@page_for(rights.CHANGE)
@require_http_methods(["GET", "POST"])
def move(request, pk):
    found, now = _found(pk), timezone.now()
    if not (found.is_standing(now) and found.starts_at > now):
        messages.error(request, _("This talk cannot be moved any more."))
        return _page(found)
    form = MessageForm(request.POST or None)
    wanted, problem = None, ""
    if request.method == "POST" and form.is_valid():
        wanted = moment_asked(WhenForm(request.POST))
        try:
            if wanted is None:
                raise booking.NotOfferedError
            booking.move(found, wanted, by_office=True, message=form.cleaned_data["message"])
        except booking.BookingError as error:
            problem = why(error)
        else:
            return _done(request, found, "moved", _told(found, _("The talk is moved.")))
    free = times_for_office(Wish.of(found), now, moving=found)
    context = rights.context(
        request,
        _("Move the talk"),
        booking=found,
        form=form,
        problem=problem,
        alternatives=slots.nearest(free, wanted, ALTERNATIVES) if wanted else [],
        table=timetable.of(free, now, first=request.GET.get("from", "")),
    )
    return TemplateResponse(
        request, "consultations/office/move.html", context, status=409 if problem else 200
    )


@page_for(rights.CHANGE)
@require_POST
def outcome(request, pk):
    found = _found(pk)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please choose whether the talk took place."))
        return _page(found)
    try:
        booking.set_outcome(found, form.cleaned_data["outcome"])
    except booking.BookingError as error:
        messages.error(request, why(error))
        return _page(found)
    messages.success(request, _("Saved."))
    if request.POST.get("next") == "agenda":
        day = timezone.localdate(found.starts_at).isoformat()
        return redirect(reverse("admin:agenda", query={"day": day}))
    return _page(found)


@page_for(rights.CHANGE)
@require_POST
def send_again(request, pk):
    found = _found(pk)
    if not found.email or not (found.is_confirmed or found.is_requested):
        messages.error(request, _("There is nothing to send for this talk."))
        return _page(found)
    mails.sent_again(found)
    messages.success(request, _("The mail goes out again."))
    return _page(found)


def address(found):
    return reverse("admin:talk", args=[found.pk])


urls = [
    path("beratung/termin/<int:pk>/", show, name="talk"),
    path("beratung/termin/<int:pk>/notizen/", save_notes, name="talk_notes"),
    path("beratung/termin/<int:pk>/bestaetigen/", confirm, name="talk_confirm"),
    path("beratung/termin/<int:pk>/verschieben/", move, name="talk_move"),
    path("beratung/termin/<int:pk>/absagen/", cancel, name="talk_cancel"),
    path("beratung/termin/<int:pk>/ergebnis/", outcome, name="talk_outcome"),
    path("beratung/termin/<int:pk>/nochmal-senden/", send_again, name="talk_send_again"),
]
