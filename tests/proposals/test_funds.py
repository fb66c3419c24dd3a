"""The city's own small funds: what is committed, paid and left."""

import datetime
from decimal import Decimal

import pytest

from projects.models import District
from projects.proposals import decisions, grants, steps
from projects.proposals.case import State
from projects.proposals.models import CityFund
from tests.case_factories import make_case, make_disbursement, make_fund, staff

from .test_office import case_of, count, stepped_in

PAGE = "/verwaltung/antraege/toepfe/"
NEW_YEAR = datetime.date(2098, 1, 1)


def anew(fund):
    return CityFund.objects.get(pk=fund.pk)


@pytest.fixture
def fund(db):
    return make_fund(1000, year=2098)


def test_fund_holds_to_the_cent_what_many_small_sums_come_to(fund):
    """Binary fractions would be a hair above the budget in the end."""
    for _n in range(100):
        grants.commit(fund.pk, Decimal("9.99"))
    grants.commit(fund.pk, Decimal("1.00"))
    assert anew(fund).left == 0
    with pytest.raises(grants.FundEmptyError):
        grants.commit(fund.pk, Decimal("0.01"))


def test_no_more_is_paid_than_is_committed(fund):
    proposal = make_case(State.APPROVED, city=True, fund=fund)
    grants.pay(proposal, Decimal("499.99"))
    with pytest.raises(grants.FundEmptyError):
        grants.pay(proposal, Decimal("0.02"))
    grants.pay(proposal, Decimal("0.01"))
    assert anew(fund).paid == 500


def test_payment_of_the_state_touches_no_fund(fund):
    grants.pay(make_case(State.APPROVED), Decimal(100))
    assert anew(fund).paid == 0


def test_what_the_grant_did_not_come_to_is_free_again_at_the_end(fund):
    proposal = make_case(State.PROOF_SUBMITTED, city=True, fund=fund)
    proposal.reports.update(final_grant=400, repaid_on=NEW_YEAR)
    grants.settle(proposal)
    assert (anew(fund).committed, anew(fund).paid) == (400, 400)


def test_second_decision_finds_the_fund_empty(db):
    fund = make_fund(600)
    make_case(State.APPROVED, city=True, fund=fund)
    waiting = make_case(State.DECIDED_BY_CITY, fund=fund)
    page = stepped_in("approver").post(
        case_of(waiting, "schritt/confirm_approval/"), {"seen": waiting.step_number}
    )
    assert (page.status_code, anew(fund).committed) == (422, 500)
    waiting.refresh_from_db()
    assert waiting.state == State.DECIDED_BY_CITY


def test_amendment_takes_the_difference_or_nothing(db):
    fund = make_fund(600)
    proposal = make_case(State.APPROVED, city=True, fund=fund)
    changes = {
        "prepared_by": staff(),
        "confirmed_by": staff("approver"),
        "may_grow": True,
        "now": datetime.datetime(2098, 1, 1, tzinfo=datetime.UTC),
    }
    with pytest.raises(grants.FundEmptyError):
        grants.amend(proposal, amount=Decimal(601), **changes)
    assert (anew(fund).committed, grants.grant_of(proposal).amount) == (500, 500)
    grants.amend(proposal, amount=Decimal(600), **changes)
    assert anew(fund).left == 0


def test_grant_does_not_fall_below_what_was_paid(db):
    fund = make_fund()
    proposal = make_case(State.APPROVED, city=True, fund=fund)
    make_disbursement(proposal, 300, paid_on=NEW_YEAR)
    grants.pay(proposal, 300)
    with pytest.raises(grants.FundEmptyError):
        grants.amend(
            proposal,
            prepared_by=staff(),
            confirmed_by=staff("approver"),
            now=datetime.datetime(2098, 1, 1, tzinfo=datetime.UTC),
            amount=Decimal(200),
        )


def test_only_funds_of_the_years_and_the_area_with_money_are_offered(db):
    proposal = make_case(State.REVIEWED, city=True)
    here = proposal.districts.get()
    elsewhere = District.objects.exclude(pk=here.pk).first()
    fitting = {make_fund(year=2098), make_fund(year=2097), make_fund(year=2098, district=here)}
    make_fund(year=2090)
    make_fund(year=2098, district=elsewhere)
    make_fund(year=2098, is_in_use=False)
    make_fund(100, year=2098, committed=100)
    assert set(decisions.funds_for(proposal, datetime.date(2097, 12, 1))) == fitting


def test_more_than_the_most_per_project_is_said(db):
    fund = make_fund(most_per_project=Decimal(400))
    assert len(decisions.against_fund(fund, Decimal("400.01"))) == 1
    assert decisions.against_fund(fund, Decimal(400)) == []


# --- The page -----------------------------------------------------------------------------------
def test_page_shows_each_fund_with_its_cases(coordinator, fund):
    proposal = make_case(State.APPROVED, city=True, fund=fund)
    page = coordinator.get(PAGE)
    for words in (fund.name, "1.000,00 EUR", "500,00 EUR", proposal.reference):
        assert words in page.text


@pytest.mark.parametrize(
    ("role", "status"), [("approver", 200), ("assessor", 403), ("editor", 403)]
)
def test_page_is_for_those_who_decide(fund, role, status):
    assert stepped_in(role).get(PAGE).status_code == status


def test_page_takes_as_many_queries_for_more(coordinator, fund):
    make_case(State.APPROVED, city=True, fund=fund)
    few = count(coordinator, PAGE)
    other = make_fund()
    for _n in range(3):
        make_case(State.APPROVED, city=True, fund=other)
    assert count(coordinator, PAGE) == few


def test_end_of_the_case_frees_what_was_not_needed(fund):
    proposal = make_case(State.CHECKED, city=True, fund=fund)
    proposal.reports.update(final_grant=500)
    steps.take("close", proposal, user=staff())
    assert (anew(fund).committed, anew(fund).paid) == (500, 500)
