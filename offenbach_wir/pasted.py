"""HTML as Word, LibreOffice and Google Docs put it into the clipboard, made into plain HTML.

It says the same with the few elements the editor knows; what must not be there at all is taken out
by the allow-list of `richtext.clean`, which runs afterwards in any case.
"""

import re
from html import escape
from html.parser import HTMLParser

import nh3

# Only what carries one of these is taken apart; everything else is the editor's own.
FOREIGN = re.compile(
    r"<(?:b|i|h1|h4|h5|h6|div|span|font|td|center|o:p)\b"
    r"|<p>[·•▪◦](?:\s|&nbsp;)|mso-|docs-internal-guid",
    re.IGNORECASE,
)
DEEPEST = 60
BLOCKS = {"p", "h2", "h3", "ul", "ol", "li", "blockquote"}
RENAMED = {
    **{"b": "strong", "i": "em", "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"},
    **{"div": "p", "td": "p", "th": "p", "dt": "p", "dd": "p", "center": "p"},
}
# Boxes become paragraphs only where they hold nothing but words.
BOXES = {"div", "td", "th", "dt", "dd", "center"}
_BULLET = re.compile(r"^\s*[·•▪◦]\s+")
_NUMBER = re.compile(r"^\s*(?:\d+|[a-z]|[ivx]+)[.)]", re.IGNORECASE)
_LEVEL = re.compile(r"mso-list:[^;]*level(\d)", re.IGNORECASE)

_STRAIGHTENER = nh3.Cleaner(
    tags={
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "b", "i"),
        *("blockquote", "br", "a", "div", "span", "font", "td", "th", "dt", "dd", "center"),
    },
    clean_content_tags={"script", "style", "title", "xml"},
    attributes={"*": {"style", "class"}, "a": {"href", "hreflang", "name"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


class Node:
    def __init__(self, tag, attributes=()):
        self.tag = tag
        self.attributes = dict(attributes)
        self.children = []

    @property
    def text(self):
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    @property
    def style(self):
        return re.sub(r"\s+", "", self.attributes.get("style") or "").lower()

    def has_blocks(self):
        return any(
            isinstance(c, Node) and (c.tag in BLOCKS or c.tag in BOXES or c.has_blocks())
            for c in self.children
        )


class _Reader(HTMLParser):
    """Builds the tree; what lies deeper than anybody writes is laid flat."""

    def __init__(self):
        super().__init__()
        self.root = Node("")
        self.open = [self.root]

    def handle_starttag(self, tag, attributes):
        node = Node(tag, attributes)
        self.open[-1].children.append(node)
        if tag != "br" and len(self.open) < DEEPEST:
            self.open.append(node)

    def handle_endtag(self, tag):
        if len(self.open) > 1 and self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


def straightened(html):
    """The same text in plain elements; HTML of the editor itself comes back as it was."""
    if not FOREIGN.search(html):
        return html
    reader = _Reader()
    reader.feed(_STRAIGHTENER.clean(html))
    reader.close()
    return _written(_children(reader.root))


def _children(node, around=frozenset()):
    """The children in plain elements; `around` are the emphases they already stand in."""
    plain = []
    for child in node.children:
        if isinstance(child, str):
            plain.append(re.sub(r"[\s\xa0]{2,}", " ", child))
        else:
            plain += _plain(child, around)
    return _listed(plain)


def _plain(node, around):
    """What stands for that node: a list of texts and nodes."""
    if "mso-list:ignore" in node.style:
        return []
    tag = RENAMED.get(node.tag, node.tag)
    if node.tag in BOXES and node.has_blocks():
        tag = "span"
    if "MsoTitle" in (node.attributes.get("class") or ""):
        tag = "h2"
    kinds = _emphases(node, tag) - around
    if tag in ("strong", "em", "span", "font") or (tag == "a" and "href" not in node.attributes):
        return _emphasised(_children(node, around | kinds), kinds)
    if tag == "br":
        return [node]
    made = Node(tag, {k: v for k, v in node.attributes.items() if k in ("href", "start")})
    # Headings are bold already.
    inside = around | ({"strong"} if tag in ("h2", "h3") else kinds)
    children = _children(node, inside)
    made.children = children if tag in ("h2", "h3") else _emphasised(children, kinds)
    if tag == "p" and (level := _LEVEL.search(node.style)):
        made.attributes["level"] = int(level[1])
        made.attributes["numbered"] = bool(_NUMBER.match(_marker(node)))
    return [made] if made.text.strip() or tag == "a" else []


def _marker(node):
    """The bullet or number Word writes in front of a point."""
    for child in node.children:
        if isinstance(child, Node):
            if "mso-list:ignore" in child.style:
                return child.text
            if found := _marker(child):
                return found
    return ""


def _emphases(node, tag):
    style = node.style
    kinds = {tag} & {"strong", "em"}
    if tag in ("strong", "em", "span", "font"):
        if re.search(r"(?<![\w-])font-weight:(?:bold|[6-9]00)", style):
            kinds.add("strong")
        if re.search(r"(?<![\w-])font-weight:(?:normal|400)", style):
            kinds.discard("strong")
        if re.search(r"(?<![\w-])font-style:italic", style):
            kinds.add("em")
        if re.search(r"(?<![\w-])font-style:normal", style):
            kinds.discard("em")
    return kinds


def _emphasised(children, kinds):
    """The words wrapped in their emphasis; blocks in between stay outside of it."""
    for kind in sorted(kinds, reverse=True):
        if not any(_text(c).strip() for c in children):
            continue
        if any(isinstance(c, Node) and c.tag in BLOCKS for c in children):
            continue
        wrapper = Node(kind)
        wrapper.children = children
        children = [wrapper]
    return children


def _text(child):
    return child if isinstance(child, str) else child.text


def _listed(children):
    """Paragraphs that are points of a list become one."""
    made, points = [], []
    for child in children:
        if isinstance(child, str) and not child.strip() and points:
            continue
        point = _point(child)
        if point:
            points.append(point)
        else:
            made += [*_as_lists(points), child]
            points = []
    return made + _as_lists(points)


def _point(child):
    """(level, is numbered, item) for a paragraph that is a point of a list."""
    if not isinstance(child, Node) or child.tag != "p":
        return None
    first = child.children[0] if child.children else None
    is_marked = isinstance(first, str) and _BULLET.match(first)
    if "level" not in child.attributes and not is_marked:
        return None
    item = Node("li")
    item.children = list(child.children)
    if is_marked:
        item.children[0] = _BULLET.sub("", first)
    return child.attributes.get("level", 1), child.attributes.get("numbered", False), item


def _as_lists(points):
    lists, path = [], []  # path: (level, list) from the outermost to the innermost
    for level, is_numbered, item in points:
        while path and path[-1][0] > level:
            path.pop()
        tag = "ol" if is_numbered else "ul"
        if path and path[-1][0] == level and path[-1][1].tag != tag:
            path.pop()
        if not path or path[-1][0] < level:
            made = Node(tag)
            (path[-1][1].children[-1].children if path else lists).append(made)
            path.append((level, made))
        path[-1][1].children.append(item)
    return lists


def _written(children):
    parts = []
    for child in children:
        if isinstance(child, str):
            parts.append(escape(child, quote=False))
        elif child.tag == "br":
            parts.append("<br>")
        else:
            attributes = "".join(
                f' {name}="{escape(value or "")}"'
                for name, value in child.attributes.items()
                if name in ("href", "start")
            )
            inside = _written(child.children)
            parts.append(f"<{child.tag}{attributes}>{inside}</{child.tag}>")
    return "".join(parts)
