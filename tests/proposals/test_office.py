"""The city's side: what was handed in, drafts only while they are shared, answers, files."""

import datetime
import json

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from offenbach_wir.models import Event
from programs.models import EnclosureKind
from projects.proposals import messaging, submission
from projects.proposals.models import Message, Paper, Proposal
from tests.factories import (
    make_applicant,
    make_enclosure,
    make_proposal,
    make_submitted_proposal,
    make_whole_proposal,
    shown_at,
)

LIST = "/verwaltung/antraege/"


def case_of(proposal, page=""):
    return f"{LIST}{proposal.key}/{page}"


def stepped_in(role):
    client = Client()
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})
    return client


def count(client, path):
    """How many queries that page takes."""
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def hand_in(proposal):
    return submission.hand_in(proposal, user=proposal.applicant.owner)


@pytest.fixture
def whole(db):
    """Handed in, with a version."""
    proposal = make_whole_proposal()
    hand_in(proposal)
    return Proposal.objects.get(pk=proposal.pk)


# --- The list -----------------------------------------------------------------------------------
def listed(client, show=""):
    return set(client.get(LIST, {"show": show}).context["page"].object_list)


def test_list_shows_what_was_handed_in_and_no_draft(coordinator, whole):
    draft = make_proposal(title="Noch geheim")
    page = coordinator.get(LIST)
    assert whole in page.context["page"].object_list
    assert draft not in page.context["page"].object_list
    assert "Noch geheim" not in page.text


def test_shared_draft_has_a_list_of_its_own(coordinator, db):
    until = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
    draft = make_proposal(shared_until=until)
    assert draft in listed(coordinator, "shared")
    assert draft not in listed(coordinator)


def test_withdrawn_proposals_have_a_list_of_their_own(coordinator, whole):
    submission.withdraw(whole, user=whole.applicant.owner)
    assert whole in listed(coordinator, "withdrawn")
    assert whole not in listed(coordinator)


def test_waiting_for_an_answer_are_those_in_which_the_organisation_wrote_last(coordinator, whole):
    owner = whole.applicant.owner
    messaging.write(whole, "Frage", user=owner, form_key="a")
    assert whole in listed(coordinator, "answer")
    messaging.write(whole, "Antwort", user=owner, form_key="b", is_from_office=True)
    assert whole not in listed(coordinator, "answer")


@pytest.mark.parametrize("show", ["x", "\x00", "x" * 3000])
@pytest.mark.parametrize("number", ["-1", "abc", "\x00", "9" * 5000])
def test_odd_list_is_no_error(coordinator, show, number):
    assert coordinator.get(LIST, {"show": show, "page": number}).status_code in (200, 400, 404)


def test_list_takes_as_many_queries_for_more(coordinator, whole):
    few = count(coordinator, LIST)
    for _n in range(20):
        make_submitted_proposal(funding_line=whole.funding_line)
    assert count(coordinator, LIST) == few


# --- One case -----------------------------------------------------------------------------------
def test_case_shows_the_version_and_not_what_came_later(coordinator, whole):
    whole.answers.filter(question="need").update(text="Später geändert")
    page = coordinator.get(case_of(whole))
    assert "Antwort: need" in page.text
    assert "Später geändert" not in page.text
    assert whole.reference in page.text


def test_draft_is_open_while_it_is_shared_and_not_a_second_longer(coordinator, db):
    until = datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC)
    draft = make_whole_proposal(shared_until=until)
    with time_machine.travel(until - datetime.timedelta(seconds=1), tick=False):
        assert stepped_in("coordinator").get(case_of(draft)).status_code == 200
    with time_machine.travel(until, tick=False):
        assert stepped_in("coordinator").get(case_of(draft)).status_code == 404


def test_draft_that_is_not_shared_is_not_there(coordinator, db):
    assert coordinator.get(case_of(make_whole_proposal())).status_code == 404


def test_draft_that_is_not_shared_takes_no_answer(coordinator, db):
    draft = make_whole_proposal()
    sent = {"text": "Hallo", "shown_at": shown_at(1)}
    assert coordinator.post(case_of(draft, "antworten/"), sent).status_code == 404
    assert not draft.messages.exists()


@pytest.mark.parametrize("role", ["editor", "translator", "operator"])
def test_roles_without_the_right_read_nothing(whole, role):
    client = stepped_in(role)
    for page in ("", f"dateien/{'a' * 26}/"):
        assert client.get(case_of(whole, page)).status_code in (302, 403)
    assert client.get(LIST).status_code in (302, 403)


def test_applicants_do_not_reach_the_office(client, whole):
    client.force_login(whole.applicant.owner)
    for address in (LIST, case_of(whole)):
        assert client.get(address).status_code in (302, 403, 404)


def test_case_takes_as_many_queries_for_more_letters(coordinator, whole):
    messaging.write(whole, "Frage", user=whole.applicant.owner, form_key="first")
    few = count(coordinator, case_of(whole))
    for n in range(20):
        messaging.write(whole, f"Frage {n}", user=whole.applicant.owner, form_key=f"k{n}")
    assert count(coordinator, case_of(whole)) == few


# --- Files --------------------------------------------------------------------------------------
def status_of(client, path):
    response = client.get(path)
    assert b"".join(response) is not None
    return response.status_code


def test_file_that_was_handed_in_is_opened_and_noted(coordinator, db):
    proposal = make_whole_proposal()
    row = make_enclosure(proposal, "Zeitplan.png")
    hand_in(proposal)
    assert status_of(coordinator, case_of(proposal, f"dateien/{row.key}/")) == 200
    event = Event.objects.about(proposal).filter(kind=Event.Kind.EXPORTED).get()
    assert event.detail["file"] == row.pk
    assert "Zeitplan" not in json.dumps(event.detail)


def test_file_removed_before_handing_in_is_not_there(coordinator, db):
    proposal = make_whole_proposal()
    row = make_enclosure(proposal, removed_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    hand_in(proposal)
    assert status_of(coordinator, case_of(proposal, f"dateien/{row.key}/")) == 404


def test_file_of_another_proposal_is_not_there(coordinator, whole):
    row = make_enclosure(make_whole_proposal())
    assert status_of(coordinator, case_of(whole, f"dateien/{row.key}/")) == 404
    assert status_of(coordinator, case_of(row.proposal, f"dateien/{row.key}/")) == 404


# --- Answering ----------------------------------------------------------------------------------
def test_answer_is_written_in_the_name_of_the_office(coordinator, whole):
    sent = {"text": "Bitte ergänzen Sie den Zeitplan.", "shown_at": shown_at(1)}
    response = coordinator.post(case_of(whole, "antworten/"), sent)
    assert response["Location"] == case_of(whole)
    message = Message.objects.get(proposal=whole)
    assert (message.is_from_office, message.text) == (True, sent["text"])


def test_empty_answer_is_refused_and_the_case_shown(coordinator, whole):
    page = coordinator.post(case_of(whole, "antworten/"), {"text": " ", "shown_at": shown_at(1)})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["text"])


def test_panel_counts_what_its_list_shows(coordinator, whole):
    messaging.write(whole, "Frage", user=whole.applicant.owner, form_key="a")
    page = coordinator.get("/verwaltung/").text
    assert f"{LIST}?show=answer" in page


def test_case_of_an_organisation_that_has_changed_shows_what_was_handed_in(coordinator, db):
    proposal = make_whole_proposal(make_applicant(street="Alte Straße 1"))
    hand_in(proposal)
    proposal.applicant.street = "Neue Straße 2"
    proposal.applicant.save()
    assert proposal.versions.get().data["applicant"]["street"] == "Alte Straße 1"


# --- Drafts whose writers ask something, and answers that are not needed --------------------------
def ask(proposal, text="Dürfen wir früher beginnen?"):
    return messaging.write(
        proposal, text, user=proposal.applicant.owner, form_key=f"{proposal.pk}{text}"
    )


def test_draft_whose_writers_ask_shows_the_question_and_nothing_else(coordinator, db):
    draft = make_whole_proposal()
    ask(draft)
    page = coordinator.get(case_of(draft))
    assert "Dürfen wir früher beginnen?" in page.text
    assert page.context["data"] is None


def test_question_about_a_draft_that_is_not_shared_can_be_answered(coordinator, db):
    draft = make_proposal()
    ask(draft)
    coordinator.post(case_of(draft, "antworten/"), {"text": "Ja.", "shown_at": shown_at(0)})
    assert draft.messages.filter(is_from_office=True).get().text == "Ja."


def test_assessor_opens_no_draft_whether_shared_or_not(db):
    until = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
    draft = make_proposal(shared_until=until)
    ask(draft)
    assessor = stepped_in("assessor")
    assert assessor.get(case_of(draft)).status_code == 404
    assert draft not in listed(assessor, "shared")


def test_papers_of_the_organisation_come_with_handing_in_only(coordinator, db):
    until = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
    draft = make_whole_proposal(shared_until=until)
    paper = Paper.objects.create(
        applicant=draft.applicant,
        kind=EnclosureKind.objects.get(slug="statutes"),
        name="Satzung.pdf",
        size=1,
        scan="clean",
    )
    page = coordinator.get(case_of(draft))
    assert "Satzung.pdf" not in page.text
    assert coordinator.get(case_of(draft, f"dateien/{paper.key}/")).status_code == 404


def test_last_word_can_be_noted_as_needing_no_answer(coordinator, whole):
    ask(whole, "Danke!")
    assert whole in listed(coordinator, "answer")
    coordinator.post(case_of(whole, "erledigt/"), {"ok": "1"})
    assert whole not in listed(coordinator, "answer")


def test_next_message_asks_for_an_answer_again(coordinator, whole):
    ask(whole, "Danke!")
    messaging.settle(whole)
    ask(whole, "Noch eine Frage.")
    assert whole in listed(coordinator, "answer")


def test_new_proposals_are_those_nobody_has_written_about(coordinator, whole):
    assert whole in listed(coordinator, "new")
    messaging.write(whole, "Danke, wir lesen.", user=None, form_key="answer", is_from_office=True)
    assert whole not in listed(coordinator, "new")
