"""History: who changed what, readable, and an older version brought back as a new one."""

import pytest
from django.test import Client

from offenbach_wir.changes import word_changes
from offenbach_wir.richtext import clean, evened
from programs.models import Page
from projects.models import Project
from tests.factories import make_project

LIST = "/verwaltung/projects/project/"


@pytest.fixture
def project(db):
    return make_project(
        "Alter Titel", slug="alt", place="Altes Haus", body="<p>Ein Satz bleibt, einer geht.</p>"
    )


def address(project):
    return f"{LIST}{project.pk}/change/"


def history(client, project):
    return client.get(f"{LIST}{project.pk}/history/")


def oldest(project, language="de"):
    return project.translations.model.history.filter(
        master_id=project.pk, language_code=language
    ).last()


def version_address(project, wanted, source="text"):
    return f"{LIST}{project.pk}/history/{source}/{wanted.history_id}/"


def restore(client, project, wanted, source="text", **changes):
    path = version_address(project, wanted, source)
    fields = {"version": str(Project.objects.get(pk=project.pk).version)}
    return client.post(path, fields | changes)


def test_words_taken_out_and_put_in_are_marked():
    assert word_changes("Wir treffen uns am Montag.", "Wir treffen uns am Dienstag.") == [
        ("same", "Wir treffen uns am "),
        ("out", "Montag"),
        ("in", "Dienstag"),
        ("same", "."),
    ]


def test_long_unchanged_text_is_cut():
    words = "Wort " * 200
    (_kind, shown), *_rest = word_changes(words + "alt", words + "neu")
    assert shown.startswith(" … ")
    assert len(shown) < 120


def test_unchanged_text_has_no_marks():
    assert {kind for kind, _text in word_changes("gleich", "gleich")} == {"same"}


def test_history_marks_words_in_rich_text(editor, save, project):
    save(editor, address(project), body="<p>Ein Satz bleibt, einer kommt.</p>")
    page = history(editor, project).text
    assert "<del>" in page
    assert "geht" in page
    assert "<ins>" in page


def test_history_says_in_words_what_was_taken_out(editor, save, project):
    save(editor, address(project), place="Neues Haus")
    assert page_has_text_alternative(history(editor, project).text)


def page_has_text_alternative(page):
    return 'class="visually-hidden"' in page.partition("<del>")[2].partition("</del>")[0]


def test_history_writes_dates_the_local_way(editor, save, project):
    save(editor, address(project), starts_on="2026-03-09")
    assert "09.03.2026" in history(editor, project).text


def test_history_names_states_and_other_rows(editor, save, project):
    save(editor, address(project), _state="archived", district="1")
    page = history(editor, project).text
    assert "Archiv" in page
    assert str(Project.objects.get(pk=project.pk).district) in page


def test_history_takes_the_same_queries_for_more_changes(editor, save, count_queries, project):
    save(editor, address(project), title="Eins", place="A")
    save(editor, address(project), title="Zwei", place="B")
    before = count_queries(f"{LIST}{project.pk}/history/")
    for n in range(5):
        save(editor, address(project), title=f"Titel {n}", place=f"Haus {n}")
    assert count_queries(f"{LIST}{project.pk}/history/") == before


def test_restoring_asks_first_and_shows_what_will_change(editor, save, project):
    save(editor, address(project), title="Neuer Titel")
    page = editor.get(version_address(project, oldest(project))).text
    assert "Alter" in page
    assert "Neuer" in page
    assert project.translations.get(language_code="de").title == "Neuer Titel"


def test_restored_version_brings_back_texts_and_fields(editor, save, project):
    save(editor, address(project), title="Neuer Titel", place="Neues Haus")
    assert restore(editor, project, oldest(project)).status_code == 302
    project.refresh_from_db()
    text = project.translations.get(language_code="de")
    assert (text.title, project.place) == ("Alter Titel", "Altes Haus")


def test_restored_version_of_the_record_leaves_the_texts(editor, save, project):
    save(editor, address(project), title="Neuer Titel", place="Neues Haus")
    restore(editor, project, project.history.last(), source="record")
    project.refresh_from_db()
    text = project.translations.get(language_code="de")
    assert (text.title, project.place) == ("Neuer Titel", "Altes Haus")


def test_restoring_loses_nothing(editor, save, project):
    save(editor, address(project), title="Neuer Titel")
    newest = project.translations.model.history.filter(master_id=project.pk).first()
    restore(editor, project, oldest(project))
    restore(editor, project, newest)
    assert project.translations.get(language_code="de").title == "Neuer Titel"


def test_restored_text_is_found_by_its_words(editor, save, project):
    save(editor, address(project), title="Quittengelee")
    restore(editor, project, oldest(project))
    assert "/de/projekte/alt/" in editor.get("/de/projekte/?q=Alter+Titel").text
    assert "/de/projekte/alt/" not in editor.get("/de/projekte/?q=Quittengelee").text


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_restoring_publishes_nothing(editor, save, project, state):
    save(editor, address(project), title="Neuer Titel", _state=state)
    restore(editor, project, oldest(project))
    assert Project.objects.get(pk=project.pk).state == state


def test_restoring_keeps_the_address(editor, save, project):
    save(editor, address(project), slug="neu", title="Neuer Titel")
    restore(editor, project, oldest(project))
    assert Project.objects.get(pk=project.pk).slug == "neu"


def test_restored_translation_stays_in_its_language(editor, save, project):
    english = f"{address(project)}?language=en"
    save(editor, english, title="Old title", summary="Old.")
    save(editor, english, title="New title")
    restore(editor, project, oldest(project, "en"))
    assert project.translations.get(language_code="en").title == "Old title"
    assert project.translations.get(language_code="de").title == "Alter Titel"


def test_restored_translation_counts_as_old_as_it_is(editor, save, project):
    english = f"{address(project)}?language=en"
    save(editor, english, title="Old title", summary="Old.")
    save(editor, address(project), title="Neuer Titel")
    save(editor, english, title="New title")
    restore(editor, project, oldest(project, "en"))
    assert Project.objects.get(pk=project.pk).translation_state("en") == "outdated"


def test_restoring_overwrites_no_newer_change(editor, save, project):
    save(editor, address(project), title="Neuer Titel")
    response = restore(editor, project, oldest(project), version="0")
    assert response.status_code == 302
    assert project.translations.get(language_code="de").title == "Neuer Titel"


@pytest.mark.parametrize("version", ["", "abc", "9" * 30])
def test_version_nobody_can_have_restores_nothing(editor, save, project, version):
    save(editor, address(project), title="Neuer Titel")
    assert restore(editor, project, oldest(project), version=version).status_code in (302, 400)
    assert project.translations.get(language_code="de").title == "Neuer Titel"


def test_version_of_another_record_is_not_found(editor, project):
    other = make_project()
    assert editor.get(version_address(project, oldest(other))).status_code == 404


def test_unknown_source_of_a_version_is_not_found(editor, project):
    path = version_address(project, oldest(project), "nothing")
    assert editor.get(path).status_code == 404


def test_version_that_no_longer_fits_is_refused_with_words(editor, save, project):
    save(editor, address(project), total_cost="", starts_on="2026-01-01", title="Neu")
    Project.history.filter(id=project.pk).update(starts_on="2100-01-01")
    response = editor.post(
        version_address(project, oldest(project)),
        {"version": str(Project.objects.get(pk=project.pk).version)},
        follow=True,
    )
    assert "errorlist" in response.text or "error" in response.text
    assert project.translations.get(language_code="de").title == "Neu"


def test_assessor_reads_the_history_and_restores_nothing(project):
    client = Client()
    client.post("/de/demo/assessor/einsteigen/", {"ok": "1"})
    assert history(client, project).status_code == 200
    assert restore(client, project, oldest(project)).status_code == 403


def test_history_of_a_page_without_changes_opens(editor):
    page = Page.objects.get(key="impressum")
    assert editor.get(f"/verwaltung/programs/page/{page.pk}/history/").status_code == 200


# --- Only what somebody changed, only what can be brought back -----------------------------------

UNTIDY = "<p>Ein Satz  bleibt,\r\neiner geht.</p>\n  <p><a href='https://example.org/'>Link</a></p>"


def clean_up(project):
    """Saves the text as the editor and the cleaning leave it, as an untouched form would."""
    text = project.translations.get(language_code="de")
    text.body = clean(text.body)
    text.save()


def restorable(client, project):
    page = history(client, project)
    return [(c.source, c.pk) for c in page.context["changes"] if c.is_restorable]


def test_cleaning_alone_is_no_change_in_the_history(editor):
    project = make_project(body=UNTIDY)
    before = len(history(editor, project).context["changes"])
    clean_up(project)
    assert project.translations.get(language_code="de").body != UNTIDY
    assert len(history(editor, project).context["changes"]) == before


def test_cleaning_alone_starts_no_new_german_text(db):
    project = make_project(body=UNTIDY)
    project.create_translation("en", title="T", summary="S")
    clean_up(project)
    assert Project.objects.get(pk=project.pk).translation_state("en") == "complete"


def test_cleaning_beside_a_real_change_is_not_listed_with_it(editor, save):
    project = make_project(body=UNTIDY)
    save(editor, address(project), title="Neuer Titel", body=clean(UNTIDY))
    newest = history(editor, project).context["changes"][0]
    assert [str(field.label) for field in newest.fields] == ["Titel"]


@pytest.mark.parametrize("is_rich", [True, False])
def test_line_ends_and_doubled_spaces_are_no_change(is_rich):
    assert evened("a  b\r\nc ", is_rich=is_rich) == evened("a b\nc", is_rich=is_rich)


def test_tags_in_plain_text_are_words():
    assert evened("<b>a</b>", is_rich=False) != evened("a", is_rich=False)


def test_content_changed_by_nobody_offers_nothing_to_restore(editor, project):
    assert restorable(editor, project) == []


def test_newest_version_offers_nothing_to_restore(editor, save, project):
    save(editor, address(project), title="Neuer Titel")
    newest = project.translations.model.history.filter(master_id=project.pk).first()
    assert restorable(editor, project) == [("text", oldest(project).history_id)]
    assert version_address(project, newest) not in history(editor, project).text


def test_older_version_that_says_the_same_offers_nothing_to_restore(editor, save, project):
    first = oldest(project)
    save(editor, address(project), title="Neuer Titel")
    save(editor, address(project), title="Alter Titel")
    assert ("text", first.history_id) not in restorable(editor, project)
    assert len(restorable(editor, project)) == 1


def test_older_version_of_the_record_is_offered_beside_a_newer_text(editor, save, project):
    save(editor, address(project), place="Neues Haus")
    save(editor, address(project), title="Neuer Titel")
    assert ("record", project.history.last().history_id) in restorable(editor, project)


def test_what_is_offered_is_what_the_page_before_restoring_lists(editor, save, project):
    save(editor, address(project), title="Neuer Titel", place="Neues Haus")
    save(editor, f"{address(project)}?language=en", title="Title", summary="S")
    offered = restorable(editor, project)
    for change in history(editor, project).context["changes"]:
        page = editor.get(f"{LIST}{project.pk}/history/{change.source}/{change.pk}/")
        assert bool(page.context["fields"]) == ((change.source, change.pk) in offered)


def test_reader_is_offered_nothing_to_restore(save, editor, project):
    save(editor, address(project), title="Neuer Titel")
    client = Client()
    client.post("/de/demo/assessor/einsteigen/", {"ok": "1"})
    assert restorable(client, project) == []


def test_text_whose_record_has_no_older_version_can_be_restored(editor, save, project):
    save(editor, address(project), title="Neuer Titel")
    Project.history.filter(id=project.pk).delete()
    assert restorable(editor, project) == [("text", oldest(project).history_id)]
    restore(editor, project, oldest(project))
    assert project.translations.get(language_code="de").title == "Alter Titel"
