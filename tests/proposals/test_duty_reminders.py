"""Reminders of duties in a case: two weeks and three days before the day, and the day after."""

import datetime

import pytest

from offenbach_wir.models import QueuedMail
from projects.proposals import deadlines, scheduled
from projects.proposals.models import Duty, Proposal
from tests.case_factories import at, make_duty
from tests.factories import make_account, make_member, make_submitted_proposal

DUE_ON = datetime.date(2098, 2, 20)
LONG_AGO = at(2097, 12, 1)


def days_before(days, hour=8):
    day = DUE_ON - datetime.timedelta(days=days)
    return at(day.year, day.month, day.day, hour)


@pytest.fixture
def case(applicant):
    return make_submitted_proposal(applicant)


def owe(case, kind=Duty.Kind.PROOF, **fields):
    defaults = {"who": "writers", "due_on": DUE_ON, "opened_at": LONG_AGO}
    return make_duty(case, kind, **(defaults | fields))


def remind(days):
    scheduled.remind_of_duties(days_before(days))


def mails(case):
    rows = QueuedMail.objects.filter(template="case_reminder", subject_id=case.pk)
    return [row.email for row in rows.order_by("pk")]


# --- The rule -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "due"),
    [(15, None), (14, 14), (4, 14), (3, 3), (1, 3), (0, 3), (-1, -1), (-40, -1)],
)
def test_latest_reminder_whose_day_has_come_is_due(days, due):
    assert deadlines.due_duty_reminder(DUE_ON, days_before(days), since=LONG_AGO) == due


@pytest.mark.parametrize(("days", "due"), [(13, None), (4, None), (3, 3), (-1, -1)])
def test_what_was_due_before_the_duty_was_known_is_not_made_up_for(days, due):
    since = days_before(14)
    assert deadlines.due_duty_reminder(DUE_ON, days_before(days), since=since) == due


def test_day_begins_at_midnight_in_offenbach():
    late = days_before(15, hour=23)
    assert deadlines.due_duty_reminder(DUE_ON, late, since=LONG_AGO) == 14


# --- The job ------------------------------------------------------------------------------------
def test_everybody_who_may_write_is_reminded_three_times_and_each_once(case):
    make_member(case.applicant, user=make_account("grace@example.org"))
    make_member(case.applicant, "reader", make_account("leser@example.org"))
    owe(case)
    for days in range(16, -4, -1):
        remind(days)
        remind(days)
    assert sorted(mail.to[0] for mail in mails(case)) == [
        *["ada@example.org"] * 3,
        *["grace@example.org"] * 3,
    ]


def test_reminder_says_what_is_to_be_done_and_until_when(case):
    owe(case, note="Bitte mit Belegliste.")
    remind(3)
    [mail] = mails(case)
    assert case.reference in mail.subject
    assert "20. Februar 2098" in mail.message
    assert str(Duty.Kind.PROOF.label) in mail.message
    assert "Bitte mit Belegliste." in mail.message
    assert case.key in mail.message


@pytest.mark.parametrize("kind", Duty.Kind)
def test_every_kind_of_duty_is_reminded_of(case, kind):
    owe(case, kind)
    remind(14)
    assert len(mails(case)) == 1


def test_two_duties_of_a_case_are_two_mails(case):
    owe(case, "other", note="Erstes")
    owe(case, "other", note="Zweites")
    remind(3)
    assert len(mails(case)) == 2


def test_day_that_moves_reminds_anew(case):
    duty = owe(case)
    remind(14)
    Duty.objects.filter(pk=duty.pk).update(due_on=DUE_ON + datetime.timedelta(days=30))
    remind(-16)
    assert len(mails(case)) == 2


def test_what_is_done_or_the_citys_is_reminded_of_nothing(case):
    owe(case, done_at=LONG_AGO)
    owe(case, "other", who="office")
    for days in (14, 3, -1):
        remind(days)
    assert mails(case) == []


def test_locked_case_is_left_in_peace(case):
    owe(case)
    Proposal.objects.filter(pk=case.pk).update(locked_because="Prüfung läuft.")
    remind(3)
    assert mails(case) == []


def test_reminder_is_in_the_persons_language(case):
    owner = case.applicant.owner
    owner.language = "ar"
    owner.save()
    owe(case)
    remind(3)
    assert QueuedMail.objects.get(template="case_reminder", subject_id=case.pk).language == "ar"
