"""Editing: what is typed is kept, found, shown before it is published, and remembered."""

import datetime
import json
import re
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult

from offenbach_wir.models import BarrierReport
from programs.models import Document, FocusArea, FundingTerms, OldAddress, Page, Picture
from projects.models import Project
from tests.factories import make_line, make_picture, make_project, make_terms, picture_bytes

LIST = "/verwaltung/projects/project/"


@pytest.fixture
def project(db):
    return make_project("Alter Titel", slug="alter-name")


def change_page(project):
    return f"{LIST}{project.pk}/change/"


def test_form_sent_back_unchanged_is_saved(editor, save, project):
    response = save(editor, change_page(project))
    assert response.status_code == 302


def test_example_sent_back_unchanged_keeps_its_translations(editor, save):
    example = Project.objects.get(slug="beratung-im-waschsalon")
    assert example.translation_state("ar") == "complete"
    save(editor, change_page(example))
    assert Project.objects.get(pk=example.pk).translation_state("ar") == "complete"


def test_page_sent_back_unchanged_keeps_its_translations(editor, save):
    page = Page.objects.get(key="impressum")
    assert save(editor, f"/verwaltung/programs/page/{page.pk}/change/").status_code == 302
    assert Page.objects.get(pk=page.pk).translation_state("en") == "complete"


@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_preview_shows_a_draft_as_the_public_will_see_it(editor, language):
    draft = make_project("Noch im Entstehen", slug="entwurf", state="draft")
    response = editor.get(f"{LIST}{draft.pk}/vorschau/{language}/")
    assert response.status_code == 200
    assert "Noch im Entstehen" in response.text
    assert f'<html lang="{language}"' in response.text


def test_public_page_of_a_previewed_draft_stays_closed(editor):
    draft = make_project(slug="entwurf", state="draft")
    editor.get(f"{LIST}{draft.pk}/vorschau/de/")
    assert editor.get("/de/projekte/entwurf/").status_code == 404


def test_preview_is_kept_by_no_cache(editor):
    draft = make_project(state="draft")
    response = editor.get(f"{LIST}{draft.pk}/vorschau/de/")
    assert "no-store" in response["Cache-Control"]


def test_preview_switches_between_languages(editor):
    draft = make_project(state="draft")
    page = editor.get(f"{LIST}{draft.pk}/vorschau/de/").text
    assert f'href="{LIST}{draft.pk}/vorschau/ar/"' in page


def test_preview_is_closed_to_the_public(client, db):
    draft = make_project("Noch im Entstehen", state="draft")
    response = client.get(f"{LIST}{draft.pk}/vorschau/de/", follow=True)
    assert "Noch im Entstehen" not in response.text


def test_preview_of_a_page_shows_its_text(editor):
    page = Page.objects.get(key="impressum")
    Page.objects.filter(pk=page.pk).update(state="draft")
    response = editor.get(f"/verwaltung/programs/page/{page.pk}/vorschau/de/")
    assert "<h1>Impressum</h1>" in response.text


@pytest.mark.parametrize("path", ["999999/vorschau/de/", "1/vorschau/xx/"])
def test_preview_of_nothing_is_no_error(editor, path):
    assert editor.get(LIST + path, follow=True).status_code in (200, 404)


def test_form_leads_to_the_preview(editor, project):
    assert f'href="{LIST}{project.pk}/vorschau/de/"' in editor.get(change_page(project)).text


def test_history_names_who_changed_what(editor, save, project):
    save(editor, change_page(project), title="Neuer Titel")
    page = editor.get(f"{LIST}{project.pk}/history/").text
    assert "Demo: Redaktion" in page
    assert "Alter" in page
    assert "Neuer" in page


def test_history_names_the_language_of_a_changed_text(editor, save, project):
    path = f"{change_page(project)}?language=en"
    save(editor, path, title="New title", summary="Short.")
    assert "(English)" in editor.get(f"{LIST}{project.pk}/history/").text


def test_history_says_where_the_portal_itself_made_a_row(editor, project):
    assert "das Portal selbst" in editor.get(f"{LIST}{project.pk}/history/").text


def test_history_shows_markup_as_text(editor, save, project):
    save(editor, change_page(project), title="<script>alert(1)</script>")
    assert "<script>alert" not in editor.get(f"{LIST}{project.pk}/history/").text


def test_changed_address_leaves_a_redirect(editor, save, project):
    save(editor, change_page(project), slug="neuer-name")
    response = editor.get("/de/projekte/alter-name/")
    assert (response.status_code, response["Location"]) == (301, "/de/projekte/neuer-name/")


def test_redirect_of_a_changed_address_keeps_the_language(editor, save, project):
    save(editor, change_page(project), slug="neuer-name")
    assert editor.get("/ar/projekte/alter-name/")["Location"] == "/ar/projekte/neuer-name/"


def test_address_changed_back_leads_in_no_circle(editor, save, project):
    save(editor, change_page(project), slug="neuer-name")
    save(editor, change_page(project), slug="alter-name")
    assert editor.get("/de/projekte/alter-name/").status_code == 200
    assert editor.get("/de/projekte/neuer-name/")["Location"] == "/de/projekte/alter-name/"


def test_text_changed_without_its_address_leaves_no_redirect(editor, save, project):
    before = OldAddress.objects.count()
    save(editor, change_page(project), title="Neuer Titel")
    assert OldAddress.objects.count() == before


def test_address_of_another_project_is_refused(editor, save, project):
    make_project(slug="vergeben")
    response = save(editor, change_page(project), slug="vergeben")
    assert response.status_code == 200
    assert "slug" in response.context["adminform"].form.errors


def test_saved_project_is_found_by_its_new_words(editor, save, project):
    save(editor, change_page(project), title="Quittengelee kochen")
    assert "/de/projekte/alter-name/" in editor.get("/de/projekte/?q=Quittengelee").text


def test_renamed_organisation_is_found_at_its_projects(editor, save, project):
    path = f"/verwaltung/projects/organisation/{project.organisation_id}/change/"
    save(editor, path, name="Quittengelee e. V.")
    assert "/de/projekte/alter-name/" in editor.get("/de/projekte/?q=Quittengelee").text


def test_saved_terms_are_found_at_their_line(client, db, save):
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    terms = make_terms(make_line(), datetime.date(2020, 1, 1))
    terms.applicant_kinds.add(1)
    path = f"/verwaltung/programs/fundingterms/{terms.pk}/change/"
    assert save(client, path, conditions="Nur mit Quittengelee").status_code == 302
    assert "/de/foerderung/testlinie/" in client.get("/de/suche/?q=Quittengelee").text


@pytest.mark.parametrize(
    ("typed", "euros"),
    [
        ("10.000,50", "10000.50"),
        ("10000", "10000.00"),
        ("10 000", "10000.00"),
        ("٣٠٠٠", "3000.00"),
        ("0", "0.00"),
    ],
)
def test_money_is_understood_as_it_is_typed(editor, save, project, typed, euros):
    assert save(editor, change_page(project), total_cost=typed).status_code == 302
    project.refresh_from_db()
    assert project.total_cost == Decimal(euros)


def test_money_left_empty_is_unknown(editor, save, project):
    save(editor, change_page(project), total_cost="")
    project.refresh_from_db()
    assert project.total_cost is None


@pytest.mark.parametrize("typed", ["viel", "-5", "1e308", "NaN", "1,2,3"])
def test_money_that_is_none_gets_a_message(editor, save, project, typed):
    response = save(editor, change_page(project), total_cost=typed)
    assert response.status_code == 200
    assert "total_cost" in response.context["adminform"].form.errors


def test_shares_that_do_not_add_up_get_a_message(editor, save, project):
    shares = {"state_share": "50", "city_share": "20", "own_share": "20", "third_party_share": "0"}
    response = save(editor, change_page(project), total_cost="100", **shares)
    assert response.status_code == 200
    assert response.context["adminform"].form.non_field_errors()


def test_end_before_the_start_gets_a_message(editor, save, project):
    response = save(editor, change_page(project), starts_on="2026-02-01", ends_on="2026-01-01")
    assert response.status_code == 200
    assert response.context["adminform"].form.non_field_errors()


@pytest.mark.parametrize("text", ["a\x00b", "x" * 100_000], ids=["NUL", "100000 characters"])
@pytest.mark.parametrize("field", ["title", "slug", "number", "place"])
def test_text_no_database_can_keep_gets_a_message(editor, save, project, field, text):
    response = save(editor, change_page(project), **{field: text})
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors


def test_script_in_a_text_is_not_kept(editor, save, project):
    save(editor, change_page(project), body="<p>gut</p><script>alert(1)</script>")
    assert project.translations.get(language_code="de").body == "<p>gut</p>"


@pytest.mark.parametrize(
    ("model", "source"),
    [
        ("projects/project", "#id_title"),
        ("projects/organisation", "#id_name"),
        ("programs/document", "#id_title"),
        ("programs/focusarea", "#id_title"),
    ],
)
def test_address_is_proposed_from_the_title(editor, model, source):
    page = editor.get(f"/verwaltung/{model}/add/")
    marked = re.search(r'data-prepopulated-fields="([^"]*)"', page.text)[1]
    (rule,) = json.loads(marked.replace("&quot;", '"'))
    assert (rule["id"], rule["dependency_ids"]) == ("#id_slug", [source])


def test_address_of_an_existing_row_is_not_proposed_anew(editor, project):
    page = editor.get(change_page(project)).text
    marked = re.search(r'data-prepopulated-fields="([^"]*)"', page)[1]
    assert json.loads(marked.replace("&quot;", '"')) == []


def picture_upload(name="bild.jpg", content=None):
    return SimpleUploadedFile(name, content or picture_bytes(), "image/jpeg")


def picture_fields(**changes):
    return {
        "title": "Sommerfest",
        "alt": "Menschen an einem langen Tisch",
        "author": "Ada Beispiel",
        "rights": "CC BY 4.0",
        "consent": "nobody",
        "focus_x": "50",
        "focus_y": "50",
        "file": picture_upload(),
    } | changes


def add_picture(client, **changes):
    return client.post("/verwaltung/programs/picture/add/", picture_fields(**changes))


def test_picture_with_all_it_needs_is_saved(editor):
    assert add_picture(editor).status_code == 302
    assert Picture.objects.first().author == "Ada Beispiel"


@pytest.mark.parametrize("field", ["alt", "author", "rights", "consent", "title", "file"])
def test_picture_without_its_description_or_rights_is_refused(editor, field):
    before = Picture.objects.count()
    response = add_picture(editor, **{field: ""})
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert Picture.objects.count() == before


def test_decorative_picture_needs_no_description(editor):
    assert add_picture(editor, alt="", is_decorative="on").status_code == 302


def test_saved_picture_waits_for_its_sizes(editor):
    before = DBTaskResult.objects.count()
    add_picture(editor)
    assert DBTaskResult.objects.count() == before + 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bild.svg", b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'),
        ("bild.gif", picture_bytes(kind="GIF")),
        ("bild.jpg", b"no picture at all"),
        ("bild.jpg", picture_bytes()[:200]),
    ],
)
def test_file_that_is_no_picture_gets_a_message(editor, name, content):
    response = add_picture(editor, file=picture_upload(name, content))
    assert response.status_code == 200
    assert "file" in response.context["adminform"].form.errors


def add_document(client, file):
    return client.post(
        "/verwaltung/programs/document/add/",
        {
            "title": "Merkblatt",
            "description": "Kurz.",
            "language": "de",
            "author": "Stadt",
            "licence": "CC BY 4.0",
            "state": "published",
            "slug": "merkblatt",
            "position": "0",
            "file": file,
        },
    )


def test_document_is_saved_under_a_readable_name(editor):
    file = SimpleUploadedFile("Mein Merkblatt (1).pdf", b"%PDF-1.7\n%%EOF", "application/pdf")
    assert add_document(editor, file).status_code == 302
    assert Document.objects.get(slug="merkblatt").file.name.endswith("/merkblatt.pdf")


def test_document_that_is_a_pdf_by_name_only_gets_a_message(editor):
    file = SimpleUploadedFile("blatt.pdf", b"<html><script>x</script></html>", "application/pdf")
    response = add_document(editor, file)
    assert response.status_code == 200
    assert "file" in response.context["adminform"].form.errors
    assert not Document.objects.filter(slug="merkblatt").exists()


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("ohne-strich", "/x/"),
        ("/a", "https://evil.example/"),
        ("/a", "//evil.example"),
        ("/a", "/a"),
    ],
)
def test_old_address_that_leads_nowhere_good_is_refused(editor, path, target):
    response = editor.post("/verwaltung/programs/oldaddress/add/", {"path": path, "target": target})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors


def test_barrier_report_can_be_answered_but_not_rewritten(editor, save):
    report = BarrierReport.objects.create(description="Zu kleine Schrift")
    path = f"/verwaltung/offenbach_wir/barrierreport/{report.pk}/change/"
    changes = {"state": "answered", "answer": "Behoben.", "description": "Alles gut"}
    assert save(editor, path, **changes).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.answer) == ("answered", "Behoben.")
    assert report.description == "Zu kleine Schrift"


def test_translation_written_in_the_back_office_is_shown(editor, save):
    page = Page.objects.get(key="datenschutz")
    path = f"/verwaltung/programs/page/{page.pk}/change/?language=ar"
    assert save(editor, path, title="حماية البيانات").status_code == 302
    assert "<h1>حماية البيانات</h1>" in editor.get("/ar/datenschutz/").text


def test_list_says_which_translations_are_missing_or_outdated(editor):
    page = Page.objects.get(key="datenschutz")
    text = page.translations.get(language_code="de")
    text.title = "Datenschutz, neu"
    text.save()
    row = editor.get("/verwaltung/programs/page/").text.partition("Datenschutz, neu")[2]
    states = row.partition("</tr>")[0]
    assert "translation-outdated" in states
    assert "translation-missing" in states


def test_overlooked_terms_of_the_same_day_get_a_message(client, db, save):
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    line = make_line()
    make_terms(line, datetime.date(2020, 1, 1))
    later = make_terms(line, datetime.date(2021, 1, 1))
    path = f"/verwaltung/programs/fundingterms/{later.pk}/change/"
    response = save(client, path, valid_from="2020-01-01")
    assert response.status_code == 200
    assert FundingTerms.objects.get(pk=later.pk).valid_from.year == 2021


def test_form_refuses_a_day_of_the_city_beside_another_rule(client, db, save):
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    terms = make_terms(make_line(), datetime.date(2020, 1, 1))
    terms.applicant_kinds.add(1)
    path = f"/verwaltung/programs/fundingterms/{terms.pk}/change/"
    response = save(client, path, deadline_rule="yearly", city_deadline="2027-02-15")
    assert "Einen festgelegten Tag gibt es nur bei einer Frist der Stadt" in response.text
    terms.refresh_from_db()
    assert (terms.deadline_rule, terms.city_deadline) == ("set_by_city", None)
    assert save(client, path, city_deadline="2027-02-15").status_code == 302
    terms.refresh_from_db()
    assert terms.city_deadline == datetime.date(2027, 2, 15)


def test_rate_without_its_figure_gets_a_message(client, db, save):
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    terms = make_terms(make_line(), datetime.date(2020, 1, 1))
    terms.applicant_kinds.add(1)
    rate = {
        "rates-TOTAL_FORMS": "1",
        "rates-0-kind": "share",
        "rates-0-position": "0",
        "rates-0-percent": "",
    }
    path = f"/verwaltung/programs/fundingterms/{terms.pk}/change/"
    assert save(client, path, **rate).status_code == 200
    assert not terms.rates.exists()


def picture_address(picture):
    return f"/verwaltung/programs/picture/{picture.pk}/change/"


def test_focus_point_is_chosen_from_a_grid(editor, save):
    picture = make_picture()
    save(editor, picture_address(picture), focus="75-0")
    picture.refresh_from_db()
    assert (picture.focus_x, picture.focus_y) == (75, 0)


def test_focus_point_between_the_grid_stays_unless_another_is_chosen(editor, save):
    picture = make_picture(focus_x=60, focus_y=33)
    save(editor, picture_address(picture), title="Neuer Titel")
    picture.refresh_from_db()
    assert (picture.focus_x, picture.focus_y) == (60, 33)


def test_form_of_a_picture_shows_how_it_is_cut(editor):
    picture = make_picture(focus_x=100, focus_y=25)
    assert "focus-100-25" in editor.get(picture_address(picture)).text


@pytest.mark.parametrize("focus", ["100-101", "x", "50"])
def test_focus_point_outside_the_grid_is_refused(editor, save, focus):
    response = save(editor, picture_address(make_picture()), focus=focus)
    assert "focus" in response.context["adminform"].form.errors


def test_form_of_a_picture_says_where_it_is_used(editor):
    picture, project = make_picture(), make_project("Mit Bild")
    project.project_pictures.create(picture=picture)
    area = FocusArea.objects.first()
    FocusArea.objects.filter(pk=area.pk).update(picture=picture)
    page = editor.get(picture_address(picture)).text
    assert f'<a href="{LIST}{project.pk}/change/">Mit Bild</a>' in page
    assert f'href="/verwaltung/programs/focusarea/{area.pk}/change/"' in page


@pytest.mark.parametrize(
    "model",
    ["programs/page", "programs/focusarea", "programs/fundingline", "projects/organisation"],
)
@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_everything_with_a_public_page_can_be_previewed(administrator, model, language):
    app, name = model.split("/")
    row = apps.get_model(app, name).objects.first()
    page = administrator.get(f"/verwaltung/{model}/{row.pk}/vorschau/{language}/")
    assert page.status_code == 200
    assert "preview-strip" in page.text
    assert f'<html lang="{language}"' in page.text


def test_preview_leads_back_to_the_form_in_its_language(editor, project):
    page = editor.get(f"{LIST}{project.pk}/vorschau/en/").text
    assert f'href="{change_page(project)}?language=en"' in page


def test_public_page_shows_no_way_to_the_form(editor, project):
    assert "/verwaltung/projects/" not in editor.get("/de/projekte/alter-name/").text
