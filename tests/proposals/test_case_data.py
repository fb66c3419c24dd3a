"""What cases hold about people: gone in time, counted without anybody, shown to nobody else."""

import datetime
import json
from decimal import Decimal

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from offenbach_wir import erasure, retention
from offenbach_wir.models import LegalHold, User
from projects.proposals import case_counts
from projects.proposals.case import State
from projects.proposals.models import CaseCount, CityFund, Proposal, Score
from tests.case_factories import (
    HANDED_IN_AT,
    IBAN,
    make_case,
    make_change,
    make_disbursement,
    make_fund,
    make_label,
    make_note,
    make_score,
    staff,
)
from tests.factories import make_account

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
YEAR = 365 * DAY
PLANTED = "Kiebitz"


@pytest.fixture(autouse=True)
def receipts_here(settings, tmp_path):
    settings.ERASURES_DIR = tmp_path / "erasures"


def run_at(moment):
    """The nightly job of that day: what it records of itself is of that day, too."""
    with time_machine.travel(moment, tick=False):
        return retention.run(now=moment)


def is_there(proposal):
    return Proposal.objects.filter(pk=proposal.pk).exists()


@pytest.mark.parametrize(
    ("state", "years"), [(State.REJECTED, 3), (State.WITHDRAWN, 3), (State.CLOSED, 10)]
)
def test_ended_case_is_deleted_after_its_period(state, years):
    proposal = make_case(state)
    run_at(proposal.ended_at + years * YEAR - DAY)
    assert is_there(proposal)
    run_at(proposal.ended_at + years * YEAR + DAY)
    assert not is_there(proposal)


@pytest.mark.parametrize("state", [State.FORMAL_CHECK, State.APPROVED, State.PROOF_DUE])
def test_open_case_stays_however_old(state):
    proposal = make_case(state)
    run_at(HANDED_IN_AT + 50 * YEAR)
    assert is_there(proposal)


def test_held_case_stays_and_is_not_counted():
    proposal = make_case(State.REJECTED)
    LegalHold.objects.create(
        subject_type="proposals.proposal", subject_id=proposal.pk, reason="Klage"
    )
    run_at(proposal.ended_at + 4 * YEAR)
    assert is_there(proposal)
    assert not CaseCount.objects.exists()


def test_files_of_a_case_go_with_it(django_capture_on_commit_callbacks):
    proposal = make_case(State.CLOSED)
    storage = storages["private"]
    for row in (proposal.handover, proposal.decisions.get()):
        row.letter.save(f"letters/{proposal.key}-{row.pk}.pdf", ContentFile(b"%PDF"))
    names = [proposal.handover.letter.name, proposal.decisions.get().letter.name]
    with django_capture_on_commit_callbacks(execute=True):
        run_at(proposal.ended_at + 11 * YEAR)
    assert [name for name in names if storage.exists(name)] == []


# --- What stays: numbers --------------------------------------------------------------------------
def count_of(proposal):
    case_counts.count_and_delete(Proposal.objects.filter(pk=proposal.pk), HANDED_IN_AT)
    return CaseCount.objects.get()


def test_deleted_case_is_counted_with_its_money():
    proposal = make_case(State.CLOSED)
    line = proposal.funding_line.slug
    count = count_of(proposal)
    assert (count.year, count.line, count.state, count.n) == (2097, line, State.CLOSED, 1)
    assert (count.requested, count.granted, count.paid) == (Decimal(500),) * 3
    assert (count.decided, count.days_to_decision) == (1, 35)


def test_cases_of_one_kind_add_up():
    first = make_case(State.REJECTED)
    second = make_case(State.REJECTED, funding_line=first.funding_line)
    rows = Proposal.objects.filter(pk__in=[first.pk, second.pk])
    assert case_counts.count_and_delete(rows, HANDED_IN_AT) == 2
    count = CaseCount.objects.get()
    assert (count.n, count.requested, count.granted) == (2, 1000, 0)
    assert (count.decided, count.days_to_decision) == (2, 70)


def test_withdrawn_case_was_not_decided():
    count = count_of(make_case(State.WITHDRAWN))
    assert (count.n, count.decided, count.days_to_decision, count.granted) == (1, 0, 0, 0)


def test_money_requested_is_that_of_the_newest_version():
    proposal = make_case(State.REJECTED)
    newest = proposal.versions.get()
    data = newest.data
    data["plan"]["result"]["requested_share"] = "420.50"
    newest.pk, newest.number, newest.content = None, 2, json.dumps(data)
    newest.save()
    assert count_of(proposal).requested == Decimal("420.50")


def test_request_that_was_not_paid_is_not_counted_as_paid():
    proposal = make_case(State.CLOSED)
    make_disbursement(proposal, 90)
    assert count_of(proposal).paid == 500


def test_fund_keeps_what_deleted_cases_took_from_it():
    fund = make_fund()
    proposal = make_case(State.CLOSED, city=True, fund=fund)
    before = CityFund.objects.get(pk=fund.pk)
    count_of(proposal)
    after = CityFund.objects.get(pk=fund.pk)
    assert (after.committed, after.paid) == (before.committed, before.paid) == (500, 500)


# --- Copies of own data ---------------------------------------------------------------------------
def everything_about(person):
    return json.dumps(erasure.export_of(person), default=str, ensure_ascii=False)


@pytest.fixture
def assessed():
    """A closed case about which the city has written down a lot."""
    proposal = make_case(State.CLOSED)
    make_note(proposal, f"{PLANTED} Notiz", author=staff())
    make_score(proposal, reason=f"{PLANTED} Punkte")
    proposal.statement.text = f"{PLANTED} Stellungnahme"
    proposal.statement.save()
    proposal.conflict_declarations.update(reason=f"{PLANTED} Befangenheit")
    proposal.checklist_answers.update(note=f"{PLANTED} Prüfpunkt")
    proposal.reports.update(result_note=f"{PLANTED} Ergebnis")
    proposal.labels.add(make_label(f"{PLANTED} Kennzeichen"))
    proposal.followers.add(make_account(name=f"{PLANTED} Folgt"))
    Proposal.objects.filter(pk=proposal.pk).update(
        locked_because=f"{PLANTED} gesperrt", started_by=proposal.applicant.owner
    )
    return proposal


def test_copy_of_an_applicant_holds_nothing_the_city_notes_or_thinks(assessed):
    copy = everything_about(assessed.applicant.owner)
    assert assessed.title in copy
    assert PLANTED not in copy


def test_copy_of_a_colleague_holds_what_the_colleague_wrote(assessed):
    assert f"{PLANTED} Notiz" in everything_about(staff())
    assert f"{PLANTED} Punkte" in everything_about(staff("assessor"))
    assert f"{PLANTED} Punkte" not in everything_about(staff())


def test_copy_shows_no_account_number(assessed):
    copy = everything_about(assessed.applicant.owner)
    assert "Verein Zusammen e. V." in copy
    assert IBAN not in copy


def test_copy_says_what_an_organisation_reported(assessed):
    make_change(assessed, "Wir ziehen um.", sent_by=assessed.applicant.owner)
    copy = everything_about(assessed.applicant.owner)
    assert "Wir ziehen um." in copy
    assert "Wir haben zwölfmal gelesen." in copy


# --- Erasure --------------------------------------------------------------------------------------
def test_score_stays_when_its_assessor_is_erased():
    proposal = make_case(State.FORMAL_CHECK)
    assessor = make_account(is_staff=True)
    score = make_score(proposal, assessor=assessor)
    note = make_note(proposal, author=assessor)
    erasure.erase(assessor)
    note.refresh_from_db()
    assert Score.objects.get(pk=score.pk).assessor is None
    assert note.author is None


def test_who_decided_on_public_money_is_not_deleted():
    proposal = make_case(State.APPROVED, city=True)
    decision = proposal.decisions.get()
    for user in (decision.prepared_by, decision.confirmed_by):
        with pytest.raises(erasure.NotYetError) as refused:
            erasure.erase(user)
        assert "Entscheidungen" in refused.value.obstacles[0].sentence or (
            "decisions" in refused.value.obstacles[0].sentence
        )
        assert User.objects.filter(pk=user.pk).exists()


def test_account_that_decided_stays_when_nobody_uses_it_any_more():
    decision = make_case(State.APPROVED, city=True).decisions.get()
    User.objects.filter(pk=decision.prepared_by_id).update(is_active=False)
    outcome = run_at(HANDED_IN_AT + 20 * YEAR)
    assert User.objects.filter(pk=decision.prepared_by_id).exists()
    assert outcome.stuck == 0
