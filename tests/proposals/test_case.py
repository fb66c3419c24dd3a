"""The table of steps by itself: whole, without dead ends, and read by everything that needs it."""

import pytest

from projects.proposals import case, case_mails, duties, needs, timeline
from projects.proposals.case import ENDED, STEPS, Actor, Audience, Form, Need, State

ENDING = [step for step in STEPS.values() if step.target in ENDED]
INTO_APPROVAL = [step for step in STEPS.values() if step.target == State.APPROVED]


def reachable_from(state):
    """Every state that steps lead to from there."""
    found, new = set(), {state}
    while new:
        found |= new
        new = {step.target for each in new for step in case.steps_from(each)} - found
    return found


def test_every_state_is_reached_from_what_was_handed_in():
    assert reachable_from(State.SUBMITTED) == set(State) - {State.DRAFT}


@pytest.mark.parametrize("state", case.OPEN)
def test_every_open_case_can_come_to_an_end(state):
    assert reachable_from(state) & set(ENDED)


def test_nothing_follows_a_rejected_withdrawn_or_closed_case():
    assert set(ENDED) == {State.REJECTED, State.WITHDRAWN, State.CLOSED}


def test_a_step_leads_somewhere_else():
    assert [step.key for step in STEPS.values() if step.starts_from(step.target)] == []


def test_money_of_the_city_is_approved_by_a_second_person_only():
    from_the_city = [s for s in INTO_APPROVAL if s.starts_from(State.DECIDED_BY_CITY)]
    assert from_the_city
    for step in from_the_city:
        assert step.actor == Actor.SECOND
        assert {Need.OTHER_PERSON, Need.MONEY_LEFT, Need.NO_CONFLICT} <= set(step.needs)


def test_grant_is_approved_from_nowhere_else():
    origins = {origin for step in INTO_APPROVAL for origin in step.origins}
    assert origins == {State.HANDED_OVER, State.DECIDED_BY_CITY}


@pytest.mark.parametrize("step", ENDING, ids=lambda step: step.key)
def test_organisation_hears_that_its_case_has_ended(step):
    assert Audience.WRITERS in step.informs


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.key)
def test_reason_is_asked_for_where_one_is_needed(step):
    assert (step.form == Form.REASON) == (Need.REASON in step.needs)


def test_every_need_can_be_looked_up():
    assert set(needs.CHECKS) == set(Need)


def test_every_audience_can_be_written_to():
    assert set(case_mails.INFORM) == set(Audience)


def test_organisation_reads_in_every_state_what_is_next():
    assert set(timeline.NEXT) >= set(case.OPEN)


def test_every_duty_of_a_state_has_a_day_and_somebody_who_does_it():
    kinds = {kind for rows in duties.STATES.values() for kind in rows}
    assert kinds <= set(duties.DAYS)
    assert kinds <= set(duties.WHO)


@pytest.mark.parametrize("state", case.WAITS_FOR_WRITERS)
def test_what_waits_for_the_organisation_has_a_last_day(state):
    kinds = duties.STATES[state]
    assert [kind for kind in kinds if duties.WHO[kind] == duties.Who.WRITERS]
