"""The life of a case in one table: which state follows which, who may do it, what it needs, whom it
informs.

Pure: no database, no clock, no request. Buttons, checks, mails, the picture in the handbook and the
tests all read STEPS. What a need means for a case is in needs.py, taking a step in steps.py.

The states are those of a grant in Hesse (§ 44 LHO and its administrative rules), from the outline
to the checked proof of use; the state's money is decided by the granting authority and recorded
here, the city's own money is decided here by two different persons.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Handed in")
    FORMAL_CHECK = "formal_check", _("In the formal check")
    SUPPLEMENT_REQUESTED = "supplement_requested", _("Something is to be supplied")
    REVIEWED = "reviewed", _("Checked, with the city's statement")
    HANDED_OVER = "handed_over", _("Handed over to the granting authority")
    DECIDED_BY_CITY = "decided_by_city", _("Decision of the city prepared")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ACCEPTED = "accepted", _("Grant accepted")
    RUNNING = "running", _("Running")
    PROOF_DUE = "proof_due", _("Proof of use is due")
    PROOF_SUBMITTED = "proof_submitted", _("Proof of use handed in")
    CHECKED = "checked", _("Proof of use checked")
    REPAYMENT = "repayment", _("Money is to be paid back")
    CLOSED = "closed", _("Closed")


class Actor(models.TextChoices):
    """Who takes a step. SECOND is whoever may confirm decisions and did not prepare this one."""

    WRITERS = "writers", _("the organisation")
    OFFICE = "office", _("the coordination")
    SECOND = "second", _("a second person of the city")
    CLOCK = "clock", _("the calendar")


class Need(models.TextChoices):
    """What must be there before a step; needs.py looks it up for a case."""

    WHOLE = "whole", _("all questions are answered and the plan balances")
    REASON = "reason", _("a reason")
    MESSAGE = "message", _("a message, a last day and the sections to open")
    CHECKLIST = "checklist", _("every point of the formal check is answered")
    STATEMENT = "statement", _("the city's statement is written")
    STATE_MONEY = "state_money", _("the state decides on this line")
    CITY_MONEY = "city_money", _("the city decides on this line")
    HANDOVER = "handover", _("recipient and day of the hand-over")
    DECISION = "decision", _("amount or reasons, period, conditions")
    APPROVAL = "approval", _("an approval is prepared")
    REFUSAL = "refusal", _("a rejection is prepared")
    OTHER_PERSON = "other_person", _("somebody else than who prepared the decision")
    MONEY_LEFT = "money_left", _("enough is left in the city's fund")
    NO_CONFLICT = "no_conflict", _("no conflict of interest is declared")
    DECLARATION = "declaration", _("the grant is accepted, bank data are there")
    PERIOD_BEGUN = "period_begun", _("the grant period has begun")
    PERIOD_OVER = "period_over", _("the grant period is over")
    PROOF = "proof", _("report, figures and list of vouchers")
    PROOF_RESULT = "proof_result", _("the result of the check of the proof")
    NOTHING_OWED = "nothing_owed", _("nothing is to be paid back")
    PAID_OUT = "paid_out", _("all of the grant is paid out, no request is open")
    SOMETHING_OWED = "something_owed", _("money is to be paid back")
    REPAID = "repaid", _("the day on which the money came back")


class Audience(models.TextChoices):
    WRITERS = "writers", _("the organisation")
    OFFICE = "office", _("the coordination")
    SECOND = "second", _("those who confirm decisions")


class Form(Enum):
    """What the page of a step asks; PLAIN asks nothing, REASON a reason, others have their own."""

    PLAIN = "plain"
    REASON = "reason"
    OWN = "own"


@dataclass(frozen=True)
class Step:
    """`words` stand on the button, `done` is what the timeline says afterwards, to both sides."""

    key: str
    words: Any
    done: Any
    origins: tuple
    target: State
    actor: Actor
    needs: tuple = ()
    informs: tuple = ()
    form: Form = Form.PLAIN
    # A step that ends a case or is hard to take back is not offered as the usual next one.
    is_side_way: bool = False

    @property
    def audiences(self):
        """Who gets a mail about it, in words."""
        return [audience.label for audience in self.informs]

    def starts_from(self, state):
        return state in self.origins


S, A, N, I = State, Actor, Need, Audience  # noqa: E741
STEPS = {
    step.key: step
    for step in (
        Step(
            "begin_check",
            _("Begin the formal check"),
            _("The coordination has begun the formal check."),
            (S.SUBMITTED,),
            S.FORMAL_CHECK,
            A.OFFICE,
        ),
        Step(
            "request_supplement",
            _("Ask for a supplement"),
            _("The coordination has asked for something to be supplied."),
            (S.FORMAL_CHECK,),
            S.SUPPLEMENT_REQUESTED,
            A.OFFICE,
            (N.MESSAGE,),
            (I.WRITERS,),
            Form.OWN,
        ),
        Step(
            "hand_in_supplement",
            _("Hand in the supplement"),
            _("A new version was handed in."),
            (S.SUPPLEMENT_REQUESTED,),
            S.FORMAL_CHECK,
            A.WRITERS,
            (N.WHOLE,),
            (I.WRITERS, I.OFFICE),
            Form.OWN,
        ),
        Step(
            "end_supplement",
            _("Go on without the supplement"),
            _("The coordination goes on without the supplement."),
            (S.SUPPLEMENT_REQUESTED,),
            S.FORMAL_CHECK,
            A.OFFICE,
            (N.REASON,),
            (I.WRITERS,),
            Form.REASON,
            is_side_way=True,
        ),
        Step(
            "finish_check",
            _("Finish the check"),
            _("The formal check is finished."),
            (S.FORMAL_CHECK,),
            S.REVIEWED,
            A.OFFICE,
            (N.CHECKLIST, N.STATEMENT, N.NO_CONFLICT),
        ),
        Step(
            "check_again",
            _("Go back to the formal check"),
            _("The coordination checks once more."),
            (S.REVIEWED,),
            S.FORMAL_CHECK,
            A.OFFICE,
            (N.REASON,),
            (),
            Form.REASON,
            is_side_way=True,
        ),
        Step(
            "hand_over",
            _("Hand over to the granting authority"),
            _("The case was handed over to the granting authority."),
            (S.REVIEWED,),
            S.HANDED_OVER,
            A.OFFICE,
            (N.STATE_MONEY, N.STATEMENT, N.HANDOVER),
            (I.WRITERS,),
            Form.OWN,
        ),
        Step(
            "record_approval",
            _("Record the approval"),
            _("The granting authority has approved the grant."),
            (S.HANDED_OVER,),
            S.APPROVED,
            A.OFFICE,
            (N.DECISION,),
            (I.WRITERS,),
            Form.OWN,
        ),
        Step(
            "record_rejection",
            _("Record the rejection"),
            _("The granting authority has rejected the grant."),
            (S.HANDED_OVER,),
            S.REJECTED,
            A.OFFICE,
            (N.DECISION,),
            (I.WRITERS,),
            Form.OWN,
            is_side_way=True,
        ),
        Step(
            "prepare_decision",
            _("Prepare the city's decision"),
            _("The city prepares its decision."),
            (S.REVIEWED,),
            S.DECIDED_BY_CITY,
            A.OFFICE,
            (N.CITY_MONEY, N.STATEMENT, N.DECISION, N.NO_CONFLICT),
            (I.SECOND,),
            Form.OWN,
        ),
        Step(
            "confirm_approval",
            _("Confirm the approval"),
            _("The city has approved the grant."),
            (S.DECIDED_BY_CITY,),
            S.APPROVED,
            A.SECOND,
            (N.APPROVAL, N.OTHER_PERSON, N.NO_CONFLICT, N.MONEY_LEFT),
            (I.WRITERS,),
        ),
        Step(
            "confirm_rejection",
            _("Confirm the rejection"),
            _("The city has rejected the grant."),
            (S.DECIDED_BY_CITY,),
            S.REJECTED,
            A.SECOND,
            (N.REFUSAL, N.OTHER_PERSON, N.NO_CONFLICT),
            (I.WRITERS,),
        ),
        Step(
            "send_back_decision",
            _("Send the decision back"),
            _("The city looks at its decision once more."),
            (S.DECIDED_BY_CITY,),
            S.REVIEWED,
            A.SECOND,
            (N.REASON,),
            (I.OFFICE,),
            Form.REASON,
            is_side_way=True,
        ),
        Step(
            "accept_grant",
            _("Accept the grant"),
            _("The organisation has accepted the grant."),
            (S.APPROVED,),
            S.ACCEPTED,
            A.WRITERS,
            (N.DECLARATION,),
            (I.WRITERS, I.OFFICE),
            Form.OWN,
        ),
        Step(
            "let_lapse",
            _("Let the grant lapse"),
            _("The grant was not accepted in time and has lapsed."),
            (S.APPROVED,),
            S.WITHDRAWN,
            A.OFFICE,
            (N.REASON,),
            (I.WRITERS,),
            Form.REASON,
            is_side_way=True,
        ),
        Step(
            "begin_project",
            _("Begin the project"),
            _("The grant period has begun."),
            (S.ACCEPTED,),
            S.RUNNING,
            A.CLOCK,
            (N.PERIOD_BEGUN,),
        ),
        Step(
            "end_project",
            _("End the project"),
            _("The grant period is over. The proof of use is due."),
            (S.RUNNING,),
            S.PROOF_DUE,
            A.CLOCK,
            (N.PERIOD_OVER,),
            (I.WRITERS,),
        ),
        Step(
            "hand_in_proof",
            _("Hand in the proof of use"),
            _("The proof of use was handed in."),
            (S.PROOF_DUE,),
            S.PROOF_SUBMITTED,
            A.WRITERS,
            (N.PROOF,),
            (I.WRITERS, I.OFFICE),
            Form.OWN,
        ),
        Step(
            "return_proof",
            _("Ask for the proof of use once more"),
            _("The coordination has sent the proof of use back."),
            (S.PROOF_SUBMITTED,),
            S.PROOF_DUE,
            A.OFFICE,
            (N.REASON,),
            (I.WRITERS,),
            Form.REASON,
            is_side_way=True,
        ),
        Step(
            "check_proof",
            _("Finish the check of the proof"),
            _("The proof of use was checked."),
            (S.PROOF_SUBMITTED,),
            S.CHECKED,
            A.OFFICE,
            (N.PROOF_RESULT,),
            (I.WRITERS,),
            Form.OWN,
        ),
        Step(
            "demand_repayment",
            _("Ask for money back"),
            _("Money is to be paid back."),
            (S.CHECKED,),
            S.REPAYMENT,
            A.OFFICE,
            (N.SOMETHING_OWED, N.REASON),
            (I.WRITERS,),
            Form.REASON,
        ),
        Step(
            "close",
            _("Close the case"),
            _("The case was closed."),
            (S.CHECKED,),
            S.CLOSED,
            A.OFFICE,
            (N.NOTHING_OWED, N.PAID_OUT),
            (I.WRITERS,),
        ),
        Step(
            "record_repayment",
            _("Record the repayment and close"),
            _("The money came back, the case was closed."),
            (S.REPAYMENT,),
            S.CLOSED,
            A.OFFICE,
            (N.REPAID,),
            (I.WRITERS,),
            Form.OWN,
        ),
        Step(
            "withdraw",
            _("Withdraw the proposal"),
            _("The proposal was withdrawn."),
            (
                *(S.SUBMITTED, S.FORMAL_CHECK, S.SUPPLEMENT_REQUESTED, S.REVIEWED),
                *(S.HANDED_OVER, S.DECIDED_BY_CITY, S.APPROVED),
            ),
            S.WITHDRAWN,
            A.WRITERS,
            (),
            (I.WRITERS, I.OFFICE),
            Form.OWN,
            is_side_way=True,
        ),
    )
}
del S, A, N, I

# Nothing follows any more.
ENDED = tuple(
    state
    for state in State
    if state != State.DRAFT and not any(step.starts_from(state) for step in STEPS.values())
)
OPEN = tuple(state for state in State if state not in (*ENDED, State.DRAFT))
# From the decision on there is a grant.
GRANTED = (
    *(State.APPROVED, State.ACCEPTED, State.RUNNING, State.PROOF_DUE, State.PROOF_SUBMITTED),
    *(State.CHECKED, State.REPAYMENT, State.CLOSED),
)
# The organisation has to do something next.
WAITS_FOR_WRITERS = (State.SUPPLEMENT_REQUESTED, State.APPROVED, State.PROOF_DUE, State.REPAYMENT)


def steps_from(state, actor=None):
    """The steps that lead on from a state, in the order of the table; of one actor if given."""
    return [
        step
        for step in STEPS.values()
        if step.starts_from(state) and (actor is None or step.actor == actor)
    ]
