"""Own proposals: the list, beginning, beginning with an earlier one, and throwing away."""

import datetime

import pytest
import time_machine
from django.core.files.storage import storages

from offenbach_wir.models import Event, LegalHold
from programs.models import FundingRate
from projects.models import SpokenLanguage
from projects.proposals import copying, removal, submission
from projects.proposals.models import PlannedUnits, Proposal
from tests.factories import (
    make_account,
    make_applicant,
    make_enclosure,
    make_half_line,
    make_member,
    make_proposal,
    make_submitted_proposal,
    make_whole_proposal,
    shown_at,
)

from .conftest import page_of, signed_in

NEW, OWN = "/de/antraege/neu/", "/de/antraege/meine/"
NOW = datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def told(applicant, **fields):
    german = SpokenLanguage.objects.get(code="de")
    values = {"applicant": applicant.pk, "language": german.pk, "title": "Lesen"}
    return values | {"shown_at": shown_at(1)} | fields


def drafts_of(applicant):
    return Proposal.objects.drafts().filter(applicant=applicant)


# --- Beginning ----------------------------------------------------------------------------------
def test_beginning_makes_a_draft_with_all_its_sections(client, owner, applicant):
    response = client.post(NEW, told(applicant))
    draft = drafts_of(applicant).get()
    assert response["Location"] == page_of(draft)
    assert (draft.title, draft.started_by, draft.sections.count()) == ("Lesen", owner, 8)
    assert draft.reference is None


def test_contact_of_the_organisation_is_filled_in(client, applicant):
    client.post(NEW, told(applicant))
    assert drafts_of(applicant).get().contact_email == applicant.contact_email


def test_who_has_no_organisation_registers_first(client, owner):
    assert client.get(NEW)["Location"] == "/de/antraege/organisation/neu/"
    assert client.post(NEW, {"title": "x"})["Location"] == "/de/antraege/organisation/neu/"


def test_reader_begins_nothing(applicant):
    reader = signed_in(make_member(applicant, "reader"))
    assert reader.post(NEW, told(applicant)).status_code == 302
    assert not drafts_of(applicant).exists()


def test_same_form_twice_begins_once(client, applicant):
    form = told(applicant)
    first = client.post(NEW, form)
    second = client.post(NEW, form | {"title": "Anders"})
    assert first["Location"] == second["Location"]
    assert drafts_of(applicant).count() == 1


def test_second_draft_wants_a_tick(client, applicant):
    client.post(NEW, told(applicant))
    page = client.post(NEW, told(applicant, title="Zweiter"))
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["another"])
    assert "Zweiter" in page.text
    client.post(NEW, told(applicant, title="Zweiter", another="on"))
    assert drafts_of(applicant).count() == 2


def test_page_names_the_drafts_there_are(client, applicant):
    draft = make_proposal(applicant, title="Angefangenes")
    page = client.get(NEW).text
    assert "Angefangenes" in page
    assert draft.get_absolute_url() in page


def test_draft_of_a_colleague_is_named_too(client, applicant):
    editor = signed_in(make_member(applicant))
    make_proposal(applicant, title="Vom Kollegen", started_by=applicant.owner)
    assert "another" in editor.get(NEW).context["form"].fields


def test_line_chosen_on_the_page_before_comes_along(client, applicant):
    line = make_half_line()
    form = client.get(NEW, {"line": line.slug}).context["form"]
    client.post(NEW, told(applicant, line=form["line"].value()))
    assert drafts_of(applicant).get().funding_line == line


def test_line_that_takes_no_proposals_does_not(client, applicant):
    line = make_half_line()
    line.terms.update(in_portal=False)
    client.post(NEW, told(applicant, line=line.slug))
    assert drafts_of(applicant).get().funding_line is None


@pytest.mark.parametrize("field", ["applicant", "language", "earlier", "line", "title"])
@pytest.mark.parametrize("value", ["x\x00", "x" * 300, str(10**30), "-1", "ä/?"])
def test_odd_values_are_no_error(client, applicant, field, value):
    make_submitted_proposal(applicant)
    assert client.post(NEW, told(applicant) | {field: value}).status_code in (302, 400, 422)
    assert client.get(NEW, {field: value}).status_code in (200, 400)


@pytest.mark.parametrize("moment", ["", "x", "\x00", "x" * 5000])
def test_made_up_moment_begins_no_draft_of_others(client, applicant, moment):
    page = client.post(NEW, told(applicant, shown_at=moment))
    assert page.status_code == 422
    assert "Lesen" in page.text


def test_foreign_organisation_is_no_choice(client, applicant):
    other = make_applicant()
    page = client.post(NEW, told(other))
    assert list(page.context["form"].errors) == ["applicant"]
    assert not drafts_of(other).exists()


# --- Beginning with an earlier one --------------------------------------------------------------
@pytest.fixture
def earlier(applicant):
    """Handed in for 2027, so that the next year is 2028."""
    whole = make_whole_proposal(applicant, starts_on="2027-02-28", ends_on="2027-12-31")
    whole.costitems.update(year=2027)
    whole.incomeitems.update(year=2027)
    submission.hand_in(whole, user=applicant.owner)
    return Proposal.objects.get(pk=whole.pk)


def begin_again(client, earlier, **fields):
    form = told(earlier.applicant, earlier=earlier.pk, title="")
    client.post(NEW, form | fields)
    return drafts_of(earlier.applicant).get()


def test_answers_and_plan_come_along_and_dates_move_by_years(client, earlier):
    draft = begin_again(client, earlier)
    assert (draft.title, draft.earlier) == ("Gemeinsam lesen", earlier)
    assert (str(draft.starts_on), str(draft.ends_on)) == ("2028-02-28", "2028-12-31")
    assert draft.answers.get(question="need").text == "Antwort: need"
    assert {row.year for row in draft.costitems.all()} == {2028}
    assert {row.year for row in draft.incomeitems.all()} == {2028}
    assert list(draft.target_groups.all()) == list(earlier.target_groups.all())


def test_earlier_proposal_stays_as_it_was(client, earlier):
    begin_again(client, earlier)
    assert {row.year for row in earlier.costitems.all()} == {2027}
    assert Proposal.objects.get(pk=earlier.pk).starts_on == datetime.date(2027, 2, 28)


def test_declarations_enclosures_and_reference_do_not_come_along(client, earlier):
    make_enclosure(earlier)
    draft = begin_again(client, earlier)
    assert (draft.declared, draft.reference, draft.enclosures.count()) == ([], None, 0)
    states = {
        entry["key"].value: entry["state"].name
        for entry in client.get(page_of(draft)).context["sections"]
    }
    assert (states["idee"], states["erklaerungen"]) == ("DONE", "NOT_STARTED")


def test_page_says_what_is_different(client, earlier):
    page = client.get(page_of(begin_again(client, earlier)))
    said = " ".join(str(sentence) for sentence in page.context["changes"])
    assert "28. Februar 2028" in said
    assert said in page.text.replace("</li>", " ") or "28. Februar 2028" in page.text


def test_share_that_was_all_the_line_paid_is_all_it_pays_now(client, earlier):
    terms = earlier.funding_line.terms.get()
    terms.valid_to = datetime.date(2027, 12, 31)
    terms.save()
    later = type(terms).objects.create(
        line=terms.line,
        valid_from="2028-01-01",
        as_of="2027-01-01",
        financing_type="pro_rata",
        figures_confirmed=True,
    )
    FundingRate.objects.create(terms=later, kind="share", percent=40)
    draft = begin_again(client, earlier)
    assert draft.incomeitems.get(kind="state_funds").amount == 400
    assert earlier.incomeitems.get(kind="state_funds").amount == 500


def test_planned_units_come_along_where_the_rate_still_holds(client, earlier):
    terms = earlier.funding_line.terms.get()
    rate = FundingRate.objects.create(terms=terms, kind="per_unit", amount=90)
    PlannedUnits.objects.create(proposal=earlier, rate=rate, units=36, people=12)
    row = begin_again(client, earlier).planned_units.get()
    assert (row.rate, row.units, row.people) == (rate, 36, 12)


def test_planned_units_of_a_former_rate_do_not_come_along(client, earlier):
    other = make_half_line().terms.get()
    rate = FundingRate.objects.create(terms=other, kind="per_unit", amount=90)
    PlannedUnits.objects.create(proposal=earlier, rate=rate, units=36)
    assert not begin_again(client, earlier).planned_units.exists()


def test_earlier_proposal_of_others_is_no_choice(client, applicant):
    make_submitted_proposal(applicant)
    other = make_submitted_proposal()
    page = client.post(NEW, told(applicant, earlier=other.pk))
    assert "earlier" in page.context["form"].errors
    assert client.get(NEW, {"earlier": other.key}).context["form"].initial["earlier"] is None


def test_earlier_proposal_of_another_own_organisation_is_refused(client, owner, applicant):
    other = make_submitted_proposal(make_applicant(owner))
    page = client.post(NEW, told(applicant, earlier=other.pk))
    assert "earlier" in page.context["form"].errors


@pytest.mark.parametrize(
    ("day", "years", "moved"),
    [
        ("2024-02-29", 4, "2028-02-29"),
        ("2024-02-29", 1, "2025-02-28"),
        ("2027-12-31", 1, "2028-12-31"),
        ("2027-03-01", 0, "2027-03-01"),
    ],
)
def test_day_moves_by_whole_years(day, years, moved):
    found = copying.shifted(datetime.date.fromisoformat(day), years)
    assert found == datetime.date.fromisoformat(moved)


@pytest.mark.parametrize(
    ("starts_on", "years"), [("2027-03-02", 0), ("2027-03-01", 1), ("2014-06-01", 13)]
)
def test_start_moves_until_it_lies_ahead(starts_on, years):
    found = copying.years_ahead(datetime.date.fromisoformat(starts_on), NOW.date())
    assert found == years


def test_draft_without_days_can_be_begun_again(client, applicant):
    earlier = make_submitted_proposal(applicant)
    draft = begin_again(client, earlier)
    assert (draft.starts_on, draft.ends_on) == (None, None)


# --- Throwing away ------------------------------------------------------------------------------
def test_draft_is_deleted_with_its_files_after_being_asked(
    client, proposal, django_capture_on_commit_callbacks
):
    row = make_enclosure(proposal)
    assert client.get(page_of(proposal, "loeschen/")).status_code == 200
    assert Proposal.objects.filter(pk=proposal.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page_of(proposal, "loeschen/"), {"ok": "1"})
    assert not Proposal.objects.filter(pk=proposal.pk).exists()
    assert not storages["private"].exists(row.file.name)
    assert Event.objects.about(proposal).filter(kind=Event.Kind.DELETED).count() == 1


def test_draft_handed_in_while_somebody_deletes_it_stays(applicant):
    whole = make_whole_proposal(applicant)
    stale = Proposal.objects.get(pk=whole.pk)
    submission.hand_in(whole, user=applicant.owner)
    with pytest.raises(removal.NotPossibleError):
        removal.delete_draft(stale, user=applicant.owner)
    assert whole.versions.count() == 1


def test_legal_hold_keeps_a_draft_and_says_so(client, proposal):
    LegalHold.objects.create(
        subject_type="proposals.proposal", subject_id=proposal.pk, reason="Klage"
    )
    page = client.post(page_of(proposal, "loeschen/"), {"ok": "1"}, follow=True)
    assert Proposal.objects.filter(pk=proposal.pk).exists()
    assert page.redirect_chain[-1][0] == page_of(proposal)


# --- The list -----------------------------------------------------------------------------------
def test_list_shows_own_proposals_of_every_state_and_no_others(client, applicant):
    own = [make_proposal(applicant, title="Entwurf A"), make_submitted_proposal(applicant)]
    make_proposal(title="Fremdes")
    page = client.get(OWN)
    assert set(page.context["page"]) == set(own)
    assert "Fremdes" not in page.text


def test_list_takes_as_many_queries_for_five_hundred(client, owner, applicant, count_queries):
    line = make_half_line()
    make_proposal(applicant, funding_line=line)
    make_proposal(make_applicant(owner))
    for_two = count_queries(OWN)
    Proposal.objects.bulk_create(
        Proposal(
            applicant=applicant,
            funding_line=line,
            language_id=SpokenLanguage.objects.get(code="de").pk,
            title=f"Entwurf {n}",
        )
        for n in range(500)
    )
    assert count_queries(OWN) == for_two


@pytest.mark.parametrize("page_number", ["0", "-1", "abc", "99999", "\x00", "9" * 5000])
def test_odd_page_of_the_list_is_no_error(client, applicant, page_number):
    assert client.get(OWN, {"page": page_number}).status_code in (200, 400, 404)


def test_member_who_left_sees_nothing_of_it(applicant):
    user = make_member(applicant, user=make_account())
    make_proposal(applicant, title="Geheimes")
    applicant.memberships.all().delete()
    assert "Geheimes" not in signed_in(user).get(OWN).text
