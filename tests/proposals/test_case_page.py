"""The city's page of one case: everything in one place, and what may be changed there."""

import csv
import datetime
import io
import json
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape
from PIL import Image

from offenbach_wir.models import Event, User
from offenbach_wir.roles import ROLES
from programs.models import FundingRate
from projects.proposals import duties, messaging, needs, statement, steps, submission
from projects.proposals.case import State
from projects.proposals.models import ChecklistAnswer, Duty, Note, Proposal
from tests.factories import (
    make_checklist_item,
    make_enclosure,
    make_proposal,
    make_queued_mail,
    make_whole_proposal,
    shown_at,
)

from .test_office import case_of, stepped_in


def colleague(role="coordinator"):
    return User.objects.get(email=ROLES[role].demo_email)


def fresh(proposal):
    return Proposal.objects.get(pk=proposal.pk)


def hand_in(proposal):
    submission.hand_in(proposal, user=proposal.applicant.owner)
    return fresh(proposal)


@pytest.fixture
def submitted(db):
    return hand_in(make_whole_proposal())


@pytest.fixture
def checked(submitted):
    """A case in the formal check."""
    steps.take("begin_check", submitted, user=colleague())
    return fresh(submitted)


def lock(proposal, reason="Widerspruch liegt vor"):
    Proposal.objects.filter(pk=proposal.pk).update(locked_because=reason)


# --- What can be done ---------------------------------------------------------------------------
def test_page_offers_the_step_that_is_next(coordinator, submitted):
    page = coordinator.get(case_of(submitted))
    assert [action.step.key for action in page.context["actions"]] == ["begin_check"]
    assert case_of(submitted, "schritt/begin_check/") in page.text


def test_page_says_what_is_missing_before_a_step(coordinator, checked):
    make_checklist_item()
    page = coordinator.get(case_of(checked))
    missing = {action.step.key: action.missing for action in page.context["actions"]}
    assert missing["request_supplement"] == ()
    assert len(missing["finish_check"]) == 3
    assert all(escape(sentence) in page.text for sentence in missing["finish_check"])


def test_side_ways_stand_apart(coordinator, checked):
    Proposal.objects.filter(pk=checked.pk).update(state=State.REVIEWED)
    page = coordinator.get(case_of(checked))
    assert [action.step.key for action in page.context["side_ways"]] == ["check_again"]
    assert "check_again" not in [action.step.key for action in page.context["actions"]]


@pytest.mark.parametrize("role", ["assessor", "approver"])
def test_those_who_only_read_get_no_buttons_of_the_coordination(checked, role):
    page = stepped_in(role).get(case_of(checked))
    assert page.context["actions"] == []
    assert [step.key for step in page.context["others_steps"]] != []
    for address in ("notiz/", "formale-pruefung/", "stellungnahme/", "sperren/", "antworten/"):
        assert case_of(checked, address) not in page.text


def test_next_duty_and_its_day_stand_on_top(coordinator, submitted):
    page = coordinator.get(case_of(submitted))
    assert page.context["next_duty"].kind == Duty.Kind.CHECK
    assert not page.context["is_late"]


def test_duty_that_is_overdue_is_marked(coordinator, submitted):
    duties.add(submitted, Duty.Kind.OTHER, datetime.date(2020, 1, 1), who=Duty.Who.OFFICE)
    assert coordinator.get(case_of(submitted)).context["is_late"]


def test_mail_that_could_not_be_delivered_is_shown_at_its_case(coordinator, submitted):
    mail = make_queued_mail("case_step", subject=submitted, to="weg@example.org")
    assert "weg@example.org" not in coordinator.get(case_of(submitted)).text
    type(mail.email).objects.filter(pk=mail.email_id).update(status=1)
    assert "weg@example.org" in coordinator.get(case_of(submitted)).text


def test_assessor_sees_no_addresses_of_lost_mails(submitted):
    mail = make_queued_mail("case_step", subject=submitted, to="weg@example.org")
    type(mail.email).objects.filter(pk=mail.email_id).update(status=1)
    assert "weg@example.org" not in stepped_in("assessor").get(case_of(submitted)).text


# --- What was handed in -------------------------------------------------------------------------
def test_answer_and_its_german_version_carry_their_languages(coordinator, db):
    from projects.models import SpokenLanguage

    proposal = make_whole_proposal(language=SpokenLanguage.objects.get(code="ar"))
    proposal.answers.filter(question="need").update(text="لماذا", german="Darum")
    page = coordinator.get(case_of(hand_in(proposal))).text
    assert '<div dir="auto" lang="ar"><p>لماذا</p></div>' in page
    assert '<div lang="de" dir="ltr"><p>Darum</p></div>' in page


def test_plan_is_checked_by_the_rates_of_its_day(coordinator, db):
    proposal = hand_in(make_whole_proposal())
    rate = FundingRate.objects.get(terms=proposal.terms)
    before = coordinator.get(case_of(proposal))
    assert before.context["rates_of"] is None
    FundingRate.objects.filter(pk=rate.pk).update(percent=40)
    after = coordinator.get(case_of(proposal))
    assert after.context["result"].allowed_share == before.context["result"].allowed_share == 500
    assert after.context["rates_of"] == timezone.localdate(proposal.submitted_at)


def test_messages_of_the_rule_lead_nowhere(coordinator, submitted):
    page = coordinator.get(case_of(submitted))
    assert {message.row_key for message in page.context["result"].messages} <= {""}


def test_picture_has_a_small_view_and_other_files_say_that_they_have_none(coordinator, db):
    proposal = make_whole_proposal()
    picture = make_enclosure(proposal, "Foto.png")
    table = make_enclosure(
        proposal, "Plan.ods", b"x", content_type="application/vnd.oasis.opendocument.spreadsheet"
    )
    page = coordinator.get(case_of(hand_in(proposal))).text
    assert case_of(proposal, f"dateien/{picture.key}/vorschau/") in page
    assert case_of(proposal, f"dateien/{table.key}/vorschau/") not in page
    answer = coordinator.get(case_of(proposal, f"dateien/{picture.key}/vorschau/"))
    with Image.open(io.BytesIO(answer.content)) as small:
        assert (small.format, max(small.size)) == ("JPEG", 480)
    assert "no-store" in answer["Cache-Control"]
    assert coordinator.get(case_of(proposal, f"dateien/{table.key}/vorschau/")).status_code == 404


@pytest.mark.parametrize("fields", [{"scan": "infected"}, {"content": b"no picture at all"}])
def test_file_that_may_not_be_opened_has_no_small_view(coordinator, db, fields):
    proposal = make_whole_proposal()
    row = make_enclosure(proposal, **fields)
    page = case_of(hand_in(proposal), f"dateien/{row.key}/vorschau/")
    assert coordinator.get(page).status_code == 404


def test_page_takes_as_many_queries_for_much(coordinator, checked):
    def put(n):
        messaging.write(checked, f"Frage {n}", user=checked.applicant.owner, form_key=f"k{n}")
        Note.objects.create(proposal=checked, author=colleague(), text=f"N{n}", sent_by_form=f"{n}")
        item = make_checklist_item(text=f"Punkt {n}")
        ChecklistAnswer.objects.create(
            proposal=checked, item=item, verdict="yes", answered_by=colleague()
        )
        duties.add(checked, Duty.Kind.OTHER, datetime.date(2099, 1, 1), who=Duty.Who.OFFICE)

    def count():
        coordinator.get(case_of(checked))
        with CaptureQueriesContext(connection) as queries:
            assert coordinator.get(case_of(checked)).status_code == 200
        return len(queries)

    put(0)
    put(1)
    few = count()
    for n in range(2, 12):
        put(n)
    assert count() == few


# --- Internal notes -----------------------------------------------------------------------------
def write_note(client, proposal, text="Bitte anrufen", moment=None):
    sent = {"note": text, "shown_at": moment or shown_at(1)}
    return client.post(case_of(proposal, "notiz/"), sent)


def test_note_is_stored_once_however_often_the_button_is_pressed(coordinator, submitted):
    moment = shown_at(1)
    for _n in range(2):
        assert write_note(coordinator, submitted, moment=moment)["Location"] == case_of(submitted)
    assert Note.objects.get(proposal=submitted).author == colleague()
    assert "Bitte anrufen" in coordinator.get(case_of(submitted)).text


def test_empty_note_is_refused_on_the_page_of_the_case(coordinator, submitted):
    page = write_note(coordinator, submitted, " ")
    assert (page.status_code, list(page.context["note_form"].errors)) == (422, ["note"])
    assert not submitted.notes.exists()


@pytest.mark.parametrize("role", ["assessor", "approver", "editor", "administrator"])
def test_others_write_no_notes(submitted, role):
    assert write_note(stepped_in(role), submitted).status_code == 403
    assert not submitted.notes.exists()


# --- Formal check -------------------------------------------------------------------------------
def answers(item, verdict="yes", note="", seen=""):
    return {
        f"verdict_{item.pk}": verdict,
        f"note_{item.pk}": note,
        f"seen_{item.pk}": seen,
    }


def fill_in(client, proposal, **fields):
    """The page of the formal check, opened and sent back with these fields changed."""
    page = client.get(case_of(proposal, "formale-pruefung/"))
    form = page.context["form"]
    sent = {field.html_name: field.value() for _i, _a, *fields_ in form.rows() for field in fields_}
    return {name: value or "" for name, value in sent.items()} | fields


def test_checklist_holds_the_points_of_the_line_and_those_of_every_line(coordinator, checked):
    general = make_checklist_item()
    own = make_checklist_item(funding_line=checked.funding_line)
    make_checklist_item(funding_line=make_whole_proposal().funding_line)
    make_checklist_item(is_in_use=False)
    form = coordinator.get(case_of(checked, "formale-pruefung/")).context["form"]
    assert {item for item, _answer in form.points} >= {general, own}
    assert {item.funding_line_id for item, _answer in form.points} <= {
        None,
        checked.funding_line_id,
    }


def test_checklist_saves_what_is_answered(coordinator, checked):
    first, second = make_checklist_item(), make_checklist_item()
    sent = fill_in(coordinator, checked, **answers(first), **answers(second, ""))
    assert coordinator.post(case_of(checked, "formale-pruefung/"), sent).status_code == 302
    assert [row.item for row in checked.checklist_answers.all()] == [first]
    assert second in [item for item, answer in needs.checklist_of(checked) if answer is None]


def test_unfulfilled_point_says_what_is_missing_and_keeps_what_was_typed(coordinator, checked):
    first, second = make_checklist_item(), make_checklist_item()
    sent = answers(first, "no") | answers(second, "yes", "gesehen am Dienstag")
    page = coordinator.post(case_of(checked, "formale-pruefung/"), sent)
    assert (page.status_code, list(page.context["form"].errors)) == (422, [f"note_{first.pk}"])
    assert "gesehen am Dienstag" in page.text
    assert not checked.checklist_answers.exists()


def test_two_colleagues_at_different_points_lose_nothing(coordinator, checked):
    first, second = make_checklist_item(), make_checklist_item()
    mine = fill_in(coordinator, checked, **{f"verdict_{first.pk}": "yes"})
    theirs = fill_in(coordinator, checked, **{f"verdict_{second.pk}": "not_needed"})
    for sent in (mine, theirs):
        assert coordinator.post(case_of(checked, "formale-pruefung/"), sent).status_code == 302
    assert checked.checklist_answers.count() == 2


def test_colleague_is_not_overwritten_unseen(coordinator, checked):
    item = make_checklist_item()
    mine = fill_in(coordinator, checked, **{f"verdict_{item.pk}": "yes"})
    theirs = mine | {f"verdict_{item.pk}": "no", f"note_{item.pk}": "Satzung fehlt"}
    coordinator.post(case_of(checked, "formale-pruefung/"), theirs)
    page = coordinator.post(case_of(checked, "formale-pruefung/"), mine)
    assert page.status_code == 409
    assert "Satzung fehlt" in page.text
    assert checked.checklist_answers.get().verdict == "no"
    again = mine | {f"seen_{item.pk}": page.context["form"][f"seen_{item.pk}"].value()}
    coordinator.post(case_of(checked, "formale-pruefung/"), again)
    assert checked.checklist_answers.get().verdict == "yes"


@pytest.mark.parametrize("state", [State.SUBMITTED, State.REVIEWED, State.HANDED_OVER])
def test_formal_check_is_closed_outside_its_time(coordinator, checked, state):
    item = make_checklist_item()
    Proposal.objects.filter(pk=checked.pk).update(state=state)
    assert coordinator.get(case_of(checked, "formale-pruefung/")).context["closed"]
    page = coordinator.post(case_of(checked, "formale-pruefung/"), answers(item))
    assert page.status_code == 409
    assert not checked.checklist_answers.exists()


def test_odd_answers_are_no_error(coordinator, checked):
    item = make_checklist_item()
    for sent in (answers(item, "x"), answers(item, "yes", "a\x00b"), answers(item, seen="x" * 99)):
        page = coordinator.post(case_of(checked, "formale-pruefung/"), sent)
        assert page.status_code == 422


# --- Statement ----------------------------------------------------------------------------------
def state(client, proposal, text="Wir befürworten das.", seen=0, verdict="supports"):
    sent = {"verdict": verdict, "text": text, "seen": seen}
    return client.post(case_of(proposal, "stellungnahme/"), sent)


def test_statement_is_written_and_changed(coordinator, checked):
    state(coordinator, checked)
    state(coordinator, checked, "Nur unter Auflagen.", 1, "with_conditions")
    row = statement.statement_of(checked)
    assert (row.version, row.text, row.written_by) == (2, "Nur unter Auflagen.", colleague())


def test_statement_pressed_twice_is_saved_once(coordinator, checked):
    for _n in range(2):
        assert state(coordinator, checked).status_code == 302
    assert statement.statement_of(checked).version == 1


def test_statement_of_a_colleague_is_not_overwritten_unseen(coordinator, checked):
    state(coordinator, checked, "Text der Kollegin")
    page = state(coordinator, checked, "Mein Text")
    assert page.status_code == 409
    assert "Text der Kollegin" in page.text
    assert "Mein Text" in page.text
    assert statement.statement_of(checked).text == "Text der Kollegin"
    seen = page.context["form"]["seen"].value()
    assert state(coordinator, checked, "Mein Text", seen).status_code == 302


def test_statement_stays_as_it_was_handed_over(coordinator, checked):
    state(coordinator, checked)
    Proposal.objects.filter(pk=checked.pk).update(state=State.HANDED_OVER)
    page = state(coordinator, checked, "Später anders", 1)
    assert page.status_code == 409
    assert "Später anders" in page.text
    assert statement.statement_of(checked).text == "Wir befürworten das."


@pytest.mark.parametrize("fields", [{"text": ""}, {"verdict": "x"}, {"seen": "-1"}, {"seen": "x"}])
def test_statement_that_says_nothing_is_refused(coordinator, checked, fields):
    assert state(coordinator, checked, **fields).status_code == 422


# --- Locking ------------------------------------------------------------------------------------
def test_locked_case_says_why_and_takes_no_step(coordinator, submitted):
    sent = {"reason": "Widerspruch liegt vor"}
    assert coordinator.post(case_of(submitted, "sperren/"), sent).status_code == 302
    page = coordinator.get(case_of(submitted))
    assert "Widerspruch liegt vor" in page.text
    with pytest.raises(steps.LockedError):
        steps.take("begin_check", submitted, user=colleague())


def test_second_lock_keeps_the_first_reason(coordinator, submitted):
    lock(submitted)
    page = coordinator.post(case_of(submitted, "sperren/"), {"reason": "Anderer Grund"})
    assert page.status_code == 409
    assert fresh(submitted).locked_because == "Widerspruch liegt vor"


def test_unlocking_needs_a_reason_too_and_both_stay_in_the_history(coordinator, submitted):
    coordinator.post(case_of(submitted, "sperren/"), {"reason": "Widerspruch liegt vor"})
    assert coordinator.post(case_of(submitted, "entsperren/"), {"reason": ""}).status_code == 422
    coordinator.post(case_of(submitted, "entsperren/"), {"reason": "Zurückgenommen"})
    assert not fresh(submitted).is_locked
    history = coordinator.get(case_of(submitted, "verlauf/")).text
    assert "Widerspruch liegt vor" in history
    assert "Zurückgenommen" in history


def test_case_that_is_unlocked_already_is_explained(coordinator, submitted):
    page = coordinator.post(case_of(submitted, "entsperren/"), {"reason": "Erledigt"})
    assert page.status_code == 409


@pytest.mark.parametrize("page", ["formale-pruefung/", "stellungnahme/", "bewertung/"])
def test_locked_case_takes_no_assessment(coordinator, checked, page):
    lock(checked)
    shown = coordinator.get(case_of(checked, page))
    assert shown.context["closed"]
    assert "Widerspruch liegt vor" in shown.text


# --- History ------------------------------------------------------------------------------------
def test_history_says_who_did_what_and_why(coordinator, checked):
    Proposal.objects.filter(pk=checked.pk).update(state=State.REVIEWED)
    steps.take("check_again", checked, user=colleague(), reason="Die Satzung ist neu.")
    row = coordinator.get(case_of(checked, "verlauf/")).context["rows"][-1]
    assert (row.who, row.reason) == (str(colleague()), "Die Satzung ist neu.")
    assert len(row.changes) == 1


def test_history_names_what_was_there_before(coordinator, checked):
    item = make_checklist_item(text="Satzung liegt vor")
    for verdict, note in (("no", "fehlt"), ("yes", "fehlt")):
        fields = {f"verdict_{item.pk}": verdict, f"note_{item.pk}": note}
        sent = fill_in(coordinator, checked, **fields)
        coordinator.post(case_of(checked, "formale-pruefung/"), sent)
    row = coordinator.get(case_of(checked, "verlauf/")).context["rows"][-1]
    assert "Satzung liegt vor" in row.changes[0]
    assert str(ChecklistAnswer.Verdict.NO.label) in row.changes[0]
    assert str(ChecklistAnswer.Verdict.YES.label) in row.changes[0]


def test_history_keeps_events_of_a_deleted_account(coordinator, submitted):
    Event.objects.create(
        kind=Event.Kind.CASE_CHANGED,
        actor_id=999_999,
        subject_type="proposals.proposal",
        subject_id=submitted.pk,
        detail={"change": "statement", "old": "", "new": "supports", "version": 1},
    )
    assert "999999" in coordinator.get(case_of(submitted, "verlauf/")).text.replace(".", "")


def test_file_of_the_case_holds_history_notes_and_versions(coordinator, checked):
    write_note(coordinator, checked, "=1+1")
    state(coordinator, checked)
    answer = coordinator.get(case_of(checked, "akte.zip"))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.namelist() == ["verlauf.csv", "akte.json", "fassung-1.json"]
        data = json.loads(archive.read("akte.json"))
        rows = list(
            csv.reader(io.StringIO(archive.read("verlauf.csv").decode("utf-8-sig")), delimiter=";")
        )
        assert archive.read("fassung-1.json").decode() == checked.versions.get().content
    assert data["notes"][0]["text"] == "=1+1"
    assert data["statement"]["text"] == "Wir befürworten das."
    assert "'=1+1" in [cell for row in rows for cell in row]
    assert Event.objects.about(checked).filter(detail__change="case_file").count() == 1


@pytest.mark.parametrize("role", ["assessor", "approver"])
def test_file_of_the_case_is_for_the_coordination(submitted, role):
    assert stepped_in(role).get(case_of(submitted, "akte.zip")).status_code == 403


def test_draft_has_no_inner_life(coordinator, db):
    until = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
    draft = make_proposal(shared_until=until)
    assert coordinator.get(case_of(draft)).status_code == 200
    for page in ("befangenheit/", "sperren/", "akte.zip"):
        assert coordinator.get(case_of(draft, page)).status_code == 404
