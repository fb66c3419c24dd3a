"""A supplement: asked for with a day and open sections, handed in again, ended."""

import datetime
import hashlib
import json

import pytest
import time_machine

from offenbach_wir.models import Event, QueuedMail
from programs.models import FundingRate, FundingTerms
from projects.proposals import duties, steps, submission, supplements
from projects.proposals.models import Duty, Proposal
from tests.case_factories import at, make_case, staff
from tests.factories import (
    make_account,
    make_enclosure,
    make_half_line,
    make_income,
    make_member,
    make_terms,
)

from .conftest import page_of, signed_in

NOW = at(2097, 10, 20)
DUE_ON = datetime.date(2097, 11, 3)
ASK = {"message": "Bitte nennen Sie die Ziele genauer.", "due_on": "2097-11-03"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def checked(applicant):
    """A case in the formal check."""
    return make_case("formal_check", applicant=applicant)


@pytest.fixture
def asked(applicant):
    """A case in which the first section is to be supplied until 3 November."""
    return make_case("supplement_requested", applicant=applicant)


def ask(coordinator, proposal, sections=("idee",), **fields):
    path = f"/verwaltung/antraege/{proposal.key}/schritt/request_supplement/"
    sent = ASK | {"sections": list(sections), "seen": proposal.step_number} | fields
    return coordinator.post(path, sent)


def press(client, proposal, seen=None):
    seen = proposal.step_number if seen is None else seen
    return client.post(page_of(proposal, "nachreichen/"), {"seen": seen})


def now_of(proposal):
    return Proposal.objects.get(pk=proposal.pk)


def answer(proposal, text="Alle lesen gern."):
    proposal.answers.filter(question="aims").update(text=text)


# --- Asking -------------------------------------------------------------------------------------
def test_coordination_asks_and_the_case_waits_for_the_organisation(coordinator, checked):
    assert ask(coordinator, checked, ["idee", "anlagen"]).status_code == 302
    case = now_of(checked)
    assert case.state == "supplement_requested"
    assert case.open_sections == {"idee", "anlagen"}
    assert case.due_on == DUE_ON


def test_question_stands_among_the_letters_once(client, coordinator, checked):
    for _n in range(2):
        ask(coordinator, checked)
    [letter] = checked.messages.all()
    assert (letter.is_from_office, letter.text) == (True, ASK["message"])
    assert ASK["message"] in client.get(page_of(checked)).text


def test_mail_says_what_is_needed_until_when_and_which_parts_are_open(coordinator, checked):
    make_member(checked.applicant, user=make_account("grace@example.org"))
    make_member(checked.applicant, "reader")
    ask(coordinator, checked, ["idee", "anlagen"])
    mails = QueuedMail.objects.filter(template="case_supplement", subject_id=checked.pk)
    assert {mail.email.to[0] for mail in mails} == {"ada@example.org", "grace@example.org"}
    text = mails[0].email.message
    assert ASK["message"] in text
    assert "3. November 2097" in text
    assert "Anlagen" in text
    assert not QueuedMail.objects.filter(template="case_step", subject_id=checked.pk).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("message", " "),
        ("message", "x" * 4001),
        ("due_on", "2097-10-20"),
        ("due_on", "2100-01-01"),
        ("due_on", "bald"),
        ("sections", []),
        ("sections", ["geheim"]),
        ("sections", ["zeitplan"]),
        ("sections", ["foerderlinie", "idee"]),
    ],
)
def test_incomplete_question_is_refused_and_keeps_what_was_typed(
    coordinator, checked, field, value
):
    page = ask(coordinator, checked, **{"sections": ["idee"]} | {field: value})
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert now_of(checked).state == "formal_check"
    assert not checked.supplements.exists()
    assert ASK["message"] in page.text or field == "message"


def test_usual_last_day_is_in_two_weeks(coordinator, checked):
    path = f"/verwaltung/antraege/{checked.key}/schritt/request_supplement/"
    form = coordinator.get(path).context["form"]
    assert form["due_on"].value() == DUE_ON


# --- What the organisation sees -----------------------------------------------------------------
def test_overview_says_what_is_asked_until_when_and_leads_to_the_open_parts(client, asked):
    page = client.get(page_of(asked))
    assert "Bitte ergänzen Sie das Ziel." in page.text
    assert "3. November 2097" in page.text
    assert [entry["key"] for entry in page.context["sections"]] == ["idee"]
    assert f'href="{page_of(asked, "idee/")}"' in page.text
    assert f'href="{page_of(asked, "nachreichen/")}"' in page.text
    assert page_of(asked, "partner/") not in page.text


def test_reader_sees_what_is_asked_and_no_way_to_write(asked):
    reader = signed_in(make_member(asked.applicant, "reader"))
    page = reader.get(page_of(asked)).text
    assert "Bitte ergänzen Sie das Ziel." in page
    assert page_of(asked, "idee/") not in page
    assert reader.get(page_of(asked, "nachreichen/")).status_code == 403
    assert press(reader, asked).status_code == 403


def test_stranger_finds_nothing(asked):
    stranger = signed_in(make_account())
    assert stranger.get(page_of(asked, "nachreichen/")).status_code == 404


def test_draft_is_handed_in_the_usual_way(client, proposal):
    assert client.get(page_of(proposal, "nachreichen/"))["Location"] == page_of(
        proposal, "pruefen/"
    )


# --- Handing in again ---------------------------------------------------------------------------
def test_difference_is_shown_before_handing_in(client, asked):
    answer(asked)
    page = client.get(page_of(asked, "nachreichen/"))
    assert [change.code for change in page.context["differences"].answers] == ["de"]
    assert "Alle lesen gern." in page.text


def test_looking_at_it_hands_nothing_in(client, asked):
    client.get(page_of(asked, "nachreichen/"))
    assert now_of(asked).state == "supplement_requested"


def test_supplement_is_the_next_version_and_the_check_goes_on(client, asked):
    answer(asked)
    assert press(client, asked)["Location"] == page_of(asked, "quittung/")
    case = now_of(asked)
    first, second = case.versions.order_by("number")
    assert (case.state, second.number) == ("formal_check", 2)
    assert json.loads(second.content)["answers"]["aims"]["text"] == "Alle lesen gern."
    assert json.loads(first.content)["answers"]["aims"]["text"] == "Antwort: aims"
    assert hashlib.sha256(second.content.encode()).hexdigest() == second.checksum
    request = case.supplements.get()
    assert (request.version, request.ended_at) == (second, NOW)
    assert case.open_sections == set()


def test_first_day_and_reference_stay(client, asked):
    press(client, asked)
    case = now_of(asked)
    assert (case.reference, case.submitted_at) == (asked.reference, asked.submitted_at)


def test_step_is_recorded_with_version_and_checksum(client, asked):
    press(client, asked)
    event = steps.last_of(asked)
    version = asked.versions.first()
    assert event.kind == Event.Kind.CASE_STEP
    assert event.detail["step"] == "hand_in_supplement"
    assert (event.detail["version"], event.detail["checksum"]) == (2, version.checksum)
    assert event.detail["late"] is False


def test_receipt_goes_to_all_who_write_and_the_office_hears_of_it(client, asked):
    make_member(asked.applicant, user=make_account("grace@example.org"))
    QueuedMail.objects.all().delete()
    press(client, asked)
    mails = QueuedMail.objects.filter(subject_id=asked.pk)
    receipts = [mail for mail in mails if mail.template == "proposal_received"]
    assert {mail.email.to[0] for mail in receipts} == {"ada@example.org", "grace@example.org"}
    assert asked.versions.first().checksum in receipts[0].email.message
    assert [mail.template for mail in mails if mail not in receipts] == ["case_step_to_office"]


def test_receipt_shows_what_is_different_and_leads_to_the_earlier_version(client, asked):
    answer(asked)
    press(client, asked)
    page = client.get(page_of(asked, "quittung/"))
    assert [change.code for change in page.context["differences"].answers] == ["de"]
    earlier = client.get(page_of(asked, "quittung/1/"))
    assert "Antwort: aims" in earlier.text
    assert "Alle lesen gern." not in earlier.text
    assert client.get(page_of(asked, "quittung/3/")).status_code == 404
    assert b"".join(client.get(page_of(asked, "quittung/1/alles.zip"))).startswith(b"PK")


def test_duty_of_the_organisation_is_done_with_it(client, asked):
    duty = asked.duties.open().get()
    assert (duty.kind, duty.who, duty.due_on) == (Duty.Kind.SUPPLEMENT, "writers", DUE_ON)
    press(client, asked)
    assert not asked.duties.open().filter(kind=Duty.Kind.SUPPLEMENT).exists()


def test_what_is_missing_is_told_and_nothing_is_handed_in(client, asked):
    answer(asked, " ")
    page = press(client, asked)
    assert page.status_code == 422
    assert [gap.field for gap, _address in page.context["gaps"]] == ["id_aims"]
    assert f'href="{page_of(asked, "idee/")}#id_aims"' in page.text
    assert (now_of(asked).state, asked.versions.count()) == ("supplement_requested", 1)


def test_gap_in_a_closed_part_is_told_and_hinders_nobody(client, asked):
    asked.answers.filter(question="partners").update(text="")
    page = client.get(page_of(asked, "nachreichen/"))
    assert [gap.field for gap in page.context["elsewhere"]] == ["id_partners"]
    assert press(client, asked).status_code == 302


def test_pressing_twice_makes_one_version(client, asked):
    for _n in range(2):
        assert press(client, asked).status_code == 302
    assert asked.versions.count() == 2


def test_second_person_is_told_who_was_faster(client, asked):
    colleague = signed_in(make_member(asked.applicant))
    press(client, asked)
    page = press(colleague, asked)
    assert page.status_code == 409
    assert "Fall ist inzwischen weiter" in page.text or page.context["stale"]
    assert asked.versions.count() == 2


def test_late_supplement_is_taken_with_a_remark(client, asked):
    asked.supplements.update(due_on=datetime.date(2097, 10, 19))
    assert client.get(page_of(asked, "nachreichen/")).context["is_late"]
    assert press(client, asked).status_code == 302
    assert steps.last_of(asked).detail["late"] is True


def test_last_day_itself_is_not_late(client, asked):
    asked.supplements.update(due_on=NOW.date())
    assert not client.get(page_of(asked, "nachreichen/")).context["is_late"]


@pytest.mark.parametrize("key", ["end_supplement", "withdraw"])
def test_what_has_ended_meanwhile_is_explained(client, asked, key):
    user = staff() if key == "end_supplement" else asked.applicant.owner
    steps.take(key, asked, user=user, reason="Es reicht so.")
    page = press(client, asked)
    assert (page.status_code, page.context["stale"] is not None) == (409, True)
    assert client.get(page_of(asked, "nachreichen/")).status_code == 409
    assert asked.versions.count() == 1
    assert asked.supplements.get().ended_at is not None
    assert asked.supplements.get().version is None


def test_locked_case_is_explained(client, asked):
    Proposal.objects.filter(pk=asked.pk).update(locked_because="Prüfung läuft.")
    page = press(client, asked)
    assert (page.status_code, now_of(asked).state) == (422, "supplement_requested")
    assert page.context["form"].non_field_errors()
    assert "Prüfung läuft." not in page.text
    assert page_of(asked, "nachreichen/") not in client.get(page_of(asked)).text


def test_after_the_end_the_city_can_ask_again(coordinator, asked):
    submission.hand_in_supplement(asked, user=asked.applicant.owner)
    case = now_of(asked)
    assert ask(coordinator, case, ["partner"]).status_code == 302
    assert now_of(asked).open_sections == {"partner"}


# --- Rates and files ----------------------------------------------------------------------------
def worse_terms(line):
    """From now on the line pays a tenth only."""
    FundingTerms.objects.filter(line=line).update(valid_to=datetime.date(2090, 1, 1))
    terms = make_terms(
        line, datetime.date(2090, 1, 2), financing_type="pro_rata", figures_confirmed=True
    )
    FundingRate.objects.create(terms=terms, kind=FundingRate.Kind.SHARE, percent=10)
    return terms


def test_case_keeps_the_rate_of_the_day_it_was_handed_in(client, applicant):
    case = make_case("supplement_requested", applicant=applicant)
    case.supplements.update(sections=["kosten"])
    worse_terms(case.funding_line)
    page = client.get(page_of(case, "kosten/"))
    assert page.context["result"].allowed_share == 500
    press(client, case)
    version = case.versions.first()
    assert (version.number, version.data["plan"]["result"]["allowed_share"]) == (2, "500.00")
    assert now_of(case).terms == case.terms


def test_another_line_brings_its_own_terms(client, asked):
    asked.supplements.update(sections=["foerderlinie", "kosten"])
    line = make_half_line("Andere Linie")
    Proposal.objects.filter(pk=asked.pk).update(funding_line=line)
    press(client, asked)
    assert now_of(asked).terms == line.terms.get()


def test_plan_out_of_balance_is_not_handed_in(client, asked):
    asked.supplements.update(sections=["kosten"])
    make_income(asked, 1)
    assert press(client, asked).status_code == 422


def test_file_that_an_earlier_version_names_is_never_lost(client, applicant):
    whole = make_case("draft", applicant=applicant)
    row = make_enclosure(whole, "Zeitplan.png")
    submission.hand_in(whole, user=applicant.owner, now=NOW)
    steps.take("begin_check", whole, user=staff())
    case = now_of(whole)
    ask_for_files(case)
    assert client.post(page_of(case, f"anlagen/{row.key}/entfernen/"), {"ok": "1"}).status_code
    row.refresh_from_db()
    assert row.removed_at is not None
    assert row.file.storage.exists(row.file.name)
    press(client, now_of(case))
    first, second = case.versions.order_by("number")
    assert [file["key"] for file in first.data["enclosures"]] == [row.key]
    assert second.data["enclosures"] == []
    assert b"".join(client.get(page_of(case, f"anlagen/{row.key}/")))


def ask_for_files(case):
    def work(locked, now):
        supplements.ask(
            locked, message="Ein Blatt fehlt.", due_on=DUE_ON, sections=["anlagen"], user=staff()
        )

    steps.take("request_supplement", case, user=staff(), work=work)


def test_removed_file_of_no_version_is_found_by_nobody(client, asked):
    row = make_enclosure(asked)
    asked.supplements.update(sections=["anlagen"])
    client.post(page_of(asked, f"anlagen/{row.key}/entfernen/"), {"ok": "1"})
    assert client.get(page_of(asked, f"anlagen/{row.key}/")).status_code == 404


def test_queue_shows_the_day_of_the_supplement(asked):
    duties.refresh(asked)
    assert now_of(asked).due_on == DUE_ON
