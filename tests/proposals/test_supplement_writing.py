"""In a supplement the named sections are open in every way, and all others are closed."""

import pytest

from projects.proposals import saving, steps
from projects.proposals.models import Enclosure, Proposal
from projects.proposals.questions import SectionKey
from tests.case_factories import make_case, staff
from tests.factories import make_enclosure, make_income, make_member, make_proposal

from .conftest import Writer, fields_of, page_of, signed_in
from .test_enclosures import png, upload
from .test_plan import cost
from .test_signed_out import WORDS

PLAN = {
    **{f"{name}-TOTAL_FORMS": "1" for name in ("costs", "incomes", "in_kind")},
    **{f"{name}-INITIAL_FORMS": "0" for name in ("costs", "incomes", "in_kind")},
    "seen": "{}",
}
SECTIONS = [key for key in SectionKey if key not in (SectionKey.COSTS, SectionKey.ENCLOSURES)]
# Every address that writes, and what is sent there.
WRITING = [
    *((f"{key}/", key, {"title": "Erschlichen", "seen": "{}"}) for key in SECTIONS),
    ("kosten/", "kosten", PLAN | {"costs-0-description": "Erschlichen"}),
    ("kosten/pruefen/", "kosten", PLAN),
    ("kosten/zeilen/", "kosten", PLAN | {"more": "costs"}),
    ("kosten/einfuegen/", "kosten", {"pasted": "Miete;1;Monat;100", "block": "costs"}),
    ("anlagen/", "anlagen", {}),
]


@pytest.fixture
def case(applicant):
    return make_case("supplement_requested", applicant=applicant)


def open_only(case, *sections):
    case.supplements.update(sections=[str(key) for key in sections])


def text_of(case, question="aims"):
    return case.answers.get(question=question).text


# --- The rule -----------------------------------------------------------------------------------
def test_all_of_a_draft_is_open_and_nothing_once_it_was_handed_in(applicant):
    assert make_proposal(applicant).open_sections == set(SectionKey)
    assert make_case(applicant=applicant).open_sections == set()


def test_who_may_only_read_writes_nothing(case):
    reader = make_member(case.applicant, "reader")
    assert not case.may_be_written_by(reader, SectionKey.IDEA)
    assert case.may_be_written_by(case.applicant.owner, SectionKey.IDEA)
    assert not case.may_be_written_by(case.applicant.owner, SectionKey.TIME)
    path = page_of(case, "idee/")
    assert signed_in(reader).post(path, {"seen": "{}", "title": "X"}).status_code == 403


def test_locked_case_is_open_nowhere(case):
    Proposal.objects.filter(pk=case.pk).update(locked_because="Prüfung läuft.")
    assert Proposal.objects.get(pk=case.pk).open_sections == set()


# --- Closed -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("page", "section", "sent"), WRITING)
def test_hand_made_request_changes_nothing_in_a_closed_section(client, case, page, section, sent):
    open_only(case, *(set(SectionKey) - {section}))
    before = (case.title, case.costitems.count(), case.sections.get(key=section).version)
    response = client.post(page_of(case, page), sent)
    assert response["Location"] == page_of(case)
    assert "geschlossen" in client.get(page_of(case)).text or response.status_code == 302
    now = Proposal.objects.get(pk=case.pk)
    after = (now.title, now.costitems.count(), now.sections.get(key=section).version)
    assert after == before


@pytest.mark.parametrize(("page", "section", "sent"), WRITING)
def test_page_that_saves_by_itself_hears_that_the_section_is_closed(
    client, case, page, section, sent
):
    open_only(case, *(set(SectionKey) - {section}))
    response = client.post(page_of(case, page), sent, headers={"X-Saves-Itself": "yes"})
    assert (response.status_code, response.json()["closed"]) == (410, True)


@pytest.mark.parametrize("page", [f"{key}/" for key in SectionKey])
def test_closed_section_is_not_shown_as_a_form(client, case, page):
    open_only(case, *(set(SectionKey) - {SectionKey(page[:-1])}))
    assert client.get(page_of(case, page))["Location"] == page_of(case)


def test_file_in_closed_enclosures_is_not_removed(client, case):
    row = make_enclosure(case)
    client.post(page_of(case, f"anlagen/{row.key}/entfernen/"), {"ok": "1"})
    assert Enclosure.objects.current().contains(row)


def test_file_is_not_uploaded_into_closed_enclosures(client, case):
    assert upload(client, case, png())["Location"] == page_of(case)
    assert not case.enclosures.exists()


@pytest.mark.parametrize("page", ["pruefen/", "einreichen/", "loeschen/"])
def test_what_belongs_to_drafts_stays_closed(client, case, page):
    response = client.post(page_of(case, page), {"ok": "1"})
    assert response.status_code in (302, 405)
    assert case.versions.count() == 1


# --- Open ---------------------------------------------------------------------------------------
def test_open_section_is_saved_and_leads_to_the_next_open_one(client, case):
    open_only(case, "idee", "partner")
    response = Writer(client, page_of(case, "idee/")).save(aims="Alle lesen gern.")
    assert response["Location"] == page_of(case, "partner/")
    assert text_of(case) == "Alle lesen gern."


def test_after_the_last_open_section_comes_the_check(client, case):
    response = Writer(client, page_of(case, "idee/")).save(aims="Alle lesen gern.")
    assert response["Location"] == page_of(case, "nachreichen/")


def test_open_section_saves_by_itself(client, case):
    answer = Writer(client, page_of(case, "idee/")).save_by_itself(aims="Alle lesen gern.")
    assert (answer.status_code, text_of(case)) == (200, "Alle lesen gern.")


def test_page_says_what_is_asked_and_links_no_closed_section(client, case):
    page = client.get(page_of(case, "idee/")).text
    assert "Bitte ergänzen Sie das Ziel." in page
    assert f'href="{page_of(case, "nachreichen/")}"' in page
    assert f'href="{page_of(case, "partner/")}"' not in page


def test_plan_is_saved_checked_and_pasted_into(client, case):
    open_only(case, "kosten")
    path = page_of(case, "kosten/")
    writer = Writer(client, path)
    assert writer.save(**cost()).status_code == 302
    assert client.post(f"{path}pruefen/", writer.fields).status_code == 200
    more = client.post(f"{path}zeilen/", writer.fields | {"more": "costs"})
    assert more.status_code == 200
    seen = client.get(path).context["stored_seen"]
    pasted = {"pasted": "Druck\t1\tStück\t20", "block": "costs", "seen": seen}
    assert client.post(f"{path}einfuegen/", pasted)["Location"] == path
    assert case.costitems.count() == 3
    assert "foerderlinie" not in client.get(path).text


def test_file_is_uploaded_into_open_enclosures(client, case):
    open_only(case, "anlagen")
    assert upload(client, case, png())["Location"] == page_of(case, "anlagen/")
    page = client.get(page_of(case, "anlagen/"))
    assert page.context["next_address"] == ("proposals:supplement", case.key)
    assert case.enclosures.count() == 1


def test_typed_text_stands_in_the_open_form_again_after_signing_in(client, case):
    client.logout()
    client.post(page_of(case, "idee/"), {"seen": "{}", "title": "Lesen", "aims": WORDS})
    client.force_login(case.applicant.owner)
    assert WORDS in client.get(page_of(case, "idee/")).text
    assert text_of(case) != WORDS


# --- Closed meanwhile ---------------------------------------------------------------------------
def test_what_was_closed_meanwhile_is_not_saved(client, case):
    writer = Writer(client, page_of(case, "idee/"))
    steps.take("end_supplement", case, user=staff(), reason="Es reicht so.")
    assert writer.save(aims="Zu spät")["Location"] == page_of(case)
    assert writer.save_by_itself(aims="Zu spät").status_code == 410
    assert text_of(case) == "Antwort: aims"


def test_lock_of_a_section_asks_again_whether_it_is_open(case):
    moved_on = Proposal.objects.get(pk=case.pk)
    moved_on.supplements.update(sections=["partner"])
    with pytest.raises(saving.ClosedError):
        saving.lock(case, SectionKey.IDEA, case.applicant.owner)
    assert case.sections.get(key="idee").version == 0


def test_plan_that_was_closed_meanwhile_stays(client, case):
    open_only(case, "kosten")
    writer = Writer(client, page_of(case, "kosten/"))
    open_only(case, "idee")
    writer.save(**cost())
    assert case.costitems.count() == 1
    assert fields_of(client.get(page_of(case, "idee/")))


def test_overview_counts_what_is_to_settle_in_open_sections_only(client, case):
    make_income(case, 1)
    page = client.get(page_of(case))
    assert [entry["gaps"] for entry in page.context["sections"]] == [0]
