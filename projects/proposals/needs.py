"""What a step needs (case.Need), looked up for one case. Each need is one function that returns the
sentence of what is missing, or None.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from offenbach_wir.languages import isolated
from offenbach_wir.money import format_to_the_cent

from . import grants
from .case import Need
from .models import ChecklistAnswer, ChecklistItem, ConflictDeclaration, Disbursement
from .models.reports import Report


class Gap(str):
    """A sentence of what is missing. `page` names the office's page of the case on which it can be
    met; empty where there is none, or somebody else has to meet it.
    """

    page = ""


def _gaps(needs, asked):
    for need in needs:
        if sentence := CHECKS[need](asked):
            gap = Gap(sentence)
            gap.page = PAGES.get(need, "") if not _has_to_be_somebody_else(need, asked) else ""
            yield gap


def _has_to_be_somebody_else(need, asked):
    """Who has declared a conflict of interest gains nothing by declaring again."""
    return need == Need.NO_CONFLICT and _declared(asked) is not None


def gaps_of(step, proposal, *, user, reason="", now):
    """What is missing, as sentences, in the order of the table."""
    return list(_gaps(step.needs, Asked(proposal, user, reason, now)))


def could_be(step, proposal):
    """Whether the step fits this kind of case: who decides on the line, what was prepared."""
    asked = Asked(proposal, None, "", timezone.now())
    return not any(CHECKS[need](asked) for need in step.needs if need in FITS)


def missing_before(step, proposal, user):
    """What is missing that the page of the step does not ask for itself."""
    asked = Asked(proposal, user, "", timezone.now())
    return list(_gaps([need for need in step.needs if need not in ASKED_BY_THE_PAGE], asked))


class Asked:
    """A case, who acts on it, and when."""

    def __init__(self, proposal, user, reason, now):
        self.proposal, self.user, self.reason, self.now = proposal, user, reason, now
        self.today = timezone.localdate(now)
        self.decision = grants.decision_of(proposal)

    @property
    def proof(self):
        return self.proposal.reports.filter(kind=Report.Kind.PROOF).first()


def checklist_of(proposal):
    """The points of the formal check of this line, with the answers that are there:
    [(item, answer or None)].
    """
    items = ChecklistItem.objects.filter(is_in_use=True, funding_line=None) | (
        ChecklistItem.objects.filter(is_in_use=True, funding_line=proposal.funding_line_id)
    )
    answers = {
        answer.item_id: answer
        for answer in ChecklistAnswer.objects.filter(proposal=proposal).select_related(
            "answered_by"
        )
    }
    return [(item, answers.get(item.pk)) for item in items.order_by("position", "pk")]


def _whole(asked):
    return None  # submission.hand_in_supplement asks, and says what is missing


def _reason(asked):
    return None if asked.reason.strip() else _("Please give a reason.")


def _message(asked):
    request = asked.proposal.supplements.filter(ended_at=None).first()
    if request is None or not request.message.strip() or not request.sections:
        return _("Please write what is needed, until when, and open at least one section.")
    if request.due_on < asked.today:
        return _("The last day lies in the past.")
    return None


def _checklist(asked):
    n = sum(answer is None for _item, answer in checklist_of(asked.proposal))
    return _("Points of the formal check without an answer: %(n)s.") % {"n": n} if n else None


def _statement(asked):
    statement = getattr(asked.proposal, "statement", None)
    if statement is None or not statement.text.strip():
        return _("The city's statement is missing.")
    return None


def _state_money(asked):
    if asked.proposal.is_decided_by_city:
        return _("The city itself decides on this line.")
    return None


def _city_money(asked):
    if not asked.proposal.is_decided_by_city:
        return _("The granting authority of the state decides on this line.")
    return None


def _handover(asked):
    if getattr(asked.proposal, "handover", None) is None:
        return _("Please say to whom the case was handed over, and when.")
    return None


def _decision(asked):
    return None if asked.decision else _("The decision is missing.")


def _approval(asked):
    if asked.decision and asked.decision.is_approval:
        return None
    return _("No approval is prepared.")


def _refusal(asked):
    if asked.decision and not asked.decision.is_approval:
        return None
    return _("No rejection is prepared.")


def _other_person(asked):
    if asked.decision and asked.user and asked.decision.prepared_by_id == asked.user.pk:
        return _("You have prepared this decision. Somebody else has to confirm it.")
    return None


def _money_left(asked):
    """grants.put_in_force takes the money; the database itself has the last word."""
    decision = asked.decision
    if decision is None or decision.fund is None:
        return _("The decision names no fund of the city.")
    return None


def _no_conflict(asked):
    if asked.user is None:
        return None
    declared = _declared(asked)
    if declared is None:
        return _("Please declare first whether you have a conflict of interest.")
    if declared.has_conflict:
        return _("You have declared a conflict of interest. Somebody else has to do this.")
    return None


def _declared(asked):
    rows = ConflictDeclaration.objects.filter(proposal=asked.proposal, person=asked.user)
    return rows.first()


def _declaration(asked):
    if getattr(asked.proposal, "acceptance", None) is None:
        return _("Please accept the grant and give the bank data.")
    return None


def _period_begun(asked):
    if asked.decision and asked.decision.starts_on and asked.decision.starts_on <= asked.today:
        return None
    return _("The grant period has not begun yet.")


def _period_over(asked):
    if asked.decision and asked.decision.ends_on and asked.decision.ends_on < asked.today:
        return None
    return _("The grant period is not over yet.")


def _proof(asked):
    if asked.proof is None or asked.proof.submitted_at is None:
        return _("The proof of use is not complete.")
    return None


def _proof_result(asked):
    if asked.proof is None or asked.proof.final_grant is None:
        return _("Please say what the grant comes to in the end.")
    return None


def _nothing_owed(asked):
    if grants.owed(asked.proposal) > 0:
        return _("Money is still to be paid back.")
    return None


def _paid_out(asked):
    if asked.proposal.disbursements.filter(state=Disbursement.State.REQUESTED).exists():
        return _("A request for money waits for an answer.")
    left = -grants.owed(asked.proposal)
    if left > 0:
        still = _("Still to be paid out: %(amount)s. Please note the payment first.")
        return still % {"amount": isolated(format_to_the_cent(left))}
    return None


def _something_owed(asked):
    if grants.owed(asked.proposal) <= 0:
        return _("Nothing is to be paid back.")
    return None


def _repaid(asked):
    if asked.proof is None or asked.proof.repaid_on is None:
        return _("Please say on which day the money came back.")
    return None


CHECKS = {
    Need.WHOLE: _whole,
    Need.REASON: _reason,
    Need.MESSAGE: _message,
    Need.CHECKLIST: _checklist,
    Need.STATEMENT: _statement,
    Need.STATE_MONEY: _state_money,
    Need.CITY_MONEY: _city_money,
    Need.HANDOVER: _handover,
    Need.DECISION: _decision,
    Need.APPROVAL: _approval,
    Need.REFUSAL: _refusal,
    Need.OTHER_PERSON: _other_person,
    Need.MONEY_LEFT: _money_left,
    Need.NO_CONFLICT: _no_conflict,
    Need.DECLARATION: _declaration,
    Need.PERIOD_BEGUN: _period_begun,
    Need.PERIOD_OVER: _period_over,
    Need.PROOF: _proof,
    Need.PROOF_RESULT: _proof_result,
    Need.NOTHING_OWED: _nothing_owed,
    Need.PAID_OUT: _paid_out,
    Need.SOMETHING_OWED: _something_owed,
    Need.REPAID: _repaid,
}
# These say which way a case goes; a step they rule out is not offered.
FITS = (
    *(Need.STATE_MONEY, Need.CITY_MONEY, Need.APPROVAL, Need.REFUSAL),
    *(Need.NOTHING_OWED, Need.SOMETHING_OWED),
)
# Where in the office a need is met, if not on the page of the step itself.
PAGES = {
    Need.CHECKLIST: "admin:proposal_checklist",
    Need.STATEMENT: "admin:proposal_statement",
    Need.NO_CONFLICT: "admin:proposal_declare",
    Need.PAID_OUT: "admin:proposal_note_payment",
}
# These are fulfilled by what is typed on the page of the step.
ASKED_BY_THE_PAGE = (
    *(Need.REASON, Need.MESSAGE, Need.HANDOVER, Need.DECISION, Need.DECLARATION, Need.WHOLE),
    *(Need.PROOF, Need.PROOF_RESULT, Need.REPAID),
)
