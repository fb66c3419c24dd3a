"""Documents for the officers: printed from the registries, and nothing in them leads nowhere."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import call_command

from offenbach_wir import retention
from offenbach_wir.processing import ACTIVITIES

ROOT = Path(__file__).resolve().parents[2]
OFFICERS = ROOT / "docs" / "officers"
PAGES = sorted(OFFICERS.glob("*.md"))
TARGET = re.compile(r"(!?)\[([^\]]*)\]\(([^)]+)\)")
# `tests/frame/test_headers.py::test_a` and, after it, further ones of the same file: `::test_b`.
NAMED = re.compile(r"`(?P<path>tests/[\w/.]+)?(?:::(?P<name>test_\w+))?`")


def named_tests(text):
    """(path, name or "") of every test a page names."""
    path = ""
    for found in NAMED.finditer(text):
        path = found["path"] or path
        if found["path"] or found["name"]:
            yield path, found["name"] or ""


def slugs(page):
    """The marks of the headings of a page, as a forge makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_list_of_processing_activities_is_printed_from_the_registries():
    printed = io.StringIO()
    call_command("print_processing", stdout=printed)
    page = OFFICERS / "verarbeitungen.md"
    assert page.read_text(encoding="utf-8") == printed.getvalue(), (
        "Please renew it: WIR_MODE=demo python manage.py print_processing > "
        "docs/officers/verarbeitungen.md"
    )


def test_every_record_about_people_belongs_to_one_activity():
    named = [label for activity in ACTIVITIES for label in activity.records]
    kept = {
        label
        for label, record in retention.registry().items()
        if not hasattr(record.model, "instance_type")
    }
    assert sorted(named) == sorted(kept)


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_test_that_a_page_names_exists(document):
    for path, name in named_tests(document.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), path
        if name:
            source = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"^ *def {name}\(", source, re.MULTILINE), f"{path}::{name}"


def test_short_form_of_a_test_belongs_to_the_file_named_before():
    text = "`tests/a.py::test_one`, `::test_two` and `tests/b.py`"
    assert list(named_tests(text)) == [
        ("tests/a.py", "test_one"),
        ("tests/a.py", "test_two"),
        ("tests/b.py", ""),
    ]


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_links_and_pictures_exist(document):
    for mark, text, target in TARGET.findall(document.read_text(encoding="utf-8")):
        if re.match(r"https?:", target):
            continue
        name, _, anchor = target.partition("#")
        goal = (OFFICERS / name) if name else document
        assert goal.exists(), target
        assert not anchor or anchor in slugs(goal), target
        assert not mark or text, f"{target} needs an alternative text"


def test_overview_links_every_page():
    overview = (OFFICERS / "README.md").read_text(encoding="utf-8")
    linked = {target for _mark, _text, target in TARGET.findall(overview)}
    assert {page.name for page in PAGES} - {"README.md"} <= linked


def test_picture_of_the_ways_of_data_says_in_words_what_it_shows():
    svg = ElementTree.parse(OFFICERS / "datenwege.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert svg.get("role") == "img"
    assert svg.find(f"{space}title").text
    assert svg.find(f"{space}desc").text


def test_every_chapter_of_asvs_has_its_lines():
    text = (OFFICERS / "asvs.md").read_text(encoding="utf-8")
    assert re.findall(r"^## V(\d+) ", text, re.MULTILINE) == [str(n) for n in range(1, 18)]


def test_every_criterion_of_wcag_has_its_line():
    """55 criteria of levels A and AA in WCAG 2.2 (4.1.1 is obsolete)."""
    text = (OFFICERS / "barrierefreiheit.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| (\d\.\d\.\d{1,2}) ", text, re.MULTILINE)
    assert len(named) == len(set(named)) == 55
