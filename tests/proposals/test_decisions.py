"""Deciding on a grant: recorded for the state, prepared and confirmed by two for the city."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from offenbach_wir import scanner
from offenbach_wir.models import Event, QueuedMail
from programs.models import FundingRate
from projects.proposals import amendments, duties, early_start, grants, steps
from projects.proposals.case import State
from projects.proposals.models import Decision, Duty, Proposal
from tests.case_factories import (
    make_case,
    make_decision,
    make_declaration,
    make_fund,
    staff,
)
from tests.factories import make_account
from tests.frame.files import pdf

from .conftest import page_of, signed_in
from .test_office import case_of, stepped_in

TODAY = timezone.localdate
PDF = pdf(b"<< /Type /Catalog >>")


def step_page(proposal, key):
    return case_of(proposal, f"schritt/{key}/")


def approval(proposal, **changes):
    """What the form of an approval sends."""
    return {
        "seen": proposal.step_number,
        "decided_on": TODAY().isoformat(),
        "amount": "500,00",
        "starts_on": "2098-03-01",
        "ends_on": "2098-12-31",
        "conditions": "Bitte nennen Sie das Land Hessen.",
        "naming_duty": "Logo des Landes Hessen",
        **changes,
    }


def prepared(proposal, fund, **changes):
    return approval(proposal, kind="approval", fund=fund.pk, **changes)


def mails(template):
    return [row.email for row in QueuedMail.objects.filter(template=template)]


def letter(content=PDF):
    return SimpleUploadedFile("Bescheid.pdf", content, "application/pdf")


def anew(proposal):
    return Proposal.objects.get(pk=proposal.pk)


@pytest.fixture
def handed_over(db):
    return make_case(State.HANDED_OVER)


@pytest.fixture
def reviewed(db):
    return make_case(State.REVIEWED, city=True)


@pytest.fixture
def waiting(db):
    """A decision of the city on 500 euros that waits for its second person."""
    return make_case(State.DECIDED_BY_CITY)


# --- What the state has decided -----------------------------------------------------------------
def test_recorded_approval_counts_at_once(coordinator, handed_over):
    page = coordinator.post(step_page(handed_over, "record_approval"), approval(handed_over))
    assert page.status_code == 302
    grant = grants.grant_of(anew(handed_over))
    assert (grant.amount, grant.fund, grant.prepared_by) == (500, None, staff())
    assert anew(handed_over).state == State.APPROVED


def test_proof_is_due_as_many_months_after_the_end_as_the_terms_say(coordinator, handed_over):
    handed_over.terms.proof_months = 6
    handed_over.terms.save()
    coordinator.post(step_page(handed_over, "record_approval"), approval(handed_over))
    assert grants.grant_of(handed_over).proof_due_on == datetime.date(2099, 6, 30)


def test_more_than_asked_for_is_warned_of_and_recorded_once_it_was_compared(
    coordinator, handed_over
):
    sent = approval(handed_over, amount="600")
    page = coordinator.post(step_page(handed_over, "record_approval"), sent)
    assert (page.status_code, anew(handed_over).state) == (422, State.HANDED_OVER)
    assert "500,00 EUR" in page.text
    coordinator.post(step_page(handed_over, "record_approval"), sent | {"is_right": "on"})
    assert grants.grant_of(handed_over).amount == 600


def test_allowed_share_is_that_of_the_day_it_was_handed_in(coordinator, handed_over):
    FundingRate.objects.filter(terms=handed_over.terms).update(percent=10)
    page = coordinator.post(step_page(handed_over, "record_approval"), approval(handed_over))
    assert page.status_code == 302


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", "0"),
        ("amount", "-5"),
        ("amount", "viel"),
        ("amount", "99999999999"),
        ("ends_on", "2098-01-01"),
        ("starts_on", "1800-01-01"),
        ("decided_on", "2099-01-01"),
        ("interim_due_on", "2097-01-01"),
        ("proof_due_on", "2098-06-01"),
        ("ends_on", "31.02.2098"),
    ],
)
def test_odd_approval_is_refused_and_keeps_what_was_typed(coordinator, handed_over, name, value):
    page = coordinator.post(
        step_page(handed_over, "record_approval"), approval(handed_over, **{name: value})
    )
    assert page.status_code == 422
    assert name in page.context["form"].errors
    assert "Logo des Landes Hessen" in page.text


def test_rejection_has_reasons_and_ways_on_to_begin_with(coordinator, handed_over):
    page = coordinator.get(step_page(handed_over, "record_rejection"))
    assert page.context["form"]["ways_on"].initial
    sent = {"seen": handed_over.step_number, "decided_on": TODAY().isoformat(), "reasons": " "}
    refused = coordinator.post(step_page(handed_over, "record_rejection"), sent)
    assert list(refused.context["form"].errors) == ["reasons"]
    coordinator.post(
        step_page(handed_over, "record_rejection"), sent | {"reasons": "Kein Geld mehr."}
    )
    assert anew(handed_over).state == State.REJECTED


# --- The letter ---------------------------------------------------------------------------------
def stored_letters():
    folders, _files = storages["private"].listdir("enclosures")
    return sum(len(storages["private"].listdir(f"enclosures/{folder}")[1]) for folder in folders)


def test_letter_is_read_by_the_organisation_once_the_decision_counts(coordinator, handed_over):
    coordinator.post(
        step_page(handed_over, "record_approval"), approval(handed_over, letter=letter())
    )
    grant = grants.grant_of(handed_over)
    owner = signed_in(handed_over.applicant.owner)
    answer = owner.get(page_of(handed_over, f"bescheid/{grant.key}/"))
    assert b"".join(answer).startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment")
    office = coordinator.get(case_of(handed_over, f"bescheid/{grant.key}/"))
    assert b"".join(office).startswith(b"%PDF")


def test_letter_of_a_prepared_decision_is_not_there_for_the_organisation(coordinator, reviewed):
    make_declaration(reviewed)
    sent = prepared(reviewed, make_fund(), letter=letter())
    assert coordinator.post(step_page(reviewed, "prepare_decision"), sent).status_code == 302
    decision = grants.decision_of(reviewed)
    owner = signed_in(reviewed.applicant.owner)
    assert owner.get(page_of(reviewed, f"bescheid/{decision.key}/")).status_code == 404
    answer = stepped_in("approver").get(case_of(reviewed, f"bescheid/{decision.key}/"))
    assert b"".join(answer).startswith(b"%PDF")


def test_letter_of_another_case_is_not_there(coordinator, handed_over):
    other = make_decision(make_case(State.HANDED_OVER), letter="enclosures/x.pdf")
    assert coordinator.get(case_of(handed_over, f"bescheid/{other.key}/")).status_code == 404


@pytest.mark.parametrize("content", [b"", b"<html>", b"%PDF-1.7 damaged"])
def test_letter_that_is_no_sound_pdf_is_refused(coordinator, handed_over, content):
    sent = approval(handed_over, letter=letter(content))
    page = coordinator.post(step_page(handed_over, "record_approval"), sent)
    assert (page.status_code, "letter" in page.context["form"].errors) == (422, True)


def test_letter_that_cannot_be_scanned_is_refused(coordinator, handed_over, settings):
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    page = coordinator.post(
        step_page(handed_over, "record_approval"), approval(handed_over, letter=letter())
    )
    assert (page.status_code, scanner.is_configured()) == (422, True)
    assert "letter" in page.context["form"].errors


def test_letter_of_a_step_that_failed_is_not_kept(coordinator, reviewed):
    """Nobody has declared that there is no conflict of interest."""
    reviewed.conflict_declarations.all().delete()
    before = stored_letters()
    sent = prepared(reviewed, make_fund(), letter=letter())
    page = coordinator.post(step_page(reviewed, "prepare_decision"), sent)
    assert page.status_code == 422
    assert stored_letters() == before
    assert not reviewed.decisions.exists()


# --- Two persons for the city's money -----------------------------------------------------------
def test_city_decision_waits_and_commits_nothing(coordinator, reviewed):
    fund = make_fund()
    page = coordinator.post(step_page(reviewed, "prepare_decision"), prepared(reviewed, fund))
    fund.refresh_from_db()
    assert (page.status_code, fund.committed) == (302, 0)
    assert anew(reviewed).state == State.DECIDED_BY_CITY


def test_city_refuses_more_than_the_terms_allow(coordinator, reviewed):
    sent = prepared(reviewed, make_fund(), amount="500,01", is_right="on")
    page = coordinator.post(step_page(reviewed, "prepare_decision"), sent)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["amount"])


def test_city_decides_for_an_approval_or_a_rejection(coordinator, reviewed):
    sent = {"seen": reviewed.step_number, "decided_on": TODAY().isoformat(), "kind": "rejection"}
    page = coordinator.post(step_page(reviewed, "prepare_decision"), sent)
    assert list(page.context["form"].errors) == ["reasons"]
    page = coordinator.post(step_page(reviewed, "prepare_decision"), sent | {"kind": "approval"})
    assert {"fund", "amount", "starts_on", "ends_on"} == set(page.context["form"].errors)


def test_second_person_sees_the_whole_decision_and_the_fund(waiting):
    page = stepped_in("approver").get(step_page(waiting, "confirm_approval"))
    for words in ("500,00 EUR", "10.000,00 EUR", "9.500,00 EUR", str(staff())):
        assert words in page.text


def test_confirming_commits_the_money_and_counts(waiting):
    approver = stepped_in("approver")
    approver.post(step_page(waiting, "confirm_approval"), {"seen": waiting.step_number})
    grant = grants.grant_of(anew(waiting))
    assert (grant.confirmed_by, grant.fund.committed) == (staff("approver"), 500)


def test_confirming_twice_commits_once(waiting):
    approver = stepped_in("approver")
    for _n in range(2):
        approver.post(step_page(waiting, "confirm_approval"), {"seen": waiting.step_number})
    assert grants.grant_of(anew(waiting)).fund.committed == 500


def both_roles():
    """The one who prepared it, with the right to confirm."""
    return stepped_in("coordinator")


def test_who_prepared_it_cannot_confirm_it(waiting):
    client = both_roles()
    assert staff().has_perm("proposals.change_decision")
    page = client.get(step_page(waiting, "confirm_approval"))
    assert page.context["missing"]
    sent = client.post(step_page(waiting, "confirm_approval"), {"seen": waiting.step_number})
    assert (sent.status_code, anew(waiting).state) == (422, State.DECIDED_BY_CITY)


def test_who_prepared_it_cannot_confirm_it_past_the_page(waiting):
    with pytest.raises(steps.MissingError):
        steps.take("confirm_approval", waiting, user=staff())


def test_database_refuses_the_same_person_twice(waiting):
    decision = grants.decision_of(waiting)
    with pytest.raises(IntegrityError), transaction.atomic():
        grants.put_in_force(decision, confirmed_by=decision.prepared_by, now=timezone.now())


def test_database_refuses_money_of_the_city_in_one_hand(waiting):
    decision = grants.decision_of(waiting)
    with pytest.raises(IntegrityError), transaction.atomic():
        grants.put_in_force(decision, now=timezone.now())


def test_assessor_and_strangers_confirm_nothing(waiting):
    for client in (stepped_in("assessor"), signed_in(make_account()), Client()):
        answer = client.post(step_page(waiting, "confirm_approval"), {"seen": waiting.step_number})
        assert answer.status_code in (302, 403)
    with pytest.raises(PermissionDenied):
        steps.take("confirm_approval", waiting, user=staff("assessor"))
    assert anew(waiting).state == State.DECIDED_BY_CITY


def test_decision_that_is_sent_back_is_over(waiting):
    approver = stepped_in("approver")
    page = approver.get(step_page(waiting, "send_back_decision"))
    assert "500,00 EUR" in page.text
    sent = {"seen": waiting.step_number, "reason_text": "Bitte den Zeitraum prüfen."}
    approver.post(step_page(waiting, "send_back_decision"), sent)
    assert grants.decision_of(waiting) is None
    assert anew(waiting).state == State.REVIEWED


def test_withdrawing_and_lapsing_give_the_money_back(db):
    for key, by in (("withdraw", "owner"), ("let_lapse", "office")):
        proposal = make_case(State.APPROVED, city=True)
        fund = grants.grant_of(proposal).fund
        user = proposal.applicant.owner if by == "owner" else staff()
        steps.take(key, proposal, user=user, reason="Zu spät.")
        fund.refresh_from_db()
        assert (fund.committed, grants.grant_of(proposal)) == (0, None)


# --- What the organisation is told --------------------------------------------------------------
def test_organisation_reads_amount_period_and_what_is_next(handed_over, coordinator):
    coordinator.post(step_page(handed_over, "record_approval"), approval(handed_over))
    page = signed_in(handed_over.applicant.owner).get(page_of(handed_over))
    for words in ("500,00 EUR", "1. März 2098", "Bitte nennen Sie das Land Hessen."):
        assert words in page.text
    [mail] = mails("case_approved")
    for words in ("500,00 EUR", "1. März 2098", "31. Dezember 2098", "Land Hessen"):
        assert words in mail.message


def test_mail_of_a_decision_is_in_the_language_of_the_reader_and_in_german(
    handed_over, coordinator
):
    owner = handed_over.applicant.owner
    owner.language = "en"
    owner.save()
    coordinator.post(step_page(handed_over, "record_approval"), approval(handed_over))
    [mail] = mails("case_approved")
    assert "Good news" in mail.subject
    assert "Hello," in mail.message
    assert "-" * 60 in mail.message


def test_organisation_reads_why_and_what_it_can_do_after_a_rejection(db):
    proposal = make_case(State.REJECTED)
    page = signed_in(proposal.applicant.owner).get(page_of(proposal))
    for words in (
        "Die Mittel sind erschöpft.",
        "Sprechen Sie mit uns.",
        f"?earlier={proposal.key}",
    ):
        assert words in page.text
    [mail] = mails("case_rejected")
    assert "Die Mittel sind erschöpft." in mail.message
    assert "/beratung/" in mail.message


def test_organisation_sees_nothing_of_a_decision_that_waits(waiting):
    page = signed_in(waiting.applicant.owner).get(page_of(waiting))
    assert "500,00 EUR" not in page.text.partition("<main")[2].partition("Was geschehen")[0]
    assert str(staff()) not in page.text


# --- Beginning early ----------------------------------------------------------------------------
def permission(**changes):
    return {"permitted_from": "2098-02-01", "permitted_on": TODAY().isoformat()} | changes


def test_permission_of_an_early_start_is_told(coordinator, handed_over):
    coordinator.post(case_of(handed_over, "frueher-beginn/"), permission())
    assert early_start.of(handed_over).permitted_from == datetime.date(2098, 2, 1)
    page = signed_in(handed_over.applicant.owner).get(page_of(handed_over))
    assert "1. Februar 2098" in page.text
    assert len(mails("early_start")) == 1
    event = Event.objects.about(handed_over).get(kind=Event.Kind.CASE_CHANGED)
    assert event.detail["new"] == "2098-02-01"


def test_same_permission_twice_is_told_once(coordinator, handed_over):
    for _n in range(2):
        coordinator.post(case_of(handed_over, "frueher-beginn/"), permission())
    assert len(mails("early_start")) == 1


def test_permission_after_the_decision_is_refused(coordinator, db):
    proposal = make_case(State.APPROVED)
    page = coordinator.post(case_of(proposal, "frueher-beginn/"), permission())
    assert (page.status_code, early_start.of(proposal)) == (422, None)


def test_permitted_start_is_not_warned_of(handed_over):
    handed_over.starts_on = TODAY()
    handed_over.save()
    assert early_start.warning_of(handed_over, timezone.now()) is not None
    early_start.permit(handed_over, permitted_from=TODAY(), permitted_on=TODAY(), user=staff())
    assert early_start.warning_of(handed_over, timezone.now()) is None


def test_start_before_the_permitted_day_is_warned_of(handed_over):
    handed_over.starts_on = TODAY()
    handed_over.save()
    tomorrow = TODAY() + datetime.timedelta(days=1)
    early_start.permit(handed_over, permitted_from=tomorrow, permitted_on=TODAY(), user=staff())
    assert early_start.warning_of(handed_over, timezone.now()) is not None


# --- Changing a grant ---------------------------------------------------------------------------
def amendment(grant, **changes):
    return {
        "seen": grant.key,
        "decided_on": TODAY().isoformat(),
        "amount": "400,00",
        "starts_on": "2098-03-01",
        "ends_on": "2099-01-31",
        **changes,
    }


@pytest.fixture
def running(db):
    return make_case(State.RUNNING)


@pytest.fixture
def city_running(db):
    return make_case(State.RUNNING, city=True)


def test_amendment_of_the_state_replaces_the_decision_at_once(coordinator, running):
    before = grants.grant_of(running)
    page = coordinator.post(case_of(running, "aenderung/erfassen/"), amendment(before))
    now = grants.grant_of(running)
    assert (page.status_code, now.amount, now.amends) == (302, 400, before)
    before.refresh_from_db()
    assert (before.amount, before.ended_at is not None) == (500, True)
    assert len(mails("case_amended")) == 1


def test_grant_grows_only_where_a_new_decision_says_so(coordinator, running):
    sent = amendment(grants.grant_of(running), amount="600")
    page = coordinator.post(case_of(running, "aenderung/erfassen/"), sent)
    assert (page.status_code, grants.grant_of(running).amount) == (422, 500)
    coordinator.post(case_of(running, "aenderung/erfassen/"), sent | {"may_grow": "on"})
    assert grants.grant_of(running).amount == 600


def test_grant_does_not_grow_past_the_form(running):
    with pytest.raises(grants.GrowsError):
        grants.amend(running, prepared_by=staff(), now=timezone.now(), amount=Decimal(501))


def test_page_older_than_the_last_amendment_is_refused(coordinator, running):
    before = grants.grant_of(running)
    coordinator.post(case_of(running, "aenderung/erfassen/"), amendment(before))
    page = coordinator.post(case_of(running, "aenderung/erfassen/"), amendment(before, amount="1"))
    assert (page.status_code, grants.grant_of(running).amount) == (422, 400)


def test_amendment_of_the_city_waits_for_somebody_else(coordinator, city_running):
    grant = grants.grant_of(city_running)
    coordinator.post(case_of(city_running, "aenderung/erfassen/"), amendment(grant))
    waiting = grants.amendment_of(city_running)
    assert (grants.grant_of(city_running), waiting.amount) == (grant, 400)
    sent = {"seen": waiting.key}
    refused = coordinator.post(case_of(city_running, "aenderung/bestaetigen/"), sent)
    assert (refused.status_code, grants.grant_of(city_running)) == (422, grant)
    done = stepped_in("approver").post(case_of(city_running, "aenderung/bestaetigen/"), sent)
    now = grants.grant_of(city_running)
    assert (done.status_code, now.amount, now.fund.committed) == (302, 400, 400)


def test_amendment_moves_the_day_of_the_proof(city_running):
    city_running.state = State.PROOF_DUE
    city_running.save()
    duties.after_step(city_running, timezone.now())
    grants.amend(
        city_running,
        prepared_by=staff(),
        confirmed_by=staff("approver"),
        now=timezone.now(),
        ends_on=datetime.date(2099, 3, 31),
        proof_due_on=datetime.date(2099, 6, 30),
    )
    duties.after_step(city_running, timezone.now())
    assert city_running.duties.open().get(kind=Duty.Kind.PROOF).due_on.month == 6


def test_amendment_that_is_taken_back_changes_nothing(coordinator, city_running):
    grant = grants.grant_of(city_running)
    coordinator.post(case_of(city_running, "aenderung/erfassen/"), amendment(grant))
    coordinator.post(case_of(city_running, "aenderung/zuruecknehmen/"), {"ok": 1})
    assert grants.amendment_of(city_running) is None
    assert (grants.grant_of(city_running), Decision.objects.count()) == (grant, 1)


def test_closed_case_is_not_amended(coordinator, db):
    proposal = make_case(State.CLOSED)
    with pytest.raises(amendments.NotPossibleError):
        amendments.record(proposal, seen="x", user=staff(), amount=Decimal(1))
    page = coordinator.get(case_of(proposal, "aenderung/erfassen/"))
    assert page.status_code == 302


def test_case_page_leads_to_what_can_be_done(coordinator, city_running):
    page = coordinator.get(case_of(city_running))
    assert case_of(city_running, "aenderung/erfassen/") in page.text
    assert case_of(city_running, "projekt/") in page.text
