"""The bin for content without states: pictures, organisations, notices, lists and the like."""

import datetime

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from consultations.models import Coordinator
from offenbach_wir import link_check, retention, uses
from offenbach_wir.bin import Binnable
from offenbach_wir.models import Event, FoundLink
from offenbach_wir.publishing import Publishable
from offenbach_wir.roles import ROLES
from programs.content_admin import ContentAdmin
from programs.models import FocusArea, MeasureKind, Notice, Picture
from projects.facets import all_facets
from projects.models import Organisation, ProjectPicture
from projects.project_import import Importer
from tests.factories import (
    in_state,
    make_line,
    make_organisation,
    make_picture,
    make_project,
    make_terms,
)

from .rows import MAKERS, translated

LABELS = sorted(
    model._meta.label_lower
    for model in admin.site._registry
    if issubclass(model, Binnable) and not issubclass(model, Publishable)
)
NOW = datetime.datetime(2026, 11, 20, 12, 0, tzinfo=datetime.UTC)
EACH = pytest.mark.parametrize("label", LABELS)


def list_of(label):
    return f"/verwaltung/{label.replace('.', '/')}/"


def form_of(row):
    return f"{list_of(row._meta.label_lower)}{row.pk}/"


def put(row, at=NOW):
    """The row as it lies in the bin."""
    type(row).objects.filter(pk=row.pk).update(deleted_at=at)
    row.refresh_from_db()
    return row


def is_binned(row):
    return type(row).objects.in_the_bin().filter(pk=row.pk).exists()


def keys(response):
    return {row.pk for row in response.context["cl"].result_list}


def bin_it(client, row):
    return client.post(f"{form_of(row)}delete/", {"post": "yes"})


def restore(client, row):
    return client.post(f"{form_of(row)}aus-dem-papierkorb/", {"ok": "1"})


def kinds_of_events(row):
    return set(Event.objects.about(row).values_list("kind", flat=True))


def test_all_content_that_a_role_may_delete_has_a_bin():
    deletable = {
        label
        for role in ROLES.values()
        for label, actions in role.permissions.items()
        if "delete" in actions
    }
    contents = {
        model._meta.label_lower: model
        for model, model_admin in admin.site._registry.items()
        if isinstance(model_admin, ContentAdmin)
    }
    assert not [
        label
        for label, model in contents.items()
        if label in deletable and not issubclass(model, Binnable)
    ]


# --- In and out ---------------------------------------------------------------------------------
@EACH
def test_deleting_asks_first(administrator, label):
    row = MAKERS[label](1)
    assert administrator.get(f"{form_of(row)}delete/").status_code == 200
    assert not is_binned(row)


@EACH
def test_deleted_content_lies_in_the_bin(administrator, label):
    row = MAKERS[label](1)
    assert bin_it(administrator, row).status_code == 302
    row.refresh_from_db()
    assert (timezone.now() - row.deleted_at).total_seconds() < 60


@EACH
def test_list_hides_the_bin(administrator, label):
    row = put(MAKERS[label](1))
    assert row.pk not in keys(administrator.get(list_of(label)))


@EACH
def test_bin_shows_only_what_lies_in_it(administrator, label):
    row = put(MAKERS[label](1))
    MAKERS[label](2)
    assert keys(administrator.get(f"{list_of(label)}?bin=yes")) == {row.pk}


@EACH
def test_form_in_the_bin_is_read_only_and_offers_to_restore(administrator, label):
    row = put(MAKERS[label](1))
    page = administrator.get(f"{form_of(row)}change/").text
    assert f"{form_of(row)}aus-dem-papierkorb/" in page
    assert 'name="_save"' not in page


@EACH
def test_restored_content_is_back_as_it_was(administrator, label):
    row = put(MAKERS[label](1))
    assert restore(administrator, row).status_code == 302
    assert not is_binned(row)


@EACH
def test_binning_and_restoring_are_recorded(administrator, label):
    row = MAKERS[label](1)
    bin_it(administrator, row)
    restore(administrator, row)
    assert {Event.Kind.BINNED, Event.Kind.RESTORED} <= kinds_of_events(row)


@EACH
def test_preview_of_what_lies_in_the_bin_is_gone(administrator, label):
    row = put(MAKERS[label](1))
    assert administrator.get(f"{form_of(row)}vorschau/de/").status_code == 404


@EACH
def test_several_are_deleted_by_way_of_the_bin_only(administrator, label):
    MAKERS[label](1)
    page = administrator.get(list_of(label)).text
    assert 'value="bin"' in page
    assert "delete_selected" not in page


@EACH
def test_several_go_to_the_bin_and_come_back(administrator, label):
    rows = [MAKERS[label](n) for n in (1, 2)]
    chosen = {"records": ",".join(str(row.pk) for row in rows)}
    administrator.post(f"{list_of(label)}alle/bin/", chosen)
    assert all(is_binned(row) for row in rows)
    administrator.post(f"{list_of(label)}alle/restore/", chosen)
    assert not any(is_binned(row) for row in rows)


@EACH
def test_page_before_names_what_will_go(administrator, label):
    row, binned = MAKERS[label](1), put(MAKERS[label](2))
    chosen = {"action": "bin", "_selected_action": [row.pk], "select_across": "0"}
    response = administrator.post(list_of(label), chosen)
    assert response.context["can"] == [row]
    chosen["_selected_action"] = [binned.pk]
    chosen["action"] = "restore"
    response = administrator.post(f"{list_of(label)}?bin=yes", chosen)
    assert response.context["can"] == [binned]


def test_restoring_needs_a_click_not_a_link(editor):
    picture = put(make_picture())
    assert editor.get(f"{form_of(picture)}aus-dem-papierkorb/").status_code == 405
    assert is_binned(picture)


def test_what_is_not_in_the_bin_cannot_be_restored(editor):
    assert restore(editor, make_picture()).status_code == 403


def test_what_lies_in_the_bin_cannot_be_put_there_again(editor):
    assert bin_it(editor, put(make_picture())).status_code == 403


def test_record_of_the_bin_that_is_gone_is_not_found(editor):
    path = "/verwaltung/programs/picture/999999/aus-dem-papierkorb/"
    assert editor.post(path, {"ok": "1"}).status_code == 404


def test_assessor_can_neither_bin_nor_restore(db):
    client = Client()
    client.post("/de/demo/assessor/einsteigen/", {"ok": "1"})
    assert bin_it(client, make_organisation()).status_code == 403
    assert restore(client, put(make_organisation())).status_code == 403


def test_picture_deleted_in_a_window_of_its_own_closes_it(editor):
    picture = make_picture()
    page = editor.get(f"{form_of(picture)}delete/?_popup=1").text
    assert 'name="_popup"' in page
    response = editor.post(f"{form_of(picture)}delete/?_popup=1", {"_popup": "1"})
    assert "popup_response" in response.text
    assert is_binned(picture)


def test_history_says_when_it_went_to_the_bin(editor):
    picture = make_picture()
    bin_it(editor, picture)
    changes = editor.get(f"{form_of(picture)}history/").context["changes"]
    labels = [str(field.label) for change in changes for field in change.fields]
    assert str(Picture._meta.get_field("deleted_at").verbose_name) in labels


def test_content_binned_meanwhile_loses_nothing_typed(editor, fields_of):
    organisation = make_organisation()
    fields = fields_of(editor.get(f"{form_of(organisation)}change/"))
    put(organisation)
    page = editor.post(f"{form_of(organisation)}change/", fields | {"name": "Getippt"})
    assert page.status_code == 409
    assert "Getippt" in page.text


def test_translation_of_what_lies_in_the_bin_stays(editor):
    organisation = put(make_organisation())
    organisation.create_translation("en", summary="A club.")
    path = f"{form_of(organisation)}change/delete-translation/en/"
    assert editor.post(path, {"post": "yes"}).status_code == 403


@EACH
def test_list_of_the_bin_takes_as_many_queries_for_more_rows(administrator, count_queries, label):
    def add(numbers):
        for n in numbers:
            put(MAKERS[label](n))
        return count_queries(f"{list_of(label)}?bin=yes")

    assert add(range(5)) == add(range(5, 10))


@pytest.mark.parametrize("label", ["programs.picture", "projects.organisation"])
def test_page_before_takes_as_many_queries_for_more_rows(
    administrator, django_assert_max_num_queries, label
):
    rows = [MAKERS[label](n) for n in range(20)]
    chosen = {"action": "bin", "_selected_action": [row.pk for row in rows]}
    administrator.post(list_of(label), chosen)
    with django_assert_max_num_queries(25):
        administrator.post(list_of(label), chosen)


# --- What is used stays -------------------------------------------------------------------------
def picture_of_a_project():
    picture = make_picture()
    ProjectPicture.objects.create(project=make_project("Chor am Main"), picture=picture)
    return picture


def picture_of_a_project_in_the_bin():
    picture = picture_of_a_project()
    picture.in_projects.get().project.move_to_bin(by=None)
    return picture


def picture_of_a_focus_area():
    picture = make_picture()
    FocusArea.objects.update(picture=picture)
    return picture


def picture_of_a_coordinator():
    picture = make_picture()
    Coordinator.objects.update(picture=picture)
    return picture


def partner_of_a_project():
    partner = make_organisation()
    make_project(partners=[partner])
    return partner


def group_of_a_project():
    group = MAKERS["projects.targetgroup"](1)
    make_project(target_groups=[group])
    return group


def language_of_an_organisation():
    language = MAKERS["projects.spokenlanguage"](1)
    make_organisation().languages.add(language)
    return language


def kind_in_terms():
    kind = MAKERS["programs.applicantkind"](1)
    MAKERS["programs.fundingterms"](1).applicant_kinds.add(kind)
    return kind


def enclosure_in_terms():
    kind = MAKERS["programs.enclosurekind"](1)
    MAKERS["programs.fundingterms"](1).required_enclosures.add(kind)
    return kind


USED = [
    *(picture_of_a_project, picture_of_a_project_in_the_bin, picture_of_a_focus_area),
    *(picture_of_a_coordinator, lambda: make_project().organisation, partner_of_a_project),
    *(group_of_a_project, language_of_an_organisation, kind_in_terms),
    enclosure_in_terms,
]


@pytest.mark.parametrize("make", USED)
def test_what_is_used_does_not_go_to_the_bin(administrator, make):
    row = make()
    assert bin_it(administrator, row).status_code == 403
    assert not is_binned(row)


@pytest.mark.parametrize("make", USED)
def test_page_says_where_it_is_used(administrator, make):
    response = administrator.get(f"{form_of(make())}delete/")
    assert response.context["places"]
    assert 'type="submit"' not in response.text.partition("<main")[2]


def test_place_in_the_bin_is_named_as_such(administrator):
    page = administrator.get(f"{form_of(picture_of_a_project_in_the_bin())}delete/")
    (_address, name) = page.context["places"][0]
    assert name != "Chor am Main"
    assert "Chor am Main" in name


@pytest.mark.parametrize("make", USED)
def test_what_is_used_stays_among_several(administrator, make):
    row = make()
    administrator.post(f"{list_of(row._meta.label_lower)}alle/bin/", {"records": str(row.pk)})
    assert not is_binned(row)


def test_organisation_with_projects_takes_few_queries_to_say_so(
    administrator, django_assert_max_num_queries
):
    organisation = make_organisation()
    for _n in range(20):
        make_project(organisation=organisation)
    with django_assert_max_num_queries(25):
        administrator.get(f"{form_of(organisation)}delete/")


def test_own_texts_and_history_are_no_use(db):
    picture = make_picture()
    assert uses.used_keys(Picture, [picture.pk]) == set()


# --- Gone for the public ------------------------------------------------------------------------
def a_coordinator():
    return translated(Coordinator.objects.create(name="Ada Weg"), role="R", introduction="T")


def a_notice():
    Notice.objects.update(is_on=False)
    return translated(Notice.objects.create(is_on=True), title="Ada Weg", body="T")


def an_organisation():
    return make_organisation("Ada Weg", slug="ada-weg")


def a_named(label):
    def make():
        row = MAKERS[label](1)
        row.translations.update(name="Ada Weg")
        return row

    return make


def terms():
    row = make_terms(make_line("linie-weg"), datetime.date(2020, 1, 1))
    row.translations.update(guideline="Ada Weg")
    row.line.refresh_index()
    return row


SEEN = [
    (a_coordinator, "/de/beratung/"),
    (a_named("consultations.helpplace"), "/de/beratung/"),
    (a_named("programs.partner"), "/de/programm/"),
    (a_notice, "/de/mitmachen/"),
    (lambda: make_picture(author="Ada Weg"), "/de/impressum/"),
    (an_organisation, "/de/suche/?q=Ada"),
    (an_organisation, "/sitemap-organisationen.xml"),
    (a_named("programs.applicantkind"), "/de/foerderung/welche-linie/"),
    (a_named("programs.measurekind"), "/de/foerderung/welche-linie/"),
    (terms, "/de/foerderung/linie-weg/"),
    (terms, "/de/foerderung/"),
]


def shows(path):
    text = Client().get(path).text
    return "Ada Weg" in text.replace('value="Ada Weg"', "") or "/ada-weg/" in text


@pytest.mark.parametrize(("make", "path"), SEEN)
def test_content_in_the_bin_is_gone_from_the_public_until_it_is_restored(administrator, make, path):
    row = make()
    assert shows(path)
    bin_it(administrator, row)
    assert not shows(path)
    restore(administrator, row)
    assert shows(path)


@pytest.mark.parametrize("label", ["projects.targetgroup", "projects.spokenlanguage"])
def test_filter_of_the_project_list_leaves_out_the_bin(db, label):
    row = a_named(label)()

    def is_offered():
        return "Ada Weg" in {option.label for facet in all_facets() for option in facet.options}

    assert is_offered()
    put(row)
    assert not is_offered()


@pytest.mark.parametrize("page", ["", "schreiben/", "gesendet/"])
def test_pages_of_an_organisation_in_the_bin_are_not_found(client, db, page):
    organisation = put(make_organisation())
    assert client.get(f"{organisation.get_absolute_url()}{page}").status_code == 404


def test_words_of_terms_in_the_bin_no_longer_find_their_line(administrator):
    row = terms()
    bin_it(administrator, row)
    row.line.refresh_from_db()
    assert " ada " not in row.line.search_text
    administrator.post(f"{list_of('programs.fundingterms')}alle/restore/", {"records": str(row.pk)})
    row.line.refresh_from_db()
    assert " ada " in row.line.search_text


# --- Gone from the work of the office -------------------------------------------------------------
CHOICES = [
    (make_picture, "programs/focusarea", "picture"),
    (make_picture, "consultations/coordinator", "picture"),
    (make_organisation, "projects/project", "organisation"),
    (make_organisation, "projects/project", "partners"),
    (lambda: MAKERS["projects.targetgroup"](1), "projects/project", "target_groups"),
    (lambda: MAKERS["projects.spokenlanguage"](1), "projects/organisation", "languages"),
    (lambda: make_line(), "projects/project", "funding_line"),
    (lambda: MAKERS["programs.applicantkind"](1), "programs/fundingterms", "applicant_kinds"),
    (lambda: MAKERS["programs.enclosurekind"](1), "programs/fundingterms", "required_enclosures"),
]


@pytest.mark.parametrize(("make", "place", "field"), CHOICES)
def test_what_lies_in_the_bin_is_not_offered(administrator, make, place, field):
    row = make()
    form = administrator.get(f"/verwaltung/{place}/add/").context["adminform"].form
    assert row in form.fields[field].queryset
    row.move_to_bin(by=None)
    form = administrator.get(f"/verwaltung/{place}/add/").context["adminform"].form
    assert row not in form.fields[field].queryset


def test_picture_in_the_bin_cannot_be_chosen_by_its_number(editor, save):
    area, picture = MAKERS["programs.focusarea"](1), put(make_picture())
    path = f"/verwaltung/programs/focusarea/{area.pk}/change/"
    assert save(editor, path, picture=str(picture.pk)).status_code == 200
    area.refresh_from_db()
    assert area.picture_id is None


def test_picture_in_the_bin_is_not_offered_in_a_project(editor):
    project, picture = make_project(), put(make_picture())
    page = editor.get(f"/verwaltung/projects/project/{project.pk}/change/")
    inline = page.context["inline_admin_formsets"][0].formset
    assert picture not in inline.empty_form.fields["picture"].queryset


def test_panel_counts_no_picture_in_the_bin(db):
    picture = make_picture()
    picture.translations.update(alt="")
    before = Picture.objects.outside_the_bin().undescribed().count()
    put(picture)
    assert Picture.objects.outside_the_bin().undescribed().count() == before - 1


@EACH
def test_what_lies_in_the_bin_waits_for_no_translation(label):
    model_admin = next(a for m, a in admin.site._registry.items() if m._meta.label_lower == label)
    assert "deleted_at" in str(model_admin.before_the_public().query.where)


@EACH
def test_search_of_the_office_leaves_out_the_bin(administrator, label):
    row = MAKERS[label](1)
    assert label == "programs.fundingterms" or found(administrator, row)
    put(row)
    assert not found(administrator, row)


def found(client, row):
    name = getattr(row, "name", "") or str(row)
    groups = client.get("/verwaltung/suche/", {"q": name}).context["groups"]
    return any(hit == row for group in groups for hit, _address in group.hits)


def test_table_to_take_along_leaves_out_the_bin(editor):
    put(make_organisation("Ada Weg"))
    response = editor.get("/verwaltung/tabelle/projects/organisation.csv")
    assert "Ada Weg" not in b"".join(response.streaming_content).decode()


def test_links_of_what_lies_in_the_bin_are_not_looked_at(db):
    organisation = put(make_organisation(website="https://example.org/weg"))
    organisation.translations.update(body='<a href="https://example.org/auch">x</a>')
    for model in link_check.sources():
        link_check.collect(model)
    assert not FoundLink.objects.filter(
        subject_type="projects.organisation", subject_id=organisation.pk
    ).exists()


# --- Emptying the bin -----------------------------------------------------------------------------
@EACH
def test_bin_is_emptied_after_30_days(db, label):
    old = put(MAKERS[label](1), NOW - 31 * retention.DAY)
    new = put(MAKERS[label](2), NOW - 29 * retention.DAY)
    there = MAKERS[label](3)
    retention.run(NOW)
    kept = type(old).objects.filter(pk__in=[old.pk, new.pk, there.pk])
    assert set(kept) == {new, there}


@EACH
def test_earlier_versions_go_with_the_content(db, label):
    row = put(MAKERS[label](1), NOW - 31 * retention.DAY)
    retention.run(NOW)
    assert not type(row).history.filter(id=row.pk).exists()


@EACH
def test_page_of_rules_counts_what_is_due(administrator, label):
    # The line of its kind only: counters of limits fall due by the minute beside it.
    title = retention.registry()[label].title

    def due():
        lines = administrator.get("/verwaltung/aufbewahrung/").context["lines"]
        return sum(sum(line["rules"].values()) for line in lines if line["kept"].title == title)

    before = due()
    put(MAKERS[label](1), timezone.now() - 31 * retention.DAY)
    assert due() == before + 1


def test_files_of_a_picture_stay_until_the_bin_is_emptied(
    editor, django_capture_on_commit_callbacks
):
    picture = make_picture()
    storage, name = picture.file.storage, picture.file.name
    bin_it(editor, picture)
    assert storage.exists(name)
    put(picture, NOW - 31 * retention.DAY)
    with django_capture_on_commit_callbacks(execute=True):
        retention.run(NOW)
    assert not storage.exists(name)


def test_legal_hold_keeps_what_lies_in_the_bin(administrator):
    picture = put(make_picture(), NOW - 31 * retention.DAY)
    fields = {"subject_type": "programs.picture", "subject_id": picture.pk, "reason": "Az. 1"}
    administrator.post("/verwaltung/offenbach_wir/legalhold/add/", fields)
    retention.run(NOW)
    assert is_binned(picture)


# --- Import -------------------------------------------------------------------------------------
def test_import_knows_no_names_from_the_bin(db):
    kept, binned = MAKERS["projects.targetgroup"](1), put(MAKERS["projects.targetgroup"](2))
    binned_line = make_line("linie-weg")
    type(binned_line).objects.filter(pk=binned_line.pk).update(**in_state("deleted"))
    known = {row for names in Importer({}).names.values() for row in names.values()}
    assert kept in known
    assert not {binned, binned_line} & known


def test_import_makes_an_organisation_anew_beside_the_one_in_the_bin(db):
    binned = put(make_organisation("Verein Klang", slug="verein-klang"))
    made = Importer({})._organisation("Verein Klang")
    assert made != binned
    assert made in Organisation.objects.outside_the_bin()


def test_answers_of_the_questionnaire_are_not_taken_from_the_bin(client, db):
    kind, measure = put(MAKERS["programs.applicantkind"](1)), MeasureKind.objects.first()
    query = {"organisation": kind.slug, "measure": measure.slug}
    response = client.get("/de/foerderung/welche-linie/", query)
    assert response.context["form"].errors
