"""The PDF of a proposal: tagged, complete, right in every script."""

import io

import pypdf
import pytest

from offenbach_wir.languages import codes
from projects.proposals import pdf, questions, typesetting
from tests.proposals.plain_data import CONTACT, cost, data, in_kind, income, plan

ARABIC = "نريد حديقة مشتركة"
CODE = '#read("/etc/passwd") $x^2$ *fett* #panic() \\ <a> [b] = Kopf // weg'


def opened(values, contact=CONTACT, **options):
    return pypdf.PdfReader(io.BytesIO(pdf.make(values, contact, **options)))


def text_of(values, contact=CONTACT, **options):
    """The words of the file, one blank between them however they are broken."""
    text = " ".join(page.extract_text() for page in opened(values, contact, **options).pages)
    return " ".join(text.replace("\u200b", "").split())


def elements(reader):
    """Every element of the structure tree."""
    waiting = [reader.trailer["/Root"]["/StructTreeRoot"]["/K"]]
    while waiting:
        part = waiting.pop().get_object()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            yield part
            if "/K" in part:
                waiting.append(part["/K"])


def test_file_is_tagged_and_says_so():
    root = opened(data()).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "de"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_file_claims_pdf_ua():
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf.make(data())


def test_tables_have_heads_and_sections_have_headings():
    kinds = [element.get("/S") for element in elements(opened(data()))]
    assert kinds.count("/H1") == len(questions.SectionKey) + 3
    assert "/TH" in kinds
    assert "/Title" in kinds


def test_answers_carry_their_language():
    tagged = {
        e["/Lang"]
        for e in elements(opened(data("ar", text=ARABIC, german="Ein Garten")))
        if "/Lang" in e
    }
    assert {"ar", "de"} <= tagged


def test_every_question_is_in_it():
    text = text_of(data())
    for question in questions.QUESTIONS:
        assert " ".join(str(question.label).split()) in text


def test_german_version_stands_beside():
    text = text_of(data("tr", text="Ortak bir bahçe", german="Ein gemeinsamer Garten"))
    assert "Ortak bir bahçe" in text
    assert "Ein gemeinsamer Garten" in text


def test_receipt_names_reference_moment_version_and_checksum():
    text = text_of(data(), checksum="ab" * 32)
    assert "WIR-2027-0001" in text
    assert "25. November 2026, 14:05:09" in text
    assert "ab" * 32 in text
    assert "Dies ist noch nicht der Antrag beim Land." in text


def test_draft_says_that_it_was_not_handed_in():
    text = text_of(data(reference=None))
    assert "Dies ist ein Entwurf. Er wurde nicht eingereicht." in text


def test_whom_to_ask_comes_from_the_contact_alone():
    assert "amira@example.org" in text_of(data())
    assert "amira@example.org" not in text_of(data(), contact={})


def test_plan_shows_rows_and_sums():
    rows = [cost(description=f"Posten {n}", year=2027 + n % 2) for n in range(3)]
    text = text_of(data(plan=plan(rows, [income()], [in_kind()])))
    for words in ("Posten 2", "12,5 Stunden", "562,50", "600,00", "2028"):
        assert words in text


def test_enclosures_are_listed_with_size_and_checksum():
    file = {
        "kind": {"de": "Satzung"},
        "name": "satzung.pdf",
        "size": 2048,
        "content_type": "application/pdf",
        "sha256": "cd" * 32,
        "key": "a" * 26,
    }
    text = text_of(data(enclosures=[file]))
    assert "Satzung satzung.pdf" in text
    assert "cd" * 32 in text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("tr", "Işık, ğüş, İĞNE"),
        ("am", "ሰላም ለሁሉም"),
        ("de", "Ελληνικά Українська Română ქართული Հայերեն"),
    ],
)
def test_scripts_are_kept(code, words):
    assert words in text_of(data(code, text=words))


def test_arabic_is_set_with_its_own_letters():
    # Extraction turns the line round; the words themselves are whole.
    text = text_of(data("ar", text=ARABIC))
    for word in ARABIC.split():
        assert word in text


def test_signs_without_a_picture_are_replaced_and_said():
    text = text_of(data(text="Garten 漢字 👨\u200d👩\u200d👧"))
    assert "Garten □□ □" in text
    assert "漢" not in text
    assert "ein weißes Quadrat (□)" in text


def test_nothing_is_said_about_squares_where_there_are_none():
    assert "□" not in text_of(data())


def test_code_of_the_typesetter_is_only_text():
    text = text_of(data(text=CODE, columns=data()["columns"] | {"title": CODE[:100]}))
    assert CODE in text
    assert "root:" not in text


@pytest.mark.parametrize("text", ["x" * 5000, "ش" * 5000, "Wort " * 1000, "\n".join("a" * 999)])
def test_long_answers_stay_on_the_page(text):
    reader = opened(data("ar", text=text, german=text))
    assert 2 < len(reader.pages) < 400


def test_plan_of_200_rows_fits():
    rows = [cost(description="Wort" * 50, unit="u" * 40) for _n in range(200)]
    assert len(opened(data(plan=plan(rows))).pages) > 5


def test_same_values_give_the_same_bytes():
    assert pdf.make(data(), CONTACT) == pdf.make(data(), CONTACT)


@pytest.mark.parametrize("language", codes())
def test_labels_can_be_in_every_language_of_the_portal(language):
    reader = opened(data(), language=language)
    assert reader.trailer["/Root"]["/Lang"] == language


def test_fonts_are_looked_for_again_once_they_were_missing(settings, tmp_path):
    installed = settings.PDF_FONTS
    settings.PDF_FONTS = [str(tmp_path)]
    typesetting.forget_fonts()
    with pytest.raises(typesetting.FontsMissingError, match="fonts-noto-core"):
        pdf.make(data())
    settings.PDF_FONTS = installed
    assert pdf.make(data())
