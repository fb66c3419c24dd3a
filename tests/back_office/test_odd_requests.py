"""What mistyped years, made-up addresses and other languages must not do to an editor's work."""

import datetime

import pytest

from programs.models import FocusArea
from projects.models import ProjectDate
from tests.factories import make_project


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_year_nobody_means_is_refused_with_words(editor, save, moment):
    project = make_project()
    address = f"/verwaltung/projects/project/{project.pk}/change/"
    response = save(editor, address, published_from=moment)
    assert "Bitte wählen Sie ein Jahr zwischen 1990 und 2100." in response.text


def test_history_of_what_is_not_there_leads_back(editor):
    response = editor.get("/verwaltung/projects/project/abc/history/")
    assert response.status_code == 302


def test_history_of_closed_models_is_refused(editor):
    assert editor.get("/verwaltung/programs/fundingline/abc/history/").status_code == 403


@pytest.mark.parametrize("language", ["xx", "de-leicht"])
def test_language_that_is_not_switched_on_counts_as_german(editor, language):
    project = make_project("Im Zweifel deutsch")
    page = editor.get(f"/verwaltung/projects/project/{project.pk}/change/?language={language}")
    assert "Im Zweifel deutsch" in page.text


def test_new_content_starts_in_german(editor):
    page = editor.get("/verwaltung/projects/project/add/?language=ar")
    assert page.context["adminform"].form.language_code == "de"


def test_german_text_cannot_be_deleted(editor):
    project = make_project()
    address = f"/verwaltung/projects/project/{project.pk}/change/delete-translation/de/"
    assert editor.post(address, {"post": "yes"}).status_code == 404


def test_focus_area_in_use_cannot_be_deleted(editor):
    area = FocusArea.objects.first()
    make_project(focus_areas=[area])
    response = editor.post(f"/verwaltung/programs/focusarea/{area.pk}/delete/", {"post": "yes"})
    assert response.status_code == 403
    assert FocusArea.objects.filter(pk=area.pk).exists()


def test_project_is_saved_in_english_before_its_dates_are_translated(editor, save):
    project = make_project("Mit Termin")
    starts_at = datetime.datetime(2027, 5, 3, 16, 0, tzinfo=datetime.UTC)
    ends_at = starts_at + datetime.timedelta(hours=2)
    date = ProjectDate.objects.create(project=project, starts_at=starts_at, ends_at=ends_at)
    date.create_translation("de", title="Treffen")
    address = f"/verwaltung/projects/project/{project.pk}/change/?language=en"
    assert save(editor, address, title="In English first", summary="Short.").status_code == 302
    assert list(date.get_available_languages()) == ["de"]


def test_key_no_database_can_hold_is_refused(editor, save):
    address = f"/verwaltung/projects/project/{make_project().pk}/change/"
    assert save(editor, address, partners=str(2**70)).status_code in (200, 400)
