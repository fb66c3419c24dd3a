"""The calendar of duties, and grant periods that begin and end by themselves."""

import datetime

import pytest
import time_machine
import vobject
from django.test import Client

from offenbach_wir.models import QueuedMail
from projects.proposals import periods, scheduled
from projects.proposals.case import State
from projects.proposals.models import Decision, Duty, Proposal
from tests.case_factories import at, make_case, make_duty, staff
from tests.factories import make_account, make_applicant

from .test_closing import colleague
from .test_grant import as_member, page

CALENDAR = "/verwaltung/antraege/kalender/"


def state_of(proposal):
    return Proposal.objects.get(pk=proposal.pk).state


# --- Grant periods ------------------------------------------------------------------------------
@pytest.fixture
def accepted(db):
    """The period is from 1 March to 31 December 2098."""
    return make_case(State.ACCEPTED)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (at(2098, 2, 28, 22), State.ACCEPTED),
        # Already 1 March in Offenbach.
        (at(2098, 2, 28, 23), State.RUNNING),
        (at(2098, 12, 31, 22), State.RUNNING),
        (at(2098, 12, 31, 23), State.PROOF_DUE),
    ],
)
def test_project_begins_and_ends_on_its_day(accepted, day, state):
    scheduled.follow_grant_periods(day)
    assert state_of(accepted) == state


def test_running_again_changes_nothing(accepted):
    assert periods.go_on(at(2099, 1, 1)) == 2
    QueuedMail.objects.all().delete()
    assert periods.go_on(at(2099, 1, 1)) == 0
    assert not QueuedMail.objects.exists()


def test_end_of_the_period_makes_the_proof_due_and_tells_the_organisation(accepted):
    QueuedMail.objects.all().delete()
    periods.go_on(at(2099, 1, 1))
    assert accepted.duties.open().get().kind == Duty.Kind.PROOF
    assert QueuedMail.objects.filter(template="case_step").count() == 1


def test_locked_case_waits(accepted):
    Proposal.objects.filter(pk=accepted.pk).update(locked_because="Prüfung")
    assert periods.go_on(at(2099, 1, 1)) == 0


def test_case_that_fails_does_not_stop_the_others(accepted):
    other = make_case(State.ACCEPTED)
    # No calendar holds the day on which this proof would be due.
    Decision.objects.filter(proposal=accepted).update(ends_on=datetime.date(9999, 11, 30))
    with pytest.raises(periods.SomeFailedError):
        periods.go_on(at(9999, 12, 15))
    assert (state_of(accepted), state_of(other)) == (State.RUNNING, State.PROOF_DUE)


def test_period_of_a_decision_that_no_longer_counts_does_nothing(accepted):
    Decision.objects.filter(proposal=accepted).update(ended_at=at(2098, 1, 6))
    assert periods.go_on(at(2099, 1, 1)) == 0


# --- Calendars ----------------------------------------------------------------------------------
def test_organisation_takes_its_duties_along(db):
    proposal = make_case(State.PROOF_DUE)
    make_duty(proposal, kind="other", who="office", due_on=datetime.date(2099, 2, 1))
    answer = as_member(proposal, "reader").get(page(proposal, "foerderung/fristen.ics"))
    entry = vobject.readOne(answer.content.decode()).vevent
    assert entry.dtstart.value == proposal.duties.get(kind="proof").due_on
    assert proposal.reference in entry.summary.value


def test_stranger_takes_no_duties_along(db):
    proposal = make_case(State.PROOF_DUE)
    client = Client()
    client.force_login(make_applicant(make_account()).owner)
    assert client.get(page(proposal, "foerderung/fristen.ics")).status_code == 404


@pytest.fixture
def dated(db):
    """One duty that is overdue, one of the office, one of the organisation."""
    proposal = make_case(State.RUNNING)
    for day, who in [(1, "office"), (20, "office"), (25, "writers")]:
        make_duty(proposal, who=who, due_on=datetime.date(2098, 5, day), note=f"Tag {day}")
    return proposal


def shown(client, query=""):
    with time_machine.travel(at(2098, 5, 10), tick=False):
        client = colleague("coordinator") if client is None else client
        return client.get(CALENDAR + query)


def test_overdue_duties_stand_first_then_month_by_month(dated):
    answer = shown(None)
    assert [(p["is_late"], len(p["duties"])) for p in answer.context["parts"]] == [
        (True, 1),
        (False, 2),
    ]


@pytest.mark.parametrize(
    ("query", "days"),
    [("?who=office", {1, 20}), ("?who=writers", {25}), ("?who=nobody", {1, 20, 25})],
)
def test_calendar_is_filtered_by_who_has_to_act(dated, query, days):
    answer = shown(None, query)
    found = {d.due_on.day for part in answer.context["parts"] for d in part["duties"]}
    assert found == days


def test_own_cases_are_those_somebody_looks_after(dated):
    assert not shown(None, "?mine=on").context["parts"]
    Proposal.objects.filter(pk=dated.pk).update(assignee=staff("coordinator"))
    assert shown(None, "?mine=on").context["parts"]


def test_calendar_file_of_the_city_holds_what_the_page_shows(dated):
    with time_machine.travel(at(2098, 5, 10), tick=False):
        text = colleague("coordinator").get(f"{CALENDAR}fristen.ics?who=writers").content.decode()
    assert text.count("BEGIN:VEVENT") == 1


def test_calendar_asks_as_little_for_many_duties_as_for_few(dated, client, count_queries):
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    few = count_queries(CALENDAR)
    for n in range(20):
        make_duty(dated, due_on=datetime.date(2098, 6, 1 + n))
    assert count_queries(CALENDAR) == few
