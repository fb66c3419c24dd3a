"""Deadlines: days left, refused or warned, and when to remind."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from projects.proposals import deadlines
from projects.proposals.deadlines import deadline_of, due_reminder, start_warning

BERLIN = ZoneInfo("Europe/Berlin")
UTC = datetime.UTC
LAST = datetime.date(2026, 12, 31)
START = datetime.date(2027, 2, 1)


def at(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def deadline(rule="day_of_year", last_day=LAST, now="2026-12-01 12:00", **fields):
    fields.setdefault("starts_on", START)
    return deadline_of(rule, last_day, at(now), line="Modellprojekte", **fields)


def test_days_left_are_days_on_the_calendar():
    assert deadline(now="2026-12-29 23:59:59").days_left == 2
    assert deadline(now="2026-12-30 00:00:00").days_left == 1


def test_last_second_of_the_last_day_still_counts():
    last = deadline(now="2026-12-31 23:59:59")
    assert last.days_left == 0
    assert not last.is_passed
    assert last.last_moment == at("2026-12-31 23:59:59")
    assert deadline(now="2027-01-01 00:00:00").is_passed


def test_the_day_is_that_of_offenbach():
    now = datetime.datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    assert deadline_of("yearly", LAST, now, line="x").is_passed
    now = datetime.datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)
    assert not deadline_of("yearly", LAST, now, line="x").is_passed


def test_a_day_in_summer_ends_by_summer_time():
    moment = deadlines.last_moment_of(datetime.date(2027, 7, 1))
    assert moment.astimezone(UTC) == datetime.datetime(2027, 7, 1, 21, 59, 59, tzinfo=UTC)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        deadline_of("yearly", LAST, datetime.datetime(2026, 1, 1), line="x")  # noqa: DTZ001


def test_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="someday"):
        deadline("someday")


@pytest.mark.parametrize("rule", ["day_of_year", "days_before_start", "yearly"])
def test_being_late_for_the_state_is_only_warned_of(rule):
    late = deadline(rule, now="2027-01-02 09:00")
    assert (late.is_passed, late.is_warned, late.is_refused) == (True, True, False)
    assert late.message.severity == "warning"


def test_being_late_for_the_city_is_refused():
    late = deadline("set_by_city", now="2027-01-01 00:00")
    assert (late.is_passed, late.is_warned, late.is_refused) == (True, False, True)
    assert late.message.severity == "error"


def test_before_the_day_nothing_is_refused():
    early = deadline("set_by_city")
    assert not early.is_refused
    assert early.message.severity == "hint"


def test_sentence_names_rule_day_and_days_left():
    with translation.override("de"):
        text = deadline("days_before_start", datetime.date(2027, 1, 4)).text
        assert "Modellprojekte" in text
        assert "28 Tage vor dem Beginn" in text
        assert "4. Januar 2027" in text
        assert "34 Tage" in text


def test_one_day_is_not_days():
    with translation.override("de"):
        assert "1 Tag Zeit" in deadline(now="2026-12-30 09:00").text


def test_last_day_names_the_last_minute():
    with translation.override("de"):
        assert "23:59" in deadline(now="2026-12-31 09:00").text


@pytest.mark.parametrize("rule", list(deadlines.Rule))
def test_without_a_day_nothing_passes_and_the_way_to_it_is_said(rule):
    unknown = deadline(rule, last_day=None, starts_on=None)
    assert unknown.days_left is None
    assert unknown.last_moment is None
    assert not unknown.is_passed
    assert unknown.message.code == "deadline_unknown"


def test_without_a_start_the_start_is_asked_for():
    with translation.override("de"):
        assert "Beginn" in deadline(last_day=None, starts_on=None).text


def test_unconfirmed_deadline_says_so():
    assert len(deadline(is_confirmed=False).sentences) == len(deadline().sentences) + 1


@pytest.mark.parametrize("language", ["de", "en", "ar"])
@pytest.mark.parametrize("rule", list(deadlines.Rule))
def test_every_sentence_can_be_read(language, rule):
    with translation.override(language):
        for last_day in (None, LAST):
            for now in ("2026-12-01 12:00", "2026-12-31 12:00", "2027-01-11 12:00"):
                text = deadline(rule, last_day, now, is_confirmed=False).text
                assert "%(" not in text
                assert "Modellprojekte" in text


# Starting early


def test_a_start_in_the_past_is_warned_of():
    found = start_warning(datetime.date(2026, 11, 1), at("2026-12-01 12:00"))
    assert (found.code, found.severity) == ("early_start", "warning")
    assert "2026" in found.text


def test_a_start_before_the_last_day_to_apply_is_warned_of():
    now = at("2026-12-01 12:00")
    assert start_warning(datetime.date(2026, 12, 20), now, last_day=LAST)
    assert start_warning(START, now, last_day=LAST) is None


def test_a_start_after_the_decision_is_fine():
    now = at("2027-03-01 12:00")
    assert start_warning(START, now, decided_on=START) is None
    assert start_warning(START, now, decided_on=datetime.date(2027, 2, 2))


def test_a_permitted_early_start_is_fine():
    now = at("2027-03-01 12:00")
    assert start_warning(START, now, is_permitted=True) is None
    assert start_warning(None, now) is None


# Reminders


def test_reminders_are_due_fourteen_and_three_days_before():
    assert deadlines.reminders_of(LAST) == {
        14: at("2026-12-17 08:00"),
        3: at("2026-12-28 08:00"),
    }


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-12-17 07:59:59", None),
        ("2026-12-17 08:00:00", 14),
        ("2026-12-28 07:59:59", 14),
        ("2026-12-28 08:00:00", 3),
        ("2026-12-31 23:59:59", 3),
        ("2027-01-01 00:00:00", None),
    ],
)
def test_latest_reminder_is_due(now, due):
    assert due_reminder(LAST, at(now)) == due


def test_a_reminder_goes_out_once():
    assert due_reminder(LAST, at("2026-12-18 08:00"), sent={14}) is None
    assert due_reminder(LAST, at("2026-12-28 08:00"), sent={14}) == 3


def test_a_draft_begun_later_is_not_reminded_of_what_was_before():
    since = at("2026-12-20 10:00")
    assert due_reminder(LAST, at("2026-12-21 08:00"), since=since) is None
    assert due_reminder(LAST, at("2026-12-28 08:00"), since=since) == 3


def test_no_day_no_reminder():
    assert due_reminder(None, at("2026-12-18 08:00")) is None
