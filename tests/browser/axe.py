"""axe over the open page: narrow and wide, light and dark, by switching within the page.

All rules are asked in each width; in dark colours those that look at colours are asked again,
because nothing else can change with them. English has the elements and the sheet of German, only
other words: it is asked once, where words have the least room.
"""

from axe_playwright_python.sync_playwright import Axe

WIDTHS = (320, 1280)
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
ALL_RULES = {"type": "tag", "values": TAGS}
COLOUR_RULES = {"type": "rule", "values": ("color-contrast", "link-in-text-block")}
ROUNDS = (("light", ALL_RULES), ("dark", COLOUR_RULES))
SCRIPT = Axe().axe_script
RUN = """async (rules) => {
    const {violations} = await axe.run({runOnly: rules, resultTypes: ["violations"]});
    const places = (nodes) => nodes.slice(0, 3).map(({target}) => target);
    return violations.map(({id, help, nodes}) => [id, help, places(nodes)]);
}"""


def violations(page, rules=ALL_RULES):
    """What axe finds in the page as it is shown now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    return [f"{rule}: {words} → {targets}" for rule, words, targets in page.evaluate(RUN, rules)]


def rounds(width, is_english):
    if not is_english:
        return ROUNDS
    return ROUNDS[:1] if width == WIDTHS[0] else ()


def looked_at(page):
    """Everything wrong with the open page, in each width and colour scheme: {view: problems}."""
    # A click waits until the next page has begun, not until it is there.
    page.wait_for_load_state()
    complaints = list(page.complaints)
    found = {}
    is_english = page.evaluate("document.documentElement.lang") == "en"
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, rules in rounds(width, is_english):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if problems := violations(page, rules):
                found[f"{width} px, {scheme}"] = problems
        if page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        ):
            found[f"{width} px: scrolls sideways"] = []
    # What axe itself puts into the page is not the page's fault.
    page.complaints[:] = complaints
    return found
