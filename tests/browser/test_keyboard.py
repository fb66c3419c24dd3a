"""The journeys by keyboard alone: every stop is visible, in order, and can be left again."""

import re

from playwright.sync_api import expect

STOP = """() => {
  const node = document.activeElement;
  const box = node.getBoundingClientRect();
  const style = getComputedStyle(node);
  const card = node.closest(".card");
  const around = card ? getComputedStyle(card) : null;
  return {
    name: node.tagName + " " + (node.textContent.trim() || node.name || "").slice(0, 40),
    visible: box.width > 0 && box.height > 0,
    ring: style.outlineStyle !== "none" || style.boxShadow !== "none"
      || (around !== null && around.outlineStyle !== "none"),
    body: node === document.body,
  };
}"""


def walk(page, most=200):
    """Tabs through the page; returns the stops until the focus leaves it."""
    stops = []
    for _step in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop["body"]:
            break
        stops.append(stop)
    return stops


def test_every_stop_of_the_home_page_shows_its_focus(page):
    page.goto("/de/")
    stops = walk(page)
    assert len(stops) > 20
    assert [stop["name"] for stop in stops if not stop["ring"] or not stop["visible"]] == []


def test_every_stop_of_the_list_shows_its_focus(page):
    page.goto("/de/projekte/")
    stops = walk(page)
    assert len(stops) > 40
    assert [stop["name"] for stop in stops if not stop["ring"] or not stop["visible"]] == []


def test_the_first_stop_leads_to_the_content(page):
    page.goto("/de/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_project_is_found_by_keyboard(page):
    page.goto("/de/projekte/")
    page.get_by_label("Was suchen Sie?").focus()
    page.keyboard.type("Fahrradkurs")
    page.keyboard.press("Enter")
    expect(page.locator("[data-announce]")).to_contain_text("1 Projekt gefunden")
    page.get_by_role("link", name=re.compile("Fahrradkurs für Frauen")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fahrradkurs")


def test_a_filter_is_set_and_removed_by_keyboard(page):
    page.goto("/de/projekte/")
    page.get_by_label(re.compile("^Nordend")).focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("district=nordend"))
    page.get_by_role("link", name=re.compile("Nordend.*entfernen")).focus()
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("district"))
    expect(page.locator("[data-announce]")).to_be_focused()


def test_the_questionnaire_is_answered_by_keyboard(page):
    page.goto("/de/foerderung/welche-linie/")
    page.get_by_label("Migrantenorganisation", exact=False).first.focus()
    page.keyboard.press("Space")
    page.get_by_label(re.compile("Modellprojekt")).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name=re.compile("linien zeigen")).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("organisation=migrant-organisation"))


def test_a_barrier_is_reported_by_keyboard(page):
    page.goto("/de/barriere-melden/")
    page.get_by_label(re.compile("Was ist passiert")).focus()
    page.keyboard.type("Ich komme mit der Tastatur nicht weiter.")
    page.get_by_role("button", name=re.compile("Meldung")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("angekommen")
