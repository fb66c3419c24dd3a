"""The queue of cases: its questions, filters and search, the panels that lead to it, its table."""

import datetime
import io

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from offenbach_wir import todo
from offenbach_wir.models import Event, QueuedMail, User
from offenbach_wir.roles import ROLES
from projects.proposals import looking_after, messaging, steps
from projects.proposals.literal_search import patterns
from projects.proposals.models import (
    CaseLabel,
    Criterion,
    Decision,
    Duty,
    Proposal,
    Substitution,
)
from tests.accounts.conftest import make_user
from tests.case_factories import make_score
from tests.factories import make_applicant, make_proposal, make_submitted_proposal

LIST = "/verwaltung/antraege/"
# A Wednesday.
TODAY = datetime.date(2027, 3, 10)
NOON = datetime.datetime(2027, 3, 10, 12, tzinfo=datetime.UTC)
SEARCHED = {"q": "wort", "show": "all", "state": "submitted", "sort": "organisation"}


@pytest.fixture(autouse=True)
def today(db):
    with time_machine.travel(NOON, tick=False):
        yield


def stepped_in(role):
    client = Client()
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})
    return client


def person(role):
    return User.objects.get(email=ROLES[role].demo_email)


@pytest.fixture
def me(today):
    return person("coordinator")


@pytest.fixture
def office(me):
    return stepped_in("coordinator")


@pytest.fixture
def kim(today):
    return make_user("kim@example.org", "coordinator", name="Kim Beispiel")


def make_case(**fields):
    return make_submitted_proposal(**fields)


def listed(client, **query):
    page = client.get(LIST, query)
    assert page.status_code == 200
    return set(page.context["page"].object_list)


def decide(proposal, by):
    return Decision.objects.create(
        proposal=proposal, kind="rejection", decided_on=TODAY, reasons="Nein", prepared_by=by
    )


# --- Questions ----------------------------------------------------------------------------------
def test_what_needs_doing_now_is_mine_or_nobodys_and_waits_for_the_city(office, me, kim):
    mine = make_case(assignee=me, state="reviewed")
    nobodys = make_case()
    make_case(assignee=kim)
    make_case(assignee=me, state="handed_over")
    make_case(assignee=me, state="supplement_requested", due_on=TODAY)
    make_case(assignee=me, state="closed")
    assert listed(office) == {mine, nobodys}


def test_what_an_organisation_is_late_with_needs_doing_too(office, me):
    late = make_case(
        assignee=me, state="supplement_requested", due_on=TODAY - datetime.timedelta(days=1)
    )
    assert listed(office) == {late}


def test_notice_of_a_change_brings_a_running_case_back_to_its_colleague(office, me):
    running = make_case(assignee=me, state="running")
    assert listed(office) == set()
    Duty.objects.create(proposal=running, kind="change", who="office", due_on=TODAY)
    assert listed(office) == {running}


def test_cases_of_somebody_i_stand_in_for_today_are_among_mine(office, me, kim):
    kims = make_case(assignee=kim)
    row = Substitution.objects.create(absent=kim, substitute=me, starts_on=TODAY, ends_on=TODAY)
    assert listed(office, show="mine") == {kims}
    assert "Kim Beispiel" in office.get(LIST).text
    row.starts_on = row.ends_on = TODAY - datetime.timedelta(days=1)
    row.save()
    assert listed(office, show="mine") == set()


@pytest.mark.parametrize("leaves", ["deactivated", "role", "deleted"])
def test_case_of_a_colleague_who_has_left_is_nobodys(office, kim, leaves):
    case = make_case(assignee=kim)
    assert listed(office, show="unassigned") == set()
    if leaves == "deactivated":
        User.objects.filter(pk=kim.pk).update(is_active=False)
    elif leaves == "role":
        kim.groups.clear()
    else:
        kim.delete()
    assert listed(office, show="unassigned") == {case}
    page = office.get(LIST)
    assert page.context["lines"][0].has_left == (leaves != "deleted")
    assert ("Kim Beispiel" in page.text) == (leaves != "deleted")


@pytest.mark.parametrize(
    ("due_on", "questions"),
    [
        (datetime.date(2027, 3, 9), {"overdue"}),
        (TODAY, {"week"}),
        (datetime.date(2027, 3, 14), {"week"}),
        (datetime.date(2027, 3, 15), set()),
        (None, set()),
    ],
)
def test_this_week_ends_on_sunday_and_yesterday_is_overdue(office, due_on, questions):
    case = make_case(due_on=due_on)
    assert {show for show in ("overdue", "week") if case in listed(office, show=show)} == questions


def test_closed_case_is_never_overdue(office):
    make_case(state="closed", due_on=datetime.date(2027, 1, 1))
    assert listed(office, show="overdue") == set()
    assert office.get(LIST, {"show": "all"}).context["lines"][0].days_late == 0


def test_list_says_in_words_for_how_many_days_something_is_overdue(office):
    make_case(due_on=TODAY - datetime.timedelta(days=3))
    assert office.get(LIST).context["lines"][0].days_late == 3


def test_decision_waits_for_everybody_but_who_prepared_it(me, kim):
    case = make_case(state="decided_by_city", assignee=me)
    decide(case, me)
    assert listed(stepped_in("approver")) == {case}
    assert listed(stepped_in("approver"), show="confirm") == {case}
    assert listed(stepped_in("coordinator"), show="confirm") == set()
    assert listed(stepped_in("coordinator")) == set()
    assert listed(stepped_in("assessor"), show="confirm") == set()


def test_declared_conflict_takes_a_decision_off_my_list(me):
    case = make_case(state="decided_by_city")
    decide(case, me)
    case.conflict_declarations.create(person=person("approver"), has_conflict=True)
    assert listed(stepped_in("approver"), show="confirm") == set()


def test_assessor_sees_what_is_not_scored_by_every_criterion_yet(today):
    checked = make_case(state="formal_check")
    make_case(state="approved")
    criteria = [*Criterion.objects.filter(is_in_use=True, funding_line=None)]
    for criterion in criteria:
        assert listed(stepped_in("assessor")) == {checked}
        make_score(checked, criterion=criterion, assessor=person("assessor"))
    assert listed(stepped_in("assessor")) == set()


def test_assessor_is_told_of_it_on_the_start_page(today):
    make_case(state="formal_check")
    keys = [e.panel.key for e in todo.entries_for(person("assessor"))]
    assert keys == ["cases_to_assess"]


def test_each_question_finds_its_cases(office, me):
    rows = {
        "locked": make_case(locked_because="Rechnungsprüfung"),
        "writers": make_case(state="approved"),
        "authority": make_case(state="handed_over"),
        "withdrawn": make_case(state="withdrawn", withdrawn_at=NOON),
        "shared": make_proposal(shared_until=NOON + datetime.timedelta(days=1)),
        "followed": make_case(state="closed"),
    }
    rows["followed"].followers.add(me)
    for show, case in rows.items():
        assert listed(office, show=show) == {case}, show


# --- Filters, search, order ---------------------------------------------------------------------
def test_filters_narrow_each_other(office, me):
    label = CaseLabel.objects.create(name="Eilt")
    wanted = make_case(assignee=me, state="reviewed")
    wanted.labels.add(label)
    make_case(assignee=me).labels.add(label)
    make_case(state="reviewed").labels.add(label)
    found = listed(office, show="all", state="reviewed", label=label.pk, assignee="me", year="2020")
    assert found == {wanted}


def test_label_that_is_gone_is_said_and_nothing_shown(office):
    make_case()
    page = office.get(LIST, {"label": "999"})
    assert list(page.context["page"].object_list) == []
    assert "label" in page.context["form"].errors


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("bürgel", "Buergel"),
        ("buergel", "BÜRGEL"),
        ("burgel", "Bürgel"),
        ("STRASSE", "Straße"),
        ("мир", "МИР"),
        ("50%", "Zu 50% gefördert"),
        ("a_b", "a_b"),
        ("[x", "[x]"),
        ("\\", "a\\b"),
        ("lesen gemeinsam", "Gemeinsam lesen"),
    ],
)
def test_search_ignores_case_and_marks(office, query, text):
    case = make_case(title=text)
    assert listed(office, show="all", q=query) == {case}


@pytest.mark.parametrize("query", ["%", "_", ".*", "a.b", "(?i)x", "***=x"])
def test_search_is_literal(office, query):
    make_case(title="axb", applicant=make_applicant(name="Verein"), reference="R1")
    assert listed(office, show="all", q=query) == set()


def test_search_knows_reference_title_and_organisation_but_no_people(office):
    case = make_case(
        applicant=make_applicant(name="Granatapfel"), reference="WIR-2027-0815", contact_name="Zoe"
    )
    for query in ("wir-2027-0815", "lesen", "granat"):
        assert listed(office, show="all", q=query) == {case}
    assert listed(office, show="all", q="Zoe") == set()


@pytest.mark.parametrize("query", ["\x00", "x" * 5000, "😀", "a " * 300, "‮"])
def test_odd_search_is_no_error(office, query):
    assert office.get(LIST, {"q": query}).status_code == 200


def test_pattern_is_bounded():
    assert len(patterns("wort " * 100)) == 1
    assert len(patterns(" ".join(map(str, range(100))))) <= 8


def test_search_without_hits_offers_all_cases(office):
    make_case(state="closed", title="Verborgen")
    page = office.get(LIST, {"q": "verborgen"})
    assert page.context["everywhere"] == "show=all&q=verborgen"


def test_order_is_by_due_day_then_by_what_was_asked(office):
    late, soon, never = (
        make_case(
            due_on=day,
            applicant=make_applicant(name=name),
            submitted_at=datetime.datetime(2027, 1, n, tzinfo=datetime.UTC),
        )
        for n, (day, name) in enumerate(
            [(datetime.date(2027, 1, 1), "B"), (datetime.date(2027, 9, 1), "C"), (None, "A")], 1
        )
    )

    def order(sort):
        return list(office.get(LIST, {"sort": sort}).context["page"].object_list)

    assert order("") == [late, soon, never]
    assert order("newest") == [never, soon, late]
    assert order("oldest") == [late, soon, never]


def test_list_takes_as_many_queries_for_more_whatever_is_asked(office, me):
    label = CaseLabel.objects.create(name="Eilt")

    def count(query):
        office.get(LIST, query)
        with CaptureQueriesContext(connection) as queries:
            assert office.get(LIST, query).status_code == 200
        return len(queries)

    def add(n):
        for _n in range(n):
            case = make_case(title="Wort", assignee=me, due_on=TODAY)
            case.labels.add(label)
            Duty.objects.create(proposal=case, kind="check", who="office", due_on=TODAY)

    add(1)
    few = count({}), count(SEARCHED)
    add(10)
    assert (count({}), count(SEARCHED)) == few


def test_search_of_the_back_office_finds_cases(office):
    make_case(title="Gemeinsam gärtnern")
    assert "Gemeinsam gärtnern" in office.get("/verwaltung/suche/", {"q": "gartnern"}).text


# --- Panels -------------------------------------------------------------------------------------
def test_each_panel_counts_what_its_list_shows(office, me):
    make_case(due_on=TODAY - datetime.timedelta(days=1), assignee=me, state="reviewed")
    make_case(due_on=TODAY, assignee=me, state="reviewed")
    decide(make_case(state="decided_by_city"), person("approver"))
    asked = make_case()
    messaging.write(asked, "Frage", user=asked.applicant.owner, form_key="a")
    seen = {}
    for entry in todo.entries_for(me):
        if LIST in entry.url:
            seen[entry.panel.key] = entry.count
            assert office.get(entry.url).context["page"].paginator.count == entry.count
    assert seen == {
        "decisions_to_confirm": 1,
        "cases_overdue": 1,
        "cases_due_this_week": 1,
        "proposals_to_answer": 1,
        "proposals_new": 1,
    }


def test_approver_is_told_of_decisions_alone(today):
    make_case(due_on=TODAY)
    decide(make_case(state="decided_by_city"), person("coordinator"))
    keys = [e.panel.key for e in todo.entries_for(person("approver")) if LIST in e.url]
    assert keys == ["decisions_to_confirm"]


# --- Table --------------------------------------------------------------------------------------
def test_table_holds_just_what_the_list_shows_and_is_noted(office, me):
    make_case(title="=1+1", assignee=me, due_on=TODAY)
    make_case(state="closed")
    answer = office.get(f"{LIST}tabelle.csv", {"show": "mine"})
    lines = b"".join(answer).decode().strip().splitlines()
    assert len(lines) == 2
    assert ";'=1+1;" in lines[1]
    assert "10.03.2027" in lines[1]
    event = Event.objects.filter(kind=Event.Kind.EXPORTED).first()
    assert event.detail == {"model": "proposals.proposal", "rows": 1, "format": "csv"}


def test_workbook_holds_days_as_days(office):
    make_case(due_on=TODAY)
    answer = office.get(f"{LIST}tabelle.xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(answer))).active
    assert sheet.max_row == 2
    assert TODAY in [getattr(cell.value, "date", lambda: None)() for cell in sheet[2]]


def test_table_of_a_filter_that_is_not_understood_is_not_there(office):
    assert office.get(f"{LIST}tabelle.csv", {"show": "x"}).status_code == 404


# --- Who looks after a case ---------------------------------------------------------------------
def press(client, case, page, **sent):
    return client.post(f"{LIST}{case.key}/{page}/", {"ok": "1"} | sent)


def assignee_of(case):
    return Proposal.objects.get(pk=case.pk).assignee


def mails(template):
    return list(QueuedMail.objects.filter(template=template).values_list("email__to", flat=True))


def test_colleague_is_given_a_case_and_told(office, kim):
    case = make_case()
    press(office, case, "zuteilen", assignee=kim.pk, seen="")
    assert assignee_of(case) == kim
    assert mails("case_assigned") == [["kim@example.org"]]
    event = Event.objects.about(case).get(kind=Event.Kind.CASE_CHANGED)
    assert event.detail == {"change": "assigned", "person": kim.pk, "before": None}


def test_who_takes_a_case_over_gets_no_mail(office, me):
    case = make_case()
    press(office, case, "uebernehmen", seen="")
    assert assignee_of(case) == me
    assert mails("case_assigned") == []


def test_case_somebody_else_has_taken_meanwhile_stays_theirs(office, kim):
    case = make_case(assignee=kim)
    press(office, case, "uebernehmen", seen="")
    assert assignee_of(case) == kim
    assert not Event.objects.about(case).exists()


def test_giving_twice_gives_once(office, kim):
    case = make_case()
    for _n in range(2):
        press(office, case, "zuteilen", assignee=kim.pk, seen="")
    assert len(mails("case_assigned")) == 1


@pytest.mark.parametrize("who", ["deactivated", "assessor", "unknown", "x"])
def test_case_goes_to_nobody_who_does_not_look_after_cases(office, kim, who):
    case = make_case()
    User.objects.filter(pk=kim.pk).update(is_active=False)
    keys = {"deactivated": kim.pk, "assessor": person("assessor").pk, "unknown": 10**12}
    assert press(office, case, "zuteilen", assignee=keys.get(who, who), seen="").status_code == 302
    assert assignee_of(case) is None


@pytest.mark.parametrize("fields", [{"state": "closed"}, {"state": "rejected"}])
def test_closed_case_is_given_to_nobody(office, fields):
    case = make_case(**fields)
    press(office, case, "uebernehmen", seen="")
    assert assignee_of(case) is None


def test_follower_hears_of_each_step_but_not_of_their_own(office, me, kim):
    case = make_case()
    looking_after.follow(case, kim)
    press(office, case, "folgen")
    press(office, case, "folgen")
    steps.take("begin_check", case, user=me)
    assert mails("case_followed") == [["kim@example.org"]]


def test_follower_who_may_no_longer_read_hears_nothing(me, kim):
    case = make_case()
    looking_after.follow(case, kim)
    kim.groups.clear()
    steps.take("begin_check", case, user=me)
    assert mails("case_followed") == []


def test_following_ends(office, me):
    case = make_case()
    press(office, case, "folgen")
    press(office, case, "nicht-mehr-folgen")
    assert not case.followers.exists()
    assert Event.objects.about(case).count() == 2


def test_labels_of_two_colleagues_do_not_undo_each_other(office):
    case = make_case()
    old, mine, theirs = (CaseLabel.objects.create(name=name) for name in "abc")
    case.labels.add(old, theirs)
    press(office, case, "kennzeichen", labels=[mine.pk], seen=str(old.pk))
    assert set(case.labels.all()) == {mine, theirs}
    event = Event.objects.about(case).get()
    assert event.detail["labels_added"] == [mine.pk]
    assert event.detail["labels_removed"] == [old.pk]


def test_assessor_follows_but_gives_nothing(kim):
    case, assessor = make_case(), stepped_in("assessor")
    assert press(assessor, case, "folgen").status_code == 302
    for page in ("zuteilen", "uebernehmen", "kennzeichen"):
        assert press(assessor, case, page).status_code == 403
    with pytest.raises(PermissionDenied):
        steps.take("begin_check", case, user=person("assessor"))


def test_page_of_the_case_says_who_looks_after_it(office, kim):
    case = make_case(assignee=kim)
    page = office.get(f"{LIST}{case.key}/")
    assert page.context["desk"].may_change
    assert "Kim Beispiel" in page.text
