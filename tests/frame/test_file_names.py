"""Names that people give their files are shown safely and never used for storage."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offenbach_wir import file_names


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Satzung.pdf", "Satzung.pdf"),
        ("SATZUNG.PDF", "SATZUNG.pdf"),
        ("Satzung", "Satzung.pdf"),
        ("Antrag vom 3.4.2027", "Antrag vom 3.4.2027.pdf"),
        ("programm.exe.pdf", "programm.exe.pdf"),
        ("C:\\Users\\Mina\\Satzung.pdf", "Satzung.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("/etc/", "etc.pdf"),
        ("Rechnung\u202efdp.pdf", "Rechnungfdp.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "ab Set-Cookie- x.pdf"),
        ('"><img src=x>.pdf', "img src=x.pdf"),
        ("..pdf", "pdf.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("", "Datei.pdf"),
        ("\u200b\u200f", "Datei.pdf"),
        ("النظام الأساسي.pdf", "النظام الأساسي.pdf"),
        ("Gebu\u0308hren.pdf", "Gebühren.pdf"),
    ],
)
def test_name_is_shown_without_tricks(name, shown):
    assert file_names.cleaned(name, "pdf") == shown


def test_long_name_is_cut_and_keeps_its_ending():
    assert file_names.cleaned("x" * 300 + ".pdf", "pdf") == "x" * 100 + ".pdf"


def test_letter_carries_few_marks():
    assert len(file_names.cleaned("g" + "\u0301" * 200, "pdf")) <= len("g.pdf") + 4


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        *(("a.PDF", "pdf"), ("a.tar.gz", "gz"), ("a", ""), ("a.", ""), (".pdf", "")),
        *(("3.4.2027", ""), ("Brief vom 3. Mai", ""), ("a.pdf\u202e", "pdf"), ("a.pdf ", "pdf")),
    ],
)
def test_ending_is_what_looks_like_one(name, ending):
    assert file_names.ending(name) == ending


@given(st.text(alphabet=st.characters(codec=None), max_size=400))
def test_any_name_becomes_one_short_visible_line(name):
    shown = file_names.cleaned(name, "pdf")
    assert shown.endswith(".pdf")
    assert len(shown) <= 104
    assert len(shown.encode()) <= 255
    assert not re.search(r'[/\\<>:"|?*;%\x00-\x1f]', shown)
    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cf", "Cs"}
    assert file_names.cleaned(shown, "pdf") == shown


def test_storage_name_cannot_be_guessed():
    names = {file_names.storage_name("enclosures", "pdf") for _attempt in range(100)}
    assert len(names) == 100
    assert all(re.fullmatch(r"enclosures/[0-9a-f]{2}/[0-9a-f]{32}\.pdf", name) for name in names)
