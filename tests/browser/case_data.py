"""Cases for the tests in the browser, made in the portal's own database.

Nothing here runs in the process of the tests: `cases.put_in` calls it in one of the portal's.
"""

from django.utils import timezone

from offenbach_wir.demo import CLUB
from programs.models import FundingLine
from projects.proposals import steps, submission
from projects.proposals.case import State
from projects.proposals.models import Applicant, Proposal
from tests import case_factories, factories


def _club():
    return Applicant.objects.get(owner__email=CLUB["club-owner"].demo_email)


def _line(decided_by):
    """One for all cases of the tests, named so that nobody takes it for one of the demo's."""
    slug = f"entschieden-{decided_by}"
    line = FundingLine.objects.filter(slug=slug).first()
    if line is None:
        line = factories.make_half_line(f"Beispiel: {slug}", decided_by=decided_by)
        line.slug = slug
        line.save()
        factories.make_checklist_item(text="Ist das Ziel beschrieben?", funding_line=line)
    return line


def handed_in(title, decided_by="city"):
    """Handed in just now by the demo's club, with a picture; 1000 euros, half of them asked for."""
    club = _club()
    proposal = factories.make_whole_proposal(club, title=title, funding_line=_line(decided_by))
    factories.make_enclosure(proposal, "Aushang.png")
    if decided_by == "city":
        case_factories.make_fund(name=f"Topf für: {title}")
    submission.hand_in(proposal, user=club.owner, now=timezone.now())


def in_state(title, state, decided_by="state"):
    """Brought there step by step, on days of a far year."""
    case_factories.make_case(state, applicant=_club(), title=title, funding_line=_line(decided_by))


def in_states(titles, decided_by="state"):
    """{title: state}, all made at once."""
    for title, state in titles.items():
        in_state(title, state, decided_by)


def with_a_picture(title):
    """Approved, and a picture lies among the enclosures."""
    handed_in(title, "state")
    case_factories.bring_to(State.APPROVED, Proposal.objects.get(title=title))


def gone_on_without(title):
    """The club had begun to supply something when the city went on."""
    in_state(title, State.SUPPLEMENT_REQUESTED)
    proposal = Proposal.objects.get(title=title)
    proposal.answers.filter(question="aims").update(text="Alle lesen gern.")
    steps.take(
        "end_supplement", proposal, user=case_factories.staff(), reason="Die Frist ist vorbei."
    )


def pass_the_grant_period(title):
    """What the calendar does on the first day of the period, and on the day after its last."""
    proposal = Proposal.objects.get(title=title)
    for key in ("begin_project", "end_project"):
        steps.take(key, proposal, user=None, now=case_factories.STEP_AT[key])
