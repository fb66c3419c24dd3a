"""The budget plan as rows: saved, removed, moved, counted along, pasted, taken along."""

import csv
import io
import json
from decimal import Decimal

import pytest

from programs.models import FundingRate
from projects.proposals import submission
from projects.proposals.budget import CostKind, IncomeKind
from projects.proposals.models import PlannedUnits
from tests.factories import (
    make_account,
    make_cost,
    make_half_line,
    make_member,
    make_proposal,
    make_whole_proposal,
)

from .conftest import Writer, page_of, signed_in


@pytest.fixture
def whole(applicant):
    """A draft with 1000 euros of costs for 2098 and what pays for it."""
    return make_whole_proposal(applicant)


@pytest.fixture
def colleague(applicant):
    return signed_in(make_member(applicant, user=make_account("grace@example.org")))


def writer(client, proposal):
    return Writer(client, page_of(proposal, "kosten/"))


def cost(n=1, description="Miete", unit_amount="100", **fields):
    """The fields of one row of costs as a browser sends them."""
    values = {
        "kind": "rent",
        "description": description,
        "quantity": "",
        "unit": "",
        "unit_amount": unit_amount,
        "year": "2098",
        "position": "",
    }
    return {f"costs-{n}-{name}": value for name, value in (values | fields).items()}


def costs_of(proposal):
    return list(proposal.costitems.values_list("description", "quantity", "unit_amount"))


# --- Saving rows --------------------------------------------------------------------------------
def test_row_is_saved_to_the_cent(client, whole):
    writer(client, whole).save(**cost(unit_amount="1.234,56", quantity="2,5", unit="Monate"))
    row = whole.costitems.last()
    assert (row.description, row.quantity, row.unit, row.unit_amount, row.year, row.kind) == (
        *("Miete", Decimal("2.5"), "Monate", Decimal("1234.56"), 2098),
        CostKind.RENT,
    )
    assert row.amount == Decimal("3086.40")


def test_page_sent_back_unchanged_changes_nothing(client, whole):
    before = list(whole.costitems.values()), list(whole.incomeitems.values())
    assert writer(client, whole).save().status_code == 302
    assert (list(whole.costitems.values()), list(whole.incomeitems.values())) == before


def test_rows_of_all_blocks_are_saved(client, whole):
    row = {"kind": "donations", "description": "Feste", "amount": "50", "year": "2098"}
    given = {"description": "Vorlesen", "hours": "10", "rate": "15", "year": "2098"}
    writer(client, whole).save(
        **{f"incomes-2-{name}": value for name, value in row.items()},
        **{f"in_kind-0-{name}": value for name, value in given.items()},
    )
    assert whole.incomeitems.last().amount == 50
    assert whole.inkinditems.get().amount == 150


def test_saving_leads_to_the_next_section(client, whole):
    assert writer(client, whole).save()["Location"] == page_of(whole, "anlagen/")


def test_emptied_row_is_gone(client, whole):
    writer(client, whole).save(**{"costs-0-description": "", "costs-0-unit_amount": ""})
    assert costs_of(whole) == []


def test_removed_row_is_gone_and_not_looked_at(client, whole):
    writer(client, whole).save(**{"costs-0-remove": "on", "costs-0-unit_amount": "kaputt"})
    assert costs_of(whole) == []


def test_rows_stand_in_the_order_of_their_places(client, whole):
    mine = writer(client, whole)
    mine.save(**cost(1, "B", position="1"), **{"costs-0-position": "2"})
    assert [row[0] for row in costs_of(whole)] == ["B", "Honorar"]


def test_refused_row_leaves_its_block_and_saves_the_others(client, whole):
    page = writer(client, whole).save(**cost(unit_amount="viel"), **{"incomes-0-amount": "600"})
    assert (page.status_code, len(costs_of(whole))) == (422, 1)
    assert whole.incomeitems.first().amount == 600
    assert 'value="viel"' in page.text


def test_row_without_its_amount_is_refused_in_words(client, whole):
    page = writer(client, whole).save(**cost(unit_amount=""))
    assert [field for _l, _s, field in page.context["plan"].problems] == ["id_costs-1-unit_amount"]


def test_year_outside_the_project_is_refused(client, whole):
    page = writer(client, whole).save(**cost(year="2050"))
    assert [field for _l, _s, field in page.context["plan"].problems] == ["id_costs-1-year"]


def test_year_of_a_stored_row_stays_a_choice_when_the_dates_move(client, whole):
    make_cost(whole, year=2090)
    assert writer(client, whole).save(stay="1").status_code == 302
    assert set(whole.costitems.values_list("year", flat=True)) == {2098, 2090}


@pytest.mark.parametrize("days", [{"ends_on": "2015-01-01"}, {"starts_on": "2099-12-31"}, {}])
def test_plan_has_years_whatever_days_are_known(client, applicant, days):
    proposal = make_proposal(applicant, **days)
    page = client.get(page_of(proposal, "kosten/"))
    years = page.context["plan"].costs.forms[0].fields["year"].choices
    assert years
    assert paste(client, proposal, "Miete;5").status_code == 302


# --- Odd sums -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "sum_of_money",
    [
        *("1e308", "1e3", "NaN", "-0", "-5", "1,2,3", "Infinity", "0x10", "9" * 5000),
        *("1_000", "½", "²", "10.00.00", "\u202e12", "99999999999", "1;2"),
    ],
)
def test_what_is_no_sum_is_refused_with_an_example_and_kept(client, whole, sum_of_money):
    page = writer(client, whole).save(**cost(unit_amount=sum_of_money))
    (_label, sentence, field), *_more = page.context["plan"].problems
    assert (page.status_code, field) == (422, "id_costs-1-unit_amount")
    assert "10.000,00" in str(sentence)
    assert page.context["plan"].costs.forms[1]["unit_amount"].value() == sum_of_money
    assert len(costs_of(whole)) == 1


@pytest.mark.parametrize("sum_of_money", ["１２", "١٢", "12,00", "12.00 €", "12 EUR"])
def test_digits_of_any_script_are_a_sum(client, whole, sum_of_money):
    writer(client, whole).save(**cost(unit_amount=sum_of_money))
    assert whole.costitems.last().unit_amount == 12


@pytest.mark.parametrize(
    "row",
    [
        {"quantity": "9.999.999,99", "unit_amount": "9.999.999.999,99"},
        {"quantity": "10.000.000"},
        {"quantity": "0"},
        {"quantity": "-1"},
        {"description": "x" * 201},
        {"description": "a\x00b"},
        {"unit": "x" * 41},
        {"kind": "gibt-es-nicht"},
        {"year": str(10**30)},
        {"position": "-1"},
        {"position": str(10**30)},
    ],
)
def test_row_that_cannot_be_kept_is_refused_in_words(client, whole, row):
    page = writer(client, whole).save(**(cost() | cost(**row)))
    assert page.status_code == 422
    assert page.context["plan"].problems
    assert len(costs_of(whole)) == 1


def test_largest_sums_are_counted_without_an_error(client, whole):
    most = "9.999.999.999,99"
    rows = {name: v for n in range(1, 30) for name, v in cost(n, unit_amount=most).items()}
    page = writer(client, whole).save(**rows, **{"costs-TOTAL_FORMS": "30"}, stay="1")
    assert page.status_code == 302
    assert client.get(page_of(whole, "kosten/")).status_code == 200
    assert client.get(page_of(whole, "pruefen/")).status_code == 200


def test_text_of_a_row_cannot_turn_its_neighbours(client, whole):
    writer(client, whole).save(**cost(description="Mie\u202ete"))
    assert whole.costitems.last().description == "Miete"


@pytest.mark.parametrize(
    "total", ["abc", "-1", "", "1e9", "²", str(10**30), "99999999", "a\x00", "0x10"]
)
@pytest.mark.parametrize("place", ["kosten/", "kosten/pruefen/", "kosten/zeilen/"])
def test_forged_number_of_rows_changes_nothing(client, whole, total, place):
    sent = writer(client, whole).fields | {"costs-TOTAL_FORMS": total, "more": "costs"}
    answer = client.post(page_of(whole, place), sent)
    assert answer.status_code in (200, 422)
    assert len(costs_of(whole)) == 1


def test_form_without_its_numbers_of_rows_changes_nothing(client, whole):
    assert client.post(page_of(whole, "kosten/"), {"x": "1"}).status_code == 422
    assert (len(costs_of(whole)), whole.incomeitems.count()) == (1, 2)


def test_two_hundred_rows_are_saved_and_one_more_is_refused(client, whole):
    rows = {name: v for n in range(1, 200) for name, v in cost(n).items()}
    mine = writer(client, whole)
    assert mine.save(**rows, **{"costs-TOTAL_FORMS": "202"}).status_code == 302
    assert len(costs_of(whole)) == 200
    mine = writer(client, whole)
    assert mine.save().status_code == 302
    page = mine.save(**cost(200), **{"costs-TOTAL_FORMS": "202"})
    assert page.status_code == 422
    assert len(costs_of(whole)) == 200


# --- Counting along -----------------------------------------------------------------------------
def test_check_says_what_is_typed_and_saves_nothing(client, whole):
    sent = writer(client, whole).fields | cost()
    page = client.post(page_of(whole, "kosten/pruefen/"), sent)
    assert page.context["result"].total_costs == 1100
    assert len(costs_of(whole)) == 1
    assert 'value="Miete"' in page.text


def test_live_check_is_the_result_alone(client, whole):
    sent = writer(client, whole).fields | cost()
    part = client.post(page_of(whole, "kosten/pruefen/"), sent, headers={"X-Part": "result"})
    assert "<html" not in part.text
    assert "1.100" in part.text


def test_live_check_says_the_same_as_saving(client, whole):
    mine = writer(client, whole)
    sent = mine.fields | cost() | {"incomes-0-amount": "600"}
    typed = client.post(page_of(whole, "kosten/pruefen/"), sent).context["result"]
    mine.save(**cost(), **{"incomes-0-amount": "600"})
    stored = client.get(page_of(whole, "kosten/")).context["result"]
    assert (typed.allowed_share, typed.errors) == (stored.allowed_share, stored.errors)
    assert (typed.total_costs, typed.total_income) == (stored.total_costs, stored.total_income)


def test_check_leaves_out_a_row_that_is_refused(client, whole):
    sent = writer(client, whole).fields | cost(unit_amount="1,2,3")
    page = client.post(page_of(whole, "kosten/pruefen/"), sent)
    assert page.context["result"].total_costs == 1000


def test_share_above_the_rate_is_an_error_of_the_plan(client, whole):
    mine = writer(client, whole)
    mine.save(**{"incomes-0-amount": "400", "incomes-1-amount": "600"})
    result = client.get(page_of(whole, "kosten/")).context["result"]
    assert (result.allowed_share, bool(result.errors)) == (500, True)


def test_more_rows_keep_what_is_typed(client, whole):
    sent = writer(client, whole).fields | cost(unit_amount="noch offen") | {"more": "costs"}
    page = client.post(page_of(whole, "kosten/zeilen/"), sent)
    forms = page.context["plan"].costs.forms
    assert (len(forms), forms[1]["unit_amount"].value()) == (8, "noch offen")
    assert len(page.context["plan"].incomes.forms) == 4
    assert len(costs_of(whole)) == 1


def test_page_with_more_rows_can_be_saved(client, whole):
    mine = writer(client, whole)
    page = client.post(page_of(whole, "kosten/zeilen/"), mine.fields | {"more": "costs"})
    assert mine.save_again(page, **cost(7)).status_code == 302
    assert len(costs_of(whole)) == 2


# --- Two people ---------------------------------------------------------------------------------
def test_two_people_in_different_blocks_lose_nothing(client, whole, colleague):
    mine, theirs = writer(client, whole), writer(colleague, whole)
    theirs.save(**{"incomes-0-amount": "600"})
    assert mine.save(**cost()).status_code == 302
    assert (len(costs_of(whole)), whole.incomeitems.first().amount) == (2, 600)


def test_two_people_in_one_block_see_both_and_overwrite_nothing(client, whole, colleague):
    mine = writer(client, whole)
    writer(colleague, whole).save(**cost(1, "Ihre Miete"))
    page = mine.save(**cost(1, "Meine Miete"))
    assert page.status_code == 409
    assert "Ihre Miete" in page.text
    assert "Meine Miete" in page.text
    assert costs_of(whole)[-1][0] == "Ihre Miete"


def test_saving_again_after_a_conflict_saves_mine(client, whole, colleague):
    mine = writer(client, whole)
    writer(colleague, whole).save(**cost(1, "Ihre Miete"))
    page = mine.save(**cost(1, "Meine Miete"))
    assert mine.save_again(page).status_code == 302
    assert costs_of(whole)[-1][0] == "Meine Miete"


def test_third_version_after_a_conflict_is_a_conflict_again(client, whole, colleague):
    mine = writer(client, whole)
    writer(colleague, whole).save(**cost(1, "Ihre Miete"))
    page = mine.save(**cost(1, "Meine Miete"))
    writer(colleague, whole).save(**cost(1, "Dritte Miete"))
    assert mine.save_again(page).status_code == 409
    assert costs_of(whole)[-1][0] == "Dritte Miete"


def test_same_rows_written_by_both_are_no_conflict(client, whole, colleague):
    mine = writer(client, whole)
    writer(colleague, whole).save(**cost())
    assert mine.save(**cost()).status_code == 302
    assert len(costs_of(whole)) == 2


def test_page_that_saves_by_itself_hears_of_a_conflict(client, whole, colleague):
    mine = writer(client, whole)
    writer(colleague, whole).save(**cost(1, "Ihre Miete"))
    assert mine.save_by_itself(**cost(1, "Meine Miete")).status_code == 409


def test_page_that_saves_by_itself_goes_on_with_its_own_rows(client, whole):
    mine = writer(client, whole)
    first = mine.save_by_itself(**cost(1, "Mie"))
    second = mine.save_by_itself(**cost(1, "Miete"), seen=first.json()["seen"])
    assert (second.status_code, costs_of(whole)[-1][0]) == (200, "Miete")


def test_page_that_saves_by_itself_hears_which_field_was_refused(client, whole):
    answer = writer(client, whole).save_by_itself(**cost(unit_amount="1,2,3")).json()
    assert list(answer["errors"]) == ["id_costs-1-unit_amount"]


def test_refused_block_of_a_page_that_saves_by_itself_is_not_taken_as_seen(
    client, whole, colleague
):
    """What somebody else wrote there meanwhile is a conflict later, not overwritten."""
    mine = writer(client, whole)
    writer(colleague, whole).save(**cost(1, "Ihre Miete"))
    answer = mine.save_by_itself(**cost(1, "Meine Miete", unit_amount="1,2,3")).json()
    later = mine.save_by_itself(**cost(1, "Meine Miete"), seen=answer["seen"])
    assert (later.status_code, costs_of(whole)[-1][0]) == (409, "Ihre Miete")


@pytest.mark.parametrize("seen", ["", "x", "[]", "null", "{}", '{"costs": 1}'])
def test_made_up_memory_of_the_page_overwrites_nothing(client, whole, seen):
    page = writer(client, whole).save(**cost(), seen=seen)
    assert (page.status_code, len(costs_of(whole))) == (409, 1)


# --- Units --------------------------------------------------------------------------------------
@pytest.fixture
def rate(whole):
    """The line pays 90 euros for each unit, at most 40 of them."""
    terms = whole.funding_line.terms.get()
    terms.rates.all().delete()
    terms.financing_type = "fixed_amount"
    terms.save()
    rate = FundingRate.objects.create(
        terms=terms, kind=FundingRate.Kind.PER_UNIT, amount=90, max_units=40
    )
    rate.create_translation("de", name="Unterricht", unit="Unterrichtseinheit")
    return rate


def test_units_and_people_are_saved(client, whole, rate):
    units = {f"units-{rate.pk}-units": "36", f"units-{rate.pk}-people": "12"}
    writer(client, whole).save(**units)
    row = PlannedUnits.objects.get()
    assert (row.rate, row.units, row.people) == (rate, 36, 12)


def test_units_count_for_what_the_line_pays(client, whole, rate):
    writer(client, whole).save(**{f"units-{rate.pk}-units": "5"}, stay="1")
    assert client.get(page_of(whole, "kosten/")).context["result"].allowed_share == 450


def test_emptied_units_are_gone(client, whole, rate):
    PlannedUnits.objects.create(proposal=whole, rate=rate, units=5)
    writer(client, whole).save(**{f"units-{rate.pk}-units": ""})
    assert not PlannedUnits.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("units", "-1"), ("units", "1e9"), ("units", "0"), ("people", "0"), ("people", "100001")],
)
def test_odd_units_are_refused_in_words(client, whole, rate, field, value):
    sent = {f"units-{rate.pk}-units": "5", f"units-{rate.pk}-people": "1"}
    page = writer(client, whole).save(**(sent | {f"units-{rate.pk}-{field}": value}))
    assert page.status_code == 422
    assert not PlannedUnits.objects.exists()


def test_largest_units_are_counted_without_an_error(client, whole, rate):
    rate.max_units = None
    rate.amount = Decimal("9999999999.99")
    rate.save()
    sent = {f"units-{rate.pk}-units": "9.999.999,99", f"units-{rate.pk}-people": "100000"}
    writer(client, whole).save(**sent)
    assert client.get(page_of(whole, "kosten/")).status_code == 200


def test_units_that_somebody_else_changed_are_not_written_over(client, whole, rate, colleague):
    mine = writer(client, whole)
    writer(colleague, whole).save(**{f"units-{rate.pk}-units": "5"})
    mine.save(**cost())
    assert PlannedUnits.objects.get().units == 5


def test_units_written_by_two_are_a_conflict(client, whole, rate, colleague):
    mine = writer(client, whole)
    writer(colleague, whole).save(**{f"units-{rate.pk}-units": "5"})
    page = mine.save(**{f"units-{rate.pk}-units": "7"})
    assert (page.status_code, PlannedUnits.objects.get().units) == (409, 5)
    assert mine.save_again(page).status_code == 302
    assert PlannedUnits.objects.get().units == 7


# --- Pasting ------------------------------------------------------------------------------------
def paste(client, proposal, text, block="costs", seen=None):
    """As the page sends it, which knows what is stored."""
    seen = seen or client.get(page_of(proposal, "kosten/")).context["stored_seen"]
    sent = {"pasted": text, "block": block, "seen": seen}
    return client.post(page_of(proposal, "kosten/einfuegen/"), sent)


def test_rows_pasted_twice_by_pressing_twice_are_added_once(client, whole):
    seen = client.get(page_of(whole, "kosten/")).context["stored_seen"]
    paste(client, whole, "Raum;10;25,50", seen=seen)
    again = paste(client, whole, "Raum;10;25,50", seen=seen)
    assert [row[0] for row in costs_of(whole)].count("Raum") == 1
    assert again.status_code == 422
    assert "schon da sind" in again.text


def test_cells_of_a_spreadsheet_become_rows_behind_those_there(client, whole):
    text = "Wofür\tAnzahl\tEinheit\tEuro\r\nRaum\t10\tStunden\t25,50\nFlyer\t80\n"
    assert paste(client, whole, text)["Location"] == page_of(whole, "kosten/")
    assert costs_of(whole)[1:] == [
        ("Raum", Decimal("10"), Decimal("25.50")),
        ("Flyer", Decimal("1"), Decimal("80")),
    ]


def test_rows_of_income_are_pasted_as_sums(client, whole):
    paste(client, whole, "Spende;3;20", "incomes")
    row = whole.incomeitems.last()
    assert (row.description, row.amount, row.kind) == ("Spende", 60, IncomeKind.OTHER_INCOME)


def test_one_line_that_cannot_be_read_adds_nothing_and_names_the_line(client, whole):
    page = paste(client, whole, "Raum\t5\nFlyer\tviel")
    assert (page.status_code, len(costs_of(whole))) == (422, 1)
    assert [line.line for line in page.context["paste"]["refused"]] == [2]
    assert "Flyer\tviel" in page.text


@pytest.mark.parametrize(
    "text",
    [
        *("", "\x00", "nur Text", "a;b;c;d;e", "Raum;1e5", "Raum;NaN", "Raum;-5", "Raum;0;5"),
        *("Raum;99999999999", "Raum;9999999999,99;9999999999,99", "Raum;10000000;1"),
        *("Raum\n" * 300, "Raum;5\n" * 300, ";" * 100_000),
    ],
)
@pytest.mark.parametrize("block", ["costs", "incomes", "x"])
def test_lines_that_are_no_rows_are_refused_in_words(client, whole, text, block):
    page = paste(client, whole, text, block)
    assert page.status_code == 422
    assert (len(costs_of(whole)), whole.incomeitems.count()) == (1, 2)


def test_more_rows_than_fit_are_refused(client, whole):
    for n in range(5):
        make_cost(whole, f"Zeile {n}")
    page = paste(client, whole, "Raum;5\n" * 196)
    assert page.status_code == 422
    assert "Es ist noch Platz für 194 Zeilen." in page.text


def test_pasted_text_cannot_turn_its_neighbours(client, whole):
    paste(client, whole, "Rau\u202em;5")
    assert costs_of(whole)[-1][0] == "Raum"


def test_pasting_while_somebody_writes_is_a_conflict_for_the_other(client, whole, colleague):
    theirs = writer(colleague, whole)
    paste(client, whole, "Raum;5")
    assert theirs.save(**cost()).status_code == 409


# --- Taking along -------------------------------------------------------------------------------
def test_csv_is_the_stored_plan_and_runs_no_formula(client, whole):
    make_cost(whole, "=HYPERLINK(1)")
    response = client.get(page_of(whole, "kosten/plan.csv"))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]
    assert "Honorar" in cells
    assert not any(cell.startswith("=") for cell in cells)
    assert "attachment" in response["Content-Disposition"]


def test_workbook_is_an_attachment_nobody_stores(client, whole):
    response = client.get(page_of(whole, "kosten/plan.xlsx"))
    assert b"".join(response.streaming_content)[:2] == b"PK"
    assert "no-store" in response["Cache-Control"]


def test_reader_may_take_the_plan_along(applicant, whole):
    reader = signed_in(make_member(applicant, "reader"))
    assert reader.get(page_of(whole, "kosten/plan.csv")).status_code == 200


# --- After handing in ---------------------------------------------------------------------------
@pytest.mark.parametrize("place", ["", "pruefen/", "zeilen/", "einfuegen/"])
def test_plan_is_closed_after_handing_in(client, applicant, whole, place):
    sent = writer(client, whole).fields | cost() | {"pasted": "Raum;5"}
    submission.hand_in(whole, user=applicant.owner)
    response = client.post(page_of(whole, f"kosten/{place}"), sent)
    assert response["Location"] == page_of(whole)
    assert len(costs_of(whole)) == 1


# --- Figures ------------------------------------------------------------------------------------
def test_page_takes_as_many_queries_for_more_rows(client, whole, count_queries):
    fewer = count_queries(page_of(whole, "kosten/"))
    for n in range(30):
        make_cost(whole, f"Zeile {n}")
    assert count_queries(page_of(whole, "kosten/")) == fewer


def test_sum_of_what_was_seen_is_the_same_on_every_showing(client, whole):
    first, second = (client.get(page_of(whole, "kosten/")).context["seen"] for _n in range(2))
    assert json.loads(first) == json.loads(second)


def test_line_whose_figures_nobody_confirmed_counts_no_share(client, applicant):
    line = make_half_line(figures_confirmed=False)
    proposal = make_whole_proposal(applicant, funding_line=line)
    page = client.get(page_of(proposal, "kosten/"))
    assert page.context["result"].allowed_share is None
