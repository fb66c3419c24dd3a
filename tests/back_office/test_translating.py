"""Help for those who translate: German beside, what changed, and "still right"."""

import pytest
from django.test import Client

from projects.models import Project
from tests.factories import make_project

LIST = "/verwaltung/projects/project/"


@pytest.fixture
def project(db):
    project = make_project("Garten am Fluss", summary="Wir pflanzen montags.")
    project.create_translation("en", title="Garden", summary="We plant on Mondays.")
    return project


def address(project, language="en"):
    return f"{LIST}{project.pk}/change/?language={language}"


def change_german(project, **texts):
    row = project.translations.get(language_code="de")
    for name, value in texts.items():
        setattr(row, name, value)
    row.save()


def mark(client, project, language="en", **changes):
    fields = {"version": str(Project.objects.get(pk=project.pk).version)}
    return client.post(f"{LIST}{project.pk}/geprueft/{language}/", fields | changes)


def state(project, language="en"):
    return Project.objects.get(pk=project.pk).translation_state(language)


def test_german_text_stands_beside_the_field(editor, project):
    page = editor.get(address(project)).text
    assert '<div lang="de" dir="ltr"><p>Garten am Fluss</p></div>' in page


def test_german_text_is_not_laid_beside_itself(editor, project):
    assert 'class="german"' not in editor.get(address(project, "de")).text


def test_german_text_stands_beside_a_language_without_text(editor, project):
    assert "Garten am Fluss</p>" in editor.get(address(project, "ar")).text


def test_german_text_is_not_copied_into_the_field(editor, project):
    page = editor.get(address(project, "ar"))
    assert not page.context["adminform"].form["title"].value()


def test_script_in_the_german_text_does_not_run_beside_the_field(editor, project):
    change_german(project, body="<p>gut</p><script>alert(1)</script>", title="<b>fett</b>")
    page = editor.get(address(project)).text
    assert "<script>alert" not in page
    assert "<b>fett" not in page


def test_tabs_say_the_state_of_each_language(editor, project):
    change_german(project, title="Neu")
    tabs = editor.get(address(project)).text.partition("parler-language-tabs")[2]
    tabs = tabs.partition("</nav>")[0]
    assert "veraltet" in tabs or "älter" in tabs
    assert "fehlt" in tabs


def test_older_translation_shows_what_changed_in_the_german_text(editor, project):
    change_german(project, summary="Wir pflanzen dienstags.")
    page = editor.get(address(project)).text
    changes = page.partition('class="german-changes"')[2].partition("</details>")[0]
    assert "montags" in changes
    assert "dienstags" in changes


def test_unchanged_german_fields_show_no_change(editor, project):
    change_german(project, summary="Wir pflanzen dienstags.")
    assert editor.get(address(project)).text.count('class="german-changes"') == 1


def test_several_german_changes_are_shown_together(editor, project):
    change_german(project, summary="Wir pflanzen dienstags.")
    change_german(project, summary="Wir pflanzen mittwochs.")
    changes = editor.get(address(project)).text.partition('class="german-changes"')[2]
    changes = changes.partition("</details>")[0]
    assert "montags" in changes
    assert "dienstags" not in changes


def test_translation_that_is_still_right_is_marked_as_checked(editor, project):
    change_german(project, summary="Wir pflanzen  dienstags.")
    assert state(project) == "outdated"
    assert mark(editor, project).status_code == 302
    assert state(project) == "complete"


def test_marking_changes_no_text(editor, project):
    change_german(project, summary="Neu.")
    mark(editor, project, title="Getippt")
    assert project.translations.get(language_code="en").title == "Garden"


def test_button_is_offered_only_for_an_older_translation(editor, project):
    assert "/geprueft/" not in editor.get(address(project)).text
    change_german(project, summary="Neu.")
    assert f"{LIST}{project.pk}/geprueft/en/" in editor.get(address(project)).text


def test_german_text_changed_during_the_check_is_not_passed_over(editor, project):
    change_german(project, summary="Neu.")
    version = str(Project.objects.get(pk=project.pk).version)
    change_german(project, summary="Noch neuer.")
    mark(editor, project, version=version)
    assert state(project) == "outdated"


@pytest.mark.parametrize("language", ["de", "ar", "xx"])
def test_language_without_a_translation_cannot_be_marked(editor, project, language):
    assert mark(editor, project, language).status_code == 404


def test_marking_needs_a_click_not_a_link(editor, project):
    change_german(project, summary="Neu.")
    assert editor.get(f"{LIST}{project.pk}/geprueft/en/").status_code == 405
    assert state(project) == "outdated"


def test_assessor_marks_nothing(project):
    change_german(project, summary="Neu.")
    client = Client()
    client.post("/de/demo/assessor/einsteigen/", {"ok": "1"})
    assert mark(client, project).status_code == 403
    assert state(project) == "outdated"


def test_assessor_can_read_every_language(project):
    client = Client()
    client.post("/de/demo/assessor/einsteigen/", {"ok": "1"})
    for language in ("de", "en", "ar"):
        assert client.get(address(project, language)).status_code == 200
