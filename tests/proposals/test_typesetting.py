"""Whatever people write becomes a PDF, as text and never as code."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.proposals import pdf, typesetting
from tests.proposals.plain_data import data

# Also what keyboards rarely make: marks without letters, emoji, controls, halves of characters.
ODD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\u0301\u0489\u200d\ufe0f\u202e\u2067\x00\ud83d□\U0001f468\u0e33\u0644"),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ODD, ODD)
def test_any_text_becomes_a_pdf(text, title):
    columns = data()["columns"] | {"title": title}
    assert pdf.make(data(text=text, columns=columns)).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("text", "code", "direction"),
    [
        ("Guten Tag", "ar", "ltr"),
        ("مرحبا", "de", "rtl"),
        ("12.03.2027", "ar", "rtl"),
        ("12.03.2027", "de", "ltr"),
        ("12.03.2027", "prs", "rtl"),
        ("„שלום“", "de", "rtl"),
    ],
)
def test_direction_is_that_of_the_first_letter(text, code, direction):
    assert typesetting.line(text, code)["dir"] == direction


@pytest.mark.parametrize(
    ("code", "tag"), [("de-leicht", "de"), ("ar", "ar"), ("ckb", "ckb"), ("", ""), ("x9", "")]
)
def test_language_of_a_piece_is_a_plain_tag(code, tag):
    assert typesetting.line("a", code)["lang"] == tag


def test_turning_controls_are_taken_out():
    assert typesetting.line("a\u202eb\u2066c\x00d\ufeff")["text"] == "abcd"


def test_every_line_of_an_answer_is_a_paragraph():
    pieces = typesetting.paragraphs("eins\r\nzwei\n\n  \u2028drei")
    assert [piece["text"] for piece in pieces] == ["eins", "zwei", "drei"]


def test_long_words_can_be_broken_but_not_before_a_mark():
    broken = typesetting.line("a\u0301" * 30)["text"]
    assert "\u200b" in broken
    assert "\u200b\u0301" not in broken


def test_words_of_usual_length_stay_whole():
    word = "Donaudampfschifffahrtskapitän"[:28]
    assert typesetting.line(word)["text"] == word
