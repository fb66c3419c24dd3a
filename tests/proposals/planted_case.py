"""A case on its way through the city in which everything internal holds a word of its own."""

import datetime

from django.utils import timezone

from offenbach_wir.models import User
from offenbach_wir.roles import ROLES
from projects.proposals import (
    assessing,
    checklist,
    messaging,
    needs,
    notes,
    statement,
    steps,
    submission,
)
from projects.proposals.models import CaseLabel, Decision, Handover, Proposal, SupplementRequest
from tests.factories import (
    make_account,
    make_applicant,
    make_checklist_item,
    make_criterion,
    make_enclosure,
    make_member,
    make_whole_proposal,
)

# May be read by those who applied: what finds it would find the others.
ALLOWED = "Erlaubtwort"
PLANTED = {
    "note": "Notizgeheim",
    "check": "Pruefgeheim",
    "conflict": "Befangengeheim",
    "score": "Punktegeheim",
    "statement": "Stellunggeheim",
    "label": "Etikettgeheim",
    "lock": "Sperrgeheim",
    "again": "Zurueckgeheim",
    "sent_back": "Rueckgabegeheim",
    "prepared": "Vorbereitetgeheim",
}


def colleague(role):
    return User.objects.get(email=ROLES[role].demo_email)


class Case:
    """A proposal that was handed in; each method takes it a step on and gives it back."""

    def __init__(self, *, city_decides=False):
        owner = make_account("eigentuemer@example.org")
        applicant = make_applicant(owner)
        self.people = {
            "owner": owner,
            "editor": make_member(applicant, "editor"),
            "reader": make_member(applicant, "reader"),
        }
        self.proposal = make_whole_proposal(applicant)
        self.file = make_enclosure(self.proposal)
        submission.hand_in(self.proposal, user=owner)
        self.coordinator = colleague("coordinator")
        terms = self.now.terms
        terms.decided_by = terms.Decides.CITY if city_decides else terms.Decides.STATE
        terms.save()
        messaging.write(
            self.proposal, ALLOWED, user=self.coordinator, form_key="m", is_from_office=True
        )
        self.take("begin_check")

    @property
    def now(self):
        return Proposal.objects.get(pk=self.proposal.pk)

    def take(self, key, user=None, **options):
        steps.take(key, self.proposal, user=user or self.coordinator, **options)
        return self

    def plant(self):
        """In the formal check: everything colleagues write, with a word each."""
        proposal, user = self.now, self.coordinator
        notes.write(proposal, PLANTED["note"], user=user, form_key="n")
        make_checklist_item()
        points = [item for item, _answer in needs.checklist_of(proposal)]
        given = [checklist.Given(item, "no", PLANTED["check"], "") for item in points]
        checklist.save(proposal, given, user=user)
        assessing.declare(
            proposal, user=colleague("assessor"), has_conflict=True, reason=PLANTED["conflict"]
        )
        for role in ("coordinator", "approver"):
            assessing.declare(proposal, user=colleague(role), has_conflict=False)
        assessing.score(proposal, {make_criterion(): (1, PLANTED["score"])}, user=user)
        statement.save(proposal, verdict="supports", text=PLANTED["statement"], seen=0, user=user)
        proposal.labels.add(CaseLabel.objects.create(name=PLANTED["label"]))
        return self

    def lock(self):
        notes.lock(self.now, PLANTED["lock"], user=self.coordinator)
        return self

    def unlock(self):
        notes.unlock(self.now, PLANTED["lock"], user=self.coordinator)
        return self

    def reviewed(self):
        """Checked, with all words, sent back once with an internal reason, checked again."""
        self.plant().lock().unlock().take("finish_check")
        return self.take("check_again", reason=PLANTED["again"]).take("finish_check")

    def handed_over(self):
        return self.reviewed().take("hand_over", work=_hand_over)


def _ask_for_supplement(proposal, now):
    SupplementRequest.objects.create(
        proposal=proposal,
        message="Bitte nachreichen",
        due_on=timezone.localdate(now) + datetime.timedelta(days=14),
        sections=["idee"],
    )


def _hand_over(proposal, now):
    Handover.objects.create(
        proposal=proposal,
        version=proposal.versions.first(),
        recipient="Regierungspräsidium",
        handed_over_on=timezone.localdate(now),
        statement=PLANTED["statement"],
    )


def _decide(kind, **fields):
    def work(proposal, now):
        Decision.objects.create(
            proposal=proposal,
            kind=kind,
            decided_on=timezone.localdate(now),
            prepared_by=colleague("coordinator"),
            **fields,
        )

    return work


APPROVE = _decide(
    "approval",
    amount=500,
    starts_on=datetime.date(2098, 3, 1),
    ends_on=datetime.date(2098, 12, 31),
)
REJECT = _decide("rejection", reasons="Das Geld ist aufgebraucht.")
PREPARE = _decide("rejection", reasons=PLANTED["prepared"])


def _prepared():
    return Case(city_decides=True).reviewed().take("prepare_decision", work=PREPARE)


# In which part of its life a case is looked at: name → how it gets there.
STAGES = {
    "checked and locked": lambda: Case().plant().lock(),
    "to be supplied": lambda: (
        Case().plant().lock().unlock().take("request_supplement", work=_ask_for_supplement)
    ),
    "reviewed": lambda: Case().reviewed(),
    "handed over": lambda: Case().handed_over(),
    "approved": lambda: Case().handed_over().take("record_approval", work=APPROVE),
    "rejected": lambda: Case().handed_over().take("record_rejection", work=REJECT),
    "decision prepared": _prepared,
    "decision sent back": lambda: _prepared().take(
        "send_back_decision", colleague("approver"), reason=PLANTED["sent_back"]
    ),
}
