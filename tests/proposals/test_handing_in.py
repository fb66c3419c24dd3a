"""Handing in: complete, once, with a reference and a version nobody changes; and taking back."""

import datetime
import hashlib
import json
import re

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from post_office.models import Email

from offenbach_wir import retention
from offenbach_wir.models import Event, QueuedMail
from programs.models import EnclosureKind, FundingTerms
from projects.models import SpokenLanguage, TargetGroup
from projects.proposals import stored_pdf, submission
from projects.proposals.models import Proposal, ReferenceNumber, Version
from tests.factories import (
    make_account,
    make_applicant,
    make_cost,
    make_enclosure,
    make_half_line,
    make_member,
    make_proposal,
    make_whole_proposal,
)

from .conftest import page_of, signed_in

NOW = datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def whole(applicant):
    return make_whole_proposal(applicant)


def press(client, proposal):
    return client.post(page_of(proposal, "einreichen/"), {"ok": "1"})


def hand_in(proposal, **options):
    return submission.hand_in(proposal, user=proposal.applicant.owner, **options)


def state_of(proposal):
    return Proposal.objects.get(pk=proposal.pk).state


# --- The check ----------------------------------------------------------------------------------
def test_check_of_an_empty_draft_names_everything_that_is_missing(client, proposal):
    page = client.get(page_of(proposal, "pruefen/"))
    sections = [gap.section.value for gap, _page in page.context["gaps"]]
    assert sorted(set(sections)) == [
        *("erklaerungen", "foerderlinie", "idee", "kosten", "partner", "zeitplan", "zielgruppe"),
    ]
    assert not page.context["may_hand_in"]


def test_each_gap_leads_to_the_field_that_mends_it(client, proposal):
    page = client.get(page_of(proposal, "pruefen/")).text
    assert f'href="{page_of(proposal, "idee/")}#id_title"' in page
    assert f'href="{page_of(proposal, "kosten/")}#costs"' in page


def test_check_shows_every_answer_and_nothing_is_missing(client, whole):
    page = client.get(page_of(whole, "pruefen/"))
    assert page.context["gaps"] == []
    for answer in whole.answers.all():
        assert answer.text in page.text


def test_looking_at_the_check_hands_nothing_in(client, whole):
    client.get(page_of(whole, "pruefen/"))
    assert client.get(page_of(whole, "einreichen/")).status_code == 405
    assert state_of(whole) == "draft"


@pytest.mark.parametrize(
    ("change", "section"),
    [
        (lambda p: p.answers.filter(question="need").update(text=" \n"), "idee"),
        (lambda p: p.target_groups.clear(), "zielgruppe"),
        (lambda p: p.costitems.all().delete(), "kosten"),
        (lambda p: make_cost(p, "Unausgeglichen"), "kosten"),
        (lambda p: Proposal.objects.filter(pk=p.pk).update(declared=["true"]), "erklaerungen"),
        (lambda p: Proposal.objects.filter(pk=p.pk).update(contact_email=""), "erklaerungen"),
        (lambda p: FundingTerms.objects.filter(line=p.funding_line).delete(), "foerderlinie"),
    ],
)
def test_incomplete_proposal_is_refused_with_what_is_missing(client, whole, change, section):
    change(whole)
    page = press(client, whole)
    assert (page.status_code, state_of(whole)) == (422, "draft")
    assert {gap.section.value for gap, _page in page.context["gaps"]} == {section}
    assert not ReferenceNumber.objects.filter(year=2027).exists()


@pytest.mark.parametrize("share", ["500.01", "600"])
def test_share_above_the_rate_is_refused_to_the_cent(client, whole, share):
    whole.incomeitems.filter(kind="state_funds").update(amount=share)
    whole.incomeitems.filter(kind="own_funds").update(amount=str(1000 - float(share)))
    assert press(client, whole).status_code == 422


# --- Once ---------------------------------------------------------------------------------------
def test_whole_proposal_is_handed_in_and_leads_to_the_receipt(client, whole):
    assert press(client, whole)["Location"] == page_of(whole, "quittung/")
    whole.refresh_from_db()
    assert (whole.state, whole.submitted_at) == ("submitted", NOW)
    assert whole.versions.get().number == 1


def test_pressing_twice_hands_in_once(client, whole):
    press(client, whole)
    reference = Proposal.objects.get(pk=whole.pk).reference
    assert press(client, whole).status_code == 302
    assert Proposal.objects.get(pk=whole.pk).reference == reference
    assert whole.versions.count() == 1
    assert (
        Event.objects.filter(kind=Event.Kind.PROPOSAL_SUBMITTED, subject_id=whole.pk).count() == 1
    )


def test_handing_in_what_was_handed_in_gives_the_same_version(whole):
    assert hand_in(whole) == hand_in(whole)
    assert ReferenceNumber.objects.get(year=2027).last == 1


def test_handing_in_what_was_deleted_meanwhile_is_not_possible(client, whole):
    Proposal.objects.filter(pk=whole.pk).delete()
    with pytest.raises(submission.NotPossibleError):
        hand_in(whole)


def test_withdrawn_proposal_is_not_handed_in_again(client, whole):
    hand_in(whole)
    submission.withdraw(whole, user=whole.applicant.owner)
    press(client, whole)
    assert (state_of(whole), whole.versions.count()) == ("withdrawn", 1)


# --- References ---------------------------------------------------------------------------------
def test_references_of_a_year_are_counted_without_a_gap(applicant):
    references = [hand_in(make_whole_proposal(applicant)).proposal.reference for _n in range(3)]
    assert references == ["WIR-2027-0001", "WIR-2027-0002", "WIR-2027-0003"]


def test_refused_proposal_takes_no_number(client, whole, applicant):
    press(client, make_proposal(applicant))
    assert hand_in(whole).proposal.reference == "WIR-2027-0001"


def test_numbers_begin_anew_with_the_year_of_offenbach(applicant, clock):
    hand_in(make_whole_proposal(applicant))
    clock.move_to(datetime.datetime(2027, 12, 31, 23, 30, tzinfo=datetime.UTC))
    assert hand_in(make_whole_proposal(applicant)).proposal.reference == "WIR-2028-0001"


def test_number_of_a_withdrawn_proposal_is_not_given_out_again(applicant):
    first = make_whole_proposal(applicant)
    hand_in(first)
    submission.withdraw(first, user=applicant.owner)
    assert hand_in(make_whole_proposal(applicant)).proposal.reference == "WIR-2027-0002"


# --- The version --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    ["content = 'x'", "checksum = 'x'", "number = 2", "submitted_at = NULL", "proposal_id = 0"],
)
def test_database_itself_refuses_to_change_what_was_handed_in(whole, change):
    version = hand_in(whole)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE proposals_version SET {change} WHERE id = {version.pk}")
    assert Version.objects.get(pk=version.pk).content == version.content


def test_contact_beside_the_version_can_be_forgotten(whole):
    version = hand_in(whole)
    Version.objects.filter(pk=version.pk).update(contact={}, submitted_by=None)
    assert Version.objects.get(pk=version.pk).contact == {}


def test_checksum_is_that_of_the_stored_text(whole):
    hand_in(whole)
    version = Version.objects.get(proposal=whole)
    assert hashlib.sha256(version.content.encode()).hexdigest() == version.checksum


def test_contact_person_is_not_in_the_content(whole):
    version = hand_in(whole)
    assert version.contact["contact_email"] == "ada@example.org"
    assert "ada@example.org" not in version.content
    assert "Ada Beispiel" not in version.content


def test_version_stays_as_it_was_when_lists_and_drafts_change(client, whole):
    row = make_enclosure(whole, "Zeitplan.png")
    before = hand_in(whole).content
    TargetGroup.objects.first().translations.update(name="Ganz anders")
    whole.answers.update(text="Anders")
    row.delete()
    page = client.get(page_of(whole, "quittung/"))
    assert Version.objects.get(proposal=whole).content == before
    assert "Antwort: need" in page.text
    assert "Ganz anders" not in page.text


def test_content_names_plan_terms_and_enclosures(whole):
    row = make_enclosure(whole)
    data = json.loads(hand_in(whole).content)
    assert data["reference"] == "WIR-2027-0001"
    assert data["plan"]["result"]["allowed_share"] == "500.00"
    assert data["plan"]["terms"]["rates"][0]["percent"] == "50.00"
    assert [file["sha256"] for file in data["enclosures"]] == [row.sha256]


# --- Deadlines ----------------------------------------------------------------------------------
def line_until(day):
    return make_half_line(deadline_rule="set_by_city", city_deadline=day)


@pytest.mark.parametrize(("day", "state"), [("2027-03-01", "submitted"), ("2027-02-28", "draft")])
def test_deadline_of_the_city_is_kept_to_the_day(client, applicant, day, state):
    whole = make_whole_proposal(applicant, funding_line=line_until(day))
    press(client, whole)
    assert state_of(whole) == state


def test_last_second_of_the_last_day_counts_in_offenbach(client, applicant, clock):
    whole = make_whole_proposal(applicant, funding_line=line_until("2027-02-28"))
    clock.move_to(datetime.datetime(2027, 2, 28, 23, 0, 0, tzinfo=datetime.UTC))
    assert press(client, whole).status_code == 409
    clock.move_to(datetime.datetime(2027, 2, 28, 22, 59, 59, tzinfo=datetime.UTC))
    assert press(client, whole).status_code == 302


def test_too_late_is_told_with_the_day_and_takes_no_number(client, applicant):
    whole = make_whole_proposal(applicant, funding_line=line_until("2027-02-28"))
    page = press(client, whole)
    assert (page.status_code, page.context["may_hand_in"]) == (409, False)
    assert "28. Februar 2027" in page.text
    assert not ReferenceNumber.objects.filter(year=2027).exists()


def test_other_deadlines_warn_and_do_not_refuse(client, applicant):
    line = make_half_line(deadline_rule="days_before_start", deadline_days_before_start=56)
    whole = make_whole_proposal(applicant, funding_line=line, starts_on="2027-03-15")
    whole.costitems.update(year=2027)
    whole.incomeitems.update(year=2027)
    page = client.get(page_of(whole, "pruefen/"))
    assert page.context["deadline"].is_warned
    assert page.context["deadline"].text in page.text
    press(client, whole)
    assert state_of(whole) == "submitted"


def test_early_start_warns_and_does_not_refuse(client, applicant):
    whole = make_whole_proposal(applicant, starts_on="2027-03-01", ends_on="2027-12-31")
    whole.costitems.update(year=2027)
    whole.incomeitems.update(year=2027)
    assert client.get(page_of(whole, "pruefen/")).context["start_warning"] is not None
    press(client, whole)
    assert state_of(whole) == "submitted"


# --- Mails --------------------------------------------------------------------------------------
def mails(template):
    rows = QueuedMail.objects.filter(template=template).order_by("pk")
    return [(row.email.to, row.language) for row in rows]


def test_receipt_goes_to_who_handed_in_and_the_contact_each_once(client, owner, whole):
    other = make_member(whole.applicant, user=make_account("grace@example.org", language="ar"))
    press(signed_in(other), whole)
    press(signed_in(other), whole)
    assert mails("proposal_received") == [
        (["grace@example.org"], "ar"),
        (["ada@example.org"], "ar"),
    ]


def test_contact_who_hands_in_gets_one_receipt(client, whole):
    press(client, whole)
    assert mails("proposal_received") == [(["ada@example.org"], "de")]


def test_office_hears_of_it_once_and_nobody_else_does(client, whole):
    make_member(whole.applicant, "reader")
    press(client, whole)
    press(client, whole)
    assert len(mails("proposal_to_office")) == 1
    assert QueuedMail.objects.filter(subject_id=whole.pk).count() == 2


def test_receipt_is_in_the_persons_language_with_german_below(whole):
    owner = whole.applicant.owner
    owner.language = "ar"
    owner.save()
    version = submission.hand_in(whole, user=owner)
    text = Email.objects.get(queued_mail__template="proposal_received").message
    assert re.search("[\u0600-\u06ff]{3}", text).start() < text.index("Vielen Dank")
    assert text.count(version.checksum) == 2
    assert text.count("WIR-2027-0001") >= 2


def test_refused_proposal_writes_to_nobody(client, proposal):
    press(client, proposal)
    assert not QueuedMail.objects.filter(area="proposals").exists()


# --- Receipt and PDF ----------------------------------------------------------------------------
def test_receipt_shows_reference_checksum_and_everything(client, whole):
    press(client, whole)
    page = client.get(page_of(whole, "quittung/"))
    version = whole.versions.get()
    assert "WIR-2027-0001" in page.text
    assert version.checksum in page.text.replace("<wbr>", "")
    assert "Antwort: activities" in page.text
    assert "no-store" in page["Cache-Control"]


def test_receipt_of_a_draft_is_not_there(client, whole):
    for page in ("quittung/", "quittung/antrag.pdf"):
        assert client.get(page_of(whole, page)).status_code == 404


def test_pdf_is_an_attachment_named_for_the_reference(client, whole):
    press(client, whole)
    response = client.get(page_of(whole, "quittung/antrag.pdf"))
    assert b"".join(response).startswith(b"%PDF")
    assert response["Content-Disposition"] == 'attachment; filename="WIR-2027-0001.pdf"'


def test_large_pdf_that_is_not_ready_leads_back_in_words(client, whole):
    for n in range(stored_pdf.MOST_ROWS_AT_ONCE):
        make_cost(whole, f"Zeile {n}", 0)
    press(client, whole)
    Version.objects.filter(proposal=whole).update(pdf="")
    response = client.get(page_of(whole, "quittung/antrag.pdf"), follow=True)
    assert response.redirect_chain[-1][0] == page_of(whole, "quittung/")


@pytest.mark.parametrize("place", ["quittung/", "quittung/antrag.pdf", "alles.zip"])
def test_reader_reads_what_was_handed_in(whole, place):
    hand_in(whole)
    response = signed_in(make_member(whole.applicant, "reader")).get(page_of(whole, place))
    assert b"".join(response)
    assert response.status_code == 200


def test_receipt_is_read_in_any_language(client, applicant):
    whole = make_whole_proposal(applicant, language=SpokenLanguage.objects.get(code="ar"))
    whole.answers.filter(question="need").update(text="سبب وجيه", german="Ein guter Grund")
    hand_in(whole)
    for language in ("de", "ar", "en"):
        page = client.get(f"/{language}/antraege/{whole.key}/quittung/")
        assert "سبب وجيه" in page.text
        assert "Ein guter Grund" in page.text


# --- Withdrawing --------------------------------------------------------------------------------
def withdraw(client, proposal, **fields):
    return client.post(page_of(proposal, "zurueckziehen/"), {"sure": "yes"} | fields)


def test_proposal_is_withdrawn_and_what_was_handed_in_stays(client, whole):
    hand_in(whole)
    assert withdraw(client, whole)["Location"] == page_of(whole)
    whole.refresh_from_db()
    assert (whole.state, whole.withdrawn_at) == ("withdrawn", NOW)
    assert client.get(page_of(whole, "quittung/")).status_code == 200


def test_withdrawing_without_saying_so_asks_first(client, whole):
    hand_in(whole)
    assert withdraw(client, whole, sure="").status_code == 422
    assert state_of(whole) == "submitted"


def test_withdrawing_twice_is_withdrawing_once(client, whole):
    hand_in(whole)
    for _n in range(2):
        assert withdraw(client, whole).status_code == 302
    assert len(mails("proposal_withdrawn")) == 1
    assert (
        Event.objects.filter(kind=Event.Kind.PROPOSAL_WITHDRAWN, subject_id=whole.pk).count() == 1
    )


def test_draft_is_not_withdrawn(client, whole):
    assert withdraw(client, whole).status_code == 302
    assert state_of(whole) == "draft"


# --- What the city was given --------------------------------------------------------------------
def test_proposal_handed_in_is_not_deleted(client, whole):
    hand_in(whole)
    client.post(page_of(whole, "loeschen/"), {"ok": "1"})
    assert state_of(whole) == "submitted"


def test_old_drafts_go_and_what_was_handed_in_stays(applicant, clock):
    handed_in, draft = make_whole_proposal(applicant), make_whole_proposal(applicant)
    hand_in(handed_in)
    clock.move_to(NOW + datetime.timedelta(days=400))
    retention.run()
    assert list(Proposal.objects.filter(pk__in=[handed_in.pk, draft.pk])) == [handed_in]


# --- Figures ------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", ["pruefen/", "quittung/", ""])
def test_page_takes_as_many_queries_for_more_rows(client, applicant, count_queries, place):
    few, many = make_whole_proposal(applicant), make_whole_proposal(applicant)
    for n in range(30):
        make_cost(many, f"Zeile {n}", 0)
        make_enclosure(many, f"{n}.png", b"x")
    make_enclosure(few, "a.png", b"x")
    if place != "pruefen/":
        hand_in(few)
        hand_in(many)
    assert count_queries(page_of(many, place)) == count_queries(page_of(few, place))


def test_group_without_legal_form_is_not_asked_for_statutes(client, owner):

    line = make_half_line()
    line.terms.get().required_enclosures.set(
        EnclosureKind.objects.filter(belongs_to_organisation=True)
    )
    group = make_applicant(
        owner, kind="group-without-legal-form", legal_form="unregistered_group", register_number=""
    )
    for applicant, sections in ((group, []), (make_applicant(owner), ["anlagen"])):
        whole = make_whole_proposal(applicant, funding_line=line)
        gaps = client.get(page_of(whole, "pruefen/")).context["gaps"]
        assert sorted({gap.section.value for gap, _page in gaps}) == sections
