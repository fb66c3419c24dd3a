"""The preview is the public page itself with the draft on it, in every language."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from consultations.models import Coordinator
from offenbach_wir.page_cache import forget_pages
from programs.models import Document, Notice, Office, Page
from tests.factories import make_line, make_organisation, make_project, make_terms

from .rows import DAY, MAKERS, translated

LANGUAGES = ("de", "en", "ar")
INTRODUCTIONS = {
    "programm": "/programm/",
    "foerderung": "/foerderung/",
    "material": "/material/",
    "mitmachen": "/mitmachen/",
    "beratung": "/beratung/",
    "impressum": "/impressum/",
}
# Kinds of content and the public page on which each appears.
PLACES = {
    "programs.program": "/programm/",
    "programs.partner": "/programm/",
    "programs.document": "/material/",
    "programs.notice": "/",
    "consultations.coordinator": "/beratung/",
    "consultations.helpplace": "/beratung/",
}
# Names and pictures that appear wherever something uses them.
WITHOUT_PLACE = (
    *("programs.applicantkind", "programs.measurekind", "programs.enclosurekind"),
    "programs.picture",
    *("projects.targetgroup", "projects.spokenlanguage"),
)


def address(row, language="de"):
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_preview"
    return reverse(name, args=[row.pk, language])


def form_of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def main_of(response):
    """What stands between the header and the footer, without the line that says "preview"."""
    inner = response.text.partition("<main")[2].partition("</main>")[0]
    before, _strip, after = inner.partition('<p class="preview-strip"')
    return [line for line in (before + after.partition("</p>")[2] or inner).split("\n") if line]


def introduction(key, state="draft"):
    page = Page.objects.filter(key=key).first() or translated(
        Page.objects.create(key=key), title=f"Seite {key}", lead="Ein Satz."
    )
    Page.objects.filter(pk=page.pk).update(state=state)
    return page


@pytest.fixture
def kept(settings):
    locmem = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = settings.CACHES | {"pages": {"BACKEND": locmem, "LOCATION": "previews"}}
    forget_pages()
    yield caches["pages"]
    forget_pages()


# --- Introductions of pages ---------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", INTRODUCTIONS)
def test_preview_of_an_introduction_is_the_whole_public_page(editor, key, language):
    page = introduction(key)
    preview = editor.get(address(page, language))
    introduction(key, "published")
    public = editor.get(f"/{language}{INTRODUCTIONS[key]}")
    assert public.status_code == 200
    assert main_of(preview)[1:] == main_of(public)[1:]


def test_preview_of_an_introduction_shows_the_draft(editor):
    page = introduction("beratung")
    page.translations.filter(language_code="de").update(title="Ganz neu beraten")
    assert "<h1>Ganz neu beraten</h1>" in editor.get(address(page)).text


@pytest.mark.parametrize("key", INTRODUCTIONS)
def test_preview_marks_its_section_in_the_navigation_as_the_public_page_does(editor, key):
    page = introduction(key, "published")
    public = editor.get(f"/de{INTRODUCTIONS[key]}").text
    assert editor.get(address(page)).text.count("aria-current") == public.count("aria-current")


def test_page_whose_place_is_gone_still_opens_without_a_preview(editor):
    page = MAKERS["programs.page"](1)
    assert "preview_url" not in editor.get(form_of(page)).context
    assert editor.get(address(page)).status_code == 404


# --- Content inside other pages -----------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("label", PLACES)
def test_preview_is_the_page_on_which_the_content_appears(administrator, label, language):
    preview = administrator.get(address(MAKERS[label](1), language))
    assert preview.context["request"].path == f"/{language}{PLACES[label]}"
    assert f'<html lang="{language}"' in preview.text
    assert "preview-strip" in preview.text


@pytest.mark.parametrize("label", PLACES)
def test_link_to_the_preview_leads_to_the_place_on_the_page(administrator, label):
    row = MAKERS[label](1)
    form = administrator.get(form_of(row))
    link, _hash, place = form.context["preview_url"].partition("#")
    assert f'id="{place}"' in administrator.get(link).text


def test_links_to_other_languages_keep_the_place_on_the_page(administrator):
    document = MAKERS["programs.document"](1)
    page = administrator.get(address(document)).text
    assert f'href="{address(document, "ar")}#document-1"' in page


def test_document_that_is_a_draft_is_shown_in_its_preview(editor):
    document = MAKERS["programs.document"](1)
    assert document.state == Document.State.DRAFT
    assert 'id="document-1"' in editor.get(address(document)).text


def test_preview_of_one_draft_shows_no_other_draft(editor):
    first, other = (MAKERS["programs.document"](n) for n in (1, 2))
    assert f'id="{other.slug}"' not in editor.get(address(first)).text


def test_document_stands_at_its_place_among_the_others(editor):
    document = MAKERS["programs.document"](1)
    Document.objects.filter(pk=document.pk).update(position=0)
    published = Document.objects.published().first()
    Document.objects.filter(pk=published.pk).update(position=1)
    page = editor.get(address(document)).text
    assert page.index('id="document-1"') < page.index(f'id="{published.slug}"')


def test_hidden_coordinator_is_shown_in_the_preview(administrator):
    row = translated(
        Coordinator.objects.create(name="Nora Neu", is_public=False), role="R", introduction="I"
    )
    assert "Nora Neu" in administrator.get(address(row)).text


def test_notice_that_is_off_is_shown_in_its_preview(editor):
    notice = translated(Notice.objects.create(is_on=False), title="Geschlossen", body="<p>x</p>")
    assert "<h2>Geschlossen</h2>" in editor.get(address(notice)).text


def test_previewed_notice_stands_where_another_one_is_on(editor):
    translated(Notice.objects.create(is_on=True), title="Schon da", body="<p>x</p>")
    notice = translated(Notice.objects.create(), title="Geschlossen", body="<p>x</p>")
    page = editor.get(address(notice)).text
    assert "<h2>Geschlossen</h2>" in page
    assert "Schon da" not in page


def test_terms_are_previewed_on_the_page_of_their_line(administrator):
    line = make_line("neu", "Neue Linie")
    type(line).objects.filter(pk=line.pk).update(state="draft")
    terms = make_terms(line, DAY)
    page = administrator.get(address(terms)).text
    assert "<h1>Neue Linie</h1>" in page
    assert "Testrichtlinie" in page


def test_organisation_that_is_not_listed_is_previewed(editor):
    organisation = make_organisation("Verein im Werden", is_listed=False)
    assert "Verein im Werden</h1>" in editor.get(address(organisation)).text


def test_office_is_previewed_where_its_hours_stand(administrator):
    page = administrator.get(address(Office.objects.get())).text
    assert 'id="contact"' in page


@pytest.mark.parametrize("label", WITHOUT_PLACE)
def test_content_without_a_place_of_its_own_offers_no_preview(administrator, label):
    row = MAKERS[label](1)
    assert administrator.get(address(row)).status_code == 404
    assert "preview_url" not in administrator.get(form_of(row)).context


# --- Closed to the public, kept by no cache ------------------------------------------------------


def some_rows():
    introduction("beratung")
    return [
        Page.objects.get(key="beratung"),
        make_project("Noch geheim", state="draft"),
        *(MAKERS[label](7) for label in PLACES),
    ]


def test_previews_are_closed_to_the_public(client, db):
    for row in some_rows():
        answer = client.get(address(row))
        assert answer.status_code == 302, row
        assert answer["Location"].startswith("/verwaltung/login/"), row


def test_preview_needs_the_right_to_see_that_kind_of_content(db):
    client = Client()
    client.post("/de/demo/assessor/einsteigen/", {"ok": "1"})
    assert client.get(address(introduction("beratung"))).status_code == 403


def test_previews_are_stored_nowhere(administrator):
    for row in some_rows():
        cache_control = administrator.get(address(row))["Cache-Control"]
        assert "no-store" in cache_control, row
        assert "public" not in cache_control, row


def test_previewed_text_is_on_no_public_page(administrator, kept):
    document = MAKERS["programs.document"](1)
    administrator.get("/de/material/")
    administrator.get(address(document))
    assert 'id="document-1"' not in administrator.get("/de/material/").text
    forget_pages()
    administrator.get(address(document))
    assert 'id="document-1"' not in administrator.get("/de/material/").text


def test_previewed_notice_is_kept_for_no_public_page(administrator, kept):
    notice = translated(Notice.objects.create(), title="Geheim", body="<p>x</p>")
    administrator.get(address(notice))
    assert "Geheim" not in administrator.get("/de/").text


def test_preview_shows_what_is_stored_not_what_is_kept(administrator, kept):
    administrator.get("/de/beratung/")
    Office.objects.filter(pk=1).update(phone="069 4711")
    page = introduction("beratung")
    assert "069 4711" in administrator.get(address(page)).text


def test_preview_says_which_language_it_is_in(editor):
    assert editor.get(address(introduction("beratung"), "ar"))["Content-Language"] == "ar"


def test_preview_takes_no_more_than_the_right_to_look_more_queries(editor):
    page = introduction("beratung", "published")
    with CaptureQueriesContext(connection) as public:
        editor.get("/de/beratung/")
    with CaptureQueriesContext(connection) as preview:
        editor.get(address(page))
    assert len(preview) <= len(public) + 12


def test_public_page_carries_no_line_of_a_preview(client, db):
    with translation.override("de"):
        for path in INTRODUCTIONS.values():
            assert "preview-strip" not in client.get(f"/de{path}").text
