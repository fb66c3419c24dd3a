"""What the rich text editor says, which knows English only: its word → ours.

static/js/administration.js reads them from the page (JSON, which the CSP allows) and puts them in
place of the editor's own.
"""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "paragraph": _("Paragraph"),
    "Paragraph": _("Paragraph"),
    "heading 2": _("Heading"),
    "Heading 2": _("Heading"),
    "heading 3": _("Smaller heading"),
    "Heading 3": _("Smaller heading"),
    "unordered list": _("List with bullets"),
    "ordered list": _("List with numbers"),
    "List properties": _("Settings of the list"),
    "blockquote": _("Quotation"),
    "bold": _("Bold"),
    "italic": _("Italic"),
    "insert link": _("Set a link"),
    "remove link": _("Remove the link"),
    "undo": _("Undo"),
    "redo": _("Do it again"),
    "Edit Link": _("Link"),
    "URL": _("Address"),
    "Title": _("Title of the link"),
    "Update": _("Apply"),
    "Cancel": _("Cancel"),
    "Start at": _("First number"),
    "List type": _("Kind of numbers"),
}
