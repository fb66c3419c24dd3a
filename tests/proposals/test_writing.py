"""Writing sections: saved as far as they are, together, and without overwriting anybody."""

import datetime

import pytest

from projects.models import District, SpokenLanguage, TargetGroup
from projects.proposals import submission
from projects.proposals.models import Membership, Section
from projects.proposals.questions import SectionKey
from tests.factories import (
    make_account,
    make_half_line,
    make_member,
    make_proposal,
    make_whole_proposal,
)

from .conftest import Writer, page_of, signed_in

WRITTEN = [key.value for key in SectionKey if key.value not in ("kosten", "anlagen")]


def text_of(proposal, question):
    return proposal.answers.get(question=question).text


def writer(client, proposal, section="idee"):
    return Writer(client, page_of(proposal, f"{section}/"))


@pytest.fixture
def colleague(applicant):
    """The client of a second person who may write."""
    return signed_in(make_member(applicant, user=make_account("grace@example.org")))


# --- Saving what there is -----------------------------------------------------------------------
@pytest.mark.parametrize("section", WRITTEN)
def test_section_saves_with_nothing_in_it(client, proposal, section):
    response = writer(client, proposal, section).save(stay="1")
    assert response["Location"] == page_of(proposal, f"{section}/")
    assert proposal.sections.get(key=section).is_started


def test_one_answer_alone_is_saved(client, proposal):
    writer(client, proposal).save(need="Es fehlt ein Ort.")
    assert text_of(proposal, "need") == "Es fehlt ein Ort."


def test_saving_leads_to_the_next_section(client, proposal):
    response = writer(client, proposal).save(title="Lesen")
    assert response["Location"] == page_of(proposal, "foerderlinie/")


def test_after_the_last_section_comes_the_check(client, proposal):
    response = writer(client, proposal, "erklaerungen").save()
    assert response["Location"] == page_of(proposal, "pruefen/")


def test_choices_are_saved(client, proposal):
    group, district = TargetGroup.objects.first(), District.objects.last()
    language = SpokenLanguage.objects.get(code="ar")
    writer(client, proposal, "zielgruppe").save(
        target_groups=[group.pk], districts=[district.pk], languages=[language.pk], participants=12
    )
    proposal.refresh_from_db()
    assert list(proposal.target_groups.all()) == [group]
    assert list(proposal.districts.all()) == [district]
    assert list(proposal.languages.all()) == [language]
    assert proposal.participants == 12


def test_choices_can_be_taken_back(client, proposal):
    proposal.target_groups.add(TargetGroup.objects.first())
    writer(client, proposal, "zielgruppe").save(target_groups=[])
    assert not proposal.target_groups.exists()


def test_open_line_is_chosen(client, proposal):
    line = make_half_line()
    writer(client, proposal, "foerderlinie").save(funding_line=line.pk)
    proposal.refresh_from_db()
    assert proposal.funding_line == line


def test_line_that_takes_no_proposals_is_no_choice(client, proposal):
    line = make_half_line()
    line.terms.update(in_portal=False)
    page = writer(client, proposal, "foerderlinie").save(funding_line=line.pk)
    assert "funding_line" in page.context["form"].errors


def test_line_chosen_before_stays_a_choice_when_it_has_closed(client, proposal):
    line = make_half_line()
    proposal.funding_line = line
    proposal.save()
    line.terms.update(in_portal=False)
    writer(client, proposal, "foerderlinie").save(line_reason="Weil sie passt.")
    proposal.refresh_from_db()
    assert (proposal.funding_line, text_of(proposal, "line_reason")) == (line, "Weil sie passt.")


def test_declarations_are_ticked_one_by_one(client, proposal):
    writer(client, proposal, "erklaerungen").save(declared=["true", "may_sign"])
    proposal.refresh_from_db()
    assert sorted(proposal.declared) == ["may_sign", "true"]


def test_valid_answers_are_saved_beside_a_refused_one(client, proposal):
    page = writer(client, proposal).save(title="Lesen", summary="x" * 601)
    proposal.refresh_from_db()
    assert (page.status_code, proposal.title) == (422, "Lesen")
    assert list(page.context["form"].errors) == ["summary"]
    assert "x" * 601 in page.text


def test_line_breaks_of_browsers_are_one_thing(client, proposal):
    writer(client, proposal).save(need="eins\r\nzwei")
    assert text_of(proposal, "need") == "eins\nzwei"


def test_text_begins_as_it_was_written(client, proposal):
    writer(client, proposal).save(need="- eins\n- zwei")
    assert writer(client, proposal).fields["need"] == ["- eins\n- zwei"]


# --- Days ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "day", ["9999-12-31", "0001-01-01", "2100-01-01", "2013-12-31", "2027-02-30", "morgen", "٠"]
)
def test_day_that_cannot_be_meant_is_refused_in_words(client, proposal, day):
    page = writer(client, proposal, "zeitplan").save(starts_on=day)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["starts_on"])
    assert f'value="{day}"' in page.text


def test_day_may_be_written_the_german_way(client, proposal):
    writer(client, proposal, "zeitplan").save(starts_on="31.03.2027")
    proposal.refresh_from_db()
    assert proposal.starts_on == datetime.date(2027, 3, 31)


def test_end_before_the_start_is_refused_and_the_start_kept(client, proposal):
    page = writer(client, proposal, "zeitplan").save(starts_on="2027-03-01", ends_on="2027-02-01")
    proposal.refresh_from_db()
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["ends_on"])
    assert (proposal.starts_on, proposal.ends_on) == (datetime.date(2027, 3, 1), None)


@pytest.mark.parametrize("end", ["2027-12-31", "kein Tag"])
def test_start_after_the_stored_end_is_refused_in_words(client, applicant, end):
    """Also where the end is not written anew, or cannot be read."""
    proposal = make_whole_proposal(applicant, starts_on="2027-01-01", ends_on="2027-12-31")
    page = writer(client, proposal, "zeitplan").save(starts_on="2028-01-01", ends_on=end)
    proposal.refresh_from_db()
    assert page.status_code == 422
    assert "ends_on" in page.context["form"].errors
    assert proposal.starts_on == datetime.date(2027, 1, 1)
    assert 'value="2028-01-01"' in page.text


def test_days_of_two_people_that_do_not_fit_together_are_refused(client, applicant, colleague):
    proposal = make_whole_proposal(applicant, starts_on="2027-01-01", ends_on="2027-12-31")
    mine = writer(client, proposal, "zeitplan")
    writer(colleague, proposal, "zeitplan").save(ends_on="2027-03-31")
    page = mine.save(starts_on="2027-06-01")
    proposal.refresh_from_db()
    assert page.status_code == 422
    assert (str(proposal.starts_on), str(proposal.ends_on)) == ("2027-01-01", "2027-03-31")


# --- Two people in one section ------------------------------------------------------------------
def test_two_people_write_different_answers_and_both_stay(client, proposal, colleague):
    mine, theirs = writer(client, proposal), writer(colleague, proposal)
    theirs.save(aims="Ihr Ziel")
    assert mine.save(need="Mein Grund").status_code == 302
    assert (text_of(proposal, "aims"), text_of(proposal, "need")) == ("Ihr Ziel", "Mein Grund")


def test_untouched_answer_is_not_written_over_what_somebody_else_wrote(client, proposal, colleague):
    writer(client, proposal).save(need="Alt")
    mine = writer(client, proposal)
    writer(colleague, proposal).save(need="Neu")
    mine.save(title="Lesen")
    assert text_of(proposal, "need") == "Neu"


def conflict(client, proposal, colleague, **more):
    """(my page, the answer) after both have written the same answer."""
    mine = writer(client, proposal)
    writer(colleague, proposal).save(need="Ihr Grund")
    return mine, mine.save(need="Mein Grund", **more)


def test_same_answer_written_by_two_shows_both_and_overwrites_nothing(client, proposal, colleague):
    _mine, page = conflict(client, proposal, colleague)
    assert page.status_code == 409
    assert "Ihr Grund" in page.text
    assert "Mein Grund" in page.text
    assert "grace@example.org" in page.text
    assert text_of(proposal, "need") == "Ihr Grund"


def test_nothing_at_all_is_written_where_there_is_a_conflict(client, proposal, colleague):
    conflict(client, proposal, colleague, title="Mein Titel")
    proposal.refresh_from_db()
    assert proposal.title == ""
    assert proposal.sections.get(key="idee").saved_by.email == "grace@example.org"


def test_choosing_mine_writes_mine(client, proposal, colleague):
    mine, page = conflict(client, proposal, colleague, title="Mein Titel")
    mine.save_again(page, **{"take:need": "mine"})
    proposal.refresh_from_db()
    assert (text_of(proposal, "need"), proposal.title) == ("Mein Grund", "Mein Titel")


def test_choosing_theirs_keeps_theirs_and_writes_the_rest_of_mine(client, proposal, colleague):
    mine, page = conflict(client, proposal, colleague, title="Mein Titel")
    mine.save_again(page, **{"take:need": "theirs"})
    proposal.refresh_from_db()
    assert (text_of(proposal, "need"), proposal.title) == ("Ihr Grund", "Mein Titel")


def test_their_version_stays_chosen_when_another_answer_is_refused(client, proposal, colleague):
    mine, page = conflict(client, proposal, colleague)
    refused = mine.save_again(page, **{"take:need": "theirs", "summary": "x" * 601})
    assert refused.status_code == 422
    mine.save_again(refused, summary="kurz")
    assert text_of(proposal, "need") == "Ihr Grund"


def test_both_versions_can_be_put_together(client, proposal, colleague):
    mine, page = conflict(client, proposal, colleague)
    mine.save_again(page, **{"take:need": "mine", "need": "Ihr Grund und mein Grund"})
    assert text_of(proposal, "need") == "Ihr Grund und mein Grund"


def test_third_version_after_a_conflict_is_a_conflict_again(client, proposal, colleague):
    mine, page = conflict(client, proposal, colleague)
    writer(colleague, proposal).save(need="Dritter Grund")
    assert mine.save_again(page, **{"take:need": "mine"}).status_code == 409
    assert text_of(proposal, "need") == "Dritter Grund"


def test_same_text_written_by_both_is_no_conflict(client, proposal, colleague):
    mine = writer(client, proposal)
    writer(colleague, proposal).save(need="Gleicher Grund")
    assert mine.save(need="Gleicher Grund").status_code == 302


def test_two_choices_of_lists_are_a_conflict_in_words(client, proposal, colleague):
    first, second = TargetGroup.objects.with_texts()[:2]
    mine = writer(client, proposal, "zielgruppe")
    writer(colleague, proposal, "zielgruppe").save(target_groups=[first.pk])
    page = mine.save(target_groups=[second.pk])
    assert page.status_code == 409
    assert f'<blockquote dir="auto">{first.text.name}</blockquote>' in page.text


@pytest.mark.parametrize(
    ("section", "theirs", "mine"),
    [
        ("zeitplan", {"starts_on": "2027-01-01"}, {"starts_on": "2027-02-01"}),
        ("zeitplan", {"wants_early_start": "on", "steps": "a"}, {"steps": "b"}),
        ("zielgruppe", {"participants": "5"}, {"participants": "6"}),
        ("erklaerungen", {"declared": ["true"]}, {"declared": ["may_sign"]}),
        ("erklaerungen", {"contact_phone": "069 90009-1"}, {"contact_phone": "069 90009-22"}),
    ],
)
def test_conflict_is_shown_for_every_kind_of_answer(
    client, proposal, colleague, section, theirs, mine
):
    page_of_mine = writer(client, proposal, section)
    writer(colleague, proposal, section).save(**theirs)
    assert page_of_mine.save(**mine).status_code == 409


@pytest.mark.parametrize("seen", ["", "x", "[]", "{}", "null", "1", '{"need": 5}', "{" * 5000])
def test_made_up_memory_of_the_page_overwrites_nothing(client, proposal, seen):
    writer(client, proposal).save(need="Gespeichert")
    page = writer(client, proposal).save(need="Anders", seen=seen)
    assert page.status_code == 409
    assert text_of(proposal, "need") == "Gespeichert"


def test_going_back_and_saving_an_old_page_overwrites_nothing(client, proposal):
    old = writer(client, proposal)
    old.save(need="Neu")
    assert old.save(title="Titel").status_code == 302
    assert text_of(proposal, "need") == "Neu"


# --- Saving by itself ---------------------------------------------------------------------------
def test_page_that_saves_by_itself_hears_what_it_remembers_next(client, proposal):
    mine = writer(client, proposal)
    answer = mine.save_by_itself(need="Erster Satz").json()
    assert answer["errors"] == {}
    assert "gespeichert" in answer["message"]
    second = mine.save_by_itself(need="Zweiter Satz", seen=answer["seen"])
    assert (second.status_code, text_of(proposal, "need")) == (200, "Zweiter Satz")


def test_page_that_saves_by_itself_hears_what_was_not_saved(client, proposal):
    answer = writer(client, proposal).save_by_itself(title="Lesen", summary="x" * 601).json()
    proposal.refresh_from_db()
    assert (list(answer["errors"]), proposal.title) == (["summary"], "Lesen")
    assert "600" in answer["errors"]["summary"]


def test_page_that_saves_by_itself_hears_of_a_conflict(client, proposal, colleague):
    mine = writer(client, proposal)
    writer(colleague, proposal).save(need="Ihr Grund")
    answer = mine.save_by_itself(need="Mein Grund")
    assert (answer.status_code, answer.json()["conflict"]) == (409, True)
    assert text_of(proposal, "need") == "Ihr Grund"


@pytest.mark.parametrize("section", ["idee", "kosten"])
def test_page_that_saves_by_itself_hears_that_it_was_handed_in(client, applicant, section):
    proposal = make_whole_proposal(applicant)
    mine = writer(client, proposal, section)
    submission.hand_in(proposal, user=applicant.owner)
    answer = mine.save_by_itself(need="Zu spät")
    assert (answer.status_code, answer.json()["closed"]) == (410, True)
    assert text_of(proposal, "need") == "Antwort: need"


def test_saving_after_handing_in_leads_to_what_was_handed_in(client, applicant):
    proposal = make_whole_proposal(applicant)
    mine = writer(client, proposal)
    submission.hand_in(proposal, user=applicant.owner)
    assert mine.save(need="Zu spät")["Location"] == page_of(proposal)
    assert text_of(proposal, "need") == "Antwort: need"


# --- Languages ----------------------------------------------------------------------------------
def test_german_version_stands_beside_answers_in_another_language(client, applicant):
    proposal = make_proposal(applicant, language=SpokenLanguage.objects.get(code="ar"))
    writer(client, proposal).save(need="سبب", need_german="Ein Grund")
    answer = proposal.answers.get(question="need")
    assert (answer.text, answer.german) == ("سبب", "Ein Grund")


def test_answers_in_german_have_no_second_version(client, proposal):
    assert "need_german" not in writer(client, proposal).fields


def test_field_says_the_language_it_is_written_in(client, applicant):
    proposal = make_proposal(applicant, language=SpokenLanguage.objects.get(code="ar"))
    page = client.get(page_of(proposal, "idee/"))
    fields = page.context["form"].fields
    assert fields["need"].widget.attrs["lang"] == "ar"
    assert fields["need_german"].widget.attrs["lang"] == "de"


# --- Who may --------------------------------------------------------------------------------
PAGES = [
    *(f"{key}/" for key in SectionKey.values),
    *("", "pruefen/", "quittung/", "quittung/antrag.pdf", "alles.zip", "loeschen/"),
    *("kosten/plan.csv", "kosten/plan.xlsx", "frist.ics", f"anlagen/{'a' * 26}/"),
]
BUTTONS = [
    *(f"{key}/" for key in SectionKey.values),
    *("kosten/pruefen/", "kosten/zeilen/", "kosten/einfuegen/", f"anlagen/{'a' * 26}/entfernen/"),
    *("einreichen/", "zurueckziehen/", "nachrichten/", "beratung/", "loeschen/"),
]


@pytest.mark.parametrize("place", PAGES)
def test_foreign_proposal_is_not_there(client, owner, place):
    assert client.get(page_of(make_whole_proposal(), place)).status_code == 404


@pytest.mark.parametrize("place", BUTTONS)
def test_foreign_proposal_takes_nothing(client, owner, place):
    assert client.post(page_of(make_whole_proposal(), place), {"x": "1"}).status_code == 404


@pytest.mark.parametrize("place", BUTTONS)
def test_button_is_not_pressed_without_signing_in(client, proposal, place):
    client.logout()
    response = client.post(page_of(proposal, place), {"x": "1"})
    assert "/konto/anmelden/" in response["Location"]


@pytest.mark.parametrize("place", [f"{key}/" for key in SectionKey.values])
def test_reader_reads_and_does_not_write(proposal, applicant, place):
    reader = signed_in(make_member(applicant, "reader"))
    assert reader.get(page_of(proposal)).status_code == 200
    assert reader.post(page_of(proposal, place), {"title": "x"}).status_code == 403
    proposal.refresh_from_db()
    assert proposal.title == ""


@pytest.mark.parametrize("place", [button for button in BUTTONS if "a" * 26 not in button])
def test_reader_presses_no_button(applicant, place):
    proposal = make_whole_proposal(applicant)
    reader = signed_in(make_member(applicant, "reader"))
    assert reader.post(page_of(proposal, place), {"sure": "yes", "text": "x"}).status_code == 403


def test_member_who_was_removed_saves_nothing_more(proposal, applicant):
    user = make_member(applicant)
    mine = writer(signed_in(user), proposal)
    Membership.objects.filter(user=user).delete()
    assert mine.save_by_itself(title="Zu spät").status_code == 404
    proposal.refresh_from_db()
    assert proposal.title == ""


def test_editor_who_became_a_reader_saves_nothing_more(proposal, applicant):
    user = make_member(applicant)
    mine = writer(signed_in(user), proposal)
    Membership.objects.filter(user=user).update(role="reader")
    assert mine.save(title="Zu spät").status_code == 403


# --- Odd input ----------------------------------------------------------------------------------
def test_text_of_three_megabytes_is_refused_in_words(client, proposal):
    response = writer(client, proposal).save(need="x" * 3_000_000)
    assert response.status_code in (400, 413)
    assert "<h1" in response.text
    assert not proposal.answers.exists()


def test_long_text_within_the_limit_of_a_request_is_kept_on_the_page(client, proposal):
    page = writer(client, proposal).save(need="ä" * 100_000)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["need"])
    assert "ä" * 100_000 in page.text


@pytest.mark.parametrize("field", ["title", "need"])
def test_null_byte_is_refused_in_words(client, proposal, field):
    page = writer(client, proposal).save(**{field: "a\x00b"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])


@pytest.mark.parametrize("field", ["title", "need"])
def test_text_cannot_turn_its_neighbours(client, proposal, field):
    writer(client, proposal).save(**{field: "gut\u202eböse"})
    proposal.refresh_from_db()
    stored = proposal.title if field == "title" else text_of(proposal, "need")
    assert stored == "gutböse"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7*7 }}", "%s", "🌍 زهرة"])
def test_text_is_shown_as_text(client, proposal, text):
    writer(client, proposal).save(need=text)
    page = client.get(page_of(proposal, "idee/"))
    assert "<script>alert(1)" not in page.text
    assert writer(client, proposal).fields["need"] == [text]


@pytest.mark.parametrize(
    ("section", "field"),
    [
        ("foerderlinie", "funding_line"),
        ("zielgruppe", "target_groups"),
        ("zielgruppe", "districts"),
        ("zielgruppe", "languages"),
        ("zielgruppe", "participants"),
        ("erklaerungen", "declared"),
    ],
)
@pytest.mark.parametrize("value", ["x", "-1", "0", str(10**30), "a\x00"])
def test_made_up_choices_are_refused_in_words(client, proposal, section, field, value):
    page = writer(client, proposal, section).save(**{field: value})
    assert page.status_code == 400 or field in page.context["form"].errors


@pytest.mark.parametrize("place", ["zz/", "idee2/", "kosten/plan.exe", "anlagen/x/"])
def test_address_that_does_not_exist_is_not_found(client, proposal, place):
    assert client.get(page_of(proposal, place)).status_code == 404


@pytest.mark.parametrize("key", ["a" * 26, "A" * 26, "a" * 25, "%00" * 26])
def test_made_up_key_is_not_found(client, owner, key):
    assert client.get(f"/de/antraege/{key}/").status_code in (400, 404)


# --- Figures ------------------------------------------------------------------------------------
@pytest.mark.parametrize("section", ["idee/", "foerderlinie/", "zielgruppe/", "anlagen/", ""])
def test_page_takes_as_many_queries_for_more_that_was_written(
    client, proposal, applicant, count_queries, section
):
    count_queries(page_of(proposal, section))
    whole = make_whole_proposal(applicant)
    fewer = count_queries(page_of(whole, section))
    whole.target_groups.set(TargetGroup.objects.all())
    whole.districts.set(District.objects.all())
    assert count_queries(page_of(whole, section)) == fewer


def test_state_of_each_section_stands_in_the_list(client, proposal):
    writer(client, proposal).save(title="Lesen")
    states = {
        entry["key"]: entry["state"].name
        for entry in client.get(page_of(proposal)).context["sections"]
    }
    assert states["idee"] == "INCOMPLETE"
    assert states["partner"] == "NOT_STARTED"


def test_whole_section_is_done(client, applicant):
    page = client.get(page_of(make_whole_proposal(applicant)))
    states = {entry["key"]: entry["state"].name for entry in page.context["sections"]}
    assert set(states.values()) == {"DONE"}


def test_saving_notes_who_and_when(client, proposal, owner):
    writer(client, proposal).save(title="Lesen")
    row = Section.objects.get(proposal=proposal, key="idee")
    assert (row.saved_by, row.version) == (owner, 1)
