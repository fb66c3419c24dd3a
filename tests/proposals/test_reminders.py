"""Deadlines by themselves: reminders once a person and day, the calendar file, missing PDFs."""

import datetime

import pytest
import time_machine
import vobject

from offenbach_wir.models import QueuedMail
from projects.proposals import scheduled, submission
from tests.factories import (
    make_account,
    make_half_line,
    make_member,
    make_proposal,
    make_whole_proposal,
)

from .conftest import page_of

LAST_DAY = datetime.date(2027, 3, 31)


def at(days_before, hour=8):
    day = LAST_DAY - datetime.timedelta(days=days_before)
    return datetime.datetime(day.year, day.month, day.day, hour, tzinfo=datetime.UTC)


@pytest.fixture
def draft(applicant):
    line = make_half_line(deadline_rule="set_by_city", city_deadline=LAST_DAY)
    return make_whole_proposal(applicant, funding_line=line)


def remind(days_before):
    with time_machine.travel(at(days_before), tick=False):
        scheduled.remind_of_deadlines(at(days_before))


def reminded(draft):
    rows = QueuedMail.objects.filter(template="proposal_deadline", subject_id=draft.pk)
    return sorted(row.email.to[0] for row in rows)


@pytest.mark.parametrize(
    ("days", "is_reminded"),
    [(15, False), (14, True), (13, True), (4, True), (3, True), (0, True), (-1, False)],
)
def test_reminder_goes_out_two_weeks_before_or_as_soon_as_the_job_runs_again(
    draft, days, is_reminded
):
    remind(days)
    assert bool(reminded(draft)) is is_reminded


def test_everybody_who_may_write_is_reminded_once(draft):
    make_member(draft.applicant, user=make_account("grace@example.org"))
    make_member(draft.applicant, "reader", make_account("leser@example.org"))
    for _n in range(2):
        remind(14)
    assert reminded(draft) == ["ada@example.org", "grace@example.org"]


def test_each_of_the_two_reminders_goes_out_once(draft):
    for days in range(15, -1, -1):
        remind(days)
    assert reminded(draft) == ["ada@example.org"] * 2


def test_draft_begun_after_a_reminder_was_due_does_not_get_it(draft):
    type(draft).objects.filter(pk=draft.pk).update(created_at=at(10))
    remind(9)
    assert reminded(draft) == []


def test_second_reminder_is_one_of_its_own(draft):
    remind(14)
    remind(3)
    assert reminded(draft) == ["ada@example.org"] * 2


def test_deadline_that_moves_reminds_anew(draft):
    remind(14)
    draft.funding_line.terms.update(city_deadline=LAST_DAY + datetime.timedelta(days=30))
    with time_machine.travel(at(14) + datetime.timedelta(days=30), tick=False):
        scheduled.remind_of_deadlines(at(14) + datetime.timedelta(days=30))
    assert len(reminded(draft)) == 2


def test_what_was_handed_in_is_reminded_of_nothing(draft):
    with time_machine.travel(at(20), tick=False):
        submission.hand_in(draft, user=draft.applicant.owner)
    remind(14)
    assert reminded(draft) == []


def test_draft_without_a_line_or_start_is_no_error(applicant):
    make_proposal(applicant)
    line = make_half_line(deadline_rule="days_before_start", deadline_days_before_start=56)
    make_proposal(applicant, funding_line=line)
    remind(14)


def test_reminder_is_in_the_persons_language(draft):
    owner = draft.applicant.owner
    owner.language = "ar"
    owner.save()
    remind(14)
    assert (
        QueuedMail.objects.get(template="proposal_deadline", subject_id=draft.pk).language == "ar"
    )


def test_deadline_can_be_taken_into_a_calendar(client, draft):
    with time_machine.travel(at(20), tick=False):
        client.force_login(draft.applicant.owner)
        response = client.get(page_of(draft, "frist.ics"))
    event = vobject.readOne(response.text).vevent
    assert event.dtstart.value == LAST_DAY
    assert event.dtend.value == LAST_DAY + datetime.timedelta(days=1)
    assert "Gemeinsam lesen" in event.summary.value
    assert "attachment" in response["Content-Disposition"]


def test_title_cannot_add_lines_to_the_calendar(client, draft):
    type(draft).objects.filter(pk=draft.pk).update(title="A\r\nATTENDEE:mailto:x@example.org")
    with time_machine.travel(at(20), tick=False):
        client.force_login(draft.applicant.owner)
        response = client.get(page_of(draft, "frist.ics"))
    assert not hasattr(vobject.readOne(response.text).vevent, "attendee")


@pytest.mark.parametrize("fields", [{}, {"starts_on": "2027-03-01"}])
def test_without_a_day_there_is_no_calendar_file(client, applicant, fields):
    draft = make_proposal(applicant, **fields)
    assert client.get(page_of(draft, "frist.ics")).status_code == 404


def untouched_for(proposal, days):
    since = datetime.datetime(2027, 3, 1, 8, tzinfo=datetime.UTC) - datetime.timedelta(days=days)
    type(proposal).objects.filter(pk=proposal.pk).update(updated_at=since)


@pytest.mark.parametrize(("days", "is_told"), [(334, False), (335, True), (360, True)])
def test_owner_hears_of_an_idle_draft_a_month_before_it_is_deleted(applicant, days, is_told):
    draft = make_proposal(applicant)
    untouched_for(draft, days)
    scheduled.tell_of_idle_drafts(datetime.datetime(2027, 3, 1, 8, tzinfo=datetime.UTC))
    told = QueuedMail.objects.filter(template="proposal_idle", subject_id=draft.pk)
    assert [row.email.to for row in told] == ([[applicant.owner.email]] if is_told else [])


def test_owner_hears_of_an_idle_draft_once(applicant):
    draft = make_proposal(applicant)
    untouched_for(draft, 340)
    for day in (1, 2):
        scheduled.tell_of_idle_drafts(datetime.datetime(2027, 3, day, 8, tzinfo=datetime.UTC))
    assert QueuedMail.objects.filter(template="proposal_idle", subject_id=draft.pk).count() == 1
