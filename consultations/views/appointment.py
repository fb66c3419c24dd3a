"""The own appointment: opened by the secret link, then shown at an address without the secret.

Opening anything here changes nothing; every change is a press of a button (POST).
"""

import functools

import qrcode
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations import booking, calendars, mails, slots, timetable
from consultations.availability import Availability, Wish
from consultations.forms import LanguageOfMailsForm, LinksForm, WhenForm
from consultations.models import Booking, WaitingEntry
from consultations.models.bookings import booking_by_token
from consultations.visits import Visit
from offenbach_wir import languages
from offenbach_wir.rate_limits import count, limited

from .steps import ALTERNATIVES, moment_asked, why


def _always(request):
    return True


@require_safe
@limited("booking_link", when=_always)
def link(request, token):
    """Puts the secret away into the session and goes on to an address without it."""
    found = booking_by_token(token)
    if found is None or found.ends_at <= timezone.now():
        response = render(request, "consultations/link_over.html", {}, status=404)
    else:
        Visit(request).admit(found, by_link=True)
        response = redirect(found)
    response["Referrer-Policy"] = "no-referrer"
    return response


def own(view):
    """For pages of one booking: (request, visit, booking), or a page that asks for the link."""

    @functools.wraps(view)
    def opened(request, reference):
        visit = Visit(request)
        found = None
        if visit.may_open(reference):
            found = Booking.objects.booked().for_display().filter(reference=reference).first()
        if found is None:
            return render(request, "consultations/link_needed.html", {}, status=404)
        if request.method == "POST":
            count("booking", visit.holder)
        try:
            return view(request, visit, found)
        except Booking.DoesNotExist:  # deleted while the button was pressed
            return render(request, "consultations/link_needed.html", {}, status=404)

    return opened


def _show(request, visit, found, *, problem="", is_new=False, status=200):
    now = timezone.now()
    by_link = visit.came_by_link(found.reference)
    choices = [(code, languages.name_in_itself(code)) for code in languages.codes()]
    # Until the link in the mail is pressed, the one way to confirm is that mail.
    shows_secret = by_link or found.is_confirmed or not found.email
    context = {
        "booking": found,
        "is_new": is_new,
        "problem": problem,
        "is_standing": found.is_standing(now) and found.starts_at > now,
        "has_lapsed": found.is_lapsed or found.has_lapsed(now),
        "may_confirm": by_link and found.is_requested and bool(found.email),
        "waits_for_office": found.is_requested and not found.email,
        "shows_secret": shows_secret and found.is_standing(now),
        "language_form": LanguageOfMailsForm(
            choices=choices, initial={"language": found.written_language}
        ),
        "things_to_bring": found.concern.text.what_to_bring.splitlines(),
    }
    return render(request, "consultations/appointment.html", context, status=status)


@require_safe
@own
def show(request, visit, found):
    return _show(request, visit, found)


@require_safe
@own
def done(request, visit, found):
    return _show(request, visit, found, is_new=True)


@require_POST
@own
def confirm(request, visit, found):
    if not visit.came_by_link(found.reference):
        return redirect(found)
    try:
        booking.confirm(found)
    except booking.BookingError as error:
        found.refresh_from_db()
        return _show(request, visit, found, problem=why(error), status=409)
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
@own
def move(request, visit, found):
    now = timezone.now()
    if not (found.is_standing(now) and found.starts_at > now):
        return redirect(found)
    problem, wanted = "", None
    if request.method == "POST":
        wanted = moment_asked(WhenForm(request.POST))
        try:
            if wanted is None:
                raise booking.NotOfferedError
            booking.move(found, wanted, now=now)
        except booking.BookingError as error:
            problem = why(error)
        else:
            return redirect(found)
    free = Availability(Wish.of(found), now, moving=found).free_moments()
    free = [slot for slot in free if slot.starts_at != found.starts_at]
    context = {
        "booking": found,
        "problem": problem,
        "alternatives": slots.nearest(free, wanted, ALTERNATIVES) if wanted else [],
        "table": timetable.of(free, now, first=request.GET.get("from", "")),
    }
    return render(request, "consultations/move.html", context, status=409 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@own
def cancel(request, visit, found):
    if request.method == "POST":
        try:
            booking.cancel(found)
        except booking.BookingError as error:
            found.refresh_from_db()
            return _show(request, visit, found, problem=why(error), status=409)
        return redirect(found)
    now = timezone.now()
    if not (found.is_standing(now) and found.starts_at > now):
        return redirect(found)
    return render(request, "consultations/cancel.html", {"booking": found})


@require_POST
@own
def mail_language(request, visit, found):
    """Mails come in that language from now on, and the page opens in it."""
    choices = [(code, code) for code in languages.codes()]
    form = LanguageOfMailsForm(request.POST, choices=choices)
    if not form.is_valid():
        return redirect(found)
    language = form.cleaned_data["language"]
    Booking.objects.filter(pk=found.pk).update(written_language=language)
    WaitingEntry.objects.filter(booking=found).update(written_language=language)
    with translation.override(language):
        return redirect(found)


@require_safe
@own
def calendar_file(request, visit, found):
    response = HttpResponse(
        calendars.appointment(found), content_type=calendars.content_type(found)
    )
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.ics"'
    return response


@require_safe
@own
def slip(request, visit, found):
    """A page to print: the appointment, the way there, the link as a QR code."""
    if found.is_requested and found.email and not visit.came_by_link(found.reference):
        return redirect(found)
    code = qrcode.QRCode(border=2)
    code.add_data(found.link)
    code.make(fit=True)
    rows = code.get_matrix()
    squares = ((x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    path = "".join(f"M{x},{y}h1v1h-1z" for x, y in squares)
    context = {
        "booking": found,
        "qr_size": len(rows),
        "qr_path": path,
        "things_to_bring": found.concern.text.what_to_bring.splitlines(),
    }
    return render(request, "consultations/slip.html", context)


# --- "Send me my links again" ------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@limited("booking_link")
def links(request):
    """The answer is the same whether there are appointments for that address or not."""
    request.personal = True
    form = LinksForm(request.POST or None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        count("booking_contact", email.casefold())
        ahead = Booking.objects.upcoming(timezone.now()).filter(email__iexact=email)
        if rows := list(ahead.order_by("starts_at")):
            mails.links(rows[0].email, rows, language=languages.active())
        return redirect("consultations:links_sent")
    return render(request, "consultations/links.html", {"form": form})


@require_safe
def links_sent(request):
    return render(request, "consultations/links_sent.html", {})
