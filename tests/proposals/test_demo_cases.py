"""The demo's cases: one in every state, with a history that could be a real one."""

import datetime
import re
from itertools import pairwise

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from offenbach_wir.models import Event, QueuedMail, User
from projects.proposals import demo_clock, grants, reports, saving, steps
from projects.proposals.case import State
from projects.proposals.forms.sections import SectionForm
from projects.proposals.models import (
    CityFund,
    Disbursement,
    Duty,
    Handover,
    Message,
    Note,
    Proposal,
    Report,
    Substitution,
)
from projects.proposals.questions import SectionKey

from ..case_factories import staff

TODAY = "2026-11-28T12:00:00+01:00"
ADDRESS = re.compile(r"[\w.+-]+@([\w.-]+\w)")
PHONE = re.compile(r"\b0\d{2,4}[ /-]?\d[\d -]{4,}")


@pytest.fixture(scope="module", autouse=True)
def demo_of_november(django_db_setup, django_db_blocker):
    """Loaded once for all of them; each test takes back what it changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(TODAY, tick=False):
            call_command("load_demo")
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def november(db):
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def cases():
    rows = Proposal.objects.exclude(state=State.DRAFT).select_related("applicant__organisation")
    return {row.started_by_form.removeprefix("demo:"): row for row in rows}


def history_of(proposal):
    return list(Event.objects.about(proposal).order_by("pk"))


def test_there_is_one_in_every_state():
    assert set(Proposal.objects.values_list("state", flat=True)) == set(State)


def test_history_goes_forward_and_ends_before_today(cases):
    for case in cases.values():
        moments = [event.at for event in history_of(case)]
        assert all(first <= then for first, then in pairwise(moments))
        assert moments[-1] <= timezone.now()


def test_history_tells_of_the_day_on_which_it_happened(cases):
    handed_in = Event.objects.about(cases["jasminhof-garten"]).get(kind="proposal_submitted")
    assert handed_in.at == cases["jasminhof-garten"].submitted_at
    assert (timezone.now() - handed_in.at).days > 300


def test_clock_goes_on_after_a_step_in_the_past():
    before = timezone.now()
    with demo_clock.at(before - datetime.timedelta(days=2000)):
        assert timezone.now() < before
    assert timezone.now() >= before


def test_loading_twice_adds_nothing(capsys):
    before = Event.objects.count()
    call_command("load_demo")
    assert "0 rows new" in capsys.readouterr().out
    assert Event.objects.count() == before


def test_what_a_visitor_has_done_stays(cases):
    case = cases["granatapfel-trommeln"]
    steps.take("withdraw", case, user=case.applicant.owner)
    call_command("load_demo")
    case.refresh_from_db()
    assert case.state == State.WITHDRAWN


def test_without_cases_none_is_loaded(cases):
    Proposal.objects.filter(started_by_form="demo:kornblume-schach").delete()
    call_command("load_demo", without_cases=True)
    assert not Proposal.objects.filter(started_by_form="demo:kornblume-schach").exists()


def test_every_text_fits_its_question(cases):
    for case in cases.values():
        for section in set(SectionKey) - {SectionKey.COSTS, SectionKey.ENCLOSURES}:
            stored = saving.stored_values(case, section)
            form = SectionForm(proposal=case, section=section, stored=stored)
            # The line may be one that takes nothing more today.
            for name in set(form.fields) - {"funding_line"}:
                form.fields[name].clean(form.fields[name].prepare_value(stored[name]))


def texts():
    for case in Proposal.objects.all():
        yield case.contact_email
        yield case.contact_phone
        yield from case.answers.values_list("text", flat=True)
        yield from (version.content for version in case.versions.all())
    for model in (Message, Note):
        yield from model.objects.values_list("text", flat=True)
    yield from Report.objects.values_list("narrative", flat=True)
    yield from User.objects.values_list("email", flat=True)


def test_nobody_is_reached_by_an_address_or_a_number():
    everything = "\n".join(texts())
    domains = set(ADDRESS.findall(everything))
    assert domains == {"example.org", "granatapfel.example.org"}
    assert all(found.startswith("069 90009") for found in PHONE.findall(everything))


def test_club_of_the_demo_has_something_to_do_in_several_states(cases):
    states = {case.state for case in cases.values() if case.applicant.name == "Granatapfel e. V."}
    assert states >= {*(State.SUPPLEMENT_REQUESTED, State.APPROVED, State.RUNNING, State.PROOF_DUE)}


def test_coordinator_looks_after_most_cases(cases):
    own = [case for case in cases.values() if case.assignee_id == staff().pk]
    assert len(own) > len(cases) / 2


def test_a_decision_waits_for_the_approver(cases):
    case = cases["jasminhof-warsha"]
    offered = [step.key for step in steps.steps_for(case, staff("approver"))]
    assert "confirm_approval" in offered
    assert grants.decision_of(case).prepared_by == staff()


def test_assessor_has_declared_and_not_scored_one_case(cases):
    case = cases["drei-fluesse-briefe"]
    assert case.conflict_declarations.filter(person=staff("assessor"), has_conflict=False)
    assert not case.scores.filter(assessor=staff("assessor")).exists()


def test_supplement_was_answered_with_a_version_that_says_something_else(cases):
    new, old = cases["drei-fluesse-briefe"].versions.all()
    assert (new.number, old.number) == (2, 1)
    assert new.data["plan"] != old.data["plan"]
    assert cases["drei-fluesse-briefe"].supplements.get().version == new


def test_funds_have_committed_and_paid_what_their_cases_say():
    for fund in CityFund.objects.all():
        decisions = fund.decisions.filter(in_force_at__isnull=False, ended_at=None)
        assert fund.committed == sum(row.amount for row in decisions) > 0
        assert fund.paid == sum(grants.paid(row.proposal) for row in decisions)


def test_requests_for_money_were_paid_refused_and_wait(cases):
    rows = cases["granatapfel-bewegt"].disbursements
    assert set(rows.values_list("state", flat=True)) == set(Disbursement.State)


def test_every_report_states_the_grant_that_was_paid(cases):
    for report in Report.objects.exclude(submitted_at=None):
        found = reports.reading_of(report.proposal, report).statement
        assert found.actual.grant > 0
        assert not [message for message in found.messages if message.severity == "error"]


def test_one_is_overdue_one_locked_and_one_public(cases):
    assert Duty.objects.open().filter(due_on__lt=timezone.localdate(), kind="repay").exists()
    assert cases["kettenblatt-lastenrad"].is_locked
    assert cases["granatapfel-bewegt"].project.is_example


def test_one_mail_could_not_be_delivered(cases):
    mails = QueuedMail.objects.filter(subject_id=cases["kornblume-schach"].pk)
    recipients = [mail.email.to for mail in mails if mail.needs_attention]
    assert recipients == [["oksana.melnyk@example.org"]]


def test_every_case_handed_over_has_its_letter():
    assert Handover.objects.exists()
    assert not Handover.objects.filter(letter="").exists()


def test_coordinator_stands_in_for_somebody_today():
    assert Substitution.objects.on(timezone.localdate()).get().substitute == staff()


def test_one_report_counts_hours_of_which_fewer_took_place_than_were_approved(cases):
    case = cases["kettenblatt-sprechstunde"]
    found = reports.reading_of(case, case.reports.get()).statement
    assert [(row.approved.units, row.actual.units) for row in found.units] == [(40, 34)]
    assert (found.granted, found.final_grant, found.to_pay_out) == (800, 680, 80)
