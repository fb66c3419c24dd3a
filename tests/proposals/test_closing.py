"""From the proof of use to the end of a case: its check, the rest that is paid, what comes back."""

import datetime

import pytest
from django.test import Client

from offenbach_wir.models import Event, QueuedMail
from projects.proposals import grants, reports
from projects.proposals.case import State
from projects.proposals.models import Disbursement, Proposal
from tests.case_factories import make_case, make_disbursement, make_fund

from .test_grant import as_member
from .test_grant import page as own_page


def page(proposal, name=""):
    return f"/verwaltung/antraege/{proposal.key}/{name}"


def colleague(role):
    client = Client()
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})
    return client


@pytest.fixture
def office(db):
    return colleague("coordinator")


@pytest.fixture
def handed_in(db):
    """500 granted and paid; the list of vouchers says 500, nothing is filled in beside the plan."""
    return make_case(State.PROOF_SUBMITTED)


def fill_in(proposal, costs):
    """What the organisation says it really cost and who paid."""
    report = reports.of(proposal, "proof")
    lines = reports.plan_of(proposal).lines
    for side, line in [(name, line) for name in lines for line in lines[name]]:
        own = max(0, costs - 500)
        actual = costs if side == "costs" else 500 if line.kind == "state_funds" else own
        report.items.create(
            side=reports.SIDES[side],
            kind=line.kind,
            description=line.label,
            year=line.year,
            planned=line.planned,
            actual=actual,
        )


def take(client, proposal, step, **fields):
    proposal.refresh_from_db()
    return client.post(page(proposal, f"schritt/{step}/"), {"seen": proposal.step_number} | fields)


def check(client, proposal, final="500,00", note=""):
    return take(client, proposal, "check_proof", final_grant=final, result_note=note)


# --- Reading ------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["coordinator", "approver", "assessor"])
def test_colleagues_read_the_report(handed_in, role):
    text = colleague(role).get(page(handed_in, "bericht/nachweis/")).content.decode()
    assert "Wir haben zwölfmal gelesen." in text
    assert "Grace Beispiel" in text


def test_report_that_is_still_written_is_not_shown_to_the_city(office):
    proposal = make_case(State.PROOF_DUE)
    proposal.reports.create(kind="proof", narrative="Halb fertig")
    assert office.get(page(proposal, "bericht/nachweis/")).status_code == 404
    assert "Halb fertig" not in office.get(page(proposal)).content.decode()


@pytest.mark.parametrize("role", ["approver", "assessor"])
def test_only_the_coordination_checks_the_proof(handed_in, role):
    client = colleague(role)
    assert check(client, handed_in).status_code == 403
    assert client.post(page(handed_in, "geld/zahlung/"), {"amount": "1"}).status_code == 403
    assert Proposal.objects.get(pk=handed_in.pk).state == State.PROOF_SUBMITTED


# --- Checking -----------------------------------------------------------------------------------
def test_check_begins_with_the_sum_of_the_rule(office, handed_in):
    fill_in(handed_in, 800)
    answer = office.get(page(handed_in, "schritt/check_proof/"))
    assert answer.context["form"].initial["final_grant"] == 400


def test_result_of_the_check_is_kept_and_told(office, handed_in):
    fill_in(handed_in, 1000)
    assert check(office, handed_in, note="Alles in Ordnung.").status_code == 302
    report = reports.of(handed_in, "proof")
    assert (report.final_grant, report.result_note) == (500, "Alles in Ordnung.")
    text = as_member(handed_in).get(own_page(handed_in, "foerderung/nachweis/")).content.decode()
    assert "Alles in Ordnung." in text


def test_another_sum_than_the_computed_one_needs_a_reason(office, handed_in):
    fill_in(handed_in, 1000)
    assert check(office, handed_in, "450,00").status_code == 422
    assert check(office, handed_in, "450,00", "Ein Beleg fehlt.").status_code == 302


@pytest.mark.parametrize("final", ["500,01", "", "viel", "-3"])
def test_sum_that_cannot_be_is_refused_and_the_note_stays(office, handed_in, final):
    answer = check(office, handed_in, final, "Meine Anmerkung")
    assert answer.status_code == 422
    assert "Meine Anmerkung" in answer.content.decode()


def test_proof_that_is_sent_back_is_written_again(office, handed_in):
    take(office, handed_in, "return_proof", reason_text="Bitte die Belege ergänzen.")
    assert reports.of(handed_in, "proof").submitted_at is None
    client = as_member(handed_in)
    text = client.get(own_page(handed_in, "foerderung/nachweis/")).content.decode()
    assert "<textarea" in text


# --- The rest is paid ---------------------------------------------------------------------------
@pytest.fixture
def checked(db, office):
    """500 granted, 300 of it paid, 500 in the end."""
    proposal = make_case(State.CHECKED)
    Disbursement.objects.filter(proposal=proposal).update(amount=300)
    return proposal


def note_payment(client, proposal, amount="200,00", shown_at="1", **fields):
    sent = {"amount": amount, "purpose": "Rest", "paid_on": "2026-01-15", "shown_at": shown_at}
    return client.post(page(proposal, "geld/zahlung/"), sent | fields)


def test_case_is_not_closed_while_money_is_still_to_be_paid_out(office, checked):
    assert take(office, checked, "close").status_code == 422
    note_payment(office, checked)
    assert take(office, checked, "close").status_code == 302
    checked.refresh_from_db()
    assert checked.state == State.CLOSED


def test_case_is_not_closed_while_a_request_waits(office, checked):
    Disbursement.objects.filter(proposal=checked).update(amount=500)
    make_disbursement(checked, 10)
    assert take(office, checked, "close").status_code == 422


def test_payment_noted_twice_is_noted_once_and_told_once(office, checked):
    QueuedMail.objects.all().delete()
    for _n in range(2):
        assert note_payment(office, checked).status_code == 302
    assert grants.paid(checked) == 500
    assert QueuedMail.objects.filter(template="grant_news").count() == 1


@pytest.mark.parametrize(
    "field", [{"amount": "200,01"}, {"amount": "0"}, {"paid_on": "2099-01-01"}]
)
def test_payment_that_cannot_be_is_refused(office, checked, field):
    assert note_payment(office, checked, **field).status_code == 422
    assert grants.paid(checked) == 300


def test_what_is_asked_for_already_is_not_paid_a_second_time(office, checked):
    make_disbursement(checked, 150)
    assert note_payment(office, checked, "100,00").status_code == 422


# --- Money comes back ---------------------------------------------------------------------------
def test_money_of_a_city_fund_that_was_not_needed_is_free_again(office):
    fund = make_fund(1_000)
    proposal = make_case(State.PROOF_SUBMITTED, city=True, fund=fund)
    fill_in(proposal, 800)
    check(office, proposal, "400,00")
    take(office, proposal, "demand_repayment", reason_text="Es wurde weniger gebraucht.")
    proposal.refresh_from_db()
    assert proposal.duties.open().get().kind == "repay"
    assert take(office, proposal, "record_repayment", repaid_on="2026-02-03").status_code == 302
    fund.refresh_from_db()
    assert (fund.committed, fund.paid) == (400, 400)
    assert reports.of(proposal, "proof").repaid_on == datetime.date(2026, 2, 3)
    assert Proposal.objects.get(pk=proposal.pk).state == State.CLOSED


def test_fund_keeps_nothing_of_what_was_never_paid(office):
    fund = make_fund(1_000)
    proposal = make_case(State.CHECKED, city=True, fund=fund)
    proposal.reports.update(final_grant=450)
    Disbursement.objects.filter(proposal=proposal).update(amount=450)
    type(fund).objects.filter(pk=fund.pk).update(paid=450)
    take(office, proposal, "close")
    fund.refresh_from_db()
    assert (fund.committed, fund.paid) == (450, 450)


def test_demand_begins_with_the_sum_that_is_to_come_back(office):
    proposal = make_case(State.CHECKED)
    proposal.reports.update(final_grant=400)
    form = office.get(page(proposal, "schritt/demand_repayment/")).context["form"]
    assert "100,00 EUR" in form.initial["reason_text"]


@pytest.mark.parametrize("day", ["", "2099-01-01", "1999-01-01", "gestern"])
def test_repayment_needs_the_day_on_which_it_came(office, day):
    proposal = make_case(State.REPAYMENT)
    assert take(office, proposal, "record_repayment", repaid_on=day).status_code == 422


def test_repayment_recorded_twice_is_recorded_once(office):
    fund = make_fund(1_000)
    proposal = make_case(State.REPAYMENT, city=True, fund=fund)
    sent = {"seen": proposal.step_number, "repaid_on": "2026-02-03"}
    for _n in range(2):
        assert office.post(page(proposal, "schritt/record_repayment/"), sent).status_code == 302
    fund.refresh_from_db()
    assert (fund.committed, fund.paid) == (400, 400)
    steps = Event.objects.about(proposal).filter(kind="case_step")
    assert sum(event.detail["step"] == "record_repayment" for event in steps) == 1
