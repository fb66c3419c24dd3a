"""The versions of a proposal beside each other, for those who wrote them and for the city."""

import pytest

from offenbach_wir.models import Event
from projects.proposals import submission
from projects.proposals.models import Proposal
from projects.proposals.questions import BY_KEY
from tests.factories import (
    make_account,
    make_cost,
    make_member,
    make_version,
    make_whole_proposal,
)

from .conftest import page_of, signed_in
from .test_office import case_of, count


def two_versions(applicant=None):
    """Handed in, and once more with another need and another cost."""
    proposal = make_whole_proposal(applicant)
    submission.hand_in(proposal, user=proposal.applicant.owner)
    proposal = Proposal.objects.get(pk=proposal.pk)
    proposal.answers.filter(question="need").update(text="Antwort: anders")
    make_cost(proposal, "Honorar für Gäste", 250)
    make_version(proposal, 2)
    return proposal


@pytest.fixture
def twice(applicant):
    return two_versions(applicant)


@pytest.fixture
def pages(client, coordinator, twice):
    """The page of the club and the page of the city, compared."""
    return [
        client.get(page_of(twice, "fassungen/1/2/")),
        coordinator.get(case_of(twice, "fassungen/1/2/")),
    ]


def test_both_sides_read_what_changed(pages):
    for page in pages:
        assert page.status_code == 200
        (answer,) = page.context["differences"].answers
        assert answer.label == BY_KEY["need"].label
        assert "Honorar für Gäste" in page.text
        assert "250,00 EUR" in page.text


def test_both_sides_read_the_same(pages):
    club, city = (page.context["differences"] for page in pages)
    assert club == city


def test_versions_are_listed_with_day_checksum_pdf_and_the_way_to_compare(client, twice):
    page = client.get(page_of(twice, "fassungen/")).text
    for version in twice.versions.all():
        assert version.checksum in page
        assert f'href="{page_of(twice, f"fassungen/{version.number}/antrag.pdf")}"' in page
    assert f'href="{page_of(twice, "fassungen/1/2/")}"' in page
    assert "1. Februar 2026" not in page
    assert "2. Februar 2026" in page


def test_city_stays_on_its_own_pages(coordinator, twice):
    page = coordinator.get(case_of(twice, "fassungen/")).text
    assert f'href="{case_of(twice, "fassungen/1/2/")}"' in page
    assert f'href="{case_of(twice, "fassungen/2/antrag.pdf")}"' in page
    assert "/de/antraege/" not in page


def test_first_version_has_nothing_before_it(client, applicant):
    proposal = make_whole_proposal(applicant)
    submission.hand_in(proposal, user=applicant.owner)
    page = client.get(page_of(proposal, "fassungen/"))
    assert [line.compare_url for line in page.context["lines"]] == [""]


def test_draft_has_no_versions(client, proposal):
    assert client.get(page_of(proposal, "fassungen/")).context["lines"] == []


@pytest.mark.parametrize("pair", ["1/1", "2/1", "0/1", "1/3", "2/99999999999999999999"])
def test_versions_that_are_not_there_are_not_found(client, coordinator, twice, pair):
    assert client.get(page_of(twice, f"fassungen/{pair}/")).status_code == 404
    assert coordinator.get(case_of(twice, f"fassungen/{pair}/")).status_code == 404


@pytest.mark.parametrize("place", ["", "1/2/", "1/antrag.pdf"])
def test_versions_of_others_are_not_there(twice, place):
    stranger = signed_in(make_account("fremd@example.org"))
    assert stranger.get(page_of(twice, f"fassungen/{place}")).status_code == 404


@pytest.mark.parametrize("place", ["", "1/2/", "1/antrag.pdf"])
def test_roles_without_the_right_see_no_versions(editor, twice, place):
    assert editor.get(case_of(twice, f"fassungen/{place}")).status_code in (302, 403)


def test_reader_of_the_organisation_reads_what_changed(twice):
    reader = make_member(twice.applicant, "reader")
    assert signed_in(reader).get(page_of(twice, "fassungen/1/2/")).status_code == 200


def test_contact_person_is_on_neither_page(pages):
    for page in pages:
        assert "ada@example.org" not in repr(page.context["differences"])


def test_page_takes_as_many_queries_for_more_versions(client, coordinator, twice):
    def queries():
        return (
            count(client, page_of(twice, "fassungen/1/2/")),
            count(coordinator, case_of(twice, "fassungen/1/2/")),
        )

    few = queries()
    for number in range(3, 9):
        make_version(twice, number)
    assert queries() == few


def test_each_version_has_its_own_pdf(client, coordinator, twice):
    for number in (1, 2):
        page = client.get(page_of(twice, f"fassungen/{number}/antrag.pdf"))
        assert b"".join(page).startswith(b"%PDF")
        assert f"{twice.reference}-{number}.pdf" in page["Content-Disposition"]
    kept = {version.pdf.name for version in twice.versions.all()}
    assert len(kept) == 2


def test_city_taking_a_pdf_is_noted(coordinator, twice):
    b"".join(coordinator.get(case_of(twice, "fassungen/2/antrag.pdf")))
    event = Event.objects.about(twice).filter(kind=Event.Kind.EXPORTED).get()
    assert event.detail["version"] == 2


def test_pdf_of_a_version_that_is_not_there_is_not_found(client, twice):
    assert client.get(page_of(twice, "fassungen/3/antrag.pdf")).status_code == 404
