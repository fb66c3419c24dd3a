"""The first page of a PDF as a picture, drawn by a process that is kept small."""

import io
import subprocess
import sys

import pytest
from PIL import Image

from offenbach_wir import pdf_first_page, pdf_preview
from offenbach_wir.pdf_preview import NotDrawnError, first_page

from .files import image_page, page_of_text


def drawn(content):
    return Image.open(io.BytesIO(first_page(io.BytesIO(content))), formats=["JPEG"])


def test_page_becomes_a_picture_with_what_stands_on_it():
    picture = drawn(page_of_text())
    assert picture.size == (707, 1000)
    assert picture.convert("L").getextrema() == (0, 255)


def test_file_is_read_from_its_beginning():
    file = io.BytesIO(page_of_text())
    file.seek(100)
    assert first_page(file)


@pytest.mark.parametrize(
    "page",
    [
        page_of_text(box=b"0 0 1000000000 1000000000"),
        page_of_text(box=b"0 0 14400 14400", more=b"/UserUnit 75000"),
        page_of_text(box=b"0 0 100000 0.001"),
    ],
    ids=["wide and high", "large units", "thin"],
)
def test_page_of_any_size_becomes_a_small_picture(page):
    assert max(drawn(page).size) <= pdf_first_page.LONGEST_EDGE


BROKEN = {
    "empty": b"",
    "no PDF": b"Wir sind ein Verein.",
    "only a head": b"%PDF-1.4\n%%EOF",
    "without a page": page_of_text().replace(b"/Kids [3 0 R] /Count 1", b"/Kids [] /Count 0     "),
    "locked": page_of_text(
        trailer=b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (" + b"x" * 32 + b") /U ("
        b"" + b"y" * 32 + b") >> /ID [(a) (a)]"
    ),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_file_that_cannot_be_drawn_is_told_apart(content):
    with pytest.raises(NotDrawnError):
        first_page(io.BytesIO(content))


def test_picture_that_says_it_is_gigabytes_makes_no_large_one():
    assert max(drawn(image_page(60_000, 60_000)).size) <= pdf_first_page.LONGEST_EDGE


def test_page_that_takes_for_ever_ends_at_the_limit_of_time(monkeypatch):
    monkeypatch.setattr(pdf_preview, "SECONDS", 1)
    endless = page_of_text(content=b"0 0 m 500 500 l 3 3 l s " * 800_000)
    with pytest.raises(NotDrawnError, match="not done after"):
        first_page(io.BytesIO(endless))


PROBE = """
import runpy, resource, sys
program = runpy.run_path(sys.argv[1])
program["limit"]()
for what, most in program["LIMITS"].items():
    assert resource.getrlimit(what) == (most, most), what
try:
    bytearray(program["MEMORY"])
except MemoryError:
    print("limited", "django" in sys.modules)
"""


def test_process_limits_itself_for_good():
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROBE, str(pdf_preview.PROGRAM)],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["limited", "False"]


PROGRAMS = {
    "nothing": "",
    "text": "print('<script>alert(1)</script>')",
    "too large a picture": (
        "import sys\nfrom PIL import Image\n"
        "Image.new('RGB', (4000, 10)).save(sys.stdout.buffer, 'JPEG')"
    ),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_what_comes_out_is_looked_at(monkeypatch, tmp_path, program):
    path = tmp_path / "program.py"
    path.write_text(program)
    monkeypatch.setattr(pdf_preview, "PROGRAM", path)
    with pytest.raises(NotDrawnError):
        first_page(io.BytesIO(page_of_text()))


def test_process_knows_nothing_of_our_environment(monkeypatch, tmp_path):
    path = tmp_path / "program.py"
    path.write_text("import os, sys\nsys.exit('DATABASE_URL' in os.environ)")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///somewhere")
    monkeypatch.setattr(pdf_preview, "PROGRAM", path)
    # It ends well and draws nothing; with the environment it would end with 1.
    with pytest.raises(NotDrawnError, match="no picture"):
        first_page(io.BytesIO(page_of_text()))
