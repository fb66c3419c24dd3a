"""The Atom feed of new projects, and the sitemap that names them."""

import datetime
from xml.etree import ElementTree

import pytest

from projects.models import Project
from tests.factories import make_organisation, make_project

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def feed(client, language="de", **options):
    response = client.get(f"/{language}/projekte/feed/", **options)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(response.content)


def titles(client, language="de"):
    return [node.text for node in feed(client, language).iterfind(f"{ATOM}entry/{ATOM}title")]


@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_feed_names_its_language(client, db, language):
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert feed(client, language).get(lang) == language


def test_feed_links_to_the_pages_of_its_language(client, db):
    links = [node.get("href") for node in feed(client, "en").iter(f"{ATOM}link")]
    assert all(link.startswith("http://localhost:8000/en/projekte/") for link in links)


@pytest.mark.parametrize("path", ["/de/projekte/feed/", "/sitemap.xml", "/sitemap-projekte.xml"])
def test_addresses_come_from_the_settings_not_from_the_host(client, db, path):
    text = client.get(path, headers={"host": "testserver"}).content.decode()
    assert "testserver" not in text
    assert "http://localhost:8000/" in text


def test_newest_project_comes_first(client, db):
    make_project("Ganz neu")
    assert titles(client)[0] == "Ganz neu"


def test_feed_holds_at_most_thirty(client, db):
    for _n in range(5):
        make_project()
    assert len(titles(client)) == 30


@pytest.mark.parametrize("state", ["draft", "review", "archived", "deleted"])
def test_unpublished_project_is_not_in_the_feed(client, db, state):
    make_project("Geheimprojekt", state=state)
    assert "Geheimprojekt" not in titles(client)


def test_feed_shows_a_translation_where_there_is_one(client, db):
    make_project("Chor").create_translation("en", title="Choir", summary="We sing.")
    assert titles(client, "en")[0] == "Choir"


def test_feed_shows_german_where_the_translation_is_missing(client, db):
    make_project("Chor")
    assert titles(client, "ar")[0] == "Chor"


def test_markup_in_a_title_does_not_break_the_feed(client, db):
    make_project("a < b & </title> ]]>")
    assert titles(client)[0] == "a < b & </title> ]]>"


def test_character_that_xml_does_not_know_does_not_break_the_feed(client, db):
    make_project(
        "Ton\x0bArbeit\ufffe", summary="a\x1bb", organisation=make_organisation("Ver\x01ein")
    )
    assert titles(client)[0] == "TonArbeit"


def test_identity_of_an_entry_stays_when_its_address_changes(client, db):
    project = make_project()
    before = feed(client).find(f"{ATOM}entry/{ATOM}id").text
    Project.objects.filter(pk=project.pk).update(slug="anders")
    assert feed(client).find(f"{ATOM}entry/{ATOM}id").text == before


def test_entries_carry_dates_with_their_zone(client, db):
    updated = feed(client).find(f"{ATOM}entry/{ATOM}updated").text
    assert datetime.datetime.fromisoformat(updated).tzinfo


def test_feed_is_valid_without_projects(client, db):
    Project.objects.update(state="draft")
    assert titles(client) == []


def test_sitemap_names_each_project_in_each_language(client, db):
    project = make_project()
    root = ElementTree.fromstring(client.get("/sitemap-projekte.xml").content)
    found = [
        url
        for url in root.iter(f"{SITEMAP}url")
        if url.find(f"{SITEMAP}loc").text.endswith(f"/projekte/{project.slug}/")
    ]
    assert len(found) == 3
    alternates = {link.get("hreflang") for link in found[0].iter(f"{XHTML}link")}
    assert alternates == {"de", "en", "ar", "x-default"}
