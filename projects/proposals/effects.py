"""What a step does beside changing the state, whoever takes it and from wherever: the money and the
decision that go with it. steps.take calls these once everything the step needs is there.
"""

from . import grants, report_saving


def of(key, proposal, user, now):
    """Does what belongs to the step; raises grants.FundEmptyError where the money is not there."""
    if key in EFFECTS:
        EFFECTS[key](proposal, user, now)


def _recorded(proposal, user, now):
    """The authority has decided: what its letter says counts at once."""
    grants.put_in_force(grants.decision_of(proposal), now=now)


def _confirmed(proposal, user, now):
    grants.put_in_force(grants.decision_of(proposal), confirmed_by=user, now=now)


def _given_up(proposal, user, now):
    grants.give_up(proposal, now)


def _settled(proposal, user, now):
    grants.settle(proposal)


def _proof_returned(proposal, user, now):
    report_saving.reopen_proof(proposal)


EFFECTS = {
    "record_approval": _recorded,
    "record_rejection": _recorded,
    "confirm_approval": _confirmed,
    "confirm_rejection": _confirmed,
    "send_back_decision": _given_up,
    "let_lapse": _given_up,
    "withdraw": _given_up,
    "return_proof": _proof_returned,
    "close": _settled,
    "record_repayment": _settled,
}
