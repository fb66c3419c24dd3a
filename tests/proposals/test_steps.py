"""Taking steps: allowed exactly where the table says, once, whole, and never from an old page."""

import datetime
from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import translation

from offenbach_wir import event_words
from offenbach_wir.models import Event, QueuedMail, User
from offenbach_wir.roles import ROLES
from projects.proposals import grants, steps
from projects.proposals.case import STEPS, Actor, Need, State
from projects.proposals.models import Note, Proposal, StepReason
from projects.proposals.steps import LockedError, MissingError, StaleError
from tests.case_factories import (
    STEP_AT,
    make_acceptance,
    make_case,
    make_checklist_answers,
    make_decision,
    make_declaration,
    make_disbursement,
    make_fund,
    make_handover,
    make_note,
    make_proof,
    make_rejection,
    make_statement,
    make_supplement,
    staff,
)
from tests.factories import make_account, make_member

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
A_DAY = datetime.datetime(2099, 5, 1, 10, tzinfo=datetime.UTC)


def now_for(key):
    return STEP_AT.get(key, A_DAY)


# --- Where, and by whom -------------------------------------------------------------------------
WRITING = {"owner": {Actor.WRITERS}, "editor of it": {Actor.WRITERS}}
OUTSIDE = dict.fromkeys(("reader of it", "stranger"), frozenset())


def actors_of(role):
    """Which steps are for a role, as the table of roles says."""
    may = ROLES[role].permissions
    yield from [Actor.OFFICE] if "change" in may.get("proposals.proposal", ()) else []
    yield from [Actor.SECOND] if "change" in may.get("proposals.decision", ()) else []


PERSONAS = (
    WRITING | OUTSIDE | {role: set(actors_of(role)) for role in ROLES} | {"calendar": {Actor.CLOCK}}
)


def account_of(persona, proposal):
    if persona == "calendar":
        return None
    if persona in ROLES:
        return staff(persona)
    if persona == "owner":
        return proposal.applicant.owner
    if persona == "stranger":
        return make_account()
    return make_member(proposal.applicant, persona.partition(" ")[0])


def outcome(key, proposal, user):
    """What becomes of a step that somebody asks for; nothing of it is kept."""
    try:
        with transaction.atomic():
            steps.take(key, proposal, user=user, seen=proposal.step_number, now=now_for(key))
            transaction.set_rollback(True)
    except PermissionDenied:
        return "not for them"
    except StaleError:
        return "not now"
    except MissingError:
        pass
    return "may"


@pytest.mark.parametrize("state", State)
def test_step_is_allowed_exactly_where_the_table_says(state):
    proposal = make_case(state)
    people = {persona: account_of(persona, proposal) for persona in PERSONAS}
    wrong = []
    for key, step in STEPS.items():
        for persona, actors in PERSONAS.items():
            expected = "may" if step.starts_from(state) else "not now"
            if step.actor not in actors:
                expected = "not for them"
            found = outcome(key, proposal, people[persona])
            if found != expected:
                wrong.append((key, persona, found, expected))
    assert wrong == []


def test_somebody_who_may_do_everything_in_two_roles_still_cannot_confirm_alone():
    proposal = make_case(State.DECIDED_BY_CITY)
    office = staff("coordinator")
    make_declaration(proposal, office)
    with pytest.raises(MissingError, match="1 gaps"):
        steps.take("confirm_approval", proposal, user=office, now=A_DAY)


def test_switched_off_colleague_takes_no_step():
    proposal = make_case()
    User.objects.filter(pk=staff().pk).update(is_active=False)
    with pytest.raises(PermissionDenied):
        steps.take("begin_check", proposal, user=staff())


# --- What each step needs -----------------------------------------------------------------------
def _formal_check(proposal):
    make_checklist_answers(proposal, answered_by=staff())
    make_statement(proposal)
    make_declaration(proposal)


def _decision(proposal):
    make_declaration(proposal)
    make_decision(proposal, prepared_by=staff(), fund=make_fund())


def _refusal(proposal):
    proposal.decisions.all().delete()
    make_rejection(proposal, prepared_by=staff())


def _too_much_was_paid(proposal):
    make_disbursement(proposal, 100, paid_on=datetime.date(2098, 7, 1))


# What is to be there for a step beside the state it starts from.
READY = {
    "request_supplement": make_supplement,
    "finish_check": _formal_check,
    "hand_over": make_handover,
    "record_approval": make_decision,
    "record_rejection": make_rejection,
    "prepare_decision": _decision,
    "confirm_rejection": _refusal,
    "accept_grant": make_acceptance,
    "hand_in_proof": lambda proposal: make_proof(proposal, submitted_at=A_DAY),
    "check_proof": lambda proposal: proposal.reports.update(final_grant=500),
    "demand_repayment": _too_much_was_paid,
    "record_repayment": lambda proposal: proposal.reports.update(repaid_on=A_DAY),
}
WHO = {Actor.OFFICE: "coordinator", Actor.SECOND: "approver"}


def ready_for(key, origin=None):
    """(a case in which nothing of what the step needs is missing, who takes it)"""
    step = STEPS[key]
    proposal = make_case(origin or step.origins[0], city=Need.CITY_MONEY in step.needs)
    READY.get(key, lambda proposal: None)(proposal)
    user = staff(WHO[step.actor]) if step.actor in WHO else None
    return proposal, proposal.applicant.owner if step.actor == Actor.WRITERS else user


def take(key, proposal, user, **options):
    reason = "Weil es so ist." if Need.REASON in STEPS[key].needs else ""
    options = {"reason": reason, "now": now_for(key), "seen": proposal.step_number} | options
    return steps.take(key, proposal, user=user, **options)


def _replace_decision(make):
    def replace(proposal, user):
        proposal.decisions.all().delete()
        make(proposal, prepared_by=staff())

    return replace


def _line_of(decides):
    def change(proposal, user):
        proposal.terms.decided_by = decides
        proposal.terms.save()

    return change


# How each need is taken away again; what depends on the step itself stands in OPTIONS.
AWAY = {
    Need.MESSAGE: lambda proposal, user: proposal.supplements.all().delete(),
    Need.CHECKLIST: lambda proposal, user: proposal.checklist_answers.first().delete(),
    Need.STATEMENT: lambda proposal, user: proposal.statement.delete(),
    Need.STATE_MONEY: _line_of("city"),
    Need.CITY_MONEY: _line_of("state"),
    Need.HANDOVER: lambda proposal, user: proposal.handover.delete(),
    Need.DECISION: lambda proposal, user: proposal.decisions.all().delete(),
    Need.APPROVAL: _replace_decision(make_rejection),
    Need.REFUSAL: _replace_decision(make_decision),
    Need.OTHER_PERSON: lambda proposal, user: proposal.decisions.update(prepared_by=user),
    Need.MONEY_LEFT: lambda proposal, user: proposal.decisions.update(fund=None),
    Need.NO_CONFLICT: lambda proposal, user: proposal.conflict_declarations.update(
        has_conflict=True
    ),
    Need.DECLARATION: lambda proposal, user: proposal.acceptance.delete(),
    Need.PROOF: lambda proposal, user: proposal.reports.update(submitted_at=None),
    Need.PROOF_RESULT: lambda proposal, user: proposal.reports.update(final_grant=None),
    Need.NOTHING_OWED: lambda proposal, user: _too_much_was_paid(proposal),
    Need.PAID_OUT: lambda proposal, user: make_disbursement(proposal, 50),
    Need.SOMETHING_OWED: lambda proposal, user: proposal.disbursements.all().delete(),
    Need.REPAID: lambda proposal, user: proposal.reports.update(repaid_on=None),
}
OPTIONS = {
    Need.REASON: {"reason": "  \n"},
    Need.PERIOD_BEGUN: {"now": STEP_AT["begin_project"] - DAY},
    Need.PERIOD_OVER: {"now": STEP_AT["end_project"] - DAY},
}
# Whether everything is answered, the tests of supplements ask.
PAIRS = [
    (key, need) for key, step in STEPS.items() for need in step.needs if need is not Need.WHOLE
]


def steps_taken(proposal):
    return Event.objects.about(proposal).filter(kind__in=steps.STEP_KINDS).count()


@pytest.mark.parametrize("key", STEPS)
def test_step_leads_to_its_state_and_is_written_down(key):
    proposal, user = ready_for(key)
    old, number = proposal.state, proposal.step_number
    take(key, proposal, user)
    proposal.refresh_from_db()
    event = steps.last_of(proposal)
    assert (proposal.state, proposal.step_number) == (STEPS[key].target, number + 1)
    assert event.actor_id == (user.pk if user else None)
    wanted = {"step": key, "number": number + 1, "old": old, "new": proposal.state}
    assert wanted.items() <= event.detail.items()


@pytest.mark.parametrize(("key", "need"), PAIRS)
def test_step_is_refused_without_what_it_needs(key, need):
    proposal, user = ready_for(key)
    AWAY.get(need, lambda proposal, user: None)(proposal, user)
    proposal = Proposal.objects.get(pk=proposal.pk)
    before = (proposal.state, proposal.step_number, steps_taken(proposal))
    with pytest.raises(MissingError) as refused:
        take(key, proposal, user, **OPTIONS.get(need, {}))
    proposal.refresh_from_db()
    assert (proposal.state, proposal.step_number, steps_taken(proposal)) == before
    assert all(refused.value.gaps)


def test_nobody_assesses_or_decides_without_declaring_first():
    proposal, user = ready_for("finish_check")
    proposal.conflict_declarations.all().delete()
    with pytest.raises(MissingError):
        take("finish_check", proposal, user)


# --- Pages that are old, pressed twice, or of somebody slower -------------------------------------
def test_pressing_twice_takes_the_step_once():
    proposal, user = ready_for("finish_check")
    seen = proposal.step_number
    mails = QueuedMail.objects.count()
    for _n in range(2):
        taken = take("finish_check", proposal, user, seen=seen)
        assert taken.state == State.REVIEWED
    assert steps_taken(proposal) == 2  # with the beginning of the check
    assert QueuedMail.objects.count() == mails


def test_mails_go_out_once():
    proposal, user = ready_for("request_supplement")
    seen, mails = proposal.step_number, QueuedMail.objects.filter(subject_id=proposal.pk)
    take("request_supplement", proposal, user, seen=seen)
    n = mails.count()
    take("request_supplement", proposal, user, seen=seen)
    assert mails.count() == n


def test_same_step_by_somebody_else_is_explained():
    proposal = make_case()
    other = make_account(is_staff=True)
    other.groups.set(staff().groups.all())
    seen = proposal.step_number
    steps.take("begin_check", proposal, user=staff(), seen=seen)
    with pytest.raises(StaleError) as stale:
        steps.take("begin_check", proposal, user=other, seen=seen)
    assert stale.value.proposal.state == State.FORMAL_CHECK
    assert (stale.value.last.actor_id, stale.value.last.detail["step"]) == (
        staff().pk,
        "begin_check",
    )


def test_page_from_before_a_round_trip_is_too_old():
    """The state is the same again, and still the page is another."""
    proposal, user = ready_for("finish_check")
    seen = proposal.step_number
    take("finish_check", proposal, user)
    proposal.refresh_from_db()
    take("check_again", proposal, user)
    with pytest.raises(StaleError):
        take("finish_check", proposal, user, seen=seen)


def test_old_page_of_one_step_takes_no_other_step():
    proposal, user = ready_for("finish_check")
    seen = proposal.step_number
    take("finish_check", proposal, user)
    with pytest.raises(StaleError):
        take("request_supplement", proposal, user, seen=seen)


def test_number_that_no_page_ever_had_is_refused():
    proposal = make_case()
    with pytest.raises(StaleError):
        steps.take("begin_check", proposal, user=staff(), seen=proposal.step_number + 1)


# --- Locked cases ---------------------------------------------------------------------------------
def lock(proposal):
    Proposal.objects.filter(pk=proposal.pk).update(locked_because="Es läuft eine Prüfung.")


@pytest.mark.parametrize("key", [key for key in STEPS if key != "withdraw"])
def test_nothing_goes_on_in_a_locked_case(key):
    proposal, user = ready_for(key)
    lock(proposal)
    with pytest.raises(LockedError) as locked:
        take(key, proposal, user)
    assert locked.value.because == "Es läuft eine Prüfung."


def test_organisation_withdraws_from_a_locked_case():
    proposal, user = ready_for("withdraw")
    lock(proposal)
    assert take("withdraw", proposal, user).state == State.WITHDRAWN


# --- All of it or nothing -------------------------------------------------------------------------
def test_refused_step_keeps_nothing_of_its_work():
    proposal = make_case(State.FORMAL_CHECK)
    with pytest.raises(MissingError):
        take("finish_check", proposal, staff(), work=lambda locked, now: make_note(locked) and None)
    assert not Note.objects.filter(proposal=proposal).exists()


def test_reason_is_kept_beside_the_event_and_not_in_it():
    proposal, user = ready_for("check_again")
    take("check_again", proposal, user, reason="  Ein Beleg fehlt. ")
    event = steps.last_of(proposal)
    reason = StepReason.objects.get(proposal=proposal, step_number=event.detail["number"])
    assert reason.text == "Ein Beleg fehlt."
    assert "Beleg" not in str(event.detail)


def test_reason_of_a_step_cannot_be_changed():
    proposal, user = ready_for("check_again")
    take("check_again", proposal, user)
    with pytest.raises(DatabaseError), transaction.atomic():
        StepReason.objects.filter(proposal=proposal).update(text="Anders.")
    assert StepReason.objects.get(proposal=proposal).text == "Weil es so ist."


def test_trail_says_a_step_in_words():
    proposal = make_case(State.FORMAL_CHECK)
    with translation.override("en"):
        said = event_words.details(steps.last_of(proposal))
    # The databases keep what an event holds in orders of their own.
    assert set(said.split("; ")) == {
        "Step: Begin the formal check",
        "Number of the step: 2",
        "before: Handed in",
        "after: In the formal check",
    }


# --- Ends, and the money of the city --------------------------------------------------------------
@pytest.mark.parametrize("state", [State.REJECTED, State.CLOSED, State.WITHDRAWN])
def test_ended_case_has_its_day_and_nothing_to_do(state):
    proposal = make_case(state)
    assert proposal.ended_at is not None
    assert (proposal.due_on, proposal.duties.open().count()) == (None, 0)


@pytest.mark.parametrize("state", [State.APPROVED, State.RUNNING, State.PROOF_SUBMITTED])
def test_open_case_has_no_end(state):
    assert make_case(state).ended_at is None


def test_approval_commits_the_money_of_the_fund():
    fund = make_fund(600)
    make_case(State.APPROVED, city=True, fund=fund)
    fund.refresh_from_db()
    assert (fund.committed, fund.left) == (500, 100)


@pytest.mark.parametrize("key", ["withdraw", "let_lapse"])
def test_money_of_a_grant_nobody_takes_is_free_again(key):
    fund = make_fund(600)
    proposal = make_case(State.APPROVED, city=True, fund=fund)
    user = proposal.applicant.owner if key == "withdraw" else staff()
    take(key, proposal, user)
    fund.refresh_from_db()
    assert fund.committed == 0
    assert grants.grant_of(proposal) is None


def test_decision_that_is_sent_back_counts_no_longer():
    proposal, user = ready_for("send_back_decision")
    take("send_back_decision", proposal, user)
    assert grants.decision_of(proposal) is None


def test_fund_that_is_empty_approves_nothing():
    fund = make_fund(400)
    proposal = make_case(State.DECIDED_BY_CITY, fund=fund)
    with pytest.raises(grants.FundEmptyError):
        take("confirm_approval", proposal, staff("approver"))
    proposal.refresh_from_db()
    fund.refresh_from_db()
    assert (proposal.state, fund.committed) == (State.DECIDED_BY_CITY, 0)


# --- Who hears of it ------------------------------------------------------------------------------
def test_decision_waiting_is_told_to_who_may_confirm_but_not_to_who_prepared():
    proposal = make_case(State.DECIDED_BY_CITY)
    mails = QueuedMail.objects.filter(template="case_to_confirm", subject_id=proposal.pk)
    to = Counter(address for mail in mails for address in mail.email.to)
    assert to == {staff("approver").email: 1}
