"""Old addresses, and what machines ask for: sitemap, health, robots, security.txt."""

import datetime
import xml.etree.ElementTree as ET

import pytest
import time_machine

from programs.models import OldAddress
from tests.factories import make_project

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
HOST = "http://localhost:8000"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/wir", "/de/programm/"),
        ("/wir/", "/de/programm/"),
        ("/wir/projektfoerderung", "/de/foerderung/"),
        ("/integration/wir.php", "/de/programm/"),
        ("/de/wir", "/de/programm/"),
        ("/en/wir/beratung/", "/en/beratung/"),
        ("/ar/wir/infomaterial", "/ar/material/"),
    ],
)
def test_old_address_leads_to_the_page_of_today(client, db, old, new):
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (301, new)


def test_every_old_address_leads_to_a_page(client, db):
    for row in OldAddress.objects.all():
        assert client.get(row.path, follow=True).status_code == 200, row.path


@pytest.mark.parametrize("path", ["/wir/unbekannt", "/en/wir/unbekannt/", "/wirklich", "/xx/wir"])
def test_unknown_old_address_is_not_found(client, db, path):
    assert client.get(path).status_code == 404


def test_old_address_takes_no_post(client, db):
    assert client.post("/wir", {"x": "1"}).status_code == 404


def test_page_of_today_wins_over_an_old_address(client, db):
    OldAddress.objects.create(path="/beratung/", target="/programm/")
    assert client.get("/de/beratung/").status_code == 200


def locations(response):
    return [element.text for element in ET.fromstring(response.content).iter(f"{SITEMAP}loc")]


def test_sitemap_names_its_parts_on_the_host_of_the_settings(client, db):
    parts = locations(client.get("/sitemap.xml", headers={"host": "testserver"}))
    assert f"{HOST}/sitemap-projekte.xml" in parts
    assert all(part.startswith(f"{HOST}/") for part in parts)


@pytest.mark.parametrize(
    "section", ["orte", "seiten", "schwerpunkte", "foerderlinien", "organisationen", "projekte"]
)
def test_sitemap_names_pages_on_the_host_of_the_settings(client, db, section):
    pages = locations(client.get(f"/sitemap-{section}.xml", headers={"host": "testserver"}))
    assert pages
    assert all(page.startswith(f"{HOST}/") for page in pages)


@pytest.mark.parametrize("section", ["orte", "seiten", "schwerpunkte", "foerderlinien"])
def test_every_address_of_the_sitemap_answers(client, db, section):
    for page in locations(client.get(f"/sitemap-{section}.xml")):
        assert client.get(page.removeprefix(HOST)).status_code == 200, page


def test_sitemap_names_each_page_in_each_language(client, db):
    tree = ET.fromstring(client.get("/sitemap-orte.xml").content)
    entry = next(url for url in tree if url.findtext(f"{SITEMAP}loc") == f"{HOST}/de/beratung/")
    alternates = {link.get("hreflang"): link.get("href") for link in entry.iter(LINK)}
    assert alternates["en"] == f"{HOST}/en/beratung/"
    assert alternates["ar"] == f"{HOST}/ar/beratung/"
    assert alternates["x-default"] == f"{HOST}/beratung/"  # leads to the reader's language


def test_sitemap_leaves_drafts_out(client, db):
    make_project(slug="noch-geheim", state="draft")
    assert "noch-geheim" not in client.get("/sitemap-projekte.xml").text


def test_sitemap_takes_as_many_queries_for_more_projects(client, db, count_queries):
    before = count_queries("/sitemap-projekte.xml")
    for _ in range(10):
        make_project()
    assert count_queries("/sitemap-projekte.xml") == before


def test_unknown_part_of_the_sitemap_is_not_found(client, db):
    assert client.get("/sitemap-geheim.xml").status_code == 404


def test_page_names_itself_by_the_host_of_the_settings(client, db):
    page = client.get("/de/beratung/", headers={"host": "testserver"}).text
    assert f'<link rel="canonical" href="{HOST}/de/beratung/">' in page
    assert "testserver" not in page


def test_health_is_fine_while_the_database_answers(client, db):
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")


def test_health_says_when_the_database_is_away(client, database_away):
    assert client.get("/healthz").status_code == 503


def test_robots_of_the_demo_keep_everybody_out(client, db):
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_security_contact_can_be_found(client, db, settings):
    text = client.get("/.well-known/security.txt").text
    assert f"Contact: mailto:{settings.OFFICE_EMAIL}\n" in text
    assert f"Canonical: {HOST}/.well-known/security.txt\n" in text


@pytest.mark.parametrize("today", ["2026-01-01", "2026-12-31", "2028-02-29"])
def test_security_contact_does_not_run_out_unnoticed(client, db, today):
    with time_machine.travel(f"{today}T12:00:00+01:00", tick=False):
        lines = client.get("/.well-known/security.txt").text.splitlines()
        text = next(line for line in lines if line.startswith("Expires: "))
        expires = datetime.datetime.fromisoformat(text.removeprefix("Expires: "))
        left = expires - datetime.datetime.now(datetime.UTC)
    assert left > datetime.timedelta(days=360)
