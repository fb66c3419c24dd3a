"""A supplement that ends without being handed in: the proposal goes back to what the city has, and
the organisation can still read what it wrote.
"""

import datetime

import pytest
import time_machine

from offenbach_wir import event_words, retention
from offenbach_wir.models import QueuedMail
from programs.models import EnclosureKind, FundingRate
from projects.models import District
from projects.proposals import differences, restoring, snapshot, steps, submission, supplements
from projects.proposals import whole as wholes
from projects.proposals.models import Paper, PlannedUnits, Proposal
from projects.proposals.questions import SectionKey
from tests.case_factories import at, make_case, staff
from tests.factories import (
    make_account,
    make_enclosure,
    make_half_line,
    make_income,
    make_member,
)

from .conftest import page_of, signed_in
from .test_office import case_of

NOW = at(2097, 10, 20)
LAST_DAY = "19. November 2097"
ALL = [key.value for key in SectionKey]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def asked(applicant):
    """A case with a file, in which everything is open."""
    draft = make_case("draft", applicant=applicant)
    make_enclosure(draft, "Zeitplan.png")
    submission.hand_in(draft, user=applicant.owner, now=NOW)
    steps.take("begin_check", draft, user=staff())
    ask(draft)
    return now_of(draft)


def ask(case, sections=ALL):
    def work(locked, now):
        supplements.ask(
            locked,
            message="Bitte ergänzen Sie das Ziel.",
            due_on=datetime.date(2097, 11, 3),
            sections=list(sections),
            user=staff(),
        )

    steps.take("request_supplement", case, user=staff(), work=work)


def go_on_without(case):
    steps.take("end_supplement", case, user=staff(), reason="Die Frist ist vorbei.")
    return now_of(case)


def now_of(case):
    return Proposal.objects.get(pk=case.pk)


def unsent_page(case):
    return page_of(case, f"nicht-eingereicht/{case.supplements.last().pk}/")


def difference(case):
    """What a person who looks at the supplement sees as changed."""
    return differences.between(case.versions.first().data, snapshot.of(wholes.read(case)))


def answer(case, text="Alle lesen gern."):
    case.answers.filter(question="aims").update(text=text)


# --- Back to what the city has ------------------------------------------------------------------
def write_an_answer(case):
    answer(case)


def write_a_new_answer(case):
    case.answers.filter(question="other_funding").delete()
    case.answers.create(question="other_funding", text="Bei der Sparkasse.")


def change_columns(case):
    Proposal.objects.filter(pk=case.pk).update(
        title="Anders",
        participants=7,
        starts_on=datetime.date(2098, 5, 1),
        ends_on=datetime.date(2099, 1, 31),
        wants_early_start=True,
        place="Hafen",
        declared=[],
    )


def change_lists(case):
    case.districts.set(District.objects.all()[1:3])
    case.target_groups.clear()


def give_paper(applicant):
    Paper.objects.create(
        applicant=applicant,
        kind=EnclosureKind.objects.filter(belongs_to_organisation=True).first(),
        file="enclosures/satzung.pdf",
        name="Satzung.pdf",
        extension="pdf",
        content_type="application/pdf",
        size=9,
        sha256="0" * 64,
        scan="clean",
    )


def change_the_line(case):
    Proposal.objects.filter(pk=case.pk).update(funding_line=make_half_line("Andere Linie"))


def change_the_plan(case):
    case.costitems.update(unit_amount="1.23", description="Bus")
    make_income(case, 12)


def empty_the_plan(case):
    case.costitems.all().delete()
    case.incomeitems.all().delete()


def add_a_file(case):
    make_enclosure(case, "Nachtrag.png")


def remove_the_file(case):
    case.enclosures.update(removed_at=NOW, removed_by=case.applicant.owner)


CHANGES = [
    *(write_an_answer, write_a_new_answer, change_columns, change_lists, change_the_line),
    *(change_the_plan, empty_the_plan, add_a_file, remove_the_file),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_proposal_says_again_what_was_handed_in(asked, change):
    change(asked)
    assert not difference(now_of(asked)).is_empty
    case = go_on_without(asked)
    assert difference(case).is_empty
    assert case.supplements.get().unsent


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_later_supplement_begins_without_a_difference(client, asked, change):
    change(asked)
    case = go_on_without(asked)
    ask(case)
    page = client.get(page_of(case, "nachreichen/"))
    assert page.context["differences"].is_empty
    assert not page.context["gaps"]


def test_planned_units_are_back(asked):
    rate = FundingRate.objects.create(
        terms=asked.terms, kind=FundingRate.Kind.PER_UNIT, amount=10, position=9
    )
    planned = PlannedUnits.objects.create(proposal=asked, rate=rate, units=36, people=12)
    data = snapshot.of(wholes.read(asked))
    planned.delete()
    restoring.restore(asked, data, [SectionKey.COSTS], user=staff(), now=NOW)
    [row] = asked.planned_units.all()
    assert (row.rate, row.units, row.people) == (rate, 36, 12)


def test_withdrawn_in_between_the_proposal_says_what_was_handed_in(asked):
    answer(asked)
    steps.take("withdraw", asked, user=asked.applicant.owner)
    assert difference(now_of(asked)).is_empty
    assert asked.supplements.get().unsent


def test_what_is_handed_in_is_not_laid_aside(client, asked):
    answer(asked)
    submission.hand_in_supplement(asked, user=asked.applicant.owner)
    assert asked.versions.first().data["answers"]["aims"]["text"] == "Alle lesen gern."
    assert now_of(asked).answers.get(question="aims").text == "Alle lesen gern."
    assert asked.supplements.get().unsent == ""


def test_whom_to_ask_stays_as_it_was_corrected(asked):
    Proposal.objects.filter(pk=asked.pk).update(contact_name="Grace Hopper")
    answer(asked)
    assert go_on_without(asked).contact_name == "Grace Hopper"


def test_form_that_was_still_open_does_not_write_over_it(client, asked):
    answer(asked, "Halb fertig.")
    page = client.get(page_of(asked, "idee/"))
    form = page.context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"aims": "Ganz neu."}
    case = go_on_without(asked)
    ask(case)
    page = client.post(page_of(case, "idee/"), typed)
    assert page.status_code == 409
    assert "Ganz neu." in page.text
    assert case.answers.get(question="aims").text == "Antwort: aims"


# --- What the organisation wrote stays readable -------------------------------------------------
def test_organisation_reads_what_it_had_written(client, asked):
    answer(asked)
    case = go_on_without(asked)
    overview = client.get(page_of(case)).text
    assert f'href="{unsent_page(case)}"' in overview
    assert LAST_DAY in overview
    page = client.get(unsent_page(case))
    assert "Alle lesen gern." in page.text
    assert LAST_DAY in page.text
    assert [change.code for change in page.context["differences"].answers] == ["de"]


def test_file_that_was_added_can_still_be_taken_along(client, asked):
    add_a_file(asked)
    case = go_on_without(asked)
    row = case.enclosures.get(name="Nachtrag.png")
    assert row.removed_at is not None
    address = page_of(case, f"anlagen/{row.key}/")
    assert f'href="{address}"' in client.get(unsent_page(case)).text
    assert b"".join(client.get(address))


def test_file_is_found_by_nobody_once_the_changes_are_gone(asked, clock):
    add_a_file(asked)
    case = go_on_without(asked)
    row = case.enclosures.get(name="Nachtrag.png")
    clock.shift(datetime.timedelta(days=31))
    member = signed_in(case.applicant.owner)
    assert member.get(page_of(case, f"anlagen/{row.key}/")).status_code == 404


def test_mail_says_that_changes_were_laid_aside_and_until_when(asked):
    answer(asked)
    QueuedMail.objects.all().delete()
    go_on_without(asked)
    mail = QueuedMail.objects.get(template="case_step", subject_id=asked.pk)
    assert LAST_DAY in mail.email.message


def test_without_changes_nothing_is_laid_aside_or_said(client, asked):
    QueuedMail.objects.all().delete()
    case = go_on_without(asked)
    assert case.supplements.get().unsent == ""
    assert "nicht-eingereicht" not in client.get(page_of(case)).text
    assert client.get(unsent_page(case)).status_code == 404
    mail = QueuedMail.objects.get(template="case_step", subject_id=asked.pk)
    assert LAST_DAY not in mail.email.message


def test_papers_and_profile_of_the_organisation_count_as_no_change(asked):
    give_paper(asked.applicant)
    asked.applicant.website = "https://neu.example.org"
    asked.applicant.save()
    assert go_on_without(asked).supplements.get().unsent == ""


def test_step_records_that_something_was_laid_aside(asked):
    answer(asked)
    go_on_without(asked)
    event = steps.last_of(asked)
    assert event.detail["unsent"] is True
    assert "unsent" not in event_words.details(event)


def test_later_version_changes_nothing_about_what_was_unsent(client, asked):
    answer(asked)
    case = go_on_without(asked)
    page = unsent_page(case)
    ask(case)
    answer(case, "Noch einmal anders.")
    submission.hand_in_supplement(now_of(case), user=case.applicant.owner)
    shown = client.get(page)
    assert "Alle lesen gern." in shown.text
    assert "Noch einmal anders." not in shown.text


# --- For whom, and how long ---------------------------------------------------------------------
def test_members_read_it_and_others_do_not(asked):
    answer(asked)
    case = go_on_without(asked)
    reader = signed_in(make_member(case.applicant, "reader"))
    assert reader.get(unsent_page(case)).status_code == 200
    assert signed_in(make_account()).get(unsent_page(case)).status_code == 404
    other = make_case("submitted")
    path = page_of(other, f"nicht-eingereicht/{case.supplements.get().pk}/")
    assert signed_in(other.applicant.owner).get(path).status_code == 404


def test_city_never_reads_it(coordinator, asked):
    answer(asked, "Das geht nur uns an.")
    add_a_file(asked)
    case = go_on_without(asked)
    row = case.enclosures.get(name="Nachtrag.png")
    for page in ("", "verlauf/", "fassungen/"):
        text = coordinator.get(case_of(case, page)).text
        assert "Das geht nur uns an." not in text
        assert "Nachtrag.png" not in text
    file = b"".join(coordinator.get(case_of(case, "akte.zip")))
    assert b"Das geht nur uns an." not in file
    assert coordinator.get(case_of(case, f"dateien/{row.key}/")).status_code == 404


def test_it_goes_after_its_time_with_its_files(asked, clock):
    answer(asked)
    add_a_file(asked)
    case = go_on_without(asked)
    row = case.enclosures.get(name="Nachtrag.png")
    clock.shift(datetime.timedelta(days=29))
    retention.run()
    assert case.supplements.get().unsent
    clock.shift(datetime.timedelta(days=2))
    retention.run()
    assert case.supplements.get().unsent == ""
    assert not case.enclosures.filter(pk=row.pk).exists()
    assert case.enclosures.filter(name="Zeitplan.png").exists()


def test_rows_of_others_are_left_alone(asked):
    other = make_case("supplement_requested")
    answer(other, "Unser Ziel.")
    answer(asked)
    go_on_without(asked)
    assert other.answers.get(question="aims").text == "Unser Ziel."
