"""Three languages, one portal: addresses, the language switch, German where a text is missing."""

import io
import re

import pytest
from django.core.management import call_command
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation.reloader import translation_file_changed

from offenbach_wir.languages import path_in
from programs.models import Document, FocusArea, FundingLine, Page
from projects.models import Organisation, Project
from tests.factories import make_organisation, make_page_text, make_project

DIRECTIONS = {"de": "ltr", "en": "ltr", "ar": "rtl"}
PAGES = (
    *("", "programm/", "programm/schwerpunkte/interkulturelle-oeffnung/", "foerderung/"),
    *("foerderung/welche-linie/", "foerderung/modellprojekte/", "material/", "impressum/"),
    *("datenschutz/", "barrierefreiheit/", "leichte-sprache/", "projekte/", "mitmachen/"),
    *("beratung/", "suche/", "suche/?q=Sprache", "barriere-melden/", "demo/", "demo/mails/"),
)


@pytest.fixture
def fresh_catalogue(tmp_path, settings):
    """A folder of catalogues that nobody has compiled yet."""
    folder = tmp_path / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid ""\nmsgstr ""\n\nmsgid "Nut"\nmsgstr "Nuss"\n')
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    translation_file_changed(None, tmp_path / "forget.mo")
    yield
    settings.LOCALE_PATHS = []
    translation_file_changed(None, tmp_path / "forget.mo")


def test_command_that_compiles_catalogues_reads_the_new_words(fresh_catalogue):
    word = "Nut"
    with translation.override("de"):
        assert gettext(word) == "Nut"
        call_command("compile_catalogues", stdout=io.StringIO())
        assert gettext(word) == "Nuss"


def html_element(response):
    """(lang, dir) of the page."""
    return re.search(r'<html lang="([^"]*)" dir="([^"]*)">', response.text).groups()


@pytest.mark.parametrize("language", DIRECTIONS)
@pytest.mark.parametrize("rest", PAGES)
def test_page_answers_in_the_language_of_its_address(client, db, language, rest):
    response = client.get(f"/{language}/{rest}")
    assert response.status_code == 200
    assert html_element(response) == (language, DIRECTIONS[language])
    assert response["Content-Language"] == language


@pytest.mark.parametrize("language", DIRECTIONS)
@pytest.mark.parametrize("model", [FocusArea, FundingLine, Page, Project, Organisation])
def test_every_row_of_the_content_has_its_page(client, db, language, model):
    rows = model.objects.listed() if model is Organisation else model.objects.published()
    assert rows
    for row in rows:
        path = path_in(row.get_absolute_url(), language)
        response = client.get(path)
        assert response.status_code == 200, path
        assert html_element(response) == (language, DIRECTIONS[language]), path


def test_language_switch_keeps_page_and_query(client, db):
    page = client.get("/de/projekte/?q=Sprache&district=buergel").text
    for language in DIRECTIONS:
        assert f'href="/{language}/projekte/?q=Sprache&amp;district=buergel"' in page


def test_language_switch_names_each_language_in_itself(client, db):
    page = client.get("/de/").text
    for language, name in {"de": "Deutsch", "en": "English", "ar": "العربية"}.items():
        assert f'hreflang="{language}"' in page
        assert f">{name}</a>" in page


@pytest.mark.parametrize("path", ["/xx/", "/fr/", "/de-AT/", "/xx/projekte/"])
def test_unknown_language_is_not_found(client, db, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("ar", "ar"),
        ("en-GB,en;q=0.8", "en"),
        ("tr,fr;q=0.9", "de"),
        ("fr,ar;q=0.5,en;q=0.4", "ar"),
        ("", "de"),
        ("x" * 5000, "de"),
    ],
)
def test_root_leads_to_the_language_of_the_browser(client, db, wanted, language):
    response = client.get("/", headers={"accept-language": wanted})
    assert (response.status_code, response["Location"]) == (302, f"/{language}/")
    assert "Accept-Language" in response["Vary"]


def test_missing_translation_is_shown_in_german_with_a_notice(client, db):
    page = client.get("/ar/datenschutz/").text
    assert "fallback-notice" in page
    assert re.search(r'<div lang="de" dir="ltr">\s*<h1>Datenschutz</h1>', page)


def test_present_translation_is_shown_without_notice(client, db):
    page = client.get("/en/datenschutz/").text
    assert "fallback-notice" not in page
    assert re.search(r"<div>\s*<h1>Privacy</h1>", page)


def test_added_translation_takes_the_place_of_the_german_text(client, db):
    make_page_text("datenschutz", "ar", title="حماية البيانات")
    page = client.get("/ar/datenschutz/").text
    assert "<h1>حماية البيانات</h1>" in page
    assert "fallback-notice" not in page


def change_german_title(page, title):
    text = page.translations.get(language_code="de")
    text.title = title
    text.save()


def test_changed_german_text_makes_the_translation_outdated(client, db):
    change_german_title(Page.objects.get(key="impressum"), "Impressum, neue Fassung")
    page = client.get("/en/impressum/").text
    assert "fallback-notice" in page
    assert re.search(r'<div lang="de" dir="ltr">\s*<h1>Impressum, neue Fassung</h1>', page)
    assert "<h1>Imprint</h1>" not in page


def test_outdated_translation_is_shown_again_once_it_was_checked(client, db):
    imprint = Page.objects.get(key="impressum")
    change_german_title(imprint, "Impressum, neue Fassung")
    imprint.translations.get(language_code="en").save()
    page = client.get("/en/impressum/").text
    assert "<h1>Imprint</h1>" in page
    assert "fallback-notice" not in page


def test_german_text_saved_without_a_change_outdates_nothing(db):
    imprint = Page.objects.get(key="impressum")
    imprint.translations.get(language_code="de").save()
    assert Page.objects.get(key="impressum").translation_state("en") == "complete"


@pytest.mark.parametrize(("before", "after"), [("\n", ""), ("\n", "\r\n"), ("\n", "\n\n")])
def test_white_space_that_an_editor_changes_unasked_outdates_nothing(db, before, after):
    imprint = Page.objects.get(key="impressum")
    text = imprint.translations.get(language_code="de")
    assert before in text.body
    text.body = text.body.strip().replace(f">{before}<", f">{after}<")
    text.save()
    assert Page.objects.get(key="impressum").translation_state("en") == "complete"


def test_translation_states_are_told_apart(db):
    imprint = Page.objects.get(key="impressum")
    assert imprint.translation_state("ar") == "missing"
    assert imprint.translation_state("en") == "complete"
    change_german_title(imprint, "Anders")
    assert Page.objects.get(key="impressum").translation_state("en") == "outdated"


def test_text_that_exists_in_english_only_is_marked_as_english(client, db):
    project = make_project(slug="nur-englisch")
    project.create_translation("en", title="English only", summary="Short.")
    project.translations.get(language_code="de").delete()
    page = client.get("/de/projekte/nur-englisch/").text
    assert "English only" in page
    assert 'lang="en" dir="ltr"' in page


def test_untranslated_row_in_a_list_carries_its_language(client, db):
    make_project("Nur auf Deutsch vorhanden")
    page = client.get("/ar/projekte/?q=vorhanden").text
    assert 'lang="de" dir="ltr"' in page
    assert "Nur auf Deutsch vorhanden" in page


def test_document_names_its_language_for_browsers(client, db):
    Document.objects.filter(slug="wir-at-a-glance").update(language="de-leicht")
    assert 'hreflang="de-simple"' in client.get("/de/material/").text


def test_page_tells_machines_its_other_languages(client, db):
    page = client.get("/de/beratung/").text
    for language in DIRECTIONS:
        address = f"http://localhost:8000/{language}/beratung/"
        assert f'<link rel="alternate" hreflang="{language}" href="{address}">' in page


def test_address_without_language_finds_the_page(client, db):
    response = client.get("/foerderung/", headers={"accept-language": "en"})
    assert (response.status_code, response["Location"]) == (302, "/en/foerderung/")


def test_unlisted_organisation_has_no_page(client, db):
    make_organisation(slug="versteckt", is_listed=False)
    assert client.get("/de/organisationen/versteckt/").status_code == 404
