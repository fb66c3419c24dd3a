"""What waits for those who look after the content."""

from django.urls import reverse
from django.utils.translation import ngettext

from offenbach_wir.todo import Panel, register

from . import waiting
from .models import Document, Picture

register(
    Panel(
        key="content_waiting",
        permission="programs.change_page",
        count=lambda user: waiting.count(user, "freigabe"),
        sentence=lambda n: ngettext(
            "%(n)s text waits for publication.", "%(n)s texts wait for publication.", n
        ),
        url=lambda user: waiting.address("freigabe"),
        order=20,
    )
)
register(
    Panel(
        key="documents_expiring",
        permission="programs.change_document",
        count=lambda user: Document.objects.expiring().count(),
        sentence=lambda n: ngettext(
            "%(n)s document expires within 30 days or has expired.",
            "%(n)s documents expire within 30 days or have expired.",
            n,
        ),
        url=lambda user: reverse(
            "admin:programs_document_changelist", query={"validity": "expiring"}
        ),
        order=30,
    )
)
register(
    Panel(
        key="pictures_undescribed",
        permission="programs.change_picture",
        count=lambda user: Picture.objects.outside_the_bin().undescribed().count(),
        sentence=lambda n: ngettext(
            "%(n)s picture lacks its description or its rights.",
            "%(n)s pictures lack their description or their rights.",
            n,
        ),
        url=lambda user: reverse(
            "admin:programs_picture_changelist", query={"description": "missing"}
        ),
        order=35,
    )
)
register(
    Panel(
        key="translations_open",
        permission="programs.change_page",
        count=lambda user: waiting.count(user, "uebersetzungen"),
        sentence=lambda n: ngettext(
            "%(n)s text is missing in a language or older there than in German.",
            "%(n)s texts are missing in a language or older there than in German.",
            n,
        ),
        url=lambda user: waiting.address("uebersetzungen"),
        order=60,
    )
)
