"""What colleagues have found so far, as the page of a case shows it to one of them."""

from projects.proposals import assessing, needs, phases, statement
from projects.proposals.models import ChecklistAnswer

from .access import CHANGE
from .assessment import DECLARE, SCORE

# What else somebody with a conflict of interest may not do, by the right it takes.
TASKS = ("add_score", "change_proposal", "change_decision")


def read(proposal, user):
    if proposal.is_draft:
        return {"is_assessed": False}
    declarations = {
        row.person_id: row
        for row in proposal.conflict_declarations.select_related("person").order_by("pk")
        if row.person_id is not None
    }
    own = declarations.get(user.pk)
    may_score = user.has_perm(SCORE)
    sees_all = assessing.may_see_all(proposal, user, own)
    return {
        "is_assessed": True,
        "points": needs.checklist_of(proposal),
        "verdicts": ChecklistAnswer.Verdict,
        "check_closed": phases.closed_because(phases.Work.CHECK, proposal),
        "may_declare": user.has_perm(DECLARE),
        "declaration": own,
        "declared": list(declarations.values()) if user.has_perm(CHANGE) else [],
        "others": _who_else(proposal, user) if own and own.has_conflict else None,
        "may_score": may_score,
        "own_scores": assessing.own_scores(proposal, user).select_related("criterion"),
        "overview": assessing.overview(proposal, declarations) if sees_all else None,
        "scores_closed": phases.closed_because(phases.Work.SCORES, proposal),
        "statement": statement.statement_of(proposal),
        "statement_closed": phases.closed_because(phases.Work.STATEMENT, proposal),
    }


def _who_else(proposal, user):
    """{task: colleagues} who may do what this person cannot, of the tasks that are theirs."""
    return {
        task: list(assessing.who_else(proposal, task, user))
        for task in TASKS
        if user.has_perm(f"proposals.{task}")
    }
