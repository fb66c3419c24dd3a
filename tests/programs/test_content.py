"""The programme's content: all facts can be found, and loading it again spoils nothing."""

import re

import pytest
from django.apps import apps
from django.core.management import call_command

from offenbach_wir.content_files import ContentFileError, load_row
from programs.models import Measure, Notice, Office, OldAddress, Page, Partner

FOCUS = "/de/programm/schwerpunkte/willkommens-und-anerkennungskultur/"


@pytest.mark.parametrize(
    ("path", "fact"),
    [
        ("/de/programm/", "Hessisches Ministerium für Soziales und Integration"),
        ("/de/programm/", "Wegweisende Integrationsansätze Realisieren"),
        ("/de/programm/", "Modellregionen Integration"),
        ("/de/programm/", "2010–2013"),
        ("/de/programm/", "1. Januar 2014"),
        ("/de/programm/", "WIR – Vielfalt und Teilhabe"),
        ("/de/programm/", "2026–2030"),
        ("/de/programm/", "Willkommens- und Anerkennungskultur"),
        ("/de/programm/", "Interkulturelle Öffnung"),
        ("/de/programm/", "Innovative Ansätze und Eigeninitiative"),
        ("/de/", "150"),
        (FOCUS, "mehr als 150 Nationen"),
        (FOCUS, "Rhein-Main"),
        (FOCUS, "Programmen über die Stadt hinaus"),
        (FOCUS, "Vereine und Verbände"),
        (FOCUS, "Neue Partner"),
        (FOCUS, "Migrantenorganisationen"),
        (FOCUS, "Sozialplanung"),
        (FOCUS, "Quartiersmanagement"),
        (FOCUS, "Kreative"),
        (FOCUS, "soziale"),
        ("/de/beratung/", "Ana-Violeta Sacaliuc"),
        ("/de/beratung/", "nach Vereinbarung"),
        ("/de/beratung/", "112"),
        ("/de/", "Ana-Violeta Sacaliuc"),
        ("/de/material/", "Tuncay Akbas"),
        ("/de/material/", "Genehmigung"),
        ("/de/barrierefreiheit/", "/de/barriere-melden/"),
        ("/en/programm/", "1 January 2014"),
        ("/en/programm/", "Wegweisende Integrationsansätze Realisieren"),
        ("/en/beratung/", "Ana-Violeta Sacaliuc"),
    ],
)
def test_fact_can_be_found(client, db, path, fact):
    assert fact in client.get(path).text


def test_first_focus_area_has_its_six_measures(client, db):
    page = client.get(FOCUS).text
    measures = re.search(r'<ol class="measures">(.*?)</ol>', page, re.S)[1]
    assert measures.count("<li") == 6


@pytest.mark.parametrize("path", ["/de/", "/de/projekte/", "/en/foerderung/", "/ar/beratung/"])
def test_phone_and_hours_of_the_office_stand_on_every_page(client, db, path):
    page = client.get(path).text
    assert 'href="tel:+496990009100"' in page
    language = path[1:3]
    hours = Office.objects.get().translations.get(language_code=language).hours
    assert hours in page


def test_every_period_names_its_source_and_day(client, db):
    timeline = re.search(r'<ol class="timeline">(.*?)</ol>', client.get("/de/programm/").text, re.S)
    for period in timeline[1].split("<li>")[1:]:
        assert "Quelle:" in period
        assert "Stand" in period


def test_partners_are_named(client, db):
    page = client.get("/de/programm/").text
    for partner in Partner.objects.all():
        assert partner.text.name in page


def everything():
    """How many rows each model has."""
    return {
        model._meta.label: model.objects.count()
        for label in ("programs", "projects", "consultations", "offenbach_wir")
        for model in apps.get_app_config(label).get_models()
        if not model._meta.model_name.startswith("historical")
    }


def test_loading_again_doubles_nothing(db):
    before = everything()
    call_command("load_content", verbosity=0)
    assert everything() == before


def test_loading_again_says_that_nothing_is_new(db, capsys):
    call_command("load_content")
    assert "0 rows new" in capsys.readouterr().out


def test_edited_text_survives_loading_again(db):
    text = Page.objects.get(key="impressum").translations.get(language_code="de")
    text.title = "Von der Redaktion geändert"
    text.save()
    call_command("load_content", verbosity=0)
    text.refresh_from_db()
    assert text.title == "Von der Redaktion geändert"


def test_edited_field_survives_loading_again(db):
    Office.objects.update(phone="069 8065-0")
    call_command("load_content", verbosity=0)
    assert Office.objects.get().phone == "069 8065-0"


def test_deleted_row_comes_back_and_only_that(db):
    before = everything()
    OldAddress.objects.filter(path="/wir").delete()
    call_command("load_content", verbosity=0)
    assert everything() == before


def test_missing_translation_comes_back(db):
    page = Page.objects.get(key="impressum")
    page.translations.get(language_code="en").delete()
    call_command("load_content", verbosity=0)
    assert Page.objects.get(key="impressum").translation_state("en") == "complete"


def test_unknown_field_in_a_content_file_is_named(db):
    with pytest.raises(ContentFileError, match="colour"):
        load_row(Partner, {"slug": "x", "colour": "red"}, find={"slug": "x"})


def test_measures_have_german_and_english_texts(db):
    for measure in Measure.objects.with_texts():
        assert {t.language_code for t in measure.translations.all()} >= {"de", "en"}


def test_notice_is_shown_on_every_page_while_it_is_on(client, db):
    Notice.objects.update(is_on=True)
    for path in ("/de/", "/de/projekte/", "/de/gibt-es-nicht/"):
        assert "heute nicht erreichbar" in client.get(path).text


def test_notice_is_hidden_while_it_is_off(client, db):
    assert "heute nicht erreichbar" not in client.get("/de/").text


@pytest.mark.parametrize(
    ("shown_from", "shown_until", "is_shown"),
    [
        ("2020-01-01T00:00Z", None, True),
        ("2020-01-01T00:00Z", "2099-01-01T00:00Z", True),
        ("2099-01-01T00:00Z", None, False),
        (None, "2020-01-01T00:00Z", False),
    ],
)
def test_notice_keeps_its_dates(client, db, shown_from, shown_until, is_shown):
    Notice.objects.update(is_on=True, shown_from=shown_from, shown_until=shown_until)
    assert ('class="notice"' in client.get("/de/").text) is is_shown
