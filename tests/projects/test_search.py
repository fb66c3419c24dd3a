"""What the search of the project list finds; the same on both databases."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from offenbach_wir.models import SearchWord
from offenbach_wir.search import LONGEST_QUERY, index_text, query_parts, remember_words
from projects.facets import ProjectSearch
from projects.models import Project
from tests.factories import make_project

RIGHT_TO_LEFT_OVERRIDE = "\u202e"
only_on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="Typing errors are forgiven with trigrams, which only PostgreSQL has.",
)


def search_for(query):
    params = QueryDict(mutable=True)
    params["q"] = query
    return ProjectSearch(params)


def numbers(query):
    return [project.number for project in search_for(query).page("1", 1000)]


def finds(query, text):
    """Whether the words of the query are all in the indexed text; no database needed."""
    stored = index_text(text)
    return all(part in stored for part in query_parts(query))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Sprachkurs", "Sprachkurse am Vormittag"),
        ("Sprachkurse", "Ein Sprachkurs"),
        ("Mittel", "Fördermittel leicht gemacht"),
        ("Bürgel", "Lesen in Buergel"),
        ("Buergel", "Lesen in Bürgel"),
        ("burgel", "Lesen in Bürgel"),
        ("burgel", "Lesen in Buergel"),
        ("BÜRGEL", "Lesen in bürgel"),
        ("Strasse", "Auf der Straße"),
        ("Straße", "AUF DER STRASSE"),
        ("Calisma", "Çalışma grubu"),
        ("Çalışma", "CALISMA GRUBU"),
        ("ISPARTA", "ısparta"),
        ("istanbul", "İstanbul"),
        ("İstanbul", "istanbul"),
        ("Café", "Sprachcafe"),
        ("cafe", "Sprachcafé"),
        ("Lodz", "Łódź"),
        ("zu", "Ab zu neuen Ufern"),
        ("a", "Treff am Main"),
        ("مرشد", "المُرشِد"),
        ("معا", "نمضي معًا"),
        ("المرشدون", "مرشدون"),
        ("Kurse Frauen", "Kurse für Frauen"),
    ],
)
def test_query_is_found_in_text(query, text):
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Kurse Männer", "Kurse für Frauen"),
        ("zu", "Akazu"),
        ("n", "Main"),
        ("Garten", "Gaststätte"),
    ],
)
def test_query_is_not_found_in_text(query, text):
    assert not finds(query, text)


def test_letters_with_separate_marks_are_the_same_letters():
    assert index_text("Bu\u0308rgel") == index_text("Bürgel")


def test_soft_hyphen_does_not_part_a_word():
    assert finds("Sprachkurs", "Sprach\u00adkurs")


def test_words_of_neighbouring_paragraphs_do_not_grow_together():
    assert finds("zu", "<p>Anfang</p><p>zu zweit</p>")


def test_bold_part_of_a_word_does_not_part_it():
    assert finds("Sprachkurs", "<p>Sprach<strong>kurs</strong></p>")


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüß", min_size=3, max_size=14))
def test_every_word_finds_itself(word):
    assert finds(word, f"davor {word} danach")


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_cut_to_a_bounded_number_of_words(text):
    parts = query_parts(text)
    assert len(parts) <= 8
    assert all(part.strip() for part in parts)


# On both databases these queries find these examples and no others.
EXPECTED = {
    "Sprachkurs": {"WIR-2015-03", "WIR-2026-07", "WIR-2027-03"},
    "Fördermittel": {"WIR-2021-02"},
    "Bürgel": {"WIR-2025-03"},
    "Buergel": {"WIR-2025-03"},
    "burgel": {"WIR-2025-03"},
    "WIR-2014-01": {"WIR-2014-01"},
    "Hafenbeet Garten": {"WIR-2026-01"},
    "%": set(),
    "_": set(),
    "\\": set(),
    "100%": set(),
    "Hafenbeet Waschsalon": set(),
}


@pytest.mark.parametrize(("query", "expected"), EXPECTED.items())
def test_both_databases_find_the_same_examples(db, query, expected):
    found = set(numbers(query))
    assert expected <= found if query == "Sprachkurs" else expected == found


def test_singular_and_plural_find_the_same(db):
    assert numbers("Sprachkurs") == numbers("Sprachkurse")


def test_part_of_a_longer_word_is_found(db):
    assert "WIR-2021-02" in numbers("Mittel")


def test_title_hits_come_before_text_hits(db):
    make_project("Etwas anderes", number="IM-TEXT", summary="Wir bauen ein Quastenflosserheim.")
    make_project("Das Quastenflosserheim", number="IM-TITEL", starts_on=None, ends_on=None)
    assert numbers("Quastenflosserheim") == ["IM-TITEL", "IM-TEXT"]


def test_title_word_that_starts_with_the_query_comes_first(db):
    make_project("Das Altquastenflosserheim", number="MITTEN")
    make_project("Das Quastenflosserheim", number="AM ANFANG", starts_on=None, ends_on=None)
    assert numbers("Quastenflosser") == ["AM ANFANG", "MITTEN"]


def test_german_word_is_found_on_the_arabic_page(client, db):
    page = client.get("/ar/projekte/", {"q": "Hafenbeet"})
    assert [project.number for project in page.context["projects"]] == ["WIR-2026-01"]


def test_arabic_word_is_found_on_the_german_page(client, db):
    page = client.get("/de/projekte/", {"q": "المغسلة"})
    assert "Waschsalon" in page.context["projects"][0].text.title


def test_several_words_are_all_needed(db):
    make_project("Quastenflosser Heim", number="BEIDE")
    make_project("Quastenflosser Haus", number="EINES")
    assert numbers("Heim Quastenflosser") == ["BEIDE"]


def test_two_letters_find_only_what_starts_with_them(db):
    make_project("Xq Treff", number="XQ")
    make_project("Axq Treff", number="AXQ")
    assert numbers("xq") == ["XQ"]


@pytest.mark.parametrize("query", ["%", "_", "\\", "%%%", "%_%"])
def test_wildcards_are_literal(db, query):
    make_project("Quastenflosserheim")
    assert numbers(query) == []


def test_quotation_marks_end_no_statement(db):
    make_project('Quastenflosser\'s "Heim"', number="ZITAT")
    assert numbers('Quastenflosser\'s "Heim"') == ["ZITAT"]


@pytest.mark.parametrize(
    "query",
    [
        "a" * 100_000,
        "%" * 100_000,
        " ".join(f"wort{n}" for n in range(20_000)),
        "Sprach\x00kurs",
        "\x00",
        "🎉",
        "👩‍👩‍👧",
        RIGHT_TO_LEFT_OVERRIDE + "kurs",
        "\ufdfa" * 200,
        "\uff9e",
        "½ ① ㎏",
        "' OR 1=1 --",
        "{{ 7|add:7 }} {% debug %}",
        "\ud7ff\ufffe",
    ],
)
@pytest.mark.parametrize("path", ["/de/projekte/", "/ar/projekte/", "/de/suche/"])
def test_odd_search_is_answered_with_a_page(client, db, path, query):
    assert client.get(path, {"q": query}).status_code == 200


def test_broken_utf8_in_the_address_is_answered_with_a_page(client, db):
    assert client.get("/de/projekte/?q=%FF%FE%C3").status_code == 200


def test_endless_search_is_cut(client, db):
    page = client.get("/de/projekte/", {"q": "a" * 100_000})
    assert len(page.context["search"].query) == LONGEST_QUERY
    assert f'name="q" value="{"a" * LONGEST_QUERY}"' in page.content.decode()


def test_nul_is_left_out_of_the_search(client, db):
    page = client.get("/de/projekte/", {"q": "Hafen\x00beet"})
    assert page.context["search"].query == "Hafenbeet"
    assert page.context["total"] == 1


def test_emoji_alone_finds_nothing(db):
    assert numbers("🎉") == []


def test_emoji_beside_a_word_does_not_disturb(db):
    assert numbers("Hafenbeet 🌻") == ["WIR-2026-01"]


def test_right_to_left_override_does_not_reach_the_page(client, db):
    query = f"Hafenbeet{RIGHT_TO_LEFT_OVERRIDE}"
    page = client.get("/de/projekte/", {"q": query, "district": query, "sort": query})
    assert page.context["total"] == 1
    assert RIGHT_TO_LEFT_OVERRIDE not in page.content.decode()


def test_search_words_are_shown_as_text(client, db):
    page = client.get("/de/projekte/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_empty_search_shows_everything(db):
    assert len(numbers("   ")) == Project.objects.published().count()


@only_on_postgresql
@pytest.mark.parametrize("query", ["Integrationslosten", "Integratonslotsen"])
def test_typing_error_is_forgiven(db, query):
    found = numbers(query)
    assert found
    assert set(found) <= set(numbers("Integrationslotsen"))


@only_on_postgresql
def test_signs_alone_are_no_typing_error(db):
    assert numbers("%%%") == []


def test_words_are_remembered_once_and_not_looked_for_first(db):
    """PostgreSQL would look for equal words in the trigrams, which takes long."""
    remember_words("quastenflosser salamander")
    before = SearchWord.objects.count()
    with CaptureQueriesContext(connection) as queries:
        remember_words("salamander quastenflosser grottenolm")
    assert SearchWord.objects.count() == before + 1
    assert [query["sql"] for query in queries if query["sql"].startswith("SELECT")] == []


@pytest.mark.skipif(
    connection.vendor == "postgresql", reason="PostgreSQL forgives this typing error."
)
def test_typing_error_finds_nothing_without_trigrams(db):
    assert numbers("Integrationslosten") == []
