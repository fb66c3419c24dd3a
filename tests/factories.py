"""Small functions that make rows; a test names only what matters to it."""

import datetime
import io
import itertools

from django.core import signing
from django.core.files.base import ContentFile
from PIL import Image

from offenbach_wir import mail_texts, outbox
from offenbach_wir.forms import SALT
from programs.models import FundingLine, FundingTerms, Page, Picture, Program
from projects.models import District, Organisation, Project

_numbers = itertools.count(1)


def shown_at(moment):
    """What a form shown at that moment (seconds) carries; each call is a form of its own."""
    return signing.dumps([int(moment), f"form {next(_numbers)}"], salt=SALT)


def make_organisation(name="Verein Musterbaum e. V.", **fields):
    n = next(_numbers)
    text = {"summary": fields.pop("summary", "Ein Verein."), "body": fields.pop("body", "")}
    defaults = {
        "slug": f"verein-{n}",
        "kind": Organisation.Kind.ASSOCIATION,
        "is_listed": True,
        "email": f"verein-{n}@example.org",
    }
    organisation = Organisation.objects.create(name=name, **(defaults | fields))
    organisation.create_translation("de", **text)
    organisation.refresh_index()
    return organisation


def make_project(title="Musterprojekt", **fields):
    """A published, running project; `district` may be a slug, lists of rows are set afterwards."""
    n = next(_numbers)
    text = {
        name: fields.pop(name, default)
        for name, default in (
            ("summary", "Kurz gesagt."),
            ("body", "<p>Lang gesagt.</p>"),
            ("results", ""),
            ("help_wanted", ""),
        )
    }
    many = {
        name: fields.pop(name)
        for name in ("focus_areas", "target_groups", "languages", "partners")
        if name in fields
    }
    if isinstance(fields.get("district"), str):
        fields["district"] = District.objects.get(slug=fields["district"])
    defaults = {
        "number": f"TEST-{n}",
        "slug": f"musterprojekt-{n}",
        "state": Project.State.PUBLISHED,
        "starts_on": datetime.date(2020, 1, 1),
        "ends_on": datetime.date(2099, 12, 31),
    }
    organisation = fields.pop("organisation", None) or make_organisation()
    project = Project.objects.create(organisation=organisation, **(defaults | fields))
    project.create_translation("de", title=title, **text)
    for name, rows in many.items():
        getattr(project, name).set(rows)
    project.refresh_index()
    return project


def make_line(slug="testlinie", title="Testlinie", **fields):
    line = FundingLine.objects.create(
        slug=slug,
        program=Program.objects.get(slug="wir"),
        state=FundingLine.State.PUBLISHED,
        position=99,
        **fields,
    )
    line.create_translation("de", title=title, summary="Kurz.", body="")
    line.refresh_index()
    return line


def make_terms(line, valid_from, valid_to=None, **fields):
    terms = FundingTerms.objects.create(
        line=line,
        valid_from=valid_from,
        valid_to=valid_to,
        as_of=datetime.date(2026, 11, 1),
        **fields,
    )
    terms.create_translation("de", guideline="Testrichtlinie", conditions="")
    return terms


def picture_bytes(size=(640, 400), kind="JPEG", **options):
    out = io.BytesIO()
    Image.new("RGB", size, "#0b4f5c").save(out, kind, **options)
    return out.getvalue()


def make_picture(**fields):
    defaults = {"author": "Testautorin", "rights": "CC BY 4.0", "consent": "nobody"}
    picture = Picture(**(defaults | fields))
    picture.file.save("bild.jpg", ContentFile(picture_bytes(), name="bild.jpg"), save=False)
    picture.save()
    picture.create_translation("de", title="Testbild", alt="Eine petrolfarbene Fläche")
    return picture


def make_page_text(key, language, **text):
    page = Page.objects.get(key=key)
    page.create_translation(language, **text)
    return page


def make_queued_mail(template="organisation_message", language="de", **options):
    """A mail of the portal with the examples of its catalogue entry."""
    return outbox.queue(
        template,
        cause=options.pop("cause", f"test:{next(_numbers)}"),
        to=options.pop("to", "verein@example.org"),
        language=language,
        context=mail_texts.get(template).example_context | options.pop("context", {}),
        **options,
    )
