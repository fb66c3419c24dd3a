"""One search over the back office: everything a role may see, and nothing else."""

import pytest

from offenbach_wir.models import BarrierReport, User
from programs.models import Page
from tests.factories import make_organisation, make_picture, make_project

PLACE = "/verwaltung/suche/"


def titles(response):
    return [group.title for group in response.context["groups"]]


def hits(response, title):
    group = next(group for group in response.context["groups"] if group.title == title)
    return [str(record) for record, _address in group.hits]


def test_project_is_found_by_a_word_of_its_title(editor):
    make_project("Quittengelee kochen")
    assert hits(editor.get(PLACE, {"q": "quittengelee"}), "Projekte") == ["Quittengelee kochen"]


def test_hit_leads_to_its_form(editor):
    project = make_project("Quittengelee kochen")
    page = editor.get(PLACE, {"q": "quittengelee"}).text
    assert f'href="/verwaltung/projects/project/{project.pk}/change/"' in page


@pytest.mark.parametrize("query", ["Bürgel", "Buergel", "BURGEL"])
def test_umlauts_are_found_in_any_spelling(editor, query):
    make_project("Fest in Bürgel")
    assert "Fest in Bürgel" in hits(editor.get(PLACE, {"q": query}), "Projekte")


def test_draft_is_found(editor):
    make_project("Quittengelee kochen", state="draft")
    assert hits(editor.get(PLACE, {"q": "quittengelee"}), "Projekte")


def test_hits_are_grouped_by_kind(editor):
    make_project("Quitte")
    make_organisation("Verein Quitte")
    page = Page.objects.get(key="impressum")
    page.translations.filter(language_code="de").update(title="Quitte")
    page.refresh_index()
    response = editor.get(PLACE, {"q": "quitte"})
    assert titles(response) == ["Projekte", "Seiten", "Organisationen"]


def test_picture_is_found_by_its_title(editor):
    make_picture()
    assert hits(editor.get(PLACE, {"q": "TESTBILD"}), "Bilder")


def test_barrier_report_is_found_by_its_reference(editor):
    report = BarrierReport.objects.create(description="Text")
    response = editor.get(PLACE, {"q": report.reference})
    assert response.text.count(report.reference) > 1


def test_account_is_found_by_those_who_look_after_accounts(administrator):
    User.objects.create_user("quitte@example.org")
    assert "quitte@example.org" in administrator.get(PLACE, {"q": "quitte@"}).text


def test_account_is_hidden_from_others(editor):
    User.objects.create_user("quitte@example.org")
    assert editor.get(PLACE, {"q": "quitte@"}).context["groups"] == []


def test_ten_hits_stand_here_and_a_link_leads_to_all(editor):
    for n in range(11):
        make_project(f"Quittengelee {n}")
    response = editor.get(PLACE, {"q": "quittengelee"})
    assert len(hits(response, "Projekte")) == 10
    assert 'href="/verwaltung/projects/project/?q=quittengelee"' in response.text


def test_list_behind_all_hits_shows_them(editor):
    for n in range(11):
        make_project(f"Quittengelee {n}")
    shown = editor.get("/verwaltung/projects/project/", {"q": "quittengelee"}).context["cl"]
    assert shown.result_count == 11


@pytest.mark.parametrize("query", ["", " ", "%", "'", "x" * 5000, "🙂", "\u202e", "=1+1"])
def test_odd_queries_are_no_error(editor, query):
    assert editor.get(PLACE, {"q": query}).status_code == 200


def test_query_is_shown_as_text(editor):
    assert "<script>alert" not in editor.get(PLACE, {"q": "<script>alert(1)</script>"}).text


@pytest.mark.parametrize(
    "path", ["/verwaltung/", "/verwaltung/projects/project/", "/verwaltung/programs/page/add/"]
)
def test_search_field_stands_on_every_page(editor, path):
    assert 'action="/verwaltung/suche/"' in editor.get(path).text


def test_public_gets_no_hit(client, db):
    make_project("Quittengelee")
    assert client.get(PLACE, {"q": "quittengelee"}).status_code == 302


def test_staff_without_a_role_finds_nothing(client, db):
    client.force_login(User.objects.create_user("neu@example.org", is_staff=True))
    response = client.get(PLACE, {"q": "Projekt"})
    assert response.status_code in (302, 403) or response.context["groups"] == []


def test_search_takes_as_many_queries_for_more_hits(administrator, count_queries):
    for n in range(3):
        make_project(f"Quitte {n}")
        make_organisation(f"Verein Quitte {n}")
    for_three = count_queries(f"{PLACE}?q=quitte")
    for n in range(3, 9):
        make_project(f"Quitte {n}")
        make_organisation(f"Verein Quitte {n}")
    assert count_queries(f"{PLACE}?q=quitte") == for_three
