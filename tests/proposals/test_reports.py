"""The proof of use and the interim report in the hands of the organisation that writes them."""

import datetime
from decimal import Decimal

import pytest
from django.test import Client

from offenbach_wir.models import QueuedMail
from programs.models import FundingRate, FundingTerms
from projects.proposals import case_file, grants, report_saving, reports, submission
from projects.proposals.case import State
from projects.proposals.models import (
    Decision,
    Disbursement,
    Duty,
    PlannedUnits,
    Proposal,
    Report,
)
from tests.case_factories import (
    HANDED_IN_AT,
    bring_to,
    make_case,
    make_disbursement,
    make_large_case,
)
from tests.factories import make_account, make_applicant, make_member

from .conftest import Writer
from .test_grant import as_member, page
from .test_office import case_of, stepped_in


@pytest.fixture
def ended(db):
    """A project that is over: 1,000 planned, half of it granted and paid."""
    proposal = make_case(State.PROOF_DUE)
    make_disbursement(proposal, 500, paid_on=datetime.date(2098, 6, 1))
    return proposal


def form(proposal, costs="1000,00", own="500,00", grant="500,00", **fields):
    """The proof of use as a browser sends it, filled in."""
    plan = reports.plan_of(proposal)
    keys = {
        side: [reports.key_of(side, line) for line in lines] for side, lines in plan.lines.items()
    }
    sent = {"seen": "0", "narrative": "Wir haben zwölfmal gelesen."}
    for name in ("other-costs", "other-incomes", "other-unpaid", "vouchers"):
        sent |= {f"{name}-TOTAL_FORMS": "1", f"{name}-INITIAL_FORMS": "0"}
    typed = {"costs": [costs], "incomes": [own, grant], "unpaid": []}
    for side, values in typed.items():
        for key, value in zip(keys[side], values, strict=True):
            sent[f"planned-{side}-{key}"] = value
    return sent | voucher(amount=costs) | fields


def voucher(amount="1000,00", n=0, **fields):
    row = {"paid_on": "2026-05-03", "payee": "Grace Beispiel", "reason": "Honorar"} | fields
    return {f"vouchers-{n}-{name}": value for name, value in (row | {"amount": amount}).items()}


def write(proposal, client=None, name="nachweis/", **fields):
    client = client or as_member(proposal)
    return client.post(page(proposal, f"foerderung/{name}"), form(proposal, **fields))


def proof_of(proposal):
    return reports.of(proposal, Report.Kind.PROOF)


def hand_in(proposal, client=None):
    client = client or as_member(proposal)
    sent = {"seen": proposal.step_number, "confirms": "on"}
    return client.post(page(proposal, "schritt/hand_in_proof/"), sent)


# --- Writing ------------------------------------------------------------------------------------
def test_page_of_the_proof_begins_with_the_plan_and_what_was_paid(ended):
    text = as_member(ended).get(page(ended, "foerderung/nachweis/")).content.decode()
    assert "Honorar" in text
    assert 'value="500"' in text
    assert not ended.reports.exists()


def test_page_is_sent_back_as_a_browser_sends_it(ended):
    writer = Writer(as_member(ended), page(ended, "foerderung/nachweis/"))
    assert writer.save_by_itself(narrative="Zwölf Abende.").json()["seen"] == "1"
    assert writer.save(narrative="Zwölf Abende.", seen="1").status_code == 302
    assert proof_of(ended).version == 1


def test_what_is_saved_is_kept_in_the_structure_of_the_plan(ended):
    assert write(ended, costs="800,00").status_code == 302
    item = proof_of(ended).items.get(side="cost")
    assert (item.description, item.planned, item.actual) == ("Honorar", 1000, 800)
    assert proof_of(ended).vouchers.get().amount == 800


def test_half_of_a_proof_can_be_saved(ended):
    assert write(ended, costs="", narrative="", **voucher("")).status_code == 422
    empty = dict.fromkeys(voucher(), "")
    assert write(ended, costs="", narrative="", **empty).status_code == 302
    assert proof_of(ended).items.get(side="cost").actual is None


def test_costs_that_were_not_planned_can_be_added(ended):
    more = {"kind": "rent", "description": "Saal", "amount": "120,00", "year": "2098"}
    write(ended, **{f"other-costs-0-{name}": value for name, value in more.items()})
    assert proof_of(ended).items.get(description="Saal").planned == 0
    client = as_member(ended)
    assert "Saal" in client.get(page(ended, "foerderung/nachweis/")).content.decode()


@pytest.mark.parametrize(
    "field",
    [
        {"costs": "viel"},
        {"costs": "-5"},
        {"costs": "99999999999999"},
        {"vouchers-0-paid_on": "gestern"},
        {"vouchers-0-paid_on": "2099-12-31"},
        {"vouchers-0-payee": ""},
        {"narrative": "x" * 10_001},
        {"seen": "x"},
        {"vouchers-TOTAL_FORMS": "-3"},
    ],
)
def test_what_cannot_be_read_is_refused_and_stays_on_the_page(ended, field):
    answer = write(ended, **field)
    assert answer.status_code == 422
    assert "Honorar" in answer.content.decode()
    assert not ended.reports.exists()


def test_page_that_saves_by_itself_hears_the_new_version(ended):
    client = as_member(ended)
    address = page(ended, "foerderung/nachweis/")
    headers = {"X-Saves-Itself": "yes"}
    assert client.post(address, form(ended), headers=headers).json()["seen"] == "1"
    refused = client.post(address, form(ended, seen="1", costs="viel"), headers=headers).json()
    assert refused["errors"]
    assert "seen" not in refused


# --- Several people, twice, late ----------------------------------------------------------------
def test_second_of_two_writers_is_shown_both_versions(ended):
    write(ended, narrative="Von Ada.")
    other = as_member(ended, "editor")
    answer = write(ended, other, narrative="Von Grace.")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Von Ada." in text
    assert "Von Grace." in text
    assert proof_of(ended).narrative == "Von Ada."
    assert write(ended, other, narrative="Von Grace.", seen="1").status_code == 302
    assert proof_of(ended).narrative == "Von Grace."


def test_saving_the_same_twice_is_no_conflict(ended):
    for _n in range(2):
        assert write(ended).status_code == 302
    assert proof_of(ended).version == 1


def test_reader_reads_and_cannot_write(ended):
    write(ended)
    reader = as_member(ended, "reader")
    text = reader.get(page(ended, "foerderung/nachweis/")).content.decode()
    assert "Wir haben zwölfmal gelesen." in text
    assert "<textarea" not in text
    assert write(ended, reader).status_code == 403
    assert hand_in(ended, reader).status_code == 403


def test_stranger_finds_no_report(ended):
    client = Client()
    client.force_login(make_applicant(make_account()).owner)
    assert client.get(page(ended, "foerderung/nachweis/")).status_code == 404
    assert write(ended, client).status_code == 404


def test_proof_is_not_written_before_the_grant_is_accepted(db):
    proposal = make_case(State.APPROVED)
    assert write(proposal).status_code == 302
    assert not proposal.reports.exists()


def test_locked_case_takes_no_report(ended):
    Proposal.objects.filter(pk=ended.pk).update(locked_because="Prüfung")
    write(ended)
    assert not ended.reports.exists()


# --- Computing ----------------------------------------------------------------------------------
def compute(proposal, **fields):
    answer = write(proposal, name="nachweis/rechnen/", **fields)
    assert answer.status_code == 200
    return answer.context["reading"].statement


@pytest.fixture
def ten_thousand(db):
    """The worked figures of domain.md: 50 per cent of 10,000 are 5,000, all of it paid."""
    proposal = make_large_case(State.PROOF_DUE)
    make_disbursement(proposal, 5000, paid_on=datetime.date(2098, 6, 1))
    return proposal


@pytest.mark.parametrize(
    ("costs", "own", "final", "back"),
    [
        ("10.000,00", "5.000,00", 5000, 0),
        ("8.000,00", "4.000,00", 4000, 1000),
        ("12.000,00", "7.000,00", 5000, 0),
    ],
)
def test_grant_shrinks_with_the_real_costs_and_never_grows(ten_thousand, costs, own, final, back):
    found = compute(ten_thousand, costs=costs, own=own, grant="5.000,00")
    assert (found.final_grant, found.to_repay) == (final, back)
    assert not ten_thousand.reports.exists()


@pytest.mark.parametrize(("costs", "is_said"), [("12.000,00", False), ("12.000,01", True)])
def test_item_more_than_a_fifth_above_its_plan_is_pointed_out(ten_thousand, costs, is_said):
    found = compute(ten_thousand, costs=costs, own="7.000,01", grant="5.000,00")
    assert ("item_exceeds" in {message.code for message in found.messages}) is is_said


def test_sum_of_the_vouchers_stands_beside_the_costs(ended):
    answer = write(ended, name="nachweis/rechnen/", **voucher("400,00"))
    reading = answer.context["reading"]
    assert (reading.sum_of_vouchers, reading.without_voucher) == (400, 600)


def test_page_that_counts_along_gets_the_result_alone(ended):
    client = as_member(ended)
    address = page(ended, "foerderung/nachweis/rechnen/")
    text = client.post(address, form(ended), headers={"X-Part": "result"}).content.decode()
    assert "data-plan-line" in text
    assert "<form" not in text


def test_more_rows_come_without_losing_what_was_typed(ended):
    answer = write(ended, name="nachweis/zeilen/", more="vouchers", costs="viel")
    text = answer.content.decode()
    assert 'name="vouchers-5-payee"' in text
    assert 'value="viel"' in text


# --- Pasting vouchers ---------------------------------------------------------------------------
def paste(proposal, text, seen="0"):
    client = as_member(proposal)
    address = page(proposal, "foerderung/nachweis/einfuegen/")
    return client.post(address, {"pasted": text, "seen": seen})


def test_vouchers_are_pasted_from_a_spreadsheet(ended):
    lines = "Tag\tAn\tWofür\tEuro\n3.5.2098\tGrace\tHonorar\t1.200,50\n2098-06-01;X;Y;3"
    assert paste(ended, lines.replace(";", "\t")).status_code == 302
    rows = list(proof_of(ended).vouchers.values_list("paid_on", "payee", "amount"))
    assert rows == [
        (datetime.date(2098, 5, 3), "Grace", Decimal("1200.50")),
        (datetime.date(2098, 6, 1), "X", Decimal("3.00")),
    ]


@pytest.mark.parametrize(
    "text", ["", "31.2.2098;A;B;3", "1.1.1999;A;B;3", "1.1.2098;A;3", "x;y;z;1"]
)
def test_pasted_lines_that_are_no_vouchers_add_nothing(ended, text):
    answer = paste(ended, text)
    assert answer.status_code == 422
    assert not ended.reports.exists()


def test_pasting_twice_adds_once(ended):
    assert paste(ended, "1.5.2098;A;B;3").status_code == 302
    assert paste(ended, "1.5.2098;A;B;3").status_code == 422
    assert proof_of(ended).vouchers.count() == 1


# --- Handing in ---------------------------------------------------------------------------------
def test_whole_proof_is_handed_in_and_closed(ended):
    write(ended)
    assert hand_in(ended).status_code == 302
    ended.refresh_from_db()
    assert ended.state == State.PROOF_SUBMITTED
    assert ended.duties.open().get().kind == Duty.Kind.CHECK_PROOF
    write(ended, narrative="Anders.", seen="1")
    assert proof_of(ended).narrative == "Wir haben zwölfmal gelesen."


@pytest.mark.parametrize(
    "field",
    [
        {"narrative": ""},
        {"costs": ""},
        {"own": "100,00"},
        dict.fromkeys(voucher(), ""),
    ],
)
def test_proof_with_a_gap_is_not_handed_in(ended, field):
    fields = {"costs": "", **dict.fromkeys(voucher(), "")} if "costs" in field else field
    assert write(ended, **fields).status_code == 302
    answer = hand_in(ended)
    assert answer.status_code == 422
    assert Proposal.objects.get(pk=ended.pk).state == State.PROOF_DUE


def test_page_says_what_is_missing_before_handing_in(ended):
    write(ended, narrative="")
    text = as_member(ended).get(page(ended, "foerderung/nachweis/")).content.decode()
    assert "hand_in_proof" not in text
    assert as_member(ended).get(page(ended, "schritt/hand_in_proof/")).status_code == 200


def test_handing_in_twice_hands_in_once(ended):
    write(ended)
    client = as_member(ended)
    sent = {"seen": ended.step_number, "confirms": "on"}
    for _n in range(2):
        answer = client.post(page(ended, "schritt/hand_in_proof/"), sent)
        assert answer.status_code == 302
    assert Proposal.objects.get(pk=ended.pk).step_number == ended.step_number + 1


# --- Interim report -----------------------------------------------------------------------------
@pytest.fixture
def running(db):
    proposal = make_case(State.RUNNING)
    Decision.objects.filter(proposal=proposal).update(interim_due_on=datetime.date(2098, 7, 1))
    Duty.objects.create(
        proposal=proposal, kind="interim", who="writers", due_on=datetime.date(2098, 7, 1)
    )
    return proposal


def test_interim_report_is_handed_in_once_and_ends_its_duty(running):
    assert write(running, name="zwischenbericht/").status_code == 302
    client = as_member(running)
    for _n in range(2):
        answer = client.post(page(running, "foerderung/zwischenbericht/abgeben/"), {"ok": "1"})
        assert answer.status_code == 302
    assert not running.duties.open().filter(kind="interim").exists()
    assert QueuedMail.objects.filter(template="grant_news_to_office").count() == 1
    write(running, name="zwischenbericht/", narrative="Anders.", seen="1")
    assert reports.of(running, "interim").narrative == "Wir haben zwölfmal gelesen."


def test_empty_interim_report_is_not_handed_in(running):
    client = as_member(running)
    address = page(running, "foerderung/zwischenbericht/abgeben/")
    assert client.post(address, {"ok": "1"}).status_code == 422


def test_there_is_no_interim_report_that_nobody_asked_for(ended):
    assert as_member(ended).get(page(ended, "foerderung/zwischenbericht/")).status_code == 404


def test_editor_may_hand_in(ended):
    client = Client()
    client.force_login(make_member(ended.applicant, "editor"))
    write(ended, client)
    assert hand_in(ended, client).status_code == 302


def test_what_was_agreed_to_since_is_the_plan_of_the_proof(ended):
    rows = ended.versions.first().data["plan"]
    rows["costs"][0]["amount"] = "900.00"
    ended.changes.create(text="Billiger.", rows=rows, state="agreed", sent_by_form="x")
    assert reports.plan_of(ended).lines["costs"][0].planned == 900


def test_saving_and_handing_in_use_the_case_as_it_is_now(ended):
    write(ended)
    stale = Proposal.objects.get(pk=ended.pk)
    hand_in(ended)
    with pytest.raises(report_saving.ClosedError):
        report_saving.add_vouchers(stale, [], seen=1, user=None, most=200)
    assert Disbursement.objects.filter(proposal=ended).count() == 1
    assert grants.paid(ended) == 500


# --- Amounts per unit ---------------------------------------------------------------------------
@pytest.fixture
def by_units(db):
    """A project that is over: 20 hours for 5 people at 5 euros each are approved, 500 are paid."""
    proposal = make_case(State.DRAFT)
    terms = proposal.funding_line.terms.get()
    terms.rates.all().delete()
    FundingTerms.objects.filter(pk=terms.pk).update(financing_type="fixed_amount")
    rate = FundingRate.objects.create(terms=terms, kind="per_unit", amount=5)
    rate.create_translation("de", name="Sprachkurs", unit="Stunde")
    PlannedUnits.objects.create(proposal=proposal, rate=rate, units=20, people=5)
    submission.hand_in(proposal, user=proposal.applicant.owner, now=HANDED_IN_AT)
    proposal.refresh_from_db()
    proposal = bring_to(State.PROOF_DUE, proposal)
    make_disbursement(proposal, 500, paid_on=datetime.date(2098, 6, 1))
    return proposal


def units(number, people="5"):
    return {"real-units-0-units": number, "real-units-0-people": people}


def statement(proposal):
    return reports.reading_of(proposal, proof_of(proposal)).statement


def test_page_asks_for_the_real_units_beside_the_approved_ones(by_units):
    text = as_member(by_units).get(page(by_units, "foerderung/nachweis/")).text
    assert "Sprachkurs" in text
    assert "20 × 5" in text
    assert 'name="real-units-0-units"' in text


def test_line_without_amounts_per_unit_asks_for_none(ended):
    text = as_member(ended).get(page(ended, "foerderung/nachweis/")).text
    assert "real-units" not in text


@pytest.mark.parametrize(
    ("number", "people", "final", "owed"),
    [
        ("20", "5", "500.00", "0.00"),
        ("15,5", "5", "387.50", "112.50"),
        ("20", "4", "400.00", "100.00"),
        ("0", "", "0.00", "500.00"),
        ("30", "5", "500.00", "0.00"),
    ],
)
def test_grant_follows_the_real_units_up_to_the_approved_ones(
    by_units, number, people, final, owed
):
    assert write(by_units, **units(number, people)).status_code == 302
    found = statement(by_units)
    assert (found.final_grant, found.to_repay) == (Decimal(final), Decimal(owed))


def test_units_that_are_typed_are_counted_before_they_are_saved(by_units):
    sent = form(by_units, **units("15,5"))
    check = as_member(by_units).post(page(by_units, "foerderung/nachweis/rechnen/"), sent)
    assert check.context["reading"].statement.final_grant == Decimal("387.50")
    assert proof_of(by_units) is None


def test_proof_without_the_real_units_cannot_be_handed_in(by_units):
    write(by_units, **units("", ""))
    assert any("Sprachkurs" in gap for gap in reports.gaps_of(by_units, proof_of(by_units)))
    hand_in(by_units)
    assert Proposal.objects.get(pk=by_units.pk).state == State.PROOF_DUE
    write(by_units, seen="1", own="1000,00", **units("0", ""))
    assert not list(reports.gaps_of(by_units, proof_of(by_units)))


def test_report_that_knows_no_units_counts_the_approved_ones(by_units):
    write(by_units, **units("", ""))
    assert statement(by_units).final_grant == 500


@pytest.mark.parametrize(
    "sent",
    [
        units("viele"),
        units("-1"),
        units("99999999999"),
        units("10", ""),
        units("10", "0"),
        units("10", "1,5"),
    ],
)
def test_units_that_cannot_be_read_are_refused(by_units, sent):
    answer = write(by_units, **sent)
    assert answer.status_code == 422
    assert proof_of(by_units) is None
    assert "Sprachkurs" in " ".join(str(label) for label, *_ in answer.context["typed"].problems)


def test_saving_the_same_units_again_makes_no_other_version(by_units):
    write(by_units, **units("15,5"))
    write(by_units, seen="1", **units("15,50"))
    assert proof_of(by_units).version == 1
    write(by_units, seen="1", **units("16"))
    assert proof_of(by_units).version == 2
    assert proof_of(by_units).units.get().units == 16


def test_office_sees_approved_and_real_units_and_begins_with_their_sum(by_units):
    write(by_units, own="612,50", **units("15,5"))
    hand_in(by_units)
    text = stepped_in("coordinator").get(case_of(by_units, "bericht/nachweis/")).text
    assert "20 × 5" in text
    assert "15,5 × 5" in text
    step = stepped_in("coordinator").get(case_of(by_units, "schritt/check_proof/"))
    assert step.context["form"].initial["final_grant"] == Decimal("387.50")


def test_file_of_the_case_holds_the_real_units(by_units):
    write(by_units, **units("15,5"))
    data = case_file.data_of(by_units, [])
    (report,) = data["reports"]
    assert report["units"] == ["15.50 × 5"]
