"""The way to a booking: concern, talk, time, details, check. Each step is a page of its own.

The answers of the first steps stand in the address, so that back, forward and a bookmark work;
from the held time on they are in the session.
"""

import datetime

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import booking, sharing, timetable
from consultations.availability import Availability, Wish
from consultations.forms import DetailsForm, TalkForm, WhenForm
from consultations.models import Booking, Concern
from consultations.models.bookings import AccessNeed, Channel
from consultations.visits import Visit
from offenbach_wir import events, languages
from offenbach_wir.models import Event
from offenbach_wir.rate_limits import count, limited

ALTERNATIVES = 3


# --- 1 and 2: concern and talk ---------------------------------------------------------------
@require_safe
def concern(request):
    return render(
        request, "consultations/concern.html", {"concerns": Concern.objects.offered().with_texts()}
    )


@require_safe
def talk(request):
    chosen = _concern_asked(request)
    if chosen is None:
        return redirect("consultations:concern")
    is_sent = "channel" in request.GET and "change" not in request.GET
    form = TalkForm(request.GET if is_sent else None, initial=request.GET.dict())
    if is_sent and form.is_valid():
        return redirect(_address_of_times(form.cleaned_data))
    context = {"form": form, "concern": chosen, "step": 2}
    return render(request, "consultations/talk.html", context)


def _concern_asked(request):
    slug = request.GET.get("concern", "").replace("\x00", "")[:60]
    return Concern.objects.offered().with_texts().filter(slug=slug).first()


def _address_of_times(answers):
    query = {name: value for name, value in answers.items() if value}
    return reverse("consultations:times", query=query)


# --- 3: the time -------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@limited("booking")
def times(request):
    wish = Wish.from_answers(request.GET.dict())
    if wish is None:
        return redirect(reverse("consultations:talk", query=request.GET.dict()))
    now = timezone.now()
    availability = Availability(wish, now)
    problem, wanted = "", None
    if request.method == "POST":
        form = WhenForm(request.POST)
        wanted = moment_asked(form)
        if wanted is not None:
            visit = Visit(request)
            try:
                held = booking.hold(
                    wish,
                    wanted,
                    now=now,
                    holder=visit.holder,
                    instead_of=visit.held(),
                    availability=availability,
                )
            except booking.TooManyHoldsError as error:
                # Another time would be refused just the same.
                problem, wanted = why(error), None
            except booking.BookingError as error:
                problem = why(error)
            else:
                visit.remember_hold(held)
                return redirect("consultations:details")
        else:
            problem = _("Please choose one of the times below.")
    wish.read_texts()
    # Whoever was too slow gets the nearest times at once; all the others are one link away.
    alternatives = availability.nearest(wanted, ALTERNATIVES) if wanted else []
    table = None
    if not alternatives:
        table = timetable.of(availability.free_moments(), now, first=request.GET.get("from", ""))
    context = {
        "wish": wish,
        "channel": Channel(wish.channel).label,
        "problem": problem,
        "alternatives": alternatives,
        "table": table,
        "step": 3,
    }
    return render(request, "consultations/times.html", context, status=409 if problem else 200)


def moment_asked(form):
    """The instant that was chosen, or None for anything that is no time."""
    if not form.is_valid():
        return None
    try:
        moment = datetime.datetime.fromisoformat(form.cleaned_data["time"])
        return moment.astimezone(datetime.UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def why(error):
    """What a refused step means for the visitor, with the way out."""
    if isinstance(error, booking.TakenError):
        return _("Somebody was faster: this time is taken. Please choose another one.")
    if isinstance(error, booking.TooManyHoldsError):
        return _(
            "From your connection several times are being held already. "
            "Please finish one of them, or wait 15 minutes."
        )
    if isinstance(error, booking.LapsedError):
        return _("The time to confirm is over, and the time is free again for everybody.")
    if isinstance(error, booking.TooManyBookingsError):
        return _(
            "You have several appointments ahead already. "
            "Please cancel one of them first, or call us."
        )
    if isinstance(error, booking.NotPossibleError):
        return _("This is no longer possible with this appointment.")
    return _("This time cannot be booked (any more). Please choose another one.")


# --- 4 and 5: details and check ------------------------------------------------------------------
def _with_hold(rows_of_post=None):
    """For the steps after the time: the held booking, or the way back with everything kept.

    `rows_of_post()` are the rows it is read from for a form that was sent; unless given, those that
    say only where the visitor stands.
    """

    def decorate(view):
        def found(request):
            visit = Visit(request)
            is_sent = request.method == "POST"
            held = visit.held(rows_of_post and rows_of_post()) if is_sent else _shown(visit)
            if held is not None and not held.is_held:
                if not visit.may_open(held.reference):
                    # Another press of the same button was faster.
                    visit.is_booked(held)
                return redirect(held)
            if is_sent:
                count("booking", visit.holder)
            return view(request, visit, held)

        return require_http_methods(["GET", "HEAD", "POST"])(found)

    return decorate


def _shown(visit):
    """The held booking with everything a page says about it."""
    return visit.held(Booking.objects.for_display())


def _expired(request, visit):
    """The hold is over: everything typed is kept, the nearest times are offered."""
    wish = visit.wish
    if wish is None:
        return render(request, "consultations/no_hold.html", {}, status=410)
    now = timezone.now()
    wanted = moment_asked(WhenForm({"time": visit.wanted})) or now
    context = {
        "wish": wish,
        "alternatives": Availability(wish, now).nearest(wanted, ALTERNATIVES),
        "times_url": reverse("consultations:times") + wish.query,
    }
    return render(request, "consultations/hold_over.html", context, status=410)


@_with_hold()
def details(request, visit, held):
    typed = visit.typed
    needs_phone = held is not None and held.channel == Channel.PHONE
    if request.method != "POST":
        if held is None or held.has_lapsed(timezone.now()):
            return _expired(request, visit)
        form = DetailsForm(initial=typed, needs_phone=needs_phone)
        return _ask_details(request, form, held)
    form = DetailsForm(request.POST, needs_phone=needs_phone)
    is_valid = form.is_valid()
    visit.remember_typed(_as_typed(form))
    if held is None:
        return _expired(request, visit)
    if not is_valid:
        return _ask_details(request, form, _shown(visit) or held)
    visit.remember_details(form.details)
    return redirect("consultations:check")


def _ask_details(request, form, held):
    context = {"form": form, "held": held, "wish": Wish.of(held), "step": 4}
    return render(request, "consultations/details.html", context)


def _as_typed(form):
    """What stood in the fields, for showing them again."""
    names = [name for name in form.fields if name not in ("website", "shown_at")]
    return {name: form[name].value() for name in names}


@_with_hold(Booking.objects.for_mails)
def check(request, visit, held):
    if held is None or (request.method != "POST" and held.has_lapsed(timezone.now())):
        return _expired(request, visit)
    typed = visit.details
    if typed is None:
        return redirect("consultations:details")
    problem, draft = "", sharing.wanted(request)
    if request.method == "POST":
        shared = draft if request.POST.get("share") == "yes" else None
        try:
            _limit_contact(typed)
            booked = booking.book(held, typed, written_language=languages.active(), proposal=shared)
        except booking.LapsedError:
            return _expired(request, visit)
        except booking.BookingError as error:
            problem = why(error)
            held = _shown(visit) or held
        else:
            visit.is_booked(booked)
            sharing.forget(request)
            if booked.proposal_id is not None:
                day = timezone.localdate(booked.starts_at).isoformat()
                events.record(
                    Event.Kind.SHARED, request=request, subject=booked.proposal, talk_on=day
                )
            return redirect("consultations:done", booked.reference)
    context = {
        "held": held,
        "wish": Wish.of(held),
        "details": typed,
        "draft": draft,
        "needs": [AccessNeed(need).label for need in typed.access_needs],
        "problem": problem,
        "step": 5,
    }
    return render(request, "consultations/check.html", context, status=409 if problem else 200)


def _limit_contact(details):
    """Few bookings a day for one contact, known here or not, so that nobody is flooded."""
    contact = details.email.casefold() or "".join(c for c in details.phone if c.isdigit())
    count("booking_contact", contact)
