"""Folding, spellings and stems: the same word finds itself however it is written."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offenbach_wir.search import (
    LONGEST_QUERY,
    MOST_WORDS,
    fold,
    index_text,
    query_part,
    query_parts,
    query_words,
    sort_key,
    spellings,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Bürgel", "burgel"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Łódź", "lodz"),
        ("Ærø", "aero"),
        ("Đurđević", "durdevic"),
        ("Iğdır", "igdir"),
        ("İstanbul", "istanbul"),
        ("café", "cafe"),
        ("مدرسة", "مدرسه"),
        ("مَدْرَسَة", "مدرسه"),
        ("ﬁnden", "finden"),
        ("", ""),
    ],
)
def test_text_is_folded(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("Bürgel", ["burgel", "buergel"]),
        ("Buergel", ["buergel", "burgel"]),
        ("burgel", ["burgel"]),
        ("Öl", ["ol", "oel"]),
        ("Kurs", ["kurs"]),
    ],
)
def test_word_of_a_text_has_its_spellings(word, forms):
    assert spellings(word) == forms


@pytest.mark.parametrize("asked", ["Bürgel", "Buergel", "burgel", "BÜRGEL"])
@pytest.mark.parametrize("written", ["Bürgel", "Buergel"])
def test_every_spelling_finds_every_other(asked, written):
    assert query_part(asked.casefold()) in index_text(written)


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Sprachkurs", "Sprachkurse"),
        ("Sprachkurse", "Sprachkurs"),
        ("Sprachkursen", "Sprachkurs"),
        ("Mittel", "Fördermittel"),
        ("Integrationslotsen", "Integrationslotsinnen und Integrationslotsen"),
        ("courses", "course"),
        ("Bürgel", unicodedata.normalize("NFD", "Bürgel")),
        (unicodedata.normalize("NFD", "Bürgel"), "Bürgel"),
        ("İstanbul", "istanbul"),
        ("المدرسة", "مدرسة"),
        ("مدرسة", "المدرسة"),
        ("مدرسه", "مَدْرَسَة"),
    ],
)
def test_word_finds_its_other_forms(asked, written):
    text = index_text(written)
    assert all(part in text for part in query_parts(asked))


def test_short_word_must_start_one():
    assert query_part("ab") == " ab"
    assert query_part("ab") not in index_text("Grab")
    assert query_part("ab") in index_text("abholen")


def test_signs_of_patterns_are_no_words():
    assert query_words("% _ * ' \" ; -- ( ) [a]") == ["a"]


def test_tags_are_no_part_of_the_text():
    assert index_text("<p>Ein <strong>Fest</strong></p>") == " ein fest "


def test_words_of_two_paragraphs_stay_apart():
    assert "eins zwei" in index_text("<p>eins</p><p>zwei</p>")


def test_nothing_has_an_empty_index():
    assert index_text("", None, "<p></p>") == ""


def test_question_is_bounded_in_length_and_number():
    words = query_words(" ".join(f"wort{n}" for n in range(10_000)))
    assert len(words) == MOST_WORDS
    assert query_words("x" * 100_000) == ["x" * LONGEST_QUERY]


def test_repeated_word_is_asked_once():
    assert query_words("Kurs kurs KURS") == ["kurs"]


def test_nul_byte_divides_words():
    assert query_words("eins\x00zwei") == ["eins", "zwei"]


def test_sort_key_ignores_case_marks_and_signs():
    titles = ["Zebra", "über uns", "„Alle“", "Uhr", "ärger"]
    assert sorted(titles, key=sort_key) == ["„Alle“", "ärger", "über uns", "Uhr", "Zebra"]


LETTERS = st.characters(categories=["Lu", "Ll", "Lo", "Lm", "Nd", "Mn", "Zs", "Pd"])


@settings(derandomize=True, database=None, deadline=None, max_examples=300)
@given(st.text(alphabet=LETTERS, max_size=120))
def test_every_word_of_a_text_is_found_in_it(text):
    index = index_text(text)
    for part in query_parts(text):
        assert part in index


GERMAN = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüßABCDEÄÖÜ", min_size=1, max_size=20)


@settings(derandomize=True, database=None, deadline=None, max_examples=300)
@given(st.lists(GERMAN, min_size=1, max_size=8))
def test_every_german_word_is_found_among_the_others(words):
    index = index_text("Vorher", *words, "nachher")
    for word in words:
        assert query_part(word.casefold()) in index


@settings(derandomize=True, database=None, deadline=None)
@given(st.text())
def test_any_question_becomes_parts_both_databases_take(query):
    for part in query_parts(query):
        assert part
        assert "\x00" not in part
