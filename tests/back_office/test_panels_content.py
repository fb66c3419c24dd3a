"""The start page counts content that waits, and leads to exactly that content."""

import datetime

import pytest
from django.utils import timezone

from offenbach_wir import todo
from offenbach_wir.models import User
from offenbach_wir.roles import ROLES
from programs import waiting
from programs.models import Document, Page, Picture
from tests.factories import make_organisation, make_picture, make_project


def panel(key):
    return next(panel for panel in todo._panels.values() if panel.key == key)


def person(role="editor"):
    return User.objects.get(email=ROLES[role].demo_email)


def count(key):
    return panel(key).count(person())


def listed(client, key):
    """How many records the link of a panel leads to."""
    response = client.get(panel(key).url(person()))
    assert response.status_code == 200
    if "kinds" in response.context:
        return sum(kind["total"] for kind in response.context["kinds"])
    return response.context["cl"].result_count


def make_document(**fields):
    n = Document.objects.count()
    row = Document.objects.create(
        **{"slug": f"blatt-{n}", "language": "de", "author": "A", "licence": "L"}
        | {"state": "published"}
        | fields
    )
    row.create_translation("de", title="Blatt", description="Text")
    return row


def in_days(n):
    return timezone.localdate() + datetime.timedelta(days=n)


@pytest.mark.parametrize("state", ["draft", "review"])
def test_what_is_not_published_yet_waits(db, state):
    before = count("content_waiting")
    make_project(state=state)
    assert count("content_waiting") == before + 1


@pytest.mark.parametrize("state", ["published", "archived", "deleted"])
def test_what_was_decided_does_not_wait(db, state):
    before = count("content_waiting")
    make_project(state=state)
    assert count("content_waiting") == before


@pytest.mark.parametrize(
    "key", ["content_waiting", "documents_expiring", "pictures_undescribed", "translations_open"]
)
def test_link_leads_to_exactly_the_counted_records(editor, key):
    make_project("Entwurf", state="draft")
    make_project("Nur deutsch")
    make_document(expires_on=in_days(3))
    make_picture(consent="nobody").translations.update(alt="")
    assert listed(editor, key) == count(key) > 0


@pytest.mark.parametrize(
    "key", ["content_waiting", "documents_expiring", "pictures_undescribed", "translations_open"]
)
def test_panel_counts_in_one_query(db, django_assert_num_queries, key):
    user = person()
    user.get_all_permissions()
    with django_assert_num_queries(1):
        panel(key).count(user)


@pytest.mark.parametrize("key", waiting.REASONS)
def test_lists_of_each_kind_show_what_the_page_counted(editor, key):
    make_project("Entwurf", state="draft")
    make_project("Nur deutsch")
    for kind in editor.get(waiting.address(key)).context["kinds"]:
        assert editor.get(kind["list_url"]).context["cl"].result_count == kind["total"]


@pytest.mark.parametrize("key", waiting.REASONS)
def test_page_of_what_waits_takes_the_same_queries_for_more_records(editor, count_queries, key):
    def add(state):
        for _n in range(5):
            make_project(state=state)

    add("draft" if key == "freigabe" else "published")
    before = count_queries(waiting.address(key))
    add("draft" if key == "freigabe" else "published")
    assert count_queries(waiting.address(key)) == before


def test_unknown_reason_to_wait_is_not_found(editor):
    assert editor.get("/verwaltung/offen/nichts/").status_code == 404


def test_translation_in_every_language_does_not_wait(db):
    before = count("translations_open")
    project = make_project()
    for code in ("en", "ar"):
        project.create_translation(code, title="T", summary="S")
        project.organisation.create_translation(code, summary="S")
    assert count("translations_open") == before


def test_translation_older_than_the_german_text_waits(db):
    page = Page.objects.get(key="impressum")
    for code in ("en", "ar"):
        if page.translation_state(code) == "missing":
            page.create_translation(code, title="T")
    before = count("translations_open")
    text = page.translations.get(language_code="de")
    text.title = "Impressum, neu"
    text.save()
    assert count("translations_open") == before + 1


def test_drafts_and_hidden_organisations_wait_for_no_translation(db):
    before = count("translations_open")
    make_project(state="draft", organisation=make_organisation(is_listed=False))
    assert count("translations_open") == before


@pytest.mark.parametrize(("days", "more"), [(-1, 1), (0, 1), (30, 1), (31, 0)])
def test_documents_wait_from_30_days_before_they_expire(db, days, more):
    before = count("documents_expiring")
    make_document(expires_on=in_days(days))
    assert count("documents_expiring") == before + more


def test_documents_without_end_and_drafts_do_not_wait(db):
    before = count("documents_expiring")
    make_document()
    make_document(expires_on=in_days(1), state="draft")
    assert count("documents_expiring") == before


def test_decorative_picture_needs_no_description(db):
    before = count("pictures_undescribed")
    make_picture(is_decorative=True).translations.update(alt="")
    assert count("pictures_undescribed") == before


def test_picture_without_description_waits(db):
    before = count("pictures_undescribed")
    make_picture().translations.update(alt="")
    assert count("pictures_undescribed") == before + 1


def test_picture_described_in_another_language_only_waits(db):
    before = count("pictures_undescribed")
    picture = make_picture()
    picture.translations.update(alt="")
    picture.create_translation("en", title="T", alt="A description")
    assert Picture.objects.undescribed().filter(pk=picture.pk).count() == 1
    assert count("pictures_undescribed") == before + 1


def test_panel_and_publishing_ask_the_same_for_an_alternative_text(db):
    described, silent, decorative = make_picture(), make_picture(), make_picture(is_decorative=True)
    silent.translations.update(alt="")
    decorative.translations.update(alt="")
    chosen = Picture.objects.filter(pk__in=[described.pk, silent.pk, decorative.pk])
    assert list(chosen.lacking_alternative()) == [silent]
    assert list(chosen.undescribed()) == [silent]


def test_picture_without_its_rights_is_undescribed_and_lacks_no_alternative(db):
    picture = make_picture(consent="")
    rows = Picture.objects.filter(pk=picture.pk)
    assert rows.undescribed().exists()
    assert not rows.lacking_alternative().exists()
