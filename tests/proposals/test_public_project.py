"""From an approved case to the draft of a public project, and later changes of the grant."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from projects.models import Project
from projects.proposals import grants, public_project, submission
from projects.proposals.budget import IncomeKind
from projects.proposals.case import State
from projects.proposals.models import Proposal
from tests.case_factories import HANDED_IN_AT, bring_to, make_case, staff
from tests.factories import make_project

from .test_office import case_of, stepped_in


def anew(proposal):
    return Proposal.objects.get(pk=proposal.pk)


def pressed(client, proposal):
    return client.post(case_of(proposal, "projekt/"), {"ok": "1"})


@pytest.fixture
def approved(db):
    return make_case(State.APPROVED)


@pytest.fixture
def project(coordinator, approved):
    pressed(coordinator, approved)
    return anew(approved).project


def amended(proposal, **changes):
    grants.amend(proposal, prepared_by=staff(), confirmed_by=None, now=timezone.now(), **changes)


def test_one_press_makes_a_draft_of_the_case(coordinator, approved):
    page = pressed(coordinator, approved)
    project = anew(approved).project
    assert page["Location"] == f"/verwaltung/projects/project/{project.pk}/change/"
    assert (project.state, project.number) == (Project.State.DRAFT, approved.reference)
    assert project.organisation == approved.applicant.organisation
    assert project.funding_line == approved.funding_line
    assert (project.starts_on, project.ends_on) == (
        datetime.date(2098, 3, 1),
        datetime.date(2098, 12, 31),
    )
    assert project.district == approved.districts.get()
    assert set(project.target_groups.all()) == set(approved.target_groups.all())
    text = project.text_in("de")
    assert (text.title, text.summary) == (approved.title, "Antwort: summary")
    assert "Antwort: activities" in text.body
    assert project.proposal == approved


def test_shares_make_the_total(project):
    assert project.money_is_known
    assert (project.state_share, project.city_share) == (500, 0)
    assert (project.own_share, project.third_party_share, project.total_cost) == (500, 0, 1000)


def test_money_of_the_city_stands_as_that(coordinator, db):
    proposal = make_case(State.APPROVED, city=True)
    pressed(coordinator, proposal)
    project = anew(proposal).project
    assert (project.state_share, project.city_share) == (0, 500)


def test_pressing_twice_makes_one(coordinator, approved):
    for _n in range(2):
        assert pressed(coordinator, approved).status_code == 302
    assert Project.objects.filter(number=approved.reference).count() == 1


def test_number_and_address_in_use_are_left_to_others(coordinator, approved):
    make_project(number=approved.reference, slug="gemeinsam-lesen")
    pressed(coordinator, approved)
    project = anew(approved).project
    assert project.number.startswith(f"{approved.reference}-")
    assert project.slug.startswith("gemeinsam-lesen-")


@pytest.mark.parametrize("title", ["قراءة معًا", "feed", "x" * 120, "<b>&</b>"])
def test_odd_title_gets_an_address_all_the_same(coordinator, db, title):
    proposal = make_case(State.APPROVED, title=title)
    assert pressed(coordinator, proposal).status_code == 302
    assert anew(proposal).project.text_in("de").title == title


def test_case_without_a_grant_gets_no_project(coordinator, db):
    proposal = make_case(State.HANDED_OVER)
    assert pressed(coordinator, proposal).status_code == 302
    assert anew(proposal).project is None


def test_assessor_and_approver_make_none(approved):
    for role in ("assessor", "approver", "editor"):
        assert pressed(stepped_in(role), approved).status_code in (302, 403)
    assert anew(approved).project is None


def test_script_in_an_answer_is_no_script_in_the_project(coordinator, db):
    proposal = make_case(State.DRAFT)
    proposal.answers.filter(question="activities").update(text="<script>alert(1)</script>")
    submission.hand_in(proposal, user=proposal.applicant.owner, now=HANDED_IN_AT)
    proposal = bring_to(State.APPROVED, anew(proposal))
    pressed(coordinator, proposal)
    body = anew(proposal).project.text_in("de").body
    assert "<script" not in body
    assert "alert(1)" in body


# --- Later --------------------------------------------------------------------------------------
def test_amendment_is_offered_and_taken_over(coordinator, approved, project):
    assert public_project.differences(anew(approved)) == []
    amended(approved, amount=Decimal(400), ends_on=datetime.date(2099, 1, 31))
    page = coordinator.get(f"/verwaltung/projects/project/{project.pk}/change/")
    for words in ("500,00 EUR", "400,00 EUR", "31. Januar 2099"):
        assert words in page.text
    done = coordinator.post(f"/verwaltung/projekte/{project.pk}/aus-dem-bescheid/", {"ok": "1"})
    project.refresh_from_db()
    assert (done.status_code, project.state_share, project.total_cost) == (302, 400, 900)
    assert project.ends_on == datetime.date(2099, 1, 31)
    assert public_project.differences(anew(approved)) == []


def test_nothing_changes_before_somebody_takes_it_over(approved, project):
    amended(approved, amount=Decimal(400))
    project.refresh_from_db()
    assert project.state_share == 500


def test_project_names_its_case_and_how_to_name_the_funders(coordinator, approved, project):
    amended(approved, naming_duty="Logo des Landes Hessen")
    page = coordinator.get(f"/verwaltung/projects/project/{project.pk}/change/")
    assert "Logo des Landes Hessen" in page.text
    assert case_of(approved) in page.text


def test_editor_reads_the_duty_and_not_the_case(approved, project):
    amended(approved, naming_duty="Logo des Landes Hessen")
    page = stepped_in("editor").get(f"/verwaltung/projects/project/{project.pk}/change/")
    assert "Logo des Landes Hessen" in page.text
    assert case_of(approved) not in page.text


def test_project_without_a_case_takes_nothing_over(coordinator, db):
    project = make_project()
    page = coordinator.post(f"/verwaltung/projekte/{project.pk}/aus-dem-bescheid/", {"ok": "1"})
    assert page.status_code == 404


def test_grants_of_the_city_beside_the_state_count_for_the_city(db):
    proposal = make_case(State.DRAFT)
    proposal.incomeitems.filter(kind=IncomeKind.OWN_FUNDS).update(kind=IncomeKind.MUNICIPAL_FUNDS)
    submission.hand_in(proposal, user=proposal.applicant.owner, now=HANDED_IN_AT)
    proposal = bring_to(State.APPROVED, anew(proposal))
    values = public_project.of_the_grant(proposal, grants.grant_of(proposal))
    assert (values["city_share"], values["own_share"], values["total_cost"]) == (500, 0, 1000)
