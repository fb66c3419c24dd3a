"""Doing the same to many cases: choose, read what will happen, confirm."""

import pytest
from django.test import Client

from offenbach_wir.models import Event, User
from offenbach_wir.roles import ROLES
from projects.proposals import looking_after, steps
from projects.proposals.models import CaseLabel, Proposal
from projects.proposals.office import bulk_form
from projects.proposals.office.bulk_form import chosen_as
from tests.accounts.conftest import make_user
from tests.factories import make_submitted_proposal

LIST = "/verwaltung/antraege/"
PREVIEW, CONFIRM = f"{LIST}gemeinsam/", f"{LIST}gemeinsam/tun/"


@pytest.fixture
def me(db):
    return User.objects.get(email=ROLES["coordinator"].demo_email)


@pytest.fixture
def office(me):
    client = Client()
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    return client


@pytest.fixture
def kim(db):
    return make_user("kim@example.org", "coordinator", name="Kim Beispiel")


@pytest.fixture
def label(db):
    return CaseLabel.objects.create(name="Eilt")


def sent(action, *cases, **more):
    return {"action": action, "chosen": [chosen_as(case) for case in cases], "back": ""} | more


def now(case):
    return Proposal.objects.get(pk=case.pk)


def test_preview_names_what_will_happen_and_what_is_left_out_and_writes_nothing(office):
    case, closed = make_submitted_proposal(), make_submitted_proposal(state="closed")
    page = office.post(PREVIEW, sent("begin_check", case, closed))
    assert [row for row, _value in page.context["can"]] == [case]
    assert [row for row, _reason in page.context["cannot"]] == [closed]
    assert now(case).state == "submitted"


def test_confirmed_check_begins_for_each(office, me):
    cases = [make_submitted_proposal() for _n in range(3)]
    answer = office.post(CONFIRM, sent("begin_check", *cases, back="show=new"))
    assert answer["Location"] == f"{LIST}?show=new"
    assert {now(case).state for case in cases} == {"formal_check"}


def test_case_that_went_on_between_preview_and_confirming_stays(office, me):
    case, other = make_submitted_proposal(), make_submitted_proposal()
    form = sent("begin_check", case, other)
    steps.take("begin_check", case, user=me)
    steps.take("check_again", _reviewed(case), user=me, reason="Noch einmal")
    office.post(CONFIRM, form)
    assert now(other).state == "formal_check"
    assert now(case).step_number == 2


def _reviewed(case):
    Proposal.objects.filter(pk=case.pk).update(state="reviewed")
    return case


def test_confirming_twice_does_it_once(office):
    case = make_submitted_proposal()
    form = sent("begin_check", case)
    office.post(CONFIRM, form)
    office.post(CONFIRM, form)
    assert now(case).step_number == 1


def test_locked_case_is_left_out(office):
    case = make_submitted_proposal(locked_because="Prüfung")
    page = office.post(PREVIEW, sent("begin_check", case))
    assert "Prüfung" in page.context["cannot"][0][1]
    office.post(CONFIRM, sent("begin_check", case))
    assert now(case).state == "submitted"


def test_cases_are_given_to_a_colleague(office, kim):
    cases = [make_submitted_proposal() for _n in range(2)]
    office.post(CONFIRM, sent(f"assign:{kim.pk}", *cases))
    assert {now(case).assignee for case in cases} == {kim}


def test_case_taken_by_somebody_else_meanwhile_stays_theirs(office, me, kim):
    case = make_submitted_proposal()
    form = sent(f"assign:{kim.pk}", case)
    looking_after.assign(case, me, by=me, seen=None)
    office.post(CONFIRM, form)
    assert now(case).assignee == me


def test_cases_are_given_to_nobody(office, kim):
    case = make_submitted_proposal(assignee=kim)
    office.post(CONFIRM, sent("assign:0", case))
    assert now(case).assignee is None


def test_label_is_added_and_removed(office, label):
    bare, labelled = make_submitted_proposal(), make_submitted_proposal()
    labelled.labels.add(label)
    page = office.post(PREVIEW, sent(f"label:{label.pk}", bare, labelled))
    assert len(page.context["cannot"]) == 1
    office.post(CONFIRM, sent(f"label:{label.pk}", bare, labelled))
    assert set(label.proposals.all()) == {bare, labelled}
    office.post(CONFIRM, sent(f"unlabel:{label.pk}", bare, labelled))
    assert not label.proposals.exists()
    assert Event.objects.filter(kind=Event.Kind.CASE_CHANGED).count() == 3


def test_all_hits_of_the_list_are_taken_without_ticking_each(office, label):
    wanted = [make_submitted_proposal(title="Wort") for _n in range(3)]
    make_submitted_proposal(title="Anderes")
    form = sent(f"label:{label.pk}", everything="on", back="show=all&q=wort")
    page = office.post(PREVIEW, form)
    assert {row for row, _value in page.context["can"]} == set(wanted)


def test_too_many_at_once_are_refused(office, label, monkeypatch):
    monkeypatch.setattr("projects.proposals.office.bulk.MOST_CASES", 2)
    cases = [make_submitted_proposal() for _n in range(3)]
    for form in (sent(f"label:{label.pk}", *cases), sent(f"label:{label.pk}", everything="on")):
        page = office.post(PREVIEW, form)
        assert page.status_code == 422
        assert "2" in page.context["bulk"].non_field_errors()[0]
    assert bulk_form.MOST_CASES == 200


@pytest.mark.parametrize(
    "form",
    [
        {"action": "begin_check"},
        {"action": ""},
        {"action": "assign:999999"},
        {"action": "label:x"},
        {"action": "begin_check", "chosen": ["x", "\x00", "a:1:2", "9" * 5000]},
        {"action": "begin_check", "back": "page=x&label=999&%00=%00"},
    ],
)
@pytest.mark.parametrize("path", [PREVIEW, CONFIRM])
def test_odd_form_changes_nothing_and_is_no_error(office, form, path):
    case = make_submitted_proposal()
    assert office.post(path, form).status_code in (302, 422)
    assert now(case).step_number == 0


def test_refused_form_keeps_what_was_ticked(office):
    case = make_submitted_proposal()
    page = office.post(PREVIEW, sent("", case))
    assert page.status_code == 422
    assert f'value="{chosen_as(case)}"' in page.text
    assert " checked" in page.text


def test_draft_nobody_shared_is_not_reached(office, label):
    draft = make_submitted_proposal(state="draft", reference=None, submitted_at=None)
    page = office.post(PREVIEW, sent(f"label:{label.pk}", draft))
    assert page.context["can"] == page.context["cannot"] == []
    office.post(CONFIRM, sent(f"label:{label.pk}", draft))
    assert not label.proposals.exists()


def test_reader_changes_nothing(db, label):
    case, client = make_submitted_proposal(), Client()
    client.post("/de/demo/assessor/einsteigen/", {"ok": "1"})
    for path in (PREVIEW, CONFIRM):
        assert client.post(path, sent(f"label:{label.pk}", case)).status_code == 403
    assert "gemeinsam" not in client.get(LIST, {"show": "all"}).text
