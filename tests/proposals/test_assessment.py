"""Conflicts of interest and scores: for oneself only, before others are seen, and with reasons."""

from decimal import Decimal

import pytest

from offenbach_wir.models import Event, User
from offenbach_wir.roles import ROLES
from projects.proposals import assessing, case, needs, steps, submission
from projects.proposals.case import State
from projects.proposals.models import ConflictDeclaration, Criterion, Proposal, Score
from tests.factories import make_criterion, make_whole_proposal

from .test_office import case_of, stepped_in


def colleague(role):
    return User.objects.get(email=ROLES[role].demo_email)


@pytest.fixture
def checked(db):
    """A case in the formal check, scored by two criteria."""
    Criterion.objects.update(is_in_use=False)
    proposal = make_whole_proposal()
    submission.hand_in(proposal, user=proposal.applicant.owner)
    steps.take("begin_check", proposal, user=colleague("coordinator"))
    make_criterion(name="Bedarf"), make_criterion(name="Wirkung", most_points=10)
    return Proposal.objects.get(pk=proposal.pk)


def declare(role, proposal, answer="free", reason=""):
    sent = {"answer": answer, "reason": reason}
    return stepped_in(role).post(case_of(proposal, "befangenheit/"), sent)


def score(role, proposal, *points, reason="Gut begründet", **fields):
    sent = {}
    for criterion, n in zip(assessing.criteria_of(proposal), points, strict=False):
        sent |= {f"points_{criterion.pk}": n, f"reason_{criterion.pk}": reason}
    return stepped_in(role).post(case_of(proposal, "bewertung/"), sent | fields)


def scored(role, proposal, *points, reason="Gut begründet"):
    """As the pages do it, only quicker."""
    user = colleague(role)
    assessing.declare(proposal, user=user, has_conflict=False)
    criteria = assessing.criteria_of(proposal)
    given = {criterion: (n, reason) for criterion, n in zip(criteria, points, strict=False)}
    assessing.score(proposal, given, user=user)


# --- Declarations -------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["coordinator", "assessor", "approver"])
def test_each_declares_for_themselves(checked, role):
    assert declare(role, checked)["Location"] == case_of(checked)
    row = ConflictDeclaration.objects.get(proposal=checked)
    assert (row.person, row.has_conflict) == (colleague(role), False)


@pytest.mark.parametrize("role", ["editor", "administrator"])
def test_others_declare_and_score_nothing(checked, role):
    assert declare(role, checked).status_code == 403
    assert score(role, checked, 1).status_code == 403


def test_declaring_without_an_answer_is_refused(checked):
    assert declare("assessor", checked, "x").status_code == 422
    assert not checked.conflict_declarations.exists()


def test_declaration_that_changes_stands_in_the_history_with_both_values(checked):
    declare("assessor", checked)
    declare("assessor", checked, "conflict", "Meine Schwester leitet den Verein")
    declare("assessor", checked, "conflict", "Meine Schwester leitet den Verein")
    rows = Event.objects.about(checked).filter(detail__change="declared").order_by("pk")
    assert [(row.detail["old"], row.detail["new"]) for row in rows] == [
        ("", "free"),
        ("free", "conflict"),
    ]


def test_reason_of_a_conflict_is_read_by_the_coordination_and_not_by_assessors(checked):
    declare("approver", checked, "conflict", "Nachbarschaft")
    assert "Nachbarschaft" in stepped_in("coordinator").get(case_of(checked)).text
    assert "Nachbarschaft" not in stepped_in("assessor").get(case_of(checked)).text


@pytest.mark.parametrize("key", ["finish_check", "prepare_decision", "confirm_approval"])
def test_steps_of_judgement_need_a_declaration(checked, key):
    user = colleague("coordinator")
    missing = needs.missing_before(case.STEPS[key], checked, user)
    assessing.declare(checked, user=user, has_conflict=True)
    in_conflict = needs.missing_before(case.STEPS[key], checked, user)
    assessing.declare(checked, user=user, has_conflict=False)
    free = needs.missing_before(case.STEPS[key], checked, user)
    assert len(missing) == len(in_conflict) == len(free) + 1


def test_page_that_lacks_a_declaration_leads_to_where_it_is_made(checked):
    page = stepped_in("coordinator").get(case_of(checked, "schritt/finish_check/"))
    pages = [gap.page for gap in page.context["missing"]]
    assert "admin:proposal_declare" in pages
    assert f'<a href="{case_of(checked, "befangenheit/")}">' in page.text


def test_refused_step_leads_to_where_the_declaration_is_made(checked):
    client = stepped_in("coordinator")
    page = client.post(
        case_of(checked, "schritt/finish_check/"), {"seen": checked.step_number, "reason_text": "x"}
    )
    assert page.status_code == 422
    assert f'<a href="{case_of(checked, "befangenheit/")}">' in page.text
    assert page.text.index("<title>Fehler: ") > 0


def test_whoever_has_a_conflict_is_not_led_to_declare_again(checked):
    assessing.declare(checked, user=colleague("coordinator"), has_conflict=True)
    page = stepped_in("coordinator").get(case_of(checked, "schritt/finish_check/"))
    assert "admin:proposal_declare" not in [gap.page for gap in page.context["missing"]]


def test_page_says_who_else_can(checked):
    assessing.declare(checked, user=colleague("approver"), has_conflict=True)
    assessing.declare(checked, user=colleague("assessor"), has_conflict=True)
    others = stepped_in("assessor").get(case_of(checked)).context["others"]
    assert colleague("coordinator") in others["add_score"]
    assert not {colleague("assessor"), colleague("approver")} & {*others["add_score"]}
    assert list(others) == ["add_score"]


# --- Scores -------------------------------------------------------------------------------------
def test_nobody_scores_before_declaring(checked):
    page = score("assessor", checked, 3, 7)
    assert page.status_code == 409
    assert "Gut begründet" in page.text
    assert not checked.scores.exists()


def test_nobody_scores_with_a_conflict(checked):
    declare("assessor", checked, "conflict")
    page = score("assessor", checked, 3, 7)
    assert (page.status_code, checked.scores.count()) == (409, 0)
    assert str(colleague("coordinator")) in page.text


def test_scores_are_ones_own_and_can_be_changed(checked):
    declare("assessor", checked)
    score("assessor", checked, 3, 7)
    score("assessor", checked, 4, 7)
    assert {row.assessor for row in checked.scores.all()} == {colleague("assessor")}
    assert [row.points for row in checked.scores.order_by("criterion__position", "pk")] == [4, 7]
    event = Event.objects.about(checked).filter(detail__change="scored").order_by("-pk")[0]
    assert list(event.detail["scores"].values()) == [[3, 4]]


def test_some_criteria_may_wait(checked):
    declare("assessor", checked)
    assert score("assessor", checked, 3).status_code == 302
    assert checked.scores.count() == 1


@pytest.mark.parametrize("points", ["6", "-1", "x", "1e3", "9" * 50])
def test_points_outside_the_scale_are_refused_and_kept(checked, points):
    declare("assessor", checked)
    page = score("assessor", checked, points, 7)
    assert page.status_code == 422
    assert points in page.text
    assert not checked.scores.exists()


def test_points_need_a_reason(checked):
    declare("assessor", checked)
    page = score("assessor", checked, 3, 7, reason="")
    assert (page.status_code, checked.scores.count()) == (422, 0)


@pytest.mark.parametrize("state", [State.HANDED_OVER, State.DECIDED_BY_CITY, State.APPROVED])
def test_scores_are_closed_after_the_case_has_left(checked, state):
    declare("assessor", checked)
    Proposal.objects.filter(pk=checked.pk).update(state=state)
    assert score("assessor", checked, 3, 7).status_code == 409
    assert not checked.scores.exists()


def test_changed_criterion_changes_no_score(checked):
    scored("assessor", checked, 5, 7)
    Criterion.objects.filter(name="Bedarf").update(most_points=3)
    assert Score.objects.get(criterion__name="Bedarf").most_points == 5


# --- Who sees what ------------------------------------------------------------------------------
def test_assessor_sees_others_only_after_scoring_everything(checked):
    scored("coordinator", checked, 2, 2, reason="Meinung der Koordination")
    scored("assessor", checked, 3)
    assert "Meinung der Koordination" not in stepped_in("assessor").get(case_of(checked)).text
    scored("assessor", checked, 3, 7)
    assert "Meinung der Koordination" in stepped_in("assessor").get(case_of(checked)).text


def test_history_tells_no_points_to_those_who_have_not_scored(checked):
    scored("coordinator", checked, 2, 2)
    rows = stepped_in("assessor").get(case_of(checked, "verlauf/")).context["rows"]
    assert rows[-1].changes == ()
    rows = stepped_in("coordinator").get(case_of(checked, "verlauf/")).context["rows"]
    assert len(rows[-1].changes) == 2


def test_coordination_sees_the_mean(checked):
    scored("coordinator", checked, 2, 4)
    scored("assessor", checked, 3, 7)
    overview = stepped_in("coordinator").get(case_of(checked)).context["overview"]
    assert [row.mean for row in overview.rows] == [Decimal("2.5"), Decimal("5.5")]
    assert (overview.total, overview.most, overview.n_assessors) == (Decimal("8.0"), 15, 2)


def test_criterion_that_nobody_scored_leaves_no_sum(checked):
    scored("assessor", checked, 3)
    overview = assessing.overview(checked, {})
    assert ([row.mean for row in overview.rows], overview.total) == ([Decimal("3.0"), None], None)


def test_scores_before_a_conflict_was_declared_no_longer_count(checked):
    scored("coordinator", checked, 2, 4)
    scored("assessor", checked, 4, 8)
    assessing.declare(checked, user=colleague("assessor"), has_conflict=True)
    overview = stepped_in("coordinator").get(case_of(checked)).context["overview"]
    assert (overview.total, len(overview.left_out)) == (Decimal("6.0"), 2)
    assert stepped_in("assessor").get(case_of(checked)).context["overview"] is None


def test_scores_of_a_deleted_account_still_count(checked):
    scored("assessor", checked, 4, 8)
    checked.scores.update(assessor=None)
    checked.conflict_declarations.update(person=None)
    page = stepped_in("coordinator").get(case_of(checked))
    assert page.context["overview"].total == Decimal("12.0")


@pytest.mark.parametrize(("points", "mean"), [([1, 2], "1.5"), ([1, 1, 2], "1.3"), ([0], "0.0")])
def test_mean_is_rounded_to_a_tenth(points, mean):
    assert assessing.mean_of([Score(points=n) for n in points]) == Decimal(mean)


def test_statement_is_not_written_with_a_conflict(checked):
    declare("coordinator", checked, "conflict")
    sent = {"verdict": "supports", "text": "Wir befürworten das.", "seen": 0}
    page = stepped_in("coordinator").post(case_of(checked, "stellungnahme/"), sent)
    assert page.status_code == 409
