"""Free times from plain values, over years and all the odd days of the clock."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations import slots
from consultations.slots import Hours, Span, Talk

UTC = datetime.UTC
MINUTE = datetime.timedelta(minutes=1)
SPRING = datetime.date(2027, 3, 28)  # 2:00 to 3:00 does not exist
AUTUMN = datetime.date(2027, 10, 31)  # 2:00 to 3:00 exists twice
ON_SITE = frozenset({"on_site"})
EVER = (datetime.datetime(1990, 1, 1, tzinfo=UTC), datetime.datetime(2100, 1, 1, tzinfo=UTC))


def hours(opens="09:00", closes="12:00", **fields):
    if "date" not in fields:
        fields.setdefault("weekday", 0)
    times = (datetime.time.fromisoformat(text) for text in (opens, closes))
    return Hours(1, *times, fields.pop("channels", ON_SITE), **fields)


def talk(minutes=30, **fields):
    defaults = {"concern": 7, "channel": "on_site", "coordinators": frozenset({1}), "pauses": {}}
    return Talk(minutes=minutes, **(defaults | fields))


def free(day, *rows, last_day=None, busy=(), absences=(), closed_days=frozenset(), what=None):
    return slots.free_slots(
        what or talk(),
        rows,
        busy,
        absences,
        closed_days=closed_days,
        first_day=day,
        last_day=last_day or day,
        earliest=EVER[0],
        latest=EVER[1],
    )


def clocks(found):
    return [slot.starts_at.astimezone(slots.OFFENBACH).strftime("%H:%M") for slot in found]


MONDAY = datetime.date(2027, 1, 11)


def test_hours_are_cut_into_talks_that_fit():
    assert clocks(free(MONDAY, hours(closes="10:30"))) == ["09:00", "09:30", "10:00"]


def test_a_talk_that_would_run_past_closing_is_not_offered():
    assert clocks(free(MONDAY, hours(closes="10:30"), what=talk(60))) == ["09:00", "09:30"]


def test_another_weekday_has_no_times():
    assert free(MONDAY + slots.DAY, hours()) == []


def test_hours_count_only_while_they_are_valid():
    row = hours(valid_from=MONDAY + slots.DAY)
    assert free(MONDAY, row) == []


def test_hours_end_with_their_last_valid_day():
    row = hours(valid_until=MONDAY)
    found = free(MONDAY, row, last_day=MONDAY + 7 * slots.DAY)
    assert {slot.starts_at.date() for slot in found} == {MONDAY}


def test_a_booked_time_is_not_free():
    busy = [
        Span(
            slots.instant(MONDAY, datetime.time(9, 30)), slots.instant(MONDAY, datetime.time(10)), 1
        )
    ]
    assert clocks(free(MONDAY, hours(closes="10:30"), busy=busy)) == ["09:00", "10:00"]


def test_the_pause_after_a_talk_must_be_free_too():
    busy = [
        Span(
            slots.instant(MONDAY, datetime.time(10)),
            slots.instant(MONDAY, datetime.time(10, 30)),
            1,
        )
    ]
    found = free(MONDAY, hours(closes="10:30"), busy=busy, what=talk(pauses={1: 10}))
    assert clocks(found) == ["09:00"]


def test_another_persons_booking_takes_nothing():
    busy = [
        Span(slots.instant(MONDAY, datetime.time(9)), slots.instant(MONDAY, datetime.time(12)), 2)
    ]
    assert len(free(MONDAY, hours(closes="10:30"), busy=busy)) == 3


def test_an_absence_of_everybody_closes():
    away = [Span(slots.instant(MONDAY, datetime.time(0)), slots.instant(MONDAY, datetime.time(23)))]
    assert free(MONDAY, hours(), absences=away) == []


def test_a_closed_day_has_no_weekly_hours():
    assert free(MONDAY, hours(), closed_days=frozenset({MONDAY})) == []


def test_special_hours_count_on_a_closed_day():
    row = hours("13:00", "14:00", date=MONDAY)
    found = free(MONDAY, hours(), row, closed_days=frozenset({MONDAY}))
    assert clocks(found) == ["13:00", "13:30"]


def test_special_hours_come_on_top_of_the_weekly_ones():
    row = hours("13:00", "13:30", date=MONDAY)
    assert clocks(free(MONDAY, hours(closes="09:30"), row)) == ["09:00", "13:00"]


def test_special_hours_can_replace_the_weekly_ones():
    row = hours("13:00", "13:30", date=MONDAY, replaces_weekly=True)
    assert clocks(free(MONDAY, hours(), row)) == ["13:00"]


def test_a_concern_is_offered_in_its_hours_only():
    assert free(MONDAY, hours(concerns=frozenset({8}))) == []


def test_a_way_to_talk_is_offered_in_its_hours_only():
    assert free(MONDAY, hours(channels=frozenset({"phone"}))) == []


def test_times_that_the_clock_skips_are_not_offered():
    row = hours("01:30", "04:00", weekday=6)
    assert clocks(free(SPRING, row)) == ["01:30", "03:00", "03:30"]


def test_a_talk_across_the_skipped_hour_keeps_its_length():
    row = hours("01:30", "04:00", weekday=6)
    assert all(
        slot.ends_at - slot.starts_at == datetime.timedelta(minutes=30)
        for slot in free(SPRING, row)
    )


def test_hours_that_close_in_the_skipped_hour_close_when_the_clock_is_moved():
    row = hours("01:00", "02:30", weekday=6)
    assert clocks(free(SPRING, row)) == ["01:00", "01:30"]


def test_a_time_that_the_clock_shows_twice_means_the_first():
    row = hours("02:00", "02:30", weekday=6)
    (slot,) = free(AUTUMN, row)
    assert slot.starts_at == datetime.datetime(2027, 10, 31, 0, 0, tzinfo=UTC)


def test_a_skipped_time_is_refused():
    with pytest.raises(slots.NoSuchTimeError):
        slots.instant(SPRING, datetime.time(2, 30))


def test_the_nearest_times_are_the_ones_around_the_wanted_one():
    found = free(MONDAY, hours())
    wanted = slots.instant(MONDAY, datetime.time(10))
    assert clocks(slots.nearest(found, wanted)) == ["09:30", "10:00", "10:30"]


DAYS = st.dates(datetime.date(2024, 1, 1), datetime.date(2032, 12, 31))
MINUTES = st.integers(0, 23 * 60 + 59)


@st.composite
def rows_of_hours(draw):
    opens = draw(st.integers(0, 23 * 60 + 30))
    closes = draw(st.integers(opens + 1, 23 * 60 + 59))
    on = draw(
        st.one_of(st.just({"weekday": None}), st.fixed_dictionaries({"weekday": st.integers(0, 6)}))
    )
    if on["weekday"] is None:
        on = {"date": draw(DAYS)}
    return Hours(
        draw(st.integers(1, 3)),
        datetime.time(opens // 60, opens % 60),
        datetime.time(closes // 60, closes % 60),
        ON_SITE,
        **on,
    )


@st.composite
def spans(draw, first):
    begin = datetime.datetime.combine(first, datetime.time(0), UTC)
    starts_at = begin + datetime.timedelta(minutes=5 * draw(st.integers(-100, 1500)))
    return Span(
        starts_at,
        starts_at + datetime.timedelta(minutes=5 * draw(st.integers(1, 60))),
        draw(st.sampled_from([1, 2, 3, None])),
    )


@st.composite
def weeks(draw):
    first = draw(
        st.one_of(
            DAYS,
            st.sampled_from(
                [SPRING, AUTUMN, datetime.date(2028, 2, 28), datetime.date(2027, 12, 30)]
            ),
        )
    )
    return {
        "first": first,
        "rows": draw(st.lists(rows_of_hours(), min_size=1, max_size=5)),
        "busy": [s for s in draw(st.lists(spans(first), max_size=6)) if s.coordinator],
        "absences": draw(st.lists(spans(first), max_size=3)),
        "talk": talk(
            draw(st.sampled_from([5, 30, 45, 60])),
            coordinators=frozenset({1, 2, 3}),
            pauses={1: 0, 2: 5, 3: 15},
            start_every=draw(st.sampled_from([10, 15, 30, 60])),
        ),
    }


def found_in(week):
    return free(
        week["first"],
        *week["rows"],
        last_day=week["first"] + 4 * slots.DAY,
        busy=week["busy"],
        absences=week["absences"],
        what=week["talk"],
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(weeks())
def test_no_free_time_meets_a_booking_or_an_absence(week):
    for slot in found_in(week):
        pause = datetime.timedelta(minutes=week["talk"].pauses[slot.coordinator])
        for span in week["busy"]:
            if span.coordinator == slot.coordinator:
                assert not (span.starts_at < slot.ends_at + pause and slot.starts_at < span.ends_at)
        for span in week["absences"]:
            if span.coordinator in (None, slot.coordinator):
                assert not (span.starts_at < slot.ends_at and slot.starts_at < span.ends_at)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(weeks())
def test_every_free_time_stands_on_the_clock_within_opening_hours(week):
    for slot in found_in(week):
        local = slot.starts_at.astimezone(slots.OFFENBACH)
        assert any(
            row.coordinator == slot.coordinator
            and row.on(local.date())
            and row.opens <= local.time() < row.closes
            for row in week["rows"]
        )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(weeks())
def test_every_free_time_has_the_length_of_the_talk(week):
    length = datetime.timedelta(minutes=week["talk"].minutes)
    assert all(slot.ends_at - slot.starts_at == length for slot in found_in(week))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(weeks())
def test_each_time_of_a_coordinator_is_offered_once_and_in_order(week):
    found = [(slot.starts_at, slot.coordinator) for slot in found_in(week)]
    assert found == sorted(set(found))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(weeks())
def test_taking_a_free_time_takes_away_only_what_it_meets(week):
    found = found_in(week)
    if not found:
        return
    taken = found[len(found) // 2]
    pause = datetime.timedelta(minutes=week["talk"].pauses[taken.coordinator])
    span = Span(taken.starts_at, taken.ends_at + pause, taken.coordinator)
    left = set(found_in(week | {"busy": [*week["busy"], span]}))
    for slot in found:
        meets = (
            slot.coordinator == taken.coordinator
            and slot.starts_at < span.ends_at
            and span.starts_at < slot.ends_at + pause
        )
        assert (slot in left) is not meets


@settings(max_examples=300, deadline=None, derandomize=True)
@given(DAYS, MINUTES)
def test_an_instant_shows_the_time_it_was_made_from(day, minute):
    time = datetime.time(minute // 60, minute % 60)
    try:
        moment = slots.instant(day, time)
    except slots.NoSuchTimeError:
        assert datetime.time(2) <= time < datetime.time(3)
        return
    local = moment.astimezone(ZoneInfo("Europe/Berlin"))
    assert (local.date(), local.time()) == (day, time)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(DAYS, MINUTES, st.integers(1, 240))
def test_steps_cover_the_whole_talk_and_no_more(day, minute, minutes):
    starts_at = datetime.datetime.combine(day, datetime.time(0), UTC) + datetime.timedelta(
        minutes=minute
    )
    ends_at = starts_at + datetime.timedelta(minutes=minutes)
    occupied = slots.steps(starts_at, minutes)
    step = datetime.timedelta(minutes=slots.STEP_MINUTES)
    begins = [datetime.datetime.fromtimestamp(n * step.total_seconds(), UTC) for n in occupied]
    assert begins[0] <= starts_at < begins[0] + step
    assert begins[-1] < ends_at <= begins[-1] + step


@settings(max_examples=300, deadline=None, derandomize=True)
@given(DAYS, MINUTES, st.integers(1, 240), st.integers(-300, 300), st.integers(1, 240))
def test_talks_that_overlap_have_a_step_in_common(day, minute, minutes, later, other_minutes):
    first = datetime.datetime.combine(day, datetime.time(0), UTC) + minute * MINUTE
    second = first + later * MINUTE
    overlap = second < first + minutes * MINUTE and first < second + (other_minutes * MINUTE)
    common = {*slots.steps(first, minutes)} & {*slots.steps(second, other_minutes)}
    assert common or not overlap
