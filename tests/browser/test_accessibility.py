"""axe finds nothing: every kind of page, three languages, light and dark, narrow and wide."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.pages import PUBLIC

axe = Axe()
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": [
            *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"),
        ],
    },
}
VIEWS = [(width, scheme) for width in (320, 1280) for scheme in ("light", "dark")]


def violations(page):
    found = axe.run(page, options=OPTIONS).response["violations"]
    return [
        f"{item['id']}: {item['help']} → {[node['target'] for node in item['nodes'][:3]]}"
        for item in found
    ]


@pytest.mark.axe
@pytest.mark.parametrize("language", ["de", "en", "ar"])
@pytest.mark.parametrize("name", PUBLIC)
def test_axe_finds_nothing_on(name, language, page):
    page.goto(f"/{language}/{PUBLIC[name]}")
    complaints = list(page.complaints)
    found = {}
    for width, scheme in VIEWS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        if problems := violations(page):
            found[f"{width} px, {scheme}"] = problems
        too_wide = page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        if too_wide:
            found[f"{width} px, {scheme}: scrolls sideways"] = []
    # What axe itself puts into the page is not the page's fault.
    page.complaints[:] = complaints
    assert found == {}
