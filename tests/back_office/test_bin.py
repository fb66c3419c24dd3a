"""The bin: content leaves the public at once and comes back as a draft."""

import pytest
from django.test import Client
from django.utils import timezone

from offenbach_wir.models import Event
from programs.models import FocusArea
from projects.models import Project
from tests.factories import make_project

LIST = "/verwaltung/projects/project/"


@pytest.fixture
def project(db):
    return make_project("Wegzuwerfen", slug="weg")


@pytest.fixture
def binned(editor, project):
    editor.post(f"{LIST}{project.pk}/delete/", {"post": "yes"})
    project.refresh_from_db()
    return project


def restore(client, project):
    return client.post(f"{LIST}{project.pk}/aus-dem-papierkorb/", {"ok": "1"})


def test_deleting_asks_first(editor, project):
    page = editor.get(f"{LIST}{project.pk}/delete/")
    assert "Wegzuwerfen" in page.text
    assert Project.objects.get(pk=project.pk).state == "published"


def test_deleted_content_lies_in_the_bin(binned):
    assert binned.state == "deleted"
    assert (timezone.now() - binned.deleted_at).total_seconds() < 60


def test_deleted_content_is_gone_from_the_public(editor, binned):
    assert editor.get("/de/projekte/weg/").status_code == 404


def test_list_hides_the_bin(editor, binned):
    assert "Wegzuwerfen" not in editor.get(LIST).text.partition("result_list")[2]


def test_bin_shows_what_lies_in_it(editor, binned):
    make_project("Noch da")
    page = editor.get(f"{LIST}?state=deleted").text.partition("result_list")[2]
    assert "Wegzuwerfen" in page
    assert "Noch da" not in page


def test_form_in_the_bin_can_be_read_only(editor, binned):
    page = editor.get(f"{LIST}{binned.pk}/change/")
    assert "Wegzuwerfen" in page.text
    assert 'name="_save"' not in page.text
    assert f"{LIST}{binned.pk}/aus-dem-papierkorb/" in page.text


def test_form_in_the_bin_opens_in_a_language_without_text(editor, binned):
    assert editor.get(f"{LIST}{binned.pk}/change/?language=en").status_code == 200


def test_restored_content_is_a_draft(editor, binned):
    assert restore(editor, binned).status_code == 302
    binned.refresh_from_db()
    assert (binned.state, binned.deleted_at) == ("draft", None)


def test_restoring_needs_a_click_not_a_link(editor, binned):
    assert editor.get(f"{LIST}{binned.pk}/aus-dem-papierkorb/").status_code == 405
    binned.refresh_from_db()
    assert binned.state == "deleted"


def test_what_is_not_in_the_bin_cannot_be_restored(editor, project):
    assert restore(editor, project).status_code == 403
    project.refresh_from_db()
    assert project.state == "published"


def test_binning_and_restoring_are_recorded(editor, binned):
    restore(editor, binned)
    kinds = {event.kind for event in Event.objects.about(binned)}
    assert {Event.Kind.BINNED, Event.Kind.RESTORED} <= kinds


def test_assessor_can_neither_bin_nor_restore(binned):
    client = Client()
    client.post("/de/demo/assessor/einsteigen/", {"ok": "1"})
    other = make_project()
    assert client.post(f"{LIST}{other.pk}/delete/", {"post": "yes"}).status_code == 403
    assert restore(client, binned).status_code == 403


def test_focus_area_in_use_does_not_go_to_the_bin(editor):
    area = FocusArea.objects.first()
    make_project(focus_areas=[area])
    response = editor.post(f"/verwaltung/programs/focusarea/{area.pk}/delete/", {"post": "yes"})
    assert response.status_code == 403


def test_preview_of_what_lies_in_the_bin_is_gone(editor, binned):
    assert editor.get(f"{LIST}{binned.pk}/vorschau/de/").status_code == 404


def test_translation_of_what_lies_in_the_bin_stays(editor, binned):
    binned.create_translation("en", title="Gone", summary="Short.")
    path = f"{LIST}{binned.pk}/change/delete-translation/en/"
    assert editor.post(path, {"post": "yes"}).status_code == 403


def test_search_of_the_office_leaves_out_the_bin(editor, binned):
    assert editor.get("/verwaltung/suche/?q=Wegzuwerfen").context["groups"] == []


def test_deleting_what_is_not_there_leads_back(editor):
    assert editor.get(f"{LIST}999999/delete/").status_code == 302
