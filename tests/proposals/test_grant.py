"""A grant in the hands of its organisation: accepting it, asking for money, what is due."""

import datetime
from decimal import Decimal

import pytest
from django.test import Client

from offenbach_wir.models import QueuedMail
from projects.proposals import grants, payments
from projects.proposals.case import State
from projects.proposals.models import Disbursement, Duty, Proposal
from tests.case_factories import (
    IBAN,
    make_acceptance,
    make_case,
    make_disbursement,
    make_fund,
    staff,
)
from tests.factories import make_account, make_applicant, make_member

SPACED = "de89 3704 0044 0532 0130 00"


def page(proposal, name=""):
    return f"/de/antraege/{proposal.key}/{name}"


def as_member(proposal, role="owner"):
    client = Client()
    applicant = proposal.applicant
    user = applicant.owner if role == "owner" else make_member(applicant, role)
    client.force_login(user)
    return client


@pytest.fixture
def office(db):
    client = Client()
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    return client


def acceptance(proposal, **fields):
    sent = {
        "seen": proposal.step_number,
        "account_holder": "Verein Zusammen e. V.",
        "iban": SPACED,
        "accepts": "on",
    }
    return sent | fields


# --- Accepting ----------------------------------------------------------------------------------
@pytest.fixture
def approved(db):
    return make_case(State.APPROVED)


def accept(proposal, client=None, **fields):
    client = client or as_member(proposal)
    return client.post(page(proposal, "schritt/accept_grant/"), acceptance(proposal, **fields))


def test_accepting_keeps_the_account_and_moves_the_case_on(approved):
    assert accept(approved).status_code == 302
    approved.refresh_from_db()
    assert approved.state == State.ACCEPTED
    assert approved.acceptance.iban == IBAN


def test_accepting_twice_accepts_once(approved):
    client = as_member(approved)
    sent = acceptance(approved)
    for _n in range(2):
        answer = client.post(page(approved, "schritt/accept_grant/"), sent)
        assert answer.status_code == 302
    assert Proposal.objects.get(pk=approved.pk).step_number == approved.step_number + 1


@pytest.mark.parametrize(
    "field", [{"iban": "DE00 1234"}, {"iban": ""}, {"accepts": ""}, {"account_holder": " "}]
)
def test_acceptance_with_a_gap_is_refused_and_keeps_what_was_typed(approved, field):
    answer = accept(approved, **field)
    assert answer.status_code == 422
    assert "Verein Zusammen" in answer.content.decode() or "account_holder" in field
    assert Proposal.objects.get(pk=approved.pk).state == State.APPROVED


def test_reader_cannot_accept(approved):
    assert accept(approved, as_member(approved, "reader")).status_code == 403


def test_stranger_finds_no_grant(approved):
    client = Client()
    client.force_login(make_applicant(make_account()).owner)
    assert client.get(page(approved, "foerderung/")).status_code == 404
    assert accept(approved, client).status_code == 404


def test_page_of_the_grant_shows_the_account_only_in_part(approved):
    make_acceptance(approved)
    text = as_member(approved).get(page(approved, "foerderung/")).content.decode()
    assert "DE89 … 3000" in text
    assert IBAN not in text


def test_there_is_no_grant_page_before_the_decision(db):
    proposal = make_case(State.REVIEWED)
    assert as_member(proposal).get(page(proposal, "foerderung/")).status_code == 404


# --- Asking for money ---------------------------------------------------------------------------
@pytest.fixture
def running(db):
    return make_case(State.RUNNING)


def ask(proposal, amount="250,00", client=None, shown_at="2098-04-01T10:00"):
    client = client or as_member(proposal)
    sent = {"amount": amount, "purpose": "Honorare im Mai", "shown_at": shown_at}
    return client.post(page(proposal, "foerderung/geld/"), sent)


def test_asking_for_money_tells_the_office_and_opens_a_duty(running):
    assert ask(running).status_code == 302
    assert running.disbursements.get().amount == Decimal("250.00")
    assert Duty.objects.open().filter(proposal=running, kind=Duty.Kind.PAY).exists()
    assert QueuedMail.objects.filter(template="grant_news_to_office").count() == 1


def test_form_pressed_twice_asks_once(running):
    client = as_member(running)
    assert ask(running, client=client).status_code == ask(running, client=client).status_code == 302
    assert running.disbursements.count() == 1


def test_nobody_asks_for_more_than_is_left(running):
    make_disbursement(running, 400)
    answer = ask(running, "100,01")
    assert answer.status_code == 422
    assert "100,01" in answer.content.decode()
    assert running.disbursements.count() == 1
    assert ask(running, "100,00", shown_at="later").status_code == 302


@pytest.mark.parametrize("amount", ["", "0", "-5", "viel", "1e9", "99999999999999"])
def test_what_is_no_sum_is_refused(running, amount):
    assert ask(running, amount).status_code == 422
    assert not running.disbursements.exists()


def test_money_is_not_asked_for_before_the_grant_is_accepted(approved):
    assert ask(approved).status_code == 302
    assert not approved.disbursements.exists()


def test_money_is_not_asked_for_from_a_locked_case(running):
    Proposal.objects.filter(pk=running.pk).update(locked_because="Prüfung")
    ask(running)
    assert not running.disbursements.exists()


# --- Paying -------------------------------------------------------------------------------------
def answer_page(row, name):
    return f"/verwaltung/antraege/{row.proposal.key}/geld/{row.pk}/{name}/"


def test_payment_is_noted_and_the_organisation_told(office, running):
    row = make_disbursement(running, 250)
    office.post(answer_page(row, "zahlen"), {"paid_on": "2026-01-15"})
    row.refresh_from_db()
    assert (row.state, row.paid_on) == ("paid", datetime.date(2026, 1, 15))
    assert grants.paid(running) == 250
    assert QueuedMail.objects.filter(template="grant_news", subject_id=running.pk).exists()


def test_request_is_answered_once(office, running):
    row = make_disbursement(running, 250)
    office.post(answer_page(row, "zahlen"), {"paid_on": "2026-01-15"})
    office.post(answer_page(row, "ablehnen"), {"answer": "Doch nicht"})
    row.refresh_from_db()
    assert (row.state, row.answer) == ("paid", "")


def test_refusing_needs_a_reason(office, running):
    row = make_disbursement(running, 250)
    assert office.post(answer_page(row, "ablehnen"), {"answer": " "}).status_code == 422
    office.post(answer_page(row, "ablehnen"), {"answer": "Bitte erst den Zwischenbericht."})
    row.refresh_from_db()
    assert row.state == "refused"


def test_payment_that_lies_ahead_is_refused(office, running):
    row = make_disbursement(running, 250)
    assert office.post(answer_page(row, "zahlen"), {"paid_on": "2099-01-15"}).status_code == 422


def test_request_of_another_case_is_not_found(office, running):
    row = make_disbursement(make_case(State.RUNNING), 250)
    address = answer_page(row, "zahlen").replace(row.proposal.key, running.key)
    assert office.get(address).status_code == 404


def test_paying_counts_in_the_fund_of_the_city(db):
    fund = make_fund(1_000)
    proposal = make_case(State.RUNNING, city=True, fund=fund)
    row = make_disbursement(proposal, 200)
    payments.pay(row, paid_on=datetime.date(2026, 1, 15), user=staff())
    fund.refresh_from_db()
    assert (fund.committed, fund.paid) == (500, 200)


def test_more_than_the_grant_is_never_paid(running):
    first, second = make_disbursement(running, 300), make_disbursement(running, 300)
    payments.pay(first, paid_on=datetime.date(2026, 1, 15), user=staff())
    with pytest.raises(payments.TooMuchError):
        payments.pay(second, paid_on=datetime.date(2026, 1, 15), user=staff())
    assert Disbursement.objects.get(pk=second.pk).state == "requested"
