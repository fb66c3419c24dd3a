"""Somebody calls: the office books for them, also from the waiting list."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations import booking, slots, timetable
from consultations.availability import Wish
from consultations.forms import PersonForm, WhenForm
from consultations.models import Concern, Coordinator, WaitingEntry
from consultations.models.bookings import Channel
from consultations.views.steps import ALTERNATIVES, moment_asked
from offenbach_wir import events, languages
from offenbach_wir.models import Event
from offenbach_wir.office_pages import page_for
from offenbach_wir.translated import labels
from projects.models import SpokenLanguage

from . import rights
from .agenda import PER_PAGE
from .talk import times_for_office, why


class WishForm(forms.Form):
    """What the caller wants; sent by GET, so that the times can be leafed through."""

    concern = forms.ChoiceField(label=gettext_lazy("Concern"))
    language = forms.ChoiceField(label=gettext_lazy("Language of the talk"), initial="de")
    interpreter = forms.BooleanField(label=gettext_lazy("with an interpreter"), required=False)
    channel = forms.ChoiceField(
        label=gettext_lazy("Way to talk"), choices=Channel, initial=Channel.ON_SITE
    )
    coordinator = forms.ModelChoiceField(
        Coordinator.objects.bookable(),
        label=gettext_lazy("Coordinator"),
        required=False,
        empty_label=gettext_lazy("Whoever is free"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["concern"].choices = [
            (slug, name) for _pk, slug, name, _lang in labels(Concern.objects.offered())
        ]
        self.fields["language"].choices = [
            (code, name)
            for _pk, code, name, _lang in labels(SpokenLanguage.objects.all(), key="code")
        ]

    @property
    def wish(self):
        asked = self.cleaned_data
        return Wish(
            Concern.objects.with_texts().get(slug=asked["concern"]),
            asked["channel"],
            SpokenLanguage.objects.with_texts().get(code=asked["language"]),
            asked["interpreter"],
            asked["coordinator"],
        )


class CallerForm(PersonForm):
    """The same questions as visitors answer, in the words of whoever takes the call."""

    written_language = forms.ChoiceField(label=gettext_lazy("Language of mails"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["written_language"].choices = [
            (code, languages.name_in_itself(code)) for code in languages.codes()
        ]
        for name, label in {
            "name": _("Name"),
            "email": _("E-mail"),
            "phone": _("Phone"),
            "is_for_somebody_else": _("Somebody else calls for this person"),
            "people": _("Number of people"),
            "access_needs": _("Needs"),
            "note": _("Note of the visitor"),
        }.items():
            self.fields[name].label, self.fields[name].help_text = label, ""
        self.fields["email"].help_text = _("E-mail or phone: one of the two is enough.")
        self.fields["note"].widget.attrs["rows"] = 3


@page_for(rights.ADD)
@require_http_methods(["GET", "POST"])
def book(request):
    """The wish stands in the address, time and details come with one press of a button."""
    entry = _entry_asked(request)
    wish_form = WishForm(request.GET if "concern" in request.GET else None)
    form = CallerForm(request.POST or None, initial=_known(entry))
    context = rights.context(
        request, _("Book for a caller"), wish_form=wish_form, form=form, entry=entry, problem=""
    )
    if not wish_form.is_valid():
        return TemplateResponse(request, "consultations/office/book.html", context)
    wish, now = wish_form.wish, timezone.now()
    wanted = moment_asked(WhenForm(request.POST)) if request.method == "POST" else None
    if request.method == "POST" and wanted is None:
        context["problem"] = _("Please choose a time.")
    elif request.method == "POST" and form.is_valid():
        try:
            booked = _book(wish, wanted, form, entry)
        except booking.BookingError as error:
            context["problem"] = why(error)
        else:
            events.record(Event.Kind.DECISION, request=request, subject=booked, step="booked")
            messages.success(request, _("The talk is booked."))
            return redirect("admin:talk", booked.pk)
    free = times_for_office(wish, now)
    context |= {
        "wish": wish,
        "wanted": wanted,
        "alternatives": slots.nearest(free, wanted, ALTERNATIVES) if wanted else [],
        "table": timetable.of(free, now, first=request.GET.get("from", "")),
    }
    status = 409 if context["problem"] else 200
    return TemplateResponse(request, "consultations/office/book.html", context, status=status)


@transaction.atomic
def _book(wish, starts_at, form, entry):
    booked = booking.book_for_caller(
        wish,
        starts_at,
        form.details,
        written_language=form.cleaned_data["written_language"],
    )
    if entry is not None:
        entry.delete()
    return booked


def _entry_asked(request):
    key = request.GET.get("waiting", "")
    return WaitingEntry.objects.filter(pk=key).first() if key.isdecimal() else None


def _known(entry):
    if entry is None:
        return {"written_language": "de"}
    names = ("name", "email", "phone", "written_language")
    return {name: getattr(entry, name) for name in names}


def waiting(show, now):
    """Who waits; with "phone" those whom only a call reaches. The start page counts the same."""
    rows = WaitingEntry.objects.waiting(now)
    return rows.filter(email="") if show == "phone" else rows


@page_for(rights.VIEW_WAITING)
@require_safe
def waiting_list(request):
    show = request.GET.get("show", "")
    rows = waiting(show, timezone.now()).for_display()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    entries = [{"entry": entry, "book_url": _address_for(entry)} for entry in page]
    context = rights.context(
        request, _("Waiting list"), page=page, entries=entries, is_phone_only=show == "phone"
    )
    return TemplateResponse(request, "consultations/office/waiting.html", context)


def _address_for(entry):
    answers = Wish.of(entry).answers
    answers["interpreter"] = "on" if entry.needs_interpreter else ""
    return reverse("admin:book_for_caller", query=answers | {"waiting": entry.pk})


@page_for(rights.CHANGE_WAITING)
@require_POST
def take_off(request, pk):
    get_object_or_404(WaitingEntry, pk=pk).delete()
    messages.success(request, _("The entry is deleted."))
    return redirect("admin:waiting_list")


urls = [
    path("beratung/neu/", book, name="book_for_caller"),
    path("beratung/warteliste/", waiting_list, name="waiting_list"),
    path("beratung/warteliste/<int:pk>/loeschen/", take_off, name="waiting_take_off"),
]
