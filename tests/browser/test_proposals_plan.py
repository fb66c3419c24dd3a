"""The budget plan by keyboard and on a phone: rows are added, moved and removed."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import watched
from .proposals import (
    begin,
    cell,
    descriptions,
    expect_saved_by_itself,
    fill_row,
    rows_of,
    step_into_the_club,
)
from .test_keyboard import walk


@pytest.fixture(scope="module")
def club(browser, browser_context_args):
    """The owner of the invented club, signed in once for all tests of this module."""
    context = browser.new_context(**browser_context_args)
    step_into_the_club(context.new_page())
    yield context
    context.close()


@pytest.fixture(scope="module")
def draft(club):
    return begin(club.pages[0], "Ein Plan mit Zeilen")


@pytest.fixture
def page(club, base_url):
    made = watched(club.new_page(), base_url)
    yield made
    made.close()
    assert made.complaints == []


def save_nothing(route):
    if route.request.method == "POST":
        route.fulfill(json={"message": "Um 12:00 Uhr gespeichert.", "seen": ""})
    else:
        route.fallback()


@pytest.fixture
def plan(page, draft):
    """The plan with three rows of costs that are not saved yet."""
    # Nothing of it shall be there for the next test.
    page.route("**/kosten/", save_nothing)
    page.goto(f"{draft}kosten/")
    page.locator("[data-rows=costs] [data-add-row]").click()
    for n, name in enumerate(("Erde", "Holz", "Farbe")):
        fill_row(rows_of(page, "costs").nth(n), description=name, unit_amount=str(10 * (n + 1)))
    yield page
    expect_saved_by_itself(page)


def button(row, name):
    return row.get_by_role("button", name=name)


def press(page, target, key="Enter"):
    target.focus()
    page.keyboard.press(key)


def test_row_moves_down_and_up_by_keyboard_and_keeps_the_focus(plan):
    press(plan, button(rows_of(plan, "costs").nth(0), "Nach unten"))
    assert descriptions(plan, "costs")[:3] == ["Holz", "Erde", "Farbe"]
    moved = rows_of(plan, "costs").nth(1)
    expect(button(moved, "Nach unten")).to_be_focused()
    press(plan, button(moved, "Nach oben"))
    assert descriptions(plan, "costs")[:3] == ["Erde", "Holz", "Farbe"]
    # At the top there is no way further up.
    expect(button(rows_of(plan, "costs").nth(0), "Nach unten")).to_be_focused()


def test_number_of_a_row_is_that_of_its_place(plan):
    press(plan, button(rows_of(plan, "costs").nth(0), "Nach unten"))
    names = [row.locator("legend").text_content() for row in rows_of(plan, "costs").all()]
    assert [name.split()[-1] for name in names] == [str(n + 1) for n in range(len(names))]


def test_removing_a_row_leads_the_focus_to_the_next_one(plan):
    press(plan, button(rows_of(plan, "costs").nth(0), "Diese Zeile entfernen"))
    assert descriptions(plan, "costs")[:2] == ["Holz", "Farbe"]
    assert rows_of(plan, "costs").nth(0).evaluate("row => row.contains(document.activeElement)")


def test_removing_the_last_row_of_all_leads_the_focus_to_the_button_for_a_new_one(plan):
    while rows_of(plan, "costs").count():
        press(plan, button(rows_of(plan, "costs").last, "Diese Zeile entfernen"))
    expect(plan.locator("[data-rows=costs] [data-add-row]")).to_be_focused()
    plan.keyboard.press("Enter")
    expect(rows_of(plan, "costs")).to_have_count(1)


def test_new_row_takes_the_focus(plan):
    before = rows_of(plan, "costs").count()
    press(plan, plan.locator("[data-rows=costs] [data-add-row]"))
    expect(rows_of(plan, "costs")).to_have_count(before + 1)
    expect(cell(rows_of(plan, "costs").last, "kind")).to_be_focused()


def test_enter_in_a_field_saves_and_adds_no_row(page, draft):
    page.goto(f"{draft}kosten/")
    row = rows_of(page, "incomes").nth(0)
    fill_row(row, description="Kasse", amount="100")
    press(page, cell(row, "amount"))
    expect(page.locator(".message-success")).to_be_visible()
    expect(cell(rows_of(page, "incomes").nth(0), "amount")).to_have_value("100")


def test_message_leads_to_the_row_after_others_moved(plan):
    rows = rows_of(plan, "incomes")
    fill_row(rows.nth(0), kind="own_funds", description="Kasse", amount="1")
    fill_row(rows.nth(1), kind="state_funds", description="Land", amount="900")
    press(plan, button(rows.nth(1), "Nach oben"))
    message = plan.locator("[data-plan-result] .findings-errors a", has_text="870,00 EUR")
    expect(message).to_be_visible()
    target = plan.locator(message.get_attribute("href"))
    expect(cell(target, "description")).to_have_value("Land")


def test_sum_that_cannot_be_read_is_refused_at_its_field_while_typing(page, draft):
    page.goto(f"{draft}kosten/")
    fill_row(rows_of(page, "costs").nth(0), description="Erde", unit_amount="1,2,3")
    row = rows_of(page, "costs").nth(0)
    expect(row.locator("[data-live-error]")).to_contain_text("1,2,3")
    expect(cell(row, "unit_amount")).to_have_attribute("aria-invalid", "true")
    fill_row(row, unit_amount="12,50")
    expect(row.locator("[data-live-error]")).to_have_count(0)


@pytest.mark.parametrize("place", ["idee", "kosten"])
def test_every_stop_shows_its_focus(place, page, draft):
    page.goto(f"{draft}{place}/")
    stops = walk(page)
    assert len(stops) > 20
    assert [stop["name"] for stop in stops if not stop["ring"] or not stop["visible"]] == []


def test_section_is_written_by_keyboard_alone(page, draft):
    page.goto(f"{draft}partner/")
    page.locator("[name=partners]").focus()
    page.keyboard.type("Die Schule am Park.")
    page.keyboard.press("Tab")
    expect(page.locator("[name=involvement]")).to_be_focused()
    page.keyboard.type("Sie leiten die Gruppe.")
    expect_saved_by_itself(page)
    page.get_by_role("button", name="Speichern und weiter").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/zeitplan/$"))


def test_rows_are_filled_in_on_a_narrow_phone(page, draft):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{draft}kosten/")
    row = rows_of(page, "costs").nth(0)
    for name in ("kind", "description", "quantity", "unit", "unit_amount", "year"):
        box = cell(row, name).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        assert box["width"] >= 60
        assert box["height"] >= 40
    for made in row.locator(".row-button").all():
        assert min(made.bounding_box()["width"], made.bounding_box()["height"]) >= 24
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_share_is_counted_along_in_arabic(page):
    address = begin(page, "بستان الحي", "ar")
    page.goto(f"{address}kosten/")
    fill_row(rows_of(page, "costs").nth(0), description="تربة", unit_amount="١٠٠٠")
    fill_row(rows_of(page, "incomes").nth(0), kind="own_funds", amount="300")
    fill_row(rows_of(page, "incomes").nth(1), kind="state_funds", amount="700")
    expect(page.locator("[data-plan-result] .findings-errors")).to_contain_text("200,00 EUR")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
