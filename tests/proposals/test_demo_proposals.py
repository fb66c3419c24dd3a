"""The demo's organisations and what they write: nothing that real ones could not do."""

import datetime

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from offenbach_wir.models import User
from programs.models import FundingTerms
from projects.proposals import completeness, demo, financing, saving, snapshot
from projects.proposals import whole as wholes
from projects.proposals.forms.sections import SectionForm
from projects.proposals.models import Applicant, Paper, Proposal
from projects.proposals.questions import SectionKey

CITY_FUND = "beispiel-nachbarschaftstopf"


@pytest.fixture
def november():
    with time_machine.travel("2026-11-28T12:00:00+01:00", tick=False):
        yield


@pytest.fixture
def proposals(november, example_proposals):
    return {row.started_by_form.removeprefix("demo:"): row for row in Proposal.objects.all()}


def checked(proposal):
    whole = wholes.read(proposal)
    result = financing.check(whole)
    return result, completeness.gaps_of(whole, result)


def test_there_is_one_in_every_state_before_the_city_works_with_it(proposals):
    states = {row.state for row in proposals.values()}
    assert states == {Proposal.State.DRAFT, Proposal.State.SUBMITTED, Proposal.State.WITHDRAWN}


def test_complete_draft_lacks_nothing(proposals):
    result, gaps = checked(proposals["granatapfel-fahrrad"])
    assert (list(result.errors), gaps) == ([], [])


def test_one_draft_fails_by_its_share_alone(proposals):
    result, gaps = checked(proposals["granatapfel-fest"])
    assert {message.code for message in result.errors} == {"share_too_high", "own_share_missing"}
    assert {gap.section for gap in gaps} == {SectionKey.COSTS}


def test_draft_just_begun_has_no_section_begun(proposals):
    assert not proposals["granatapfel-neu"].sections.exclude(saved_at=None).exists()


def test_turkish_draft_has_german_beside_some_answers(proposals):
    answers = proposals["granatapfel-masal"].answers
    assert answers.exclude(german="").exists()
    assert answers.filter(german="").exists()


@pytest.mark.parametrize("name", ["granatapfel-hausaufgaben", "jasminhof-hikayat"])
def test_handed_in_version_is_as_its_checksum_says(proposals, name):
    version = proposals[name].versions.get()
    assert proposals[name].reference
    assert snapshot.checksum_of(version.content) == version.checksum


def test_messages_go_both_ways(proposals):
    letters = proposals["granatapfel-hausaufgaben"].messages
    assert set(letters.values_list("is_from_office", flat=True)) == {True, False}


def test_new_draft_comes_from_the_withdrawn_one(proposals):
    assert proposals["granatapfel-tanzcafe-neu"].earlier == proposals["granatapfel-tanzcafe"]


def test_every_text_fits_its_question(proposals):
    for proposal in proposals.values():
        for section in SectionKey:
            if section in (SectionKey.COSTS, SectionKey.ENCLOSURES):
                continue
            stored = saving.stored_values(proposal, section)
            for name, field in SectionForm(
                proposal=proposal, section=section, stored=stored
            ).fields.items():
                field.clean(field.prepare_value(stored[name]))


def test_organisation_has_a_paper_that_has_expired_and_one_that_holds(proposals):
    papers = Paper.objects.filter(applicant__organisation__slug="granatapfel")
    assert {paper.has_expired for paper in papers} == {True, False}


def test_a_group_without_legal_form_is_there(example_proposals):
    assert Applicant.objects.filter(legal_form="unregistered_group").exists()


def test_everybody_has_an_address_that_reaches_nobody(example_proposals):
    for user in User.objects.filter(is_staff=False):
        assert user.email.endswith(("@example.org", ".example.org"))


def test_example_lines_say_that_they_are_invented(example_proposals):
    for terms in FundingTerms.objects.filter(line__slug__startswith="beispiel-"):
        assert terms.line.text.title.startswith("Beispiel: ")
        assert "erfundenes Beispiel" in terms.line.text.body


def test_day_the_city_has_set_moves_on_once_it_is_near(proposals):
    terms = FundingTerms.objects.get(line__slug=CITY_FUND)
    with time_machine.travel(terms.city_deadline, tick=False):
        call_command("load_demo", without_cases=True)
        terms.refresh_from_db()
        assert terms.city_deadline > timezone.localdate()


def test_draft_thrown_away_comes_back(proposals):
    proposals["granatapfel-neu"].delete()
    call_command("load_demo", without_cases=True)
    assert Proposal.objects.filter(started_by_form="demo:granatapfel-neu").exists()


@pytest.mark.parametrize(
    ("first", "found"),
    [
        (datetime.date(2026, 8, 31), datetime.date(2026, 9, 1)),
        (datetime.date(2026, 9, 1), datetime.date(2026, 9, 1)),
        (datetime.date(2026, 9, 2), datetime.date(2027, 9, 1)),
    ],
)
def test_next_such_day_is_never_before(first, found):
    assert demo.next_day(first, {"month": 9, "day": 1}) == found
