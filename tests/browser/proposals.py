"""What the tests of writing a proposal share: the steps people take, in any language."""

import datetime
import re
from pathlib import Path

from playwright.sync_api import expect

PAPERS = Path(__file__).resolve().parents[2] / "projects/demo/papers"
HALF = "beispiel-gemeinsam-im-stadtteil"
FULL = "beispiel-nachbarschaftstopf"


def step_into_the_club(page, language="de", role="club-owner"):
    page.goto(f"/{language}/demo/")
    page.locator(f"form[action$='/demo/{role}/einsteigen/'] button").click()
    expect(page).to_have_url(re.compile("/antraege/meine/$"))


def begin(page, title, language="de", line=HALF):
    """A new draft of that line; returns its address. Whoever has drafts wants another one."""
    page.goto(f"/{language}/antraege/neu/?line={line}")
    page.locator("main [name=title]").fill(title)
    another = page.locator("main [name=another]")
    if another.count():
        another.check()
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page.url


def fill(page, **answers):
    for name, text in answers.items():
        page.locator(f"main [name={name}]").fill(text)


def save(page):
    page.locator("main button[name=stay]:visible").click()
    expect(page.locator(".message-success")).to_be_visible()


def expect_saved_by_itself(page):
    """In German: all that was typed is stored, and the page says when."""
    expect(page.locator("[data-saving]")).to_have_text(
        re.compile(r"^Um .* gespeichert\.$"), timeout=15_000
    )


def first_choice(page, name):
    page.locator(f"main [name={name}]").first.check()


def next_summer():
    """A start and an end that keep the deadlines of the example lines."""
    year = datetime.datetime.now(datetime.UTC).year + 1
    return f"{year}-06-01", f"{year}-11-30"


def write_all_texts(page, address):
    """Every section but the plan and the enclosures, saved by the button."""
    starts_on, ends_on = next_summer()
    page.goto(f"{address}idee/")
    fill(page, summary="Wir gärtnern zusammen.", need="Es fehlt ein Ort.", aims="Man kennt sich.")
    fill(page, activities="Jeden Samstag ein Treffen.", success="Zwanzig Leute kommen.")
    save(page)
    page.goto(f"{address}foerderlinie/")
    fill(page, line_reason="Sie bringt Nachbarn zusammen.")
    save(page)
    page.goto(f"{address}zielgruppe/")
    first_choice(page, "target_groups")
    first_choice(page, "districts")
    fill(page, reaching="Mit Aushängen.", participants="25")
    save(page)
    page.goto(f"{address}partner/")
    fill(page, partners="Die Kita nebenan.", involvement="Sie leiten die Treffen.")
    save(page)
    page.goto(f"{address}zeitplan/")
    fill(page, starts_on=starts_on, ends_on=ends_on, steps="Juni: Beete bauen.")
    save(page)
    page.goto(f"{address}erklaerungen/")
    for tick in page.locator("main [name=declared]").all():
        tick.check()
    save(page)


# --- The plan -------------------------------------------------------------------------------------
def rows_of(page, block):
    """The rows of a block that are shown, in their order on the page."""
    return page.locator(f"[data-rows={block}] [data-row]:visible")


def cell(row, name):
    return row.locator(f"[name$='-{name}']")


def fill_row(row, **cells):
    """Cells by name; the kind is chosen by its key."""
    if kind := cells.pop("kind", None):
        cell(row, "kind").select_option(kind)
    for name, text in cells.items():
        cell(row, name).fill(text)


def descriptions(page, block):
    return [cell(row, "description").input_value() for row in rows_of(page, block).all()]


# --- Files ----------------------------------------------------------------------------------------
def choose_files(page, kind, *files):
    """`kind` is a part of the name of a paper in the list; without it the first one is meant."""
    papers = page.locator("main select[name=kind] option")
    value = papers.filter(has_text=kind).first.get_attribute("value")
    page.locator("main select[name=kind]").select_option(value)
    page.locator("main [name=files]").set_input_files(list(files))
