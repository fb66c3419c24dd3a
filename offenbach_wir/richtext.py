"""The editor's HTML: one allow-list for the toolbar and for the cleaning on the server."""

import re

import nh3
from django_prose_editor.fields import ProseEditorField

from .pasted import straightened

# Headings start at 2: the page itself has the one heading of level 1.
EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Heading": {"levels": [2, 3]},
    "Blockquote": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "History": True,
}

_CLEANER = nh3.Cleaner(
    tags={"p", "h2", "h3", "ul", "ol", "li", "strong", "em", "blockquote", "br", "a"},
    attributes={"a": {"href", "hreflang"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener",
)


def clean(html):
    """What the allow-list leaves of it; an editor's empty paragraph is nothing.

    What was pasted from a word processor is first said in the elements of the list.
    """
    cleaned = _CLEANER.clean(straightened(html.replace("\x00", "")))
    return "" if cleaned in ("<p></p>", "<p><br></p>") else cleaned


def evened(text, *, is_rich):
    """A text to compare with another: without what browsers, the editor and the cleaning change
    unasked. Whether somebody changed a text is asked of this form only.
    """
    if is_rich:
        text = re.sub(r">\s+<", "><", clean(text))
    return " ".join(text.split())


class RichTextField(ProseEditorField):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("extensions", EXTENSIONS)
        kwargs.setdefault("sanitize", clean)
        super().__init__(*args, **kwargs)
