"""Hold, book, confirm, move, cancel: what may happen and what never does."""

import datetime
from dataclasses import replace
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from post_office.models import Email

from consultations import booking
from consultations.models import Absence, Booking, OccupiedStep, OpenedHoliday, OpeningHours

from .conftest import MONDAY, NOW, at

pytestmark = pytest.mark.django_db
Status = Booking.Status
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)


def hold(wish, starts_at=None, **options):
    return booking.hold(wish, starts_at or at(9), **({"now": NOW} | options))


@pytest.fixture
def requested(wish, details):
    return booking.book(hold(wish), details, written_language="de", now=NOW)


@pytest.fixture
def confirmed(requested):
    return booking.confirm(requested, now=NOW)


def subjects():
    return list(Email.objects.order_by("pk").values_list("subject", flat=True))


# --- Holding ---
def test_a_held_time_is_held_for_fifteen_minutes(wish):
    assert hold(wish).held_until == NOW + 15 * MINUTE


def test_a_held_time_cannot_be_held_by_another(wish):
    hold(wish)
    with pytest.raises(booking.TakenError):
        hold(wish)


def test_a_time_can_be_held_again_when_the_hold_has_lapsed(wish):
    hold(wish)
    assert hold(wish, now=NOW + 15 * MINUTE).starts_at == at(9)


def test_a_new_hold_ends_the_earlier_one_of_the_same_visitor(wish):
    first = hold(wish)
    hold(wish, at(10), instead_of=first)
    assert not Booking.objects.filter(pk=first.pk).exists()


def test_one_address_holds_three_times_at_most(wish):
    for hour in (9, 10, 11):
        hold(wish, at(hour), holder="somebody")
    with pytest.raises(booking.TooManyHoldsError):
        hold(wish, at(9, 30), holder="somebody")


def test_one_address_has_few_unconfirmed_bookings(wish, details, settings):
    settings.ADVICE_UNCONFIRMED_PER_ADDRESS = 1
    held = hold(wish, holder="somebody")
    booking.book(held, details, written_language="de", now=NOW)
    with pytest.raises(booking.TooManyHoldsError):
        hold(wish, at(10), holder="somebody")


def test_confirmed_bookings_do_not_count_against_an_address(wish, details, settings):
    settings.ADVICE_UNCONFIRMED_PER_ADDRESS = 1
    held = hold(wish, holder="somebody")
    booking.confirm(booking.book(held, details, written_language="de", now=NOW), now=NOW)
    assert hold(wish, at(10), holder="somebody").is_held


@pytest.mark.parametrize(
    "starts_at",
    [
        pytest.param(at(9, 10), id="off the grid"),
        pytest.param(at(8), id="before opening"),
        pytest.param(at(12), id="after closing"),
        pytest.param(at(9, day=MONDAY + datetime.timedelta(days=1)), id="another weekday"),
        pytest.param(at(9, day=MONDAY + datetime.timedelta(days=28)), id="beyond the window"),
        pytest.param(at(9, day=MONDAY - datetime.timedelta(days=7)), id="in the past"),
    ],
)
def test_a_time_that_is_not_offered_is_refused(wish, starts_at):
    with pytest.raises(booking.NotOfferedError):
        hold(wish, starts_at)


def test_a_time_within_the_shortest_notice_is_refused(wish):
    with pytest.raises(booking.NotOfferedError):
        hold(wish, now=at(9) - 23 * HOUR)


def test_a_coordinator_who_does_not_speak_the_language_is_not_offered(wish, make_coordinator):
    from dataclasses import replace

    from projects.models import SpokenLanguage

    turkish = replace(wish, language=SpokenLanguage.objects.get(code="tr"))
    with pytest.raises(booking.NotOfferedError):
        hold(turkish)


def test_with_an_interpreter_every_coordinator_is_offered(wish):
    from dataclasses import replace

    from projects.models import SpokenLanguage

    turkish = SpokenLanguage.objects.get(code="tr")
    assert hold(replace(wish, language=turkish, needs_interpreter=True)).is_held


def test_whoever_is_free_gets_the_talk_when_nobody_was_named(wish, make_coordinator):
    other = make_coordinator("Lin Beispiel")
    first = hold(wish)
    assert {first.coordinator, hold(wish).coordinator} == {wish_coordinator(wish), other}


def wish_coordinator(wish):
    return OpeningHours.objects.get(coordinator__name="Ada Beispiel").coordinator


def test_a_public_holiday_is_closed(wish):
    good_friday = datetime.date(2027, 3, 26)
    OpeningHours.objects.update(weekday=4)
    with pytest.raises(booking.NotOfferedError):
        hold(wish, at(9, day=good_friday), now=at(9, day=good_friday - datetime.timedelta(days=5)))


def test_a_public_holiday_opened_on_purpose_is_open(wish):
    good_friday = datetime.date(2027, 3, 26)
    OpeningHours.objects.update(weekday=4)
    OpenedHoliday.objects.create(date=good_friday)
    now = at(9, day=good_friday - datetime.timedelta(days=5))
    assert hold(wish, at(9, day=good_friday), now=now).is_held


def test_nothing_is_offered_while_somebody_is_away(wish, coordinator):
    Absence.objects.create(coordinator=coordinator, starts_at=at(0), ends_at=at(23))
    with pytest.raises(booking.NotOfferedError):
        hold(wish)


# --- The guarantee ---
def test_the_database_refuses_two_bookings_of_one_time(make_booking):
    make_booking()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_booking()


def test_the_database_refuses_bookings_that_overlap_by_five_minutes(make_booking):
    make_booking(minutes=35)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_booking(at(9, 30))


def test_the_pause_after_a_talk_is_occupied_too(wish, coordinator):
    coordinator.buffer_minutes = 10
    coordinator.save()
    held = hold(wish)
    assert OccupiedStep.objects.filter(booking=held).count() == 8


# --- Booking ---
def test_a_booking_with_e_mail_waits_for_its_link(requested):
    assert requested.is_requested
    assert requested.confirm_by == NOW + 24 * HOUR
    assert subjects() == ["Please confirm your appointment"] or len(subjects()) == 1


def test_booking_twice_is_booking_once(wish, details):
    held = hold(wish)
    first = booking.book(held, details, written_language="de", now=NOW)
    second = booking.book(held, details, written_language="de", now=NOW)
    assert first == second
    assert Email.objects.count() == 1


def test_a_hold_that_is_gone_cannot_be_booked(wish, details):
    held = hold(wish)
    booking.release_all_lapsed(NOW + 16 * MINUTE)
    with pytest.raises(booking.LapsedError):
        booking.book(held, details, written_language="de", now=NOW + 16 * MINUTE)


def overtaken_by(press):
    """Lets another press go through while the row of a booking is about to be written."""
    waiting = [press]

    def go_first(execute, sql, *rest):
        if waiting and sql.startswith('UPDATE "consultations_booking"'):
            waiting.pop()()
        return execute(sql, *rest)

    return connection.execute_wrapper(go_first)


def test_who_is_overtaken_by_another_press_gets_the_booking_of_that_one(wish, details):
    held, later = hold(wish), replace(details, name="Später Beispiel")
    press = partial(booking.book, held, written_language="de", now=NOW)
    with overtaken_by(lambda: press(details)):
        booked = press(later)
    assert booked.name == Booking.objects.get().name == details.name
    assert Email.objects.count() == 1


def test_a_hold_that_is_given_away_at_the_last_moment_cannot_be_booked(wish, details):
    held = hold(wish)
    with (
        overtaken_by(lambda: booking.release_all_lapsed(NOW + 16 * MINUTE)),
        pytest.raises(booking.LapsedError),
    ):
        booking.book(held, details, written_language="de", now=NOW)
    assert not Booking.objects.exists()
    assert not Email.objects.exists()


def test_a_booking_by_phone_waits_for_the_office(wish):
    caller = booking.Details(name="Grace Beispiel", phone="069 90009-111")
    booked = booking.book(hold(wish), caller, written_language="de", now=NOW)
    assert (booked.status, Email.objects.count()) == (Status.REQUESTED, 0)


def test_without_confirmation_a_booking_is_firm_at_once(wish, details, rules):
    rules.needs_confirmation = False
    rules.save()
    assert booking.book(hold(wish), details, written_language="de", now=NOW).is_confirmed


def test_the_time_to_confirm_ends_two_hours_before_the_talk(wish, details, rules):
    rules.minimum_notice_hours = 4
    rules.save()
    now = at(9) - 5 * HOUR
    booked = booking.book(hold(wish, now=now), details, written_language="de", now=now)
    assert booked.confirm_by == at(9) - 2 * HOUR


# --- Confirming ---
def test_confirming_makes_it_firm(requested):
    assert booking.confirm(requested, now=NOW).is_confirmed


def test_confirming_twice_sends_one_mail(requested):
    booking.confirm(requested, now=NOW)
    booking.confirm(requested, now=NOW)
    assert Email.objects.count() == 2


def test_a_booking_cannot_be_confirmed_too_late(requested):
    with pytest.raises(booking.LapsedError):
        booking.confirm(requested, now=NOW + 24 * HOUR)


def test_an_unconfirmed_time_becomes_free_again(requested, wish):
    assert hold(wish, now=NOW + 25 * HOUR).is_held


def test_an_unconfirmed_booking_has_lapsed_when_its_time_is_given_away(requested, wish):
    hold(wish, now=NOW + 25 * HOUR)
    requested.refresh_from_db()
    assert requested.is_lapsed


def test_a_cancelled_booking_cannot_be_confirmed(requested):
    booking.cancel(requested, now=NOW)
    with pytest.raises(booking.NotPossibleError):
        booking.confirm(requested, now=NOW)


def test_one_address_has_three_firm_appointments_at_most(requested, make_booking):
    for hour in (10, 11):
        make_booking(at(hour))
    make_booking(at(9, 30), email="GRACE@example.org")
    with pytest.raises(booking.TooManyBookingsError):
        booking.confirm(requested, now=NOW)


# --- Moving ---
def test_moving_frees_the_old_time(confirmed, wish):
    booking.move(confirmed, at(10), now=NOW)
    assert hold(wish).starts_at == at(9)


def test_moving_takes_the_new_time(confirmed, wish):
    booking.move(confirmed, at(10), now=NOW)
    with pytest.raises(booking.TakenError):
        hold(wish, at(10))


def test_moving_to_a_taken_time_keeps_the_old_one(confirmed, wish):
    hold(wish, at(10))
    with pytest.raises(booking.TakenError):
        booking.move(confirmed, at(10), now=NOW)
    confirmed.refresh_from_db()
    assert confirmed.starts_at == at(9)
    assert OccupiedStep.objects.filter(booking=confirmed).count() == 6


def test_moving_raises_the_sequence(confirmed):
    assert booking.move(confirmed, at(10), now=NOW).sequence == confirmed.sequence + 1


def test_moving_to_its_own_time_changes_nothing(confirmed):
    assert booking.move(confirmed, at(9), now=NOW).sequence == confirmed.sequence


def test_moving_may_overlap_its_own_old_time(wish, details, rules, concern):
    rules.start_every_minutes = 10
    rules.save()
    booked = booking.book(hold(wish), details, written_language="de", now=NOW)
    assert booking.move(booked, at(9, 10), now=NOW).starts_at == at(9, 10)


def test_a_cancelled_booking_cannot_be_moved(confirmed):
    booking.cancel(confirmed, now=NOW)
    with pytest.raises(booking.NotPossibleError):
        booking.move(confirmed, at(10), now=NOW)


def test_the_office_may_move_beyond_the_window(confirmed):
    far = at(9, day=MONDAY + datetime.timedelta(days=28))
    assert booking.move(confirmed, far, by_office=True, now=NOW).starts_at == far


# --- Cancelling ---
def test_cancelling_frees_the_time(confirmed, wish):
    booking.cancel(confirmed, now=NOW)
    assert hold(wish).starts_at == at(9)


def test_cancelling_twice_sends_one_mail(confirmed):
    before = Email.objects.count()
    booking.cancel(confirmed, now=NOW)
    booking.cancel(confirmed, now=NOW)
    assert Email.objects.count() == before + 1


def test_it_says_who_cancelled(confirmed):
    assert booking.cancel(confirmed, by_office=True, now=NOW).status == Status.CANCELLED_BY_OFFICE


def test_a_talk_that_has_begun_cannot_be_cancelled(confirmed):
    with pytest.raises(booking.NotPossibleError):
        booking.cancel(confirmed, now=at(9))


# --- Outcome ---
def test_the_outcome_is_noted_after_the_talk_has_begun(confirmed):
    assert booking.set_outcome(confirmed, Status.ATTENDED, now=at(9)).status == Status.ATTENDED


def test_the_outcome_cannot_be_noted_before(confirmed):
    with pytest.raises(booking.NotPossibleError):
        booking.set_outcome(confirmed, Status.NO_SHOW, now=NOW)


def test_a_wrong_outcome_can_be_corrected(confirmed):
    noted = booking.set_outcome(confirmed, Status.NO_SHOW, now=at(9))
    assert booking.set_outcome(noted, Status.ATTENDED, now=at(10)).status == Status.ATTENDED


def test_a_cancelled_talk_has_no_outcome(confirmed):
    booking.cancel(confirmed, now=NOW)
    with pytest.raises(booking.NotPossibleError):
        booking.set_outcome(confirmed, Status.ATTENDED, now=at(9))


# --- The office books ---
def test_the_office_books_firmly_and_at_short_notice(wish, details):
    booked = booking.book_for_caller(wish, at(9), details, now=at(9) - HOUR)
    assert booked.is_confirmed


def test_the_office_cannot_book_a_taken_time(wish, details):
    hold(wish)
    with pytest.raises(booking.TakenError):
        booking.book_for_caller(wish, at(9), details, now=NOW)
