"""Text that tries to be a page of its own is shown as text, in every place that shows it.

Every field of text of every record of the portal is filled with it, past all forms; then every
address is read as those who see most. Rich text has a cleaner of its own (test_richtext.py).
"""

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction

from offenbach_wir.richtext import RichTextField
from projects.models import Project
from tests.pages import PUBLIC

from .addresses import AREAS, is_allowed, path_for, rules

HOSTILE = "\"'><script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)"
OURS = ("offenbach_wir", "programs", "projects", "proposals", "consultations")
# Fields that hold the name of something in the code, not what somebody wrote.
NAMES_IN_CODE = {
    *("template", "key", "cause", "subject_type", "object_type", "scope", "name_of_job"),
    *("secret_hash", "token", "checksum", "path", "session_key", "sent_by_form", "language"),
    *("language_code", "sender", "history_type"),
}
PARTS = (models.EmailField, models.URLField, models.SlugField, models.FileField, RichTextField)
READERS = ("administrator", "coordinator", "editor")


def texts_of(model):
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, (models.CharField, models.TextField))
        is_written = field.editable and not field.choices and field.name not in NAMES_IN_CODE
        fits = field.max_length is None or field.max_length >= len(HOSTILE)
        if is_text and is_written and fits and not field.unique and not isinstance(field, PARTS):
            yield field.name


@pytest.fixture
def paths(db, example_proposals, row_of):
    """An address of each name; the rows that it is about are there."""
    return {name: path_for(name, rule, row_of) for area in AREAS for name, rule in rules(area)}


@pytest.fixture
def hostile(paths):
    """The names of the models whose rows are all written over."""
    filled = set()
    for model in apps.get_models():
        names = list(texts_of(model))
        if model._meta.app_label not in OURS or not names:
            continue
        try:
            with transaction.atomic():
                if model._base_manager.update(**dict.fromkeys(names, HOSTILE)):
                    filled.add(model._meta.label)
        except DatabaseError:  # rows that the database itself keeps as they are, or that are short
            continue
    return filled


def raw_in(response):
    return not response.streaming and HOSTILE.encode() in response.content


def test_it_stands_in_most_kinds_of_records(hostile):
    assert len(hostile) >= 40
    assert {"projects.ProjectTranslation", "proposals.Proposal"} <= hostile


def test_public_pages_show_it_as_text(hostile, client):
    shown, raw = 0, []
    paths = [f"/de/{path}" for path in PUBLIC.values()]
    paths += [project.get_absolute_url() for project in Project.objects.published()[:3]]
    for path in paths:
        response = client.get(path)
        assert response.status_code < 500, path
        shown += ESCAPED.encode() in response.content
        raw += [path] if raw_in(response) else []
    assert raw == []
    assert shown > 10


@pytest.mark.parametrize("area", AREAS)
def test_no_page_of_the_portal_takes_it_for_more_than_text(area, hostile, paths, ask):
    raw = []
    for name, rule in rules(area):
        if "GET" not in rule.methods:
            continue
        for persona in READERS:
            if is_allowed(persona, name, rule):
                response = ask(persona, "GET", paths[name])
                assert response.status_code < 500, (name, persona)
                raw += [(name, persona)] if raw_in(response) else []
    assert raw == []
