"""A proposal with everything that belongs to it, read in a constant number of queries."""

from dataclasses import dataclass, field

from django.utils import timezone

from .models import Paper, Proposal


@dataclass
class Whole:
    """`papers` are those of the organisation that are valid today; `terms` those of the line."""

    proposal: Proposal
    answers: dict
    costs: list
    incomes: list
    in_kind: list
    units: dict
    enclosures: list
    papers: list
    terms: object
    required_kinds: list = field(default_factory=list)

    def text_of(self, question):
        answer = self.answers.get(question)
        return answer.text if answer else ""

    @property
    def files(self):
        return [*self.enclosures, *self.papers]

    @property
    def missing_kinds(self):
        """The papers that the line asks for and that are not there."""
        there = {file.kind_id for file in self.files if not file.is_infected}
        return [kind for kind in self.required_kinds if kind.pk not in there]


def read(proposal, today=None):
    today = today or timezone.localdate()
    terms = proposal.terms_on(today)
    required = terms.required_enclosures.outside_the_bin().with_texts() if terms else ()
    if not proposal.applicant.has_papers:
        required = [kind for kind in required if not kind.belongs_to_organisation]
    return Whole(
        proposal=proposal,
        answers={answer.question: answer for answer in proposal.answers.all()},
        costs=list(proposal.costitems.all()),
        incomes=list(proposal.incomeitems.all()),
        in_kind=list(proposal.inkinditems.all()),
        units={
            row.rate_id: row
            for row in proposal.planned_units.select_related("rate").prefetch_related(
                "rate__translations"
            )
        },
        enclosures=list(
            proposal.enclosures.current()
            .select_related("kind")
            .prefetch_related("kind__translations")
        ),
        papers=list(
            Paper.objects.valid_on(today)
            .filter(applicant=proposal.applicant_id)
            .select_related("kind")
            .prefetch_related("kind__translations")
        ),
        terms=terms,
        required_kinds=list(required),
    )
