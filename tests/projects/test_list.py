"""The list of projects: facets and their counts, sorting, paging, odd addresses."""

import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from programs.models import FocusArea, FundingLine
from projects.facets import ProjectSearch
from projects.models import (
    District,
    Organisation,
    Project,
    ProjectDate,
    ProjectPicture,
    SpokenLanguage,
    TargetGroup,
)
from projects.views import PER_PAGE
from tests.factories import make_organisation, make_picture, make_project

LIST = "/de/projekte/"
TODAY = datetime.date(2026, 6, 15)
AT_NOON = datetime.datetime(2026, 6, 15, 10, tzinfo=datetime.UTC)


def search(query=""):
    """(the search with its counts filled, the number of hits)"""
    made = ProjectSearch(QueryDict(query))
    return made, made.page("1", PER_PAGE).paginator.count


def option(made, facet, value):
    options = next(f for f in made.facets if f.name == facet).options
    return next(o for o in options if o.value == value)


def in_order(query):
    return [project.number for project in ProjectSearch(QueryDict(query)).page("1", 1000)]


def numbers(query):
    return set(in_order(query))


def shown(page):
    return [project.number for project in page.context["projects"]]


@pytest.fixture
def no_examples(db):
    """The examples put away, so that a test sees its own projects only."""
    Project.objects.update(state=Project.State.ARCHIVED)


# --- Facets and counts ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "chosen",
    [
        "",
        "q=Sprachkurs",
        "district=zentrum",
        "district=zentrum&district=nordend",
        "status=finished",
        "status=running&language=ar&language=tr",
        "help=1&q=Deutsch",
        "focus=willkommens-und-anerkennungskultur&group=newcomers",
    ],
)
def test_count_of_every_value_is_the_number_of_projects_it_lists(db, chosen):
    made, _total = search(chosen)
    for facet in made.facets:
        others = QueryDict(chosen, mutable=True)
        others.pop(facet.name, None)
        for value in facet.options:
            others.setlist(facet.name, [value.value])
            listed = len(list(ProjectSearch(others).page("1", 1000)))
            assert value.count == listed, f"{facet.name}={value.value}"


@pytest.mark.parametrize("chosen", ["", "q=Garten", "status=planned", "district=hafen&help=1"])
def test_total_is_the_number_of_listed_projects(db, chosen):
    made, total = search(chosen)
    assert total == len(list(made.page("1", 1000)))


def test_facet_counts_under_the_choices_of_the_others(no_examples):
    make_project(district="nordend", looks_for_help=True)
    make_project(district="nordend")
    made, _total = search("help=1")
    assert option(made, "district", "nordend").count == 1


def test_chosen_district_leaves_the_counts_of_the_other_districts(no_examples):
    make_project(district="nordend")
    make_project(district="bieber")
    made, _total = search("district=nordend")
    assert option(made, "district", "bieber").count == 1


def test_second_district_adds_its_projects(no_examples):
    make_project(number="N", district="nordend")
    make_project(number="B", district="bieber")
    make_project(number="Z", district="zentrum")
    assert numbers("district=nordend&district=bieber") == {"N", "B"}


def test_filters_of_two_facets_must_both_fit(no_examples):
    make_project(number="BEIDES", district="nordend", looks_for_help=True)
    make_project(district="nordend")
    make_project(looks_for_help=True)
    assert numbers("district=nordend&help=1") == {"BEIDES"}


def test_words_and_filters_must_both_fit(no_examples):
    make_project("Quastenflosser", number="BEIDES", district="nordend")
    make_project("Quastenflosser", district="bieber")
    make_project("Anderes", district="nordend")
    assert numbers("q=Quastenflosser&district=nordend") == {"BEIDES"}


def test_same_value_twice_counts_once(no_examples):
    make_project(number="N", district="nordend")
    made, total = search("district=nordend&district=nordend")
    assert total == 1
    assert len(made.chosen) == 1


@pytest.mark.parametrize(
    ("model", "field", "name", "key"),
    [
        (FocusArea, "focus_areas", "focus", "slug"),
        (TargetGroup, "target_groups", "group", "slug"),
        (SpokenLanguage, "languages", "language", "code"),
    ],
)
def test_lists_of_a_project_filter_it(no_examples, model, field, name, key):
    one, other = model.objects.all()[:2]
    make_project(number="BEIDE", **{field: [one, other]})
    make_project(number="EINES", **{field: [one]})
    make_project(number="KEINES")
    assert numbers(f"{name}={getattr(one, key)}") == {"BEIDE", "EINES"}
    assert numbers(f"{name}={getattr(other, key)}") == {"BEIDE"}


def test_key_that_is_the_beginning_of_another_is_not_mixed_up_with_it(no_examples):
    languages = [
        SpokenLanguage.objects.create(pk=pk, code=f"x{pk}", name_in_itself=f"X{pk}")
        for pk in (9001, 900, 90011)
    ]
    for language in languages:
        language.create_translation("de", name=language.code)
    make_project(number="LANG", languages=[languages[2]])
    made, _total = search("language=x9001&language=x900")
    assert not list(made.page("1", PER_PAGE))
    assert option(made, "language", "x90011").count == 1


def test_funding_line_filters(no_examples):
    line = FundingLine.objects.get(slug="lotsen-schulung-2014")
    make_project(number="LINIE", funding_line=line)
    make_project()
    assert numbers(f"line={line.slug}") == {"LINIE"}


def test_district_filters(no_examples):
    make_project(number="N", district="nordend")
    make_project()
    assert numbers("district=nordend") == {"N"}


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "status"),
    [
        (TODAY, None, "running"),
        (TODAY, TODAY, "running"),
        (TODAY - datetime.timedelta(days=9), TODAY, "running"),
        (TODAY + datetime.timedelta(days=1), None, "planned"),
        (None, TODAY - datetime.timedelta(days=1), "finished"),
        (TODAY - datetime.timedelta(days=9), TODAY - datetime.timedelta(days=1), "finished"),
        (None, None, None),
        (None, TODAY, None),
    ],
)
def test_status_follows_from_the_day(no_examples, starts_on, ends_on, status):
    project = make_project(number="P", starts_on=starts_on, ends_on=ends_on)
    with time_machine.travel(AT_NOON, tick=False):
        found = [s for s in Project.Phase.values if numbers(f"status={s}") == {"P"}]
        assert found == ([status] if status else [])
        assert project.phase == status


def test_status_changes_at_midnight_in_offenbach(no_examples):
    make_project(number="P", ends_on=TODAY)
    before = datetime.datetime(2026, 6, 15, 21, 59, 59, tzinfo=datetime.UTC)
    with time_machine.travel(before, tick=False):
        assert numbers("status=running") == {"P"}
    with time_machine.travel(before + datetime.timedelta(seconds=1), tick=False):
        assert numbers("status=finished") == {"P"}


def test_finished_project_looks_for_no_help_any_more(no_examples):
    make_project(number="LAUFEND", looks_for_help=True)
    make_project(number="OHNE ENDE", looks_for_help=True, ends_on=None)
    make_project(looks_for_help=True, ends_on=datetime.date(2020, 2, 1))
    make_project(looks_for_help=False)
    assert numbers("help=1") == {"LAUFEND", "OHNE ENDE"}


HIDDEN = [
    {"state": Project.State.DRAFT},
    {"state": Project.State.REVIEW},
    {"state": Project.State.ARCHIVED},
    {"state": Project.State.DELETED},
    {"published_from": datetime.datetime(2098, 1, 1, tzinfo=datetime.UTC)},
    {"published_until": datetime.datetime(2021, 1, 1, tzinfo=datetime.UTC)},
]


@pytest.mark.parametrize("fields", HIDDEN)
def test_unpublished_project_is_neither_listed_nor_counted(client, no_examples, fields):
    make_project("Geheimprojekt", district="nordend", looks_for_help=True, **fields)
    page = client.get(LIST, {"q": "Geheimprojekt"})
    assert page.context["total"] == 0
    assert all(o.count == 0 for f in page.context["search"].facets for o in f.options)


@pytest.mark.parametrize("fields", HIDDEN)
@pytest.mark.parametrize(
    "path",
    [
        *("/de/", LIST, "/de/mitmachen/", "/de/projekte/feed/", "/de/suche/?q=Geheimprojekt"),
        "/sitemap-projekte.xml",
    ],
)
def test_unpublished_project_is_named_nowhere(client, no_examples, path, fields):
    make_project("Geheimprojekt", slug="geheimprojekt", looks_for_help=True, **fields)
    text = client.get(path).content.decode().replace("q=Geheimprojekt", "")
    assert "/projekte/geheimprojekt" not in text


def test_value_without_projects_is_not_offered(client, no_examples):
    make_project(district="nordend")
    page = client.get(LIST).content.decode()
    assert 'id="district-nordend"' in page
    assert 'id="district-bieber"' not in page


def test_chosen_value_without_projects_stays_to_be_taken_off(client, no_examples):
    make_project(district="nordend")
    page = client.get(LIST, {"district": "bieber"}).content.decode()
    assert re.search(r'id="district-bieber"[^>]* checked', page)


def test_counts_stand_beside_their_values(client, no_examples):
    make_project(district="nordend")
    make_project(district="nordend")
    page = client.get(LIST).content.decode()
    label = re.search(r'<label for="district-nordend">(.*?)</label>', page).group(1)
    assert "(2" in label


# --- Order and pages -----------------------------------------------------------------------------


def test_running_projects_come_first_then_planned_then_finished(no_examples):
    make_project(number="FERTIG", ends_on=datetime.date(2025, 1, 1))
    make_project(number="GEPLANT", starts_on=datetime.date(2090, 1, 1))
    make_project(number="ALT", starts_on=datetime.date(2021, 1, 1))
    make_project(number="NEU", starts_on=datetime.date(2024, 1, 1))
    order = in_order("")
    assert order == ["NEU", "ALT", "GEPLANT", "FERTIG"]


@pytest.mark.parametrize("per_page", [1, 2, 3, 5, 20])
@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["L2", "L1", "P2", "P1", "F2", "F1", "F0", "U0"]),
        ("status=running", ["L2", "L1"]),
        ("status=planned&status=finished", ["P2", "P1", "F2", "F1", "F0"]),
        ("status=finished", ["F2", "F1", "F0"]),
        ("district=nordend", ["L1", "P1", "F1"]),
        ("status=planned&district=nordend", ["P1"]),
    ],
)
def test_every_page_goes_on_where_the_one_before_ended(no_examples, query, numbers, per_page):
    """Running, planned, finished and those of no known time, over the borders between them."""
    past, ahead = datetime.date(2025, 1, 1), datetime.date(2090, 1, 1)
    make_project(number="U0", starts_on=None, ends_on=None)
    make_project(number="F0", starts_on=None, ends_on=past)
    for n, district in ((1, "nordend"), (2, "bieber")):
        later, place = datetime.timedelta(days=n), {"district": district}
        make_project(
            number=f"F{n}", starts_on=past - datetime.timedelta(9) + later, ends_on=past, **place
        )
        make_project(number=f"P{n}", starts_on=ahead + later, **place)
        make_project(number=f"L{n}", starts_on=past + later, **place)
    search(query)  # the counts are kept from here on
    pages = [
        ProjectSearch(QueryDict(query)).page(str(1 + n), per_page).object_list
        for n in range(-(-len(numbers) // per_page))
    ]
    assert [project.number for page in pages for project in page] == numbers


def test_newest_come_first_and_those_without_a_date_last(no_examples):
    make_project(number="OHNE", starts_on=None, ends_on=None)
    make_project(number="ALT", starts_on=datetime.date(2021, 1, 1))
    make_project(number="NEU", starts_on=datetime.date(2024, 1, 1))
    order = in_order("sort=newest")
    assert order == ["NEU", "ALT", "OHNE"]


def test_titles_are_sorted_like_in_a_dictionary(no_examples):
    for title in ("Zoo", "„Apfelsaft“", "apfelbaum", "Öl", "Äpfel", "Ofen"):
        make_project(title, number=title)
    order = in_order("sort=title")
    assert order == ["Äpfel", "apfelbaum", "„Apfelsaft“", "Ofen", "Öl", "Zoo"]


def test_best_match_is_no_order_without_words(client, db):
    page = client.get(LIST, {"sort": "best"})
    assert page.context["search"].sort == "current"


def test_best_match_is_the_order_of_a_search(client, db):
    page = client.get(LIST, {"q": "Garten"})
    assert page.context["search"].sort == "best"


def test_every_project_is_on_exactly_one_page(client, no_examples):
    made = {make_project(number=f"P{n}").number for n in range(PER_PAGE + 3)}
    first, second = shown(client.get(LIST)), shown(client.get(LIST, {"page": 2}))
    assert len(first) == PER_PAGE
    assert set(first) | set(second) == made
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        *(("1", 1), ("2", 2), ("0", 2), ("-1", 2), ("999", 2), ("1000000000", 2)),
        *(("abc", 1), ("1e9", 1), ("", 1), ("9" * 5000, 1), ("2.0", 1), ("\x00", 1)),
    ],
)
def test_page_out_of_range_leads_to_a_page_that_exists(client, db, asked, number):
    answer = client.get(LIST, {"page": asked})
    assert answer.status_code == 200
    assert answer.context["page"].number == number


def test_pages_keep_the_filters(client, db):
    page = client.get(LIST, {"status": ["running", "finished", "planned"], "sort": "title"})
    href = re.search(r'rel="next" href="([^"]+)"', page.content.decode()).group(1)
    params = QueryDict(href.replace("&amp;", "&").lstrip("?"))
    assert params.getlist("status") == ["running", "finished", "planned"]
    assert (params["sort"], params["page"]) == ("title", "2")


# --- Odd and empty -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["focus", "status", "help", "district", "group", "language", "line", "sort"]
)
def test_unknown_value_is_named_and_left_out(client, db, name):
    page = client.get(LIST, {name: "gibtsnicht"})
    assert page.context["total"] == Project.objects.published().count()
    assert "Diese Filterwerte kennen wir nicht" in page.content.decode()
    assert page.context["search"].ignored == ["gibtsnicht"]


@pytest.mark.parametrize("value", ["1 OR 1=1", "%", ",1,", "\x00", "🎉", "x" * 10_000, "١"])
@pytest.mark.parametrize("name", ["focus", "status", "help", "district", "language", "line"])
def test_odd_value_filters_nothing(client, db, name, value):
    page = client.get(LIST, {name: value})
    assert page.status_code == 200
    assert page.context["total"] == Project.objects.published().count()


def test_unknown_value_is_shown_as_text(client, db):
    page = client.get(LIST, {"district": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


def test_many_values_are_answered(client, db):
    assert client.get(LIST, {"district": [f"x{n}" for n in range(500)]}).status_code == 200


def test_every_parameter_is_in_the_address_of_the_chosen_filters(db):
    query = "q=B%C3%BCrgel&status=running&district=bieber&district=nordend&sort=title"
    made, _total = search(query)
    assert made.address() == f"?{query}"


def test_address_without_a_filter_keeps_the_others(db):
    made, _total = search("district=nordend&district=bieber&sort=title")
    first = next(link for _f, o, link in made.chosen if o.value == "nordend")
    assert first == "?district=bieber&sort=title"


def test_address_leaves_the_usual_order_out(db):
    made, _total = search("sort=current&help=1")
    assert made.address() == "?help=1"


def test_each_chosen_filter_has_a_link_that_takes_it_off(client, db):
    page = client.get(LIST, {"district": "nordend", "help": "1"}).content.decode()
    chosen = re.search(r'<ul class="chosen".*?</ul>', page, re.DOTALL).group(0)
    assert 'href="?help=1"' in chosen
    assert 'href="?district=nordend"' in chosen


def test_empty_result_offers_ways_out(client, db):
    page = client.get(LIST, {"q": "xyzzyxyzzy", "district": "nordend"}).content.decode()
    assert "Nichts passt" in page
    assert 'href="?district=nordend"' in page
    assert 'href="/de/projekte/"' in page
    assert 'href="/de/beratung/"' in page


def test_empty_result_on_the_english_page_advises_a_german_word(client, db):
    page = client.get("/en/projekte/", {"q": "xyzzyxyzzy"}).content.decode()
    assert "Try a German word" in page


def test_portal_without_projects_has_a_list(client, no_examples):
    assert client.get(LIST).status_code == 200


def test_number_of_hits_is_in_a_live_region(client, db):
    page = client.get(LIST, {"q": "Hafenbeet"}).content.decode()
    assert re.search(r'<p[^>]*role="status"[^>]*>\s*1 Projekt gefunden', page)


def test_filters_stand_in_a_form_that_works_by_get(client, db):
    page = client.get(LIST).content.decode()
    assert re.search(r'<form[^>]*method="get"', page)


def test_filtered_list_is_kept_out_of_search_engines(client, db):
    assert "noindex" in client.get(LIST, {"district": "nordend"}).content.decode()


def test_list_answers_no_post(client, db):
    assert client.post(LIST, {"q": "x"}).status_code == 405


# --- Queries: as many for twenty projects as for ten ---------------------------------------------


def make_rich_projects(count, organisation):
    """Projects with everything a card or a page can show."""
    districts = list(District.objects.all())
    for index in range(count):
        project = make_project(
            "Quastenflosser",
            organisation=make_organisation() if index % 2 else organisation,
            district=districts[index % len(districts)],
            funding_line=FundingLine.objects.all()[index % 3],
            focus_areas=list(FocusArea.objects.all()),
            target_groups=list(TargetGroup.objects.all()[: 1 + index % 3]),
            languages=list(SpokenLanguage.objects.all()[: 1 + index % 3]),
            partners=[organisation],
            looks_for_help=True,
            starts_on=datetime.date(2024, 1, 1 + index),
        )
        ProjectPicture.objects.create(project=project, picture=make_picture())
        date = ProjectDate.objects.create(
            project=project,
            starts_at=timezone.now() + datetime.timedelta(days=9),
            ends_at=timezone.now() + datetime.timedelta(days=9, hours=1),
        )
        date.create_translation("de", title="Treffen")
    return project


@pytest.fixture
def ten(no_examples):
    """(a project, its organisation) beside nine others."""
    organisation = make_organisation(slug="traeger")
    return make_rich_projects(10, organisation), organisation


@pytest.mark.parametrize(
    "path",
    [
        *("/de/", LIST, "/ar/projekte/", "/de/projekte/?q=Quastenflosser&status=running&help=1"),
        *("/de/mitmachen/", "/de/organisationen/traeger/", "/de/projekte/feed/"),
        *("/sitemap-projekte.xml", "/sitemap.xml", "/de/suche/?q=Quastenflosser"),
    ],
)
def test_page_takes_as_many_queries_for_twenty_projects_as_for_ten(count_queries, ten, path):
    _project, organisation = ten
    for_ten = count_queries(path)
    make_rich_projects(10, organisation)
    assert count_queries(path) == for_ten


def test_page_of_a_project_takes_as_many_queries_beside_twenty_as_beside_ten(count_queries, ten):
    project, organisation = ten
    for_ten = count_queries(project.get_absolute_url())
    make_rich_projects(10, organisation)
    assert count_queries(project.get_absolute_url()) == for_ten


@pytest.mark.parametrize("path", ["/daten/projekte.json", "/daten/projekte.csv"])
def test_open_data_take_as_many_queries_for_twenty_projects_as_for_ten(client, ten, path):
    def count():
        with CaptureQueriesContext(connection) as queries:
            b"".join(client.get(path).streaming_content)
        return len(queries)

    for_ten = count()
    make_rich_projects(10, ten[1])
    assert count() == for_ten


def test_examples_cover_every_facet(db):
    made, _total = search()
    assert all(any(o.count for o in facet.options) for facet in made.facets)
    assert Organisation.objects.listed().exists()
