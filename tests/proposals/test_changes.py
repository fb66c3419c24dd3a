"""Something changes within a grant: the organisation tells, the city answers and amends."""

import datetime

import pytest
from django.test import Client

from offenbach_wir.models import Event, QueuedMail
from projects.proposals import grants, reports
from projects.proposals.case import State
from projects.proposals.models import ChangeNotice, Duty, Proposal
from tests.case_factories import (
    make_case,
    make_declaration,
    make_disbursement,
    make_fund,
    make_large_case,
    staff,
)
from tests.factories import make_account, make_applicant

from .test_closing import colleague
from .test_closing import page as office_page
from .test_grant import as_member, page


@pytest.fixture
def running(db):
    """10,000 planned, 5,000 granted."""
    return make_large_case(State.RUNNING)


@pytest.fixture
def office(db):
    return colleague("coordinator")


def form(proposal, costs=None, own=None, **fields):
    """The notice as a browser sends it; `costs` and `own` are the new sums, if there are any."""
    sent = {"shown_at": "1", "text": "Der Raum ist billiger.", "changes_content": "on"}
    for name in ("other-costs", "other-incomes"):
        sent |= {f"{name}-TOTAL_FORMS": "1", f"{name}-INITIAL_FORMS": "0"}
    typed = {"costs": costs or "10000", "incomes": own or "5000"}
    for side, value in typed.items():
        line = reports.plan_of(proposal).lines[side][0]
        sent[f"planned-{side}-{reports.key_of(side, line)}"] = value
    if costs or own:
        sent["changes_money"] = "on"
    return sent | fields


def tell(proposal, costs=None, own=None, client=None, name="aenderung/", **fields):
    client = client or as_member(proposal)
    sent = form(proposal, costs, own, **fields)
    return client.post(page(proposal, f"foerderung/{name}"), sent)


# --- The effect ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("costs", "own", "share"),
    [("8.000,00", "4.000,00", 4000), ("12.000,00", "7.000,00", 5000), ("9999,99", "5000", 4999.99)],
)
def test_effect_is_shown_before_anything_is_sent(running, costs, own, share):
    answer = tell(running, costs, own, name="aenderung/rechnen/")
    assert float(answer.context["effect"].share) == share
    assert not running.changes.exists()


def test_page_that_counts_along_gets_the_effect_alone(running):
    client = as_member(running)
    address = page(running, "foerderung/aenderung/rechnen/")
    sent = form(running, "8000", "4000")
    text = client.post(address, sent, headers={"X-Part": "result"}).content.decode()
    assert "4.000,00 EUR" in text
    assert "<form" not in text


def test_what_was_paid_above_the_new_grant_is_named(running):
    make_disbursement(running, 4500, paid_on=datetime.date(2098, 6, 1))
    answer = tell(running, "8000", "4000", name="aenderung/rechnen/")
    assert answer.context["effect"].to_repay == 500


# --- Telling ------------------------------------------------------------------------------------
def test_notice_is_stored_with_the_changed_plan_and_told_to_the_office(running):
    assert tell(running, "8000", "4000").status_code == 302
    notice = running.changes.get()
    assert notice.new_total_costs == 8000
    assert [row["amount"] for row in notice.rows["incomes"]] == ["4000.00", "4000.00"]
    assert running.duties.open().filter(kind=Duty.Kind.CHANGE).exists()
    assert QueuedMail.objects.filter(template="grant_news_to_office").count() == 1
    told = Event.objects.about(running).filter(kind="case_changed").last()
    assert told.detail["change"] == "change_asked"
    assert grants.grant_of(running).amount == 5000


def test_notice_without_money_keeps_no_plan(running):
    tell(running)
    assert running.changes.get().rows is None


def test_form_pressed_twice_tells_once(running):
    client = as_member(running)
    for _n in range(2):
        assert tell(running, client=client).status_code == 302
    assert running.changes.count() == 1


def test_new_costs_can_be_added(running):
    row = {"kind": "rent", "description": "Saal", "amount": "500", "year": "2098"}
    more = {f"other-costs-0-{name}": value for name, value in row.items()}
    tell(running, "9500", "5000", **more)
    assert running.changes.get().new_total_costs == 10_000


@pytest.mark.parametrize(
    "fields",
    [
        {"text": " "},
        {"changes_content": ""},
        {"changes_time": "on"},
        {"changes_time": "on", "new_ends_on": "2098-01-01"},
        {"new_ends_on": "bald"},
        {"changes_money": "on"},
        {"costs": "viel"},
        {"costs": "-1"},
        {"costs": "9999999999,99", "other-costs-0-amount": "9999999999,99"},
        {"shown_at": ""},
    ],
)
def test_what_cannot_be_is_refused_and_stays_on_the_page(running, fields):
    extra = {}
    if "other-costs-0-amount" in fields:
        extra = {f"other-costs-0-{n}": v for n, v in (("kind", "rent"), ("description", "Saal"))}
        extra["other-costs-0-year"] = "2098"
    sent = {"text": "Der Raum ist billiger."} | extra | fields
    answer = tell(running, **sent)
    assert answer.status_code == 422
    assert sent["text"].strip() in answer.content.decode()
    assert not running.changes.exists()


def test_reader_and_stranger_tell_nothing(running):
    assert tell(running, client=as_member(running, "reader")).status_code == 403
    stranger = Client()
    stranger.force_login(make_applicant(make_account()).owner)
    assert tell(running, client=stranger).status_code == 404


@pytest.mark.parametrize("state", [State.REVIEWED, State.PROOF_SUBMITTED, State.CLOSED])
def test_no_change_is_told_before_or_after_a_grant(db, state):
    proposal = make_case(state)
    assert as_member(proposal).get(page(proposal, "foerderung/aenderung/")).status_code == 302


# --- Answering ----------------------------------------------------------------------------------
def address(notice, name=""):
    return office_page(notice.proposal, f"aenderung/{notice.pk}/{name}")


@pytest.fixture
def notice(running):
    tell(running, "8000", "4000", changes_time="on", new_ends_on="2099-02-28")
    return running.changes.get()


@pytest.mark.parametrize("role", ["approver", "assessor"])
def test_others_of_the_city_read_and_do_not_answer(notice, role):
    client = colleague(role)
    assert "4.000,00 EUR" in client.get(address(notice)).content.decode()
    assert client.post(address(notice, "zustimmen/"), {"answer": "Ja"}).status_code == 403


def test_agreeing_leads_on_to_the_amendment(office, notice):
    assert office.post(address(notice, "zustimmen/"), {"answer": "Gern."}).status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.answer) == ("agreed", "Gern.")
    assert not notice.proposal.duties.open().filter(kind=Duty.Kind.CHANGE).exists()
    assert f"?change={notice.pk}" in office.get(address(notice)).content.decode()
    amend = office.get(office_page(notice.proposal, f"aenderung/erfassen/?change={notice.pk}"))
    assert amend.context["form"].initial["amount"] == 4000
    assert amend.context["form"].initial["ends_on"] == datetime.date(2099, 2, 28)


def test_answer_is_given_once(office, notice):
    office.post(address(notice, "ablehnen/"), {"answer": "Leider nein."})
    office.post(address(notice, "zustimmen/"), {"answer": "Doch."})
    notice.refresh_from_db()
    assert (notice.state, notice.answer) == ("refused", "Leider nein.")
    text = as_member(notice.proposal).get(page(notice.proposal, "foerderung/")).content.decode()
    assert "Leider nein." in text


def test_answer_without_words_is_refused(office, notice):
    assert office.post(address(notice, "zustimmen/"), {"answer": " "}).status_code == 422
    assert ChangeNotice.objects.get(pk=notice.pk).state == "asked"


def test_notice_of_another_case_is_not_found(office, notice):
    other = make_case(State.RUNNING)
    assert office.get(office_page(other, f"aenderung/{notice.pk}/")).status_code == 404


def amend(client, proposal, notice):
    grant = grants.grant_of(proposal)
    sent = {
        "seen": grant.key,
        "amount": "4000",
        "starts_on": "2098-03-01",
        "ends_on": "2098-12-31",
        "decided_on": "2026-01-05",
    }
    return client.post(office_page(proposal, f"aenderung/erfassen/?change={notice.pk}"), sent)


def test_recorded_amendment_is_linked_to_the_notice(office, notice):
    office.post(address(notice, "zustimmen/"), {"answer": "Gern."})
    assert amend(office, notice.proposal, notice).status_code == 302
    notice.refresh_from_db()
    assert notice.decision == grants.grant_of(notice.proposal)
    assert grants.grant_of(notice.proposal).amount == 4000
    text = office.get(address(notice)).content.decode()
    assert "?change=" not in text
    assert "5.000,00 EUR" in text


def test_change_of_city_money_counts_once_another_person_confirms_it(office):
    fund = make_fund(1_000)
    proposal = make_case(State.RUNNING, city=True, fund=fund)
    make_declaration(proposal, staff("approver"))
    told = form(proposal, "800", "400")
    as_member(proposal).post(page(proposal, "foerderung/aenderung/"), told)
    notice = proposal.changes.get()
    office.post(address(notice, "zustimmen/"), {"answer": "Gern."})
    grant = grants.grant_of(proposal)
    sent = {"seen": grant.key, "amount": "400", "starts_on": "2098-03-01", "ends_on": "2098-12-31"}
    sent["decided_on"] = "2026-01-05"
    office.post(office_page(proposal, f"aenderung/erfassen/?change={notice.pk}"), sent)
    assert grants.grant_of(proposal).amount == 500
    waiting = grants.amendment_of(proposal)
    assert ChangeNotice.objects.get(pk=notice.pk).decision == waiting
    second = colleague("approver")
    second.post(office_page(proposal, "aenderung/bestaetigen/"), {"seen": waiting.key})
    fund.refresh_from_db()
    assert (grants.grant_of(proposal).amount, fund.committed) == (400, 400)


def test_locked_case_takes_no_notice(running):
    Proposal.objects.filter(pk=running.pk).update(locked_because="Prüfung")
    tell(running)
    assert not running.changes.exists()
