"""The German handbook: its page on roles is the table in code, and nothing in it leads nowhere."""

import io
import re
from pathlib import Path

import pytest
from django.core.management import call_command

HANDBOOK = Path(__file__).resolve().parents[2] / "docs" / "handbook"
PAGES = sorted(HANDBOOK.glob("*.md"))
TARGET = re.compile(r"(!?)\[([^\]]*)\]\(([^)]+)\)")


def targets(page, *, pictures):
    """(text, target) of the links or pictures of a page."""
    found = TARGET.findall(page.read_text(encoding="utf-8"))
    return [(text, target) for mark, text, target in found if bool(mark) == pictures]


def test_page_on_roles_is_printed_from_the_table():
    printed = io.StringIO()
    call_command("print_roles", stdout=printed)
    assert (HANDBOOK / "rollen.md").read_text(encoding="utf-8") == printed.getvalue(), (
        "Please renew it: WIR_MODE=demo python manage.py print_roles > docs/handbook/rollen.md"
    )


@pytest.mark.parametrize(
    ("name", "options"),
    [("stand-eines-vorgangs.md", {}), ("bilder/stand-eines-vorgangs.svg", {"picture": True})],
)
def test_states_of_a_case_are_printed_from_the_table(name, options):
    printed = io.StringIO()
    call_command("print_steps", stdout=printed, **options)
    assert (HANDBOOK / name).read_text(encoding="utf-8") == printed.getvalue(), (
        "Please renew page and picture as the command print_steps says."
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_exist(page):
    for _text, target in targets(page, pictures=False):
        if not re.match(r"https?:|mailto:", target):
            assert (HANDBOOK / target.partition("#")[0]).exists(), target
    for text, target in targets(page, pictures=True):
        assert (HANDBOOK / target).is_file(), target
        assert text, f"{target} needs an alternative text"


def test_index_links_every_page():
    linked = {target for _text, target in targets(HANDBOOK / "README.md", pictures=False)}
    assert {page.name for page in PAGES} - {"README.md"} <= linked


def test_every_picture_is_shown_and_small():
    shown = {target for page in PAGES for _text, target in targets(page, pictures=True)}
    stored = {f"bilder/{picture.name}" for picture in (HANDBOOK / "bilder").iterdir()}
    assert stored == shown
    assert all((HANDBOOK / name).stat().st_size <= 60 * 1024 for name in stored)
