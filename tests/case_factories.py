"""Cases in any state, made as they come about: handed in, then step by step as case.STEPS says.

All days lie in far years, so that nothing is overdue whenever the tests run.
"""

import datetime
import itertools

from offenbach_wir.models import User
from offenbach_wir.roles import ROLES
from projects.proposals import grants, needs, steps, submission
from projects.proposals.case import State
from projects.proposals.models import (
    Acceptance,
    CaseLabel,
    ChangeNotice,
    ChecklistAnswer,
    CityFund,
    ConflictDeclaration,
    Criterion,
    Decision,
    Disbursement,
    Duty,
    EarlyStart,
    Handover,
    Note,
    Proposal,
    Report,
    Score,
    Statement,
    SupplementRequest,
    Voucher,
)

from .factories import make_half_line, make_whole_proposal

_numbers = itertools.count(1)
# A number that adds up, of an account that nobody has.
IBAN = "DE89370400440532013000"


def at(year, month, day, hour=10):
    return datetime.datetime(year, month, day, hour, tzinfo=datetime.UTC)


HANDED_IN_AT = at(2097, 10, 1)
# When each step is taken; the project runs from 1 March to 31 December 2098.
STEP_AT = {
    "begin_check": at(2097, 10, 6),
    "request_supplement": at(2097, 10, 13),
    "finish_check": at(2097, 10, 20),
    "hand_over": at(2097, 10, 27),
    "prepare_decision": at(2097, 10, 27),
    "confirm_approval": at(2097, 11, 10),
    "confirm_rejection": at(2097, 11, 10),
    "record_approval": at(2097, 12, 15),
    "record_rejection": at(2097, 12, 15),
    "accept_grant": at(2098, 1, 5),
    "begin_project": at(2098, 3, 1),
    "end_project": at(2099, 1, 1),
    "hand_in_proof": at(2099, 2, 15),
    "check_proof": at(2099, 3, 10),
    "demand_repayment": at(2099, 3, 17),
    "close": at(2099, 4, 10),
    "record_repayment": at(2099, 4, 10),
    "withdraw": at(2097, 10, 8),
}
# From which state, and by which step, a case comes into each state.
BEFORE = {
    State.FORMAL_CHECK: (State.SUBMITTED, "begin_check"),
    State.SUPPLEMENT_REQUESTED: (State.FORMAL_CHECK, "request_supplement"),
    State.REVIEWED: (State.FORMAL_CHECK, "finish_check"),
    State.HANDED_OVER: (State.REVIEWED, "hand_over"),
    State.DECIDED_BY_CITY: (State.REVIEWED, "prepare_decision"),
    State.APPROVED: (State.HANDED_OVER, "record_approval"),
    State.REJECTED: (State.HANDED_OVER, "record_rejection"),
    State.WITHDRAWN: (State.SUBMITTED, "withdraw"),
    State.ACCEPTED: (State.APPROVED, "accept_grant"),
    State.RUNNING: (State.ACCEPTED, "begin_project"),
    State.PROOF_DUE: (State.RUNNING, "end_project"),
    State.PROOF_SUBMITTED: (State.PROOF_DUE, "hand_in_proof"),
    State.CHECKED: (State.PROOF_SUBMITTED, "check_proof"),
    State.REPAYMENT: (State.CHECKED, "demand_repayment"),
    State.CLOSED: (State.CHECKED, "close"),
}
BEFORE_IN_THE_CITY = BEFORE | {
    State.APPROVED: (State.DECIDED_BY_CITY, "confirm_approval"),
    State.REJECTED: (State.DECIDED_BY_CITY, "confirm_rejection"),
}


def staff(role="coordinator"):
    """The colleague of the demo in that role."""
    return User.objects.get(email=ROLES[role].demo_email)


def make_case(state=State.SUBMITTED, *, city=False, applicant=None, fund=None, **fields):
    """A case in that state. `city`: the city decides, from `fund` or one of its own."""
    state = State(state)
    if "funding_line" not in fields:
        decides = "city" if city or state == State.DECIDED_BY_CITY else "state"
        fields["funding_line"] = make_half_line(decided_by=decides)
    proposal = make_whole_proposal(applicant, **fields)
    if state == State.DRAFT:
        return proposal
    submission.hand_in(proposal, user=proposal.applicant.owner, now=HANDED_IN_AT)
    proposal.refresh_from_db()
    return bring_to(state, proposal, fund=fund)


def bring_to(state, proposal, *, fund=None):
    """The case, just handed in, taken on to that state by the usual way."""
    way = _Way(proposal, state, fund)
    for key in _keys_to(state, way.before):
        way.take(key)
    return Proposal.objects.get(pk=proposal.pk)


def make_large_case(state):
    """The worked figures of the domain: 10,000 planned, half of it granted."""
    proposal = make_case(State.DRAFT)
    proposal.costitems.update(unit_amount=10_000)
    proposal.incomeitems.update(amount=5_000)
    submission.hand_in(proposal, user=proposal.applicant.owner, now=HANDED_IN_AT)
    proposal.refresh_from_db()
    proposal = bring_to(state, proposal)
    proposal.decisions.update(amount=5_000)
    return proposal


def _keys_to(state, before):
    keys = []
    while state in before:
        state, key = before[state]
        keys.append(key)
    return reversed(keys)


class _Way:
    """Who takes each step of a case, and what they store with it."""

    def __init__(self, proposal, target, fund):
        self.proposal, self.fund, self.target = proposal, fund, target
        self.is_of_the_city = proposal.is_decided_by_city
        self.before = BEFORE_IN_THE_CITY if self.is_of_the_city else BEFORE
        self.writer = proposal.applicant.owner
        self.office, self.second = staff("coordinator"), staff("approver")

    def take(self, key):
        actor = {
            **dict.fromkeys(("accept_grant", "hand_in_proof", "withdraw"), self.writer),
            **dict.fromkeys(("confirm_approval", "confirm_rejection"), self.second),
            **dict.fromkeys(("begin_project", "end_project"), None),
        }.get(key, self.office)
        reason = "Es wurde mehr ausgezahlt als bewilligt." if key == "demand_repayment" else ""
        steps.take(
            key,
            self.proposal,
            user=actor,
            reason=reason,
            work=getattr(self, key, None),
            now=STEP_AT[key],
        )

    def request_supplement(self, proposal, now):
        make_supplement(proposal, requested_by=self.office)

    def finish_check(self, proposal, now):
        make_checklist_answers(proposal, answered_by=self.office)
        make_statement(proposal, written_by=self.office)
        make_declaration(proposal, self.office)

    def hand_over(self, proposal, now):
        make_handover(proposal, recorded_by=self.office)

    def prepare_decision(self, proposal, now):
        make_declaration(proposal, self.second)
        self._decide(proposal, fund=self.fund or make_fund())

    def record_approval(self, proposal, now):
        self._decide(proposal)

    record_rejection = record_approval

    def _decide(self, proposal, fund=None):
        if self.target == State.REJECTED:
            make_rejection(proposal, prepared_by=self.office)
        else:
            make_decision(proposal, prepared_by=self.office, fund=fund)

    def accept_grant(self, proposal, now):
        make_acceptance(proposal, accepted_by=self.writer)

    def hand_in_proof(self, proposal, now):
        make_disbursement(proposal, 500, paid_on=datetime.date(2098, 6, 1))
        grants.pay(proposal, 500)
        make_proof(proposal, submitted_at=now, submitted_by=self.writer)

    def check_proof(self, proposal, now):
        final = 400 if self.target == State.REPAYMENT else 500
        proposal.reports.filter(kind=Report.Kind.PROOF).update(
            final_grant=final, checked_at=now, checked_by=self.office
        )


# --- What stands at a case ----------------------------------------------------------------------
def make_label(name="Eilig", **fields):
    return CaseLabel.objects.get_or_create(name=name, defaults=fields)[0]


def make_note(proposal, text="Bitte noch einmal anrufen.", **fields):
    fields.setdefault("sent_by_form", f"note {next(_numbers)}")
    return Note.objects.create(proposal=proposal, text=text, **fields)


def make_checklist_answers(proposal, verdict="yes", **fields):
    """Every point of the formal check answered alike."""
    return [
        ChecklistAnswer.objects.get_or_create(
            proposal=proposal, item=item, defaults={"verdict": verdict, **fields}
        )[0]
        for item, _answer in needs.checklist_of(proposal)
    ]


def make_statement(proposal, text="Die Stadt begrüßt das Vorhaben.", **fields):
    return Statement.objects.create(
        proposal=proposal, text=text, **({"verdict": "supports"} | fields)
    )


def make_declaration(proposal, person=None, *, has_conflict=False, **fields):
    return ConflictDeclaration.objects.get_or_create(
        proposal=proposal,
        person=person or staff(),
        defaults={"has_conflict": has_conflict, **fields},
    )[0]


def make_score(proposal, points=4, assessor=None, **fields):
    criterion = fields.pop("criterion", None) or Criterion.objects.first()
    defaults = {"reason": "Gut begründet.", "most_points": criterion.most_points}
    return Score.objects.create(
        proposal=proposal,
        criterion=criterion,
        assessor=assessor or staff("assessor"),
        points=points,
        **(defaults | fields),
    )


def make_supplement(proposal, sections=("idee",), **fields):
    defaults = {"message": "Bitte ergänzen Sie das Ziel.", "due_on": datetime.date(2097, 11, 3)}
    return SupplementRequest.objects.create(
        proposal=proposal, sections=list(sections), **(defaults | fields)
    )


def make_handover(proposal, **fields):
    defaults = {
        "version": proposal.versions.first(),
        "recipient": "Regierungspräsidium Darmstadt",
        "handed_over_on": datetime.date(2097, 10, 27),
        "statement": "Die Stadt begrüßt das Vorhaben.",
        "checksum": "0" * 64,
    }
    return Handover.objects.create(proposal=proposal, **(defaults | fields))


def make_fund(amount=10_000, **fields):
    defaults = {"name": f"Stadtteilfonds {next(_numbers)}", "year": 2098}
    return CityFund.objects.create(amount=amount, **(defaults | fields))


def make_decision(proposal, amount=500, **fields):
    """An approval that nobody has put in force yet."""
    defaults = {
        "kind": Decision.Kind.APPROVAL,
        "decided_on": datetime.date(2097, 11, 5),
        "starts_on": datetime.date(2098, 3, 1),
        "ends_on": datetime.date(2098, 12, 31),
    }
    return Decision.objects.create(proposal=proposal, amount=amount, **(defaults | fields))


def make_rejection(proposal, **fields):
    defaults = {"reasons": "Die Mittel sind erschöpft.", "ways_on": "Sprechen Sie mit uns."}
    return make_decision(
        proposal,
        amount=None,
        kind=Decision.Kind.REJECTION,
        starts_on=None,
        ends_on=None,
        **(defaults | fields),
    )


def make_acceptance(proposal, **fields):
    defaults = {"account_holder": "Verein Zusammen e. V.", "iban": IBAN}
    return Acceptance.objects.create(proposal=proposal, **(defaults | fields))


def make_early_start(proposal, **fields):
    defaults = {
        "permitted_from": datetime.date(2098, 1, 1),
        "permitted_on": datetime.date(2097, 12, 1),
    }
    return EarlyStart.objects.create(proposal=proposal, **(defaults | fields))


def make_duty(proposal, kind="other", due_on=datetime.date(2098, 2, 1), **fields):
    return Duty.objects.create(
        proposal=proposal, kind=kind, due_on=due_on, **({"who": "office"} | fields)
    )


def make_change(proposal, text="Der Raum wird teurer.", **fields):
    fields.setdefault("sent_by_form", f"change {next(_numbers)}")
    return ChangeNotice.objects.create(proposal=proposal, text=text, **fields)


def make_disbursement(proposal, amount=250, paid_on=None, **fields):
    """A request for money; with its day it is paid."""
    state = Disbursement.State.PAID if paid_on else Disbursement.State.REQUESTED
    defaults = {"purpose": "Honorare", "state": state, "sent_by_form": f"pay {next(_numbers)}"}
    return Disbursement.objects.create(
        proposal=proposal, amount=amount, paid_on=paid_on, **(defaults | fields)
    )


def make_proof(proposal, **fields):
    """A proof of use with one voucher."""
    defaults = {"kind": Report.Kind.PROOF, "narrative": "Wir haben zwölfmal gelesen."}
    report = Report.objects.create(proposal=proposal, **(defaults | fields))
    Voucher.objects.create(
        report=report,
        paid_on=datetime.date(2098, 6, 3),
        payee="Grace Beispiel",
        reason="Honorar",
        amount=500,
    )
    return report
