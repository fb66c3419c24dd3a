"""Which backups stay."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offenbach_wir.backup.rotation import Plan, kept, moment_of, name_at, outdated

NOON = datetime.datetime(2027, 3, 31, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
moments = st.lists(
    st.integers(-500 * 24 * 3600, 500 * 24 * 3600).map(
        lambda seconds: NOON + datetime.timedelta(seconds=seconds)
    ),
    unique=True,
)
plans = st.builds(Plan, *[st.integers(0, 15)] * 3)


def daily(days):
    return [NOON - n * DAY for n in range(days)]


def days_ago(stay):
    return sorted((NOON - moment).days for moment in stay)


def test_seven_days_four_weeks_and_twelve_months_stay():
    # 31 March 2027 is a Wednesday.
    stay = days_ago(kept(daily(800), Plan()))
    last_days = [0, 1, 2, 3, 4, 5, 6]
    sundays_before = [10, 17]
    ends_of_months = [31, 59, 90, 121, 151, 182, 212, 243, 274, 304, 335]
    assert stay == [*last_days, *sundays_before, *ends_of_months]


def test_days_without_a_backup_do_not_count():
    sparse = [NOON - n * 3 * DAY for n in range(20)]
    assert days_ago(kept(sparse, Plan(weekly=0, monthly=0))) == [0, 3, 6, 9, 12, 15, 18]


def test_newest_of_a_day_stays():
    evening = NOON + datetime.timedelta(hours=8)
    assert kept([NOON, evening], Plan()) == {evening}


def test_week_of_the_turn_of_the_year_is_one_week():
    sylvester = datetime.datetime(2026, 12, 31, 3, tzinfo=datetime.UTC)
    stay = kept([sylvester, sylvester + DAY], Plan(daily=0, monthly=0))
    assert stay == {sylvester + DAY}


def test_newest_stays_whatever_the_plan():
    assert kept(daily(5), Plan(0, 0, 0)) == {NOON}


def test_without_backups_there_is_nothing_to_keep():
    assert kept([], Plan()) == set()


@given(moments, plans)
def test_no_more_stay_than_the_plan_says_and_the_newest_is_among_them(found, plan):
    stay = kept(found, plan)
    assert len(stay) <= max(1, plan.daily + plan.weekly + plan.monthly)
    assert stay <= set(found)
    assert not found or max(found) in stay


@given(moments, plans)
def test_removing_twice_removes_no_more_than_once(found, plan):
    stay = kept(found, plan)
    assert kept(stay, plan) == stay


@given(moments)
def test_name_tells_the_moment(found):
    assert [moment_of(name_at(moment)) for moment in found] == found


@pytest.mark.parametrize(
    "name",
    [
        *(".lock", "notes.txt", "wir-20270331T120000Z.wirbackup.txt", "wir-x.wirbackup"),
        *(".wir-20270331T120000Z.wirbackup.part", "wir-20279931T120000Z.wirbackup"),
    ],
)
def test_files_that_are_no_backups_are_never_removed(name):
    assert moment_of(name) is None
    assert outdated([name, *map(name_at, daily(20))], Plan(1, 0, 0)) == sorted(
        map(name_at, daily(20)[1:])
    )
