"""What happens to a booking: hold, book, confirm, move, cancel, outcome. Each is one transaction,
safe to repeat and safe against the others.

That a time is given away once is not kept by the checks here but by the unique constraint on
occupied steps (models/bookings.py); the checks only make it polite.
"""

import copy
import datetime
import functools
from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from . import mails, sharing
from .availability import Availability, Wish
from .models import AdviceRules, Booking, WaitingEntry
from .periods import HELD_FOR, LAST_CONFIRMATION

Status = Booking.Status
HOLDS_OF_ONE_ADDRESS = 3
CHANGED_BY_BOOKING = (
    *("status", "held_until", "confirm_by", "booked_at", "holder", "proposal"),
    *("name", "email", "phone", "is_for_somebody_else", "people", "access_needs", "note"),
    "written_language",
)
TRIES = 3
# PostgreSQL: serialization failure, deadlock, lock not available. The other one went through.
WORTH_ANOTHER_TRY = {"40001", "40P01", "55P03"}


class BookingError(Exception):
    """Why a step is not possible; each view says it in words."""


class TakenError(BookingError):
    """Somebody else has this time."""


class NotOfferedError(BookingError):
    """This time is not offered at all: off the grid, in the past, outside hours or window."""


class TooManyHoldsError(BookingError):
    """This address holds as many times as one may."""


class TooManyBookingsError(BookingError):
    """This contact has as many appointments ahead as one may."""


class LapsedError(BookingError):
    """The hold or the time to confirm went by."""


class NotPossibleError(BookingError):
    """The booking is in a state that does not allow this step."""


@dataclass(frozen=True)
class Details:
    """What is asked of a person, in the order of the form."""

    name: str
    email: str = ""
    phone: str = ""
    is_for_somebody_else: bool = False
    people: int = 1
    access_needs: list = field(default_factory=list)
    note: str = ""


def holder_of(address):
    """A keyed hash of the visitor's address; the address itself is not kept."""
    return salted_hmac("consultations.holder", address, algorithm="sha256").hexdigest()


def _persistent(step):
    """Tries a step again where the database chose it to give way to another transaction."""

    @functools.wraps(step)
    def tried(*args, **kwargs):
        for left in reversed(range(TRIES)):
            try:
                return step(*args, **kwargs)
            except OperationalError as error:
                code = getattr(error.__cause__, "pgcode", None)
                if code not in WORTH_ANOTHER_TRY or not left:
                    raise

    return tried


# --- A time of one's own --------------------------------------------------------------------
@_persistent
def hold(wish, starts_at, *, now=None, holder="", instead_of=None, availability=None):
    """Holds that time for HELD_FOR and returns the held booking.

    `instead_of` is an earlier hold of the same visitor, which ends. `availability` is that of the
    wish at `now`, from whoever has read it already. Raises NotOfferedError, TakenError,
    TooManyHoldsError.
    """
    now = now or timezone.now()
    own = instead_of if instead_of is not None and instead_of.is_held else None
    if own and not own.has_lapsed(now) and _is_for(own, wish, starts_at):
        return own
    if own or availability is None:
        availability = _on_that_day(wish, starts_at, now, moving=own)
    candidates = _candidates(availability, starts_at)
    with transaction.atomic():
        if holder:
            _wait_for_others(holder)
        if own:
            _give_back(own)
        if holder:
            _refuse_more_holds(holder, now)
        return _first_free(
            candidates,
            now,
            lambda slot: _new_booking(
                wish, slot, status=Status.HELD, holder=holder, held_until=now + HELD_FOR
            ),
        )


def _is_for(held, wish, starts_at):
    """Whether that very time is held already, as when somebody goes back and presses again."""
    same = (held.concern_id, held.language_id) == (wish.concern.pk, wish.language.pk) and (
        held.starts_at,
        held.channel,
        held.needs_interpreter,
    ) == (starts_at, wish.channel, wish.needs_interpreter)
    return same and wish.coordinator in (None, held.coordinator)


def _give_back(held):
    """Ends a hold; what has become a booking meanwhile stays."""
    for booking in Booking.objects.select_for_update().filter(pk=held.pk, status=Status.HELD):
        booking.delete()


def _refuse_more_holds(holder, now):
    """Nobody empties the calendar: neither with holds nor with bookings that nobody confirms."""
    theirs = Booking.objects.standing(now).filter(holder=holder).order_by()
    found = list(theirs.values_list("status", flat=True))
    if (
        found.count(Status.HELD) >= HOLDS_OF_ONE_ADDRESS
        or found.count(Status.REQUESTED) >= settings.ADVICE_UNCONFIRMED_PER_ADDRESS
    ):
        raise TooManyHoldsError


def _wait_for_others(whose):
    """Lets transactions about the same visitor through one by one, so that what they count is
    right. SQLite writes one by one anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [whose])


def _on_that_day(wish, starts_at, now, **options):
    day = timezone.localdate(starts_at)
    return Availability(wish, now, first_day=day, last_day=day, **options)


def _candidates(availability, starts_at):
    """The slots of that very moment that look free, one for each coordinator."""
    candidates = [
        (slot, availability.coordinators[slot.coordinator]) for slot in availability.free(starts_at)
    ]
    if not candidates:
        raise TakenError if availability.on_offer(starts_at) else NotOfferedError
    return candidates


def _first_free(candidates, now, take):
    """What `take(slot and coordinator)` returns for the first one that nobody else has."""
    for candidate in candidates:
        taken = _try(take, candidate)
        if taken is None and _release_lapsed(*candidate, now):
            taken = _try(take, candidate)
        if taken is not None:
            return taken
    raise TakenError


def _try(take, candidate):
    """What `take` returns, or None where a step of that time is given away."""
    try:
        with transaction.atomic():
            return take(candidate)
    except IntegrityError as error:
        if not _is_taken(error):
            raise
        return None


def _is_taken(error):
    text = str(error)
    return "time_given_away_once" in text or "occupiedstep" in text


def _until(slot, coordinator):
    return slot.ends_at + datetime.timedelta(minutes=coordinator.buffer_minutes)


def _new_booking(wish, candidate, **fields):
    slot, coordinator = candidate
    booking = Booking.objects.create(
        coordinator=coordinator,
        concern=wish.concern,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        occupied_until=_until(slot, coordinator),
        channel=wish.channel,
        location_id=slot.location if wish.channel == "on_site" else None,
        language=wish.language,
        needs_interpreter=wish.needs_interpreter,
        **fields,
    )
    booking.occupy()
    return booking


def _release_lapsed(slot, coordinator, now):
    """Gives back what lapsed around that time, so that it can be taken in this transaction."""
    rows = Booking.objects.lapsed(now).filter(
        coordinator=coordinator,
        starts_at__lt=_until(slot, coordinator),
        occupied_until__gt=slot.starts_at,
    )
    return release(rows, now)


def release(lapsed, now):
    """Frees the times of lapsed holds and of bookings that were not confirmed; returns how many."""
    n = 0
    for booking in lapsed.select_for_update().order_by("pk"):
        n += 1
        if booking.is_held:
            booking.delete()
        else:
            _end(booking, Status.LAPSED, booking.confirm_by)
    return n


@_persistent
def release_all_lapsed(now=None):
    now = now or timezone.now()
    n = 0
    while True:
        with transaction.atomic():
            keys = list(Booking.objects.lapsed(now).values_list("pk", flat=True)[:200])
            if not keys:
                return n
            n += release(Booking.objects.lapsed(now).filter(pk__in=keys), now)


# --- From a held time to an appointment -------------------------------------------------------
@_persistent
def book(held, details, *, written_language, proposal=None, now=None):
    """Turns a held time into a booking; a second call returns the booking of the first.

    `held` is the hold as it was read, best with what a mail says (for_mails); whether it is still
    there, only the statement that books asks. `proposal` is the draft the talk is about; the
    coordination may read it until then.

    With an e-mail address it waits for the link to be pressed, with a phone number only for the
    office. Raises LapsedError where the hold is gone, TooManyBookingsError.
    """
    now = now or timezone.now()
    if held.starts_at <= now:
        raise LapsedError
    rules = AdviceRules.current()
    booking = copy.copy(held)
    _write(booking, details, written_language)
    booking.proposal = proposal
    booking.held_until, booking.booked_at = None, now
    if booking.email and not rules.needs_confirmation:
        booking.status, booking.holder = Status.CONFIRMED, ""
    else:
        booking.status = Status.REQUESTED
        booking.confirm_by = _confirm_by(booking, rules, now)
    # Written beforehand: while a transaction writes, SQLite lets nobody else write.
    mail = mails.of_booked(booking)
    with transaction.atomic():
        if booking.is_confirmed:
            _refuse_more_than_allowed(booking, now)
        is_ours = _save_if_held(booking)
        if is_ours:
            sharing.follow(booking)
            if mail:
                mail.queue()
    if not is_ours:
        return _booked_before(held)
    return booking


def _save_if_held(booking):
    """Writes what book() changed; whether it was a hold until now, which is the only check."""
    values = {name: getattr(booking, name) for name in CHANGED_BY_BOOKING}
    rows = Booking.objects.filter(pk=booking.pk, status=Status.HELD)
    return rows.update(**values, updated_at=timezone.now()) == 1


def _booked_before(held):
    """What another press of the same button made of that hold; LapsedError where it is gone."""
    booking = Booking.objects.booked().for_mails().filter(pk=held.pk).first()
    if booking is None:
        raise LapsedError
    return booking


def _write(booking, details, written_language):
    booking.name, booking.email, booking.phone = details.name, details.email, details.phone
    booking.is_for_somebody_else = details.is_for_somebody_else
    booking.people = details.people
    booking.access_needs = list(details.access_needs)
    booking.note = details.note
    booking.written_language = written_language


def _confirm_by(booking, rules, now):
    """With a phone number only, the office confirms until the talk begins."""
    if not booking.email:
        return booking.starts_at
    within = now + datetime.timedelta(hours=rules.confirm_hours)
    soonest = min(now + HELD_FOR, booking.starts_at)
    return max(min(within, booking.starts_at - LAST_CONFIRMATION), soonest)


def _refuse_more_than_allowed(booking, now):
    """Said only to whoever holds the link, so that nobody learns who has appointments here."""
    if not booking.email:
        return
    _wait_for_others(booking.email.casefold())
    others = Booking.objects.filter(
        status=Status.CONFIRMED, ends_at__gt=now, email__iexact=booking.email
    ).exclude(pk=booking.pk)
    if others.count() >= settings.ADVICE_BOOKINGS_PER_CONTACT:
        raise TooManyBookingsError


@_persistent
@transaction.atomic
def confirm(booking, *, by_office=False, now=None):
    """Makes it firm. Repeating changes nothing; raises LapsedError, NotPossibleError."""
    now = now or timezone.now()
    booking = _locked(booking)
    if booking.is_confirmed:
        return booking
    if booking.is_lapsed or (booking.is_requested and booking.has_lapsed(now)):
        raise LapsedError
    if not booking.is_requested:
        raise NotPossibleError
    if not by_office:
        _refuse_more_than_allowed(booking, now)
    booking.status, booking.confirm_by, booking.holder = Status.CONFIRMED, None, ""
    booking.save(update_fields=["status", "confirm_by", "holder", "updated_at"])
    mails.booked(booking)
    return booking


@_persistent
def book_for_caller(wish, starts_at, details, *, written_language="de", now=None):
    """A firm booking by the office, whatever notice and window say. Raises as `hold`."""
    now = now or timezone.now()
    candidates = _candidates(_on_that_day(wish, starts_at, now, for_office=True), starts_at)
    with transaction.atomic():

        def take(candidate):
            booking = _new_booking(
                wish,
                candidate,
                status=Status.CONFIRMED,
                booked_at=now,
                name=details.name,
                email=details.email,
                phone=details.phone,
            )
            _write(booking, details, written_language)
            booking.save()
            return booking

        booking = _first_free(candidates, now, take)
        mails.booked(booking)
    return booking


# --- Afterwards -----------------------------------------------------------------------------
@_persistent
def move(booking, starts_at, *, coordinator=None, by_office=False, message="", now=None):
    """Moves it to another time; to its own time nothing happens.

    Raises NotOfferedError, TakenError (the old time stays), NotPossibleError, LapsedError.
    """
    now = now or timezone.now()
    wish = Wish.of(booking)
    if coordinator is not None:
        wish = wish.with_coordinator(coordinator)
    if _is_there(booking, starts_at, coordinator):
        return booking
    availability = _on_that_day(wish, starts_at, now, for_office=by_office, moving=booking)
    candidates = _candidates(availability, starts_at)
    # Rather the same person than another one.
    candidates.sort(key=lambda candidate: candidate[1].pk != booking.coordinator_id)
    with transaction.atomic():
        booking = _locked(booking)
        _refuse_unless_standing(booking, now)
        if _is_there(booking, starts_at, coordinator):
            return booking  # by another press of the same button
        booking.vacate()

        def take(candidate):
            slot, advises = candidate
            booking.coordinator = advises
            booking.starts_at, booking.ends_at = slot.starts_at, slot.ends_at
            booking.occupied_until = _until(slot, advises)
            booking.location_id = slot.location if booking.is_on_site else None
            booking.occupy()
            return booking

        _first_free(candidates, now, take)
        booking.sequence += 1
        booking.reminded_at = None
        if booking.is_requested:
            # Moving gives no more time to confirm.
            later = booking.confirm_by if booking.email else booking.starts_at
            booking.confirm_by = min(later, _confirm_by(booking, AdviceRules.current(), now))
        booking.save()
        sharing.follow(booking)
        WaitingEntry.objects.filter(booking=booking).update(ends_at=booking.starts_at)
        mails.moved(booking, by_office=by_office, message=message)
    return booking


def _is_there(booking, starts_at, coordinator):
    return booking.starts_at == starts_at and coordinator in (None, booking.coordinator)


@_persistent
@transaction.atomic
def cancel(booking, *, by_office=False, message="", now=None):
    """Ends it and frees its time. Repeating changes nothing; raises NotPossibleError."""
    now = now or timezone.now()
    booking = _locked(booking)
    if booking.is_cancelled:
        return booking
    if not by_office or not booking.is_lapsed:
        _refuse_unless_standing(booking, now)
    _end(booking, Status.CANCELLED_BY_OFFICE if by_office else Status.CANCELLED_BY_CLIENT, now)
    mails.cancelled(booking, by_office=by_office, message=message)
    return booking


@_persistent
@transaction.atomic
def set_outcome(booking, outcome, *, now=None):
    """Notes what became of the talk once it has begun; may be corrected to the other outcome."""
    now = now or timezone.now()
    booking = _locked(booking)
    was_firm = booking.is_confirmed or booking.status in Booking.OVER
    if outcome not in Booking.OVER or not was_firm or booking.starts_at > now:
        raise NotPossibleError
    booking.status = outcome
    booking.save(update_fields=["status", "updated_at"])
    booking.vacate()
    return booking


def _locked(booking):
    """The row to change, with everything a mail about it says."""
    return Booking.objects.for_mails().select_for_update(of=("self",)).get(pk=booking.pk)


def _refuse_unless_standing(booking, now):
    if booking.is_lapsed or booking.has_lapsed(now):
        raise LapsedError
    if not booking.is_standing(now) or booking.starts_at <= now:
        raise NotPossibleError


def _end(booking, status, at):
    booking.status, booking.ended_at, booking.confirm_by = status, at, None
    booking.holder = ""
    booking.sequence += 1
    booking.save(
        update_fields=["status", "ended_at", "confirm_by", "holder", "sequence", "updated_at"]
    )
    booking.vacate()
    sharing.follow(booking)
    WaitingEntry.objects.filter(booking=booking).delete()
