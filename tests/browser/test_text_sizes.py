"""Readers set the text larger or further apart, and nothing is cut off or runs out of the page."""

import pytest

from tests.pages import PUBLIC

# WCAG 1.4.12: what a reader may set, all at once.
APART = """
  * { line-height: 1.5 !important; letter-spacing: 0.12em !important;
      word-spacing: 0.16em !important; }
  p { margin-block-end: 2em !important; }
"""
TWICE_AS_LARGE = ":root { font-size: 200% !important; }"
SET = """(rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets = [sheet];
}"""
# Texts that a box cuts off, and whether the page is wider than the window.
TROUBLE = """() => {
  const found = [...document.querySelectorAll("body *")].filter((node) => {
    const style = getComputedStyle(node);
    const cuts = ["hidden", "clip"];
    const box = node.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || !node.innerText?.trim()) return false;
    return (cuts.includes(style.overflowX) && node.scrollWidth > node.clientWidth + 1)
      || (cuts.includes(style.overflowY) && node.scrollHeight > node.clientHeight + 1);
  }).map((node) => `${node.tagName}.${node.className}: ${node.innerText.slice(0, 40)}`);
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return found;
  const wide = [...document.querySelectorAll("body *")].filter(
    (node) => node.getBoundingClientRect().right > root.clientWidth + 1);
  return ["scrolls sideways", ...wide.map((node) => `${node.tagName}.${node.className}`), ...found];
}"""


def trouble(page, rules):
    page.evaluate(SET, rules)
    return page.evaluate(TROUBLE)


@pytest.mark.axe
@pytest.mark.parametrize("name", PUBLIC)
def test_text_set_apart_is_read_whole(name, page):
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto(f"/de/{PUBLIC[name]}")
    assert trouble(page, APART) == []


@pytest.mark.axe
@pytest.mark.parametrize("name", PUBLIC)
def test_text_twice_as_large_is_read_whole(name, page):
    page.goto(f"/de/{PUBLIC[name]}")
    assert trouble(page, TWICE_AS_LARGE) == []


def test_text_that_is_cut_off_would_be_found(page):
    page.goto("/de/")
    assert trouble(page, "h1 { overflow: hidden; block-size: 1em; }") != []
    assert trouble(page, "main { inline-size: 3000px; }") != []
