"""Importing the coordinator's list of projects."""

import datetime
import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from projects.models import Organisation, Project
from projects.project_import import HEADINGS
from tests.factories import make_organisation, make_project

NEEDED = ["Projektnummer", "Titel", "Träger"]


@pytest.fixture
def run(tmp_path, db):
    """run(content, *options) imports a file with that content; returns (report, refusals)."""

    def run(content, *options, name="liste.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        run.out, run.refusals = io.StringIO(), io.StringIO()
        call_command("import_projects", path, *options, stdout=run.out, stderr=run.refusals)
        return run.out.getvalue(), run.refusals.getvalue()

    return run


def table(*rows, delimiter=";", quote='"'):
    """A CSV text from dicts, with all headings that any row uses."""
    headings = list(dict.fromkeys([*NEEDED, *(key for row in rows for key in row)]))
    lines = [headings, *([row.get(heading, "") for heading in headings] for row in rows)]
    quoted = [[quote + str(c).replace(quote, quote * 2) + quote for c in cells] for cells in lines]
    return "\r\n".join(delimiter.join(cells) for cells in quoted) + "\r\n"


def row(number="I-1", title="Chor", carrier="Verein Klang", **fields):
    return {"Projektnummer": number, "Titel": title, "Träger": carrier} | fields


def workbook(*rows):
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def imported(number="I-1"):
    return Project.objects.get(number=number)


def german(project):
    return project.translations.get(language_code="de")


def refusals_of(run, *rows, **options):
    """What is reported on stderr for rows that must be refused; nothing may be saved."""
    before = Project.objects.count()
    with pytest.raises(CommandError, match="Es wurde nichts gespeichert"):
        run(table(*rows), **options)
    assert Project.objects.count() == before
    return run.refusals.getvalue().splitlines()


# --- Files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ","])
def test_csv_as_excel_writes_it_is_read(run, encoding, delimiter):
    text = table(row(title="Bürgel für größere Nähe", Ort="Café „Öl“"), delimiter=delimiter)
    run(text.encode(encoding))
    assert german(imported()).title == "Bürgel für größere Nähe"
    assert imported().place == "Café „Öl“"


def test_file_with_tabs_is_read(run):
    run(table(row(), delimiter="\t"))
    assert german(imported()).title == "Chor"


def test_lines_may_end_as_on_unix(run):
    run(table(row()).replace("\r\n", "\n"))
    assert imported()


def test_xlsx_is_read_with_its_own_numbers_and_dates(run):
    headings = [*NEEDED, "Beginn", "Ende", "Gesamtkosten"]
    cells = ["I-1", "Chor", "Verein Klang", datetime.date(2020, 2, 29), "31.12.2020", 1234.5]
    run(workbook(headings, cells), name="liste.xlsx")
    project = imported()
    assert project.starts_on == datetime.date(2020, 2, 29)
    assert project.ends_on == datetime.date(2020, 12, 31)
    assert project.total_cost == Decimal("1234.50")


def test_number_that_excel_took_for_a_number_stays_whole(run):
    run(workbook(NEEDED, [12, "Chor", "V"], [13.0, "Chor", "V"]), name="liste.xlsx")
    assert imported("12")
    assert imported("13")


def test_all_columns_reach_the_project(run):
    fields = {
        "Kurzbeschreibung": "Wir singen.",
        "Beschreibung": "Erster Absatz\n\nZweiter Absatz",
        "Ergebnisse": "40 Lieder",
        "Gesuchte Hilfe": "Notenwarte",
        "Beginn": "01.03.2020",
        "Ende": "2021-12-31",
        "Gesamtkosten": "10.000,00",
        "Anteil Land": "5.000",
        "Anteil Stadt": "2500",
        "Eigenmittel": "2.000,50 €",
        "Dritte": "499,50",
        "Schwerpunkte": "willkommens-und-anerkennungskultur",
        "Zielgruppen": "newcomers | families",
        "Sprachen": "Deutsch, Arabisch",
        "Stadtteil": "Buergel",
        "Förderlinie": "lotsen-schulung-2014",
        "Ort": "Saal",
        "Hilfe gesucht": "ja",
    }
    run(table(row(**fields)))
    project, text = imported(), german(imported())
    assert (project.district.name, project.place) == ("Bürgel", "Saal")
    assert (project.starts_on, project.ends_on) == (
        datetime.date(2020, 3, 1),
        datetime.date(2021, 12, 31),
    )
    assert project.money_is_known
    assert project.own_share == Decimal("2000.50")
    assert project.looks_for_help
    assert {r.code for r in project.languages.all()} == {"de", "ar"}
    assert {r.slug for r in project.target_groups.all()} == {"newcomers", "families"}
    assert project.funding_line.slug == "lotsen-schulung-2014"
    assert (text.summary, text.help_wanted) == ("Wir singen.", "Notenwarte")
    assert text.body == "<p>Erster Absatz</p><p>Zweiter Absatz</p>"
    assert set(fields) | set(NEEDED) == set(HEADINGS)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        *(("10.000,00", "10000"), ("10.000", "10000"), ("1.234.567,89", "1234567.89")),
        *(("12,5", "12.5"), ("0", "0"), ("5.000 EUR", "5000"), ("€", None)),
    ],
)
def test_german_sums_are_understood(run, written, amount):
    if amount is None:
        assert "Gesamtkosten" in refusals_of(run, row(Gesamtkosten=written))[0]
    else:
        run(table(row(Gesamtkosten=written)))
        assert imported().total_cost == Decimal(amount)


@pytest.mark.parametrize("written", ["1.3.2020", "01.03.2020", "2020-03-01", "01.03.20"])
def test_german_dates_are_understood(run, written):
    run(table(row(Beginn=written)))
    assert imported().starts_on == datetime.date(2020, 3, 1)


def test_headings_may_be_written_differently(run):
    run("PROJEKTNUMMER;titel;Trager\nI-1;Chor;Verein")
    assert german(imported()).title == "Chor"


def test_unknown_columns_are_named_and_left_out(run):
    report, _refusals = run(table(row(Aktenzeichen="7/12")))
    assert "Ausgelassene Spalten: Aktenzeichen" in report


def test_imported_projects_are_drafts(run, client):
    run(table(row()))
    assert imported().state == Project.State.DRAFT
    assert client.get(imported().get_absolute_url()).status_code == 404


def test_imported_project_is_found_by_the_search_once_published(run):
    run(table(row(title="Quastenflosserheim")))
    Project.objects.filter(number="I-1").update(state="published")
    assert Project.objects.published().matching("Quastenflosser").count() == 1


def test_organisation_is_made_once_and_not_listed(run):
    run(table(row("I-1", carrier="Verein Klang"), row("I-2", carrier="VEREIN KLANG")))
    organisation = Organisation.objects.get(name="Verein Klang")
    assert organisation.projects.count() == 2
    assert not organisation.is_listed


def test_organisation_is_recognised_whatever_the_case_of_its_umlauts(run):
    organisation = make_organisation("Förderverein Äpfel e. V.")
    run(table(row(carrier="FÖRDERVEREIN ÄPFEL E. V.")))
    assert imported().organisation == organisation


def test_equal_titles_get_different_addresses(run):
    run(table(row("I-1"), row("I-2")))
    assert imported("I-1").slug != imported("I-2").slug


@pytest.mark.parametrize("title", ["ورشة الخياطة", "🎉🎉", "???"])
def test_title_without_latin_letters_gets_an_address(run, title):
    run(table(row(title=title)))
    assert re.fullmatch(r"[a-z0-9-]+", imported().slug)


# --- Trying, refusing, repeating -----------------------------------------------------------------


def test_dry_run_saves_nothing(run):
    before = Organisation.objects.count()
    report, _refusals = run(table(row()), "--dry-run")
    assert "Das war ein Probelauf" in report
    assert "Neu: 1" in report
    assert not Project.objects.filter(number="I-1").exists()
    assert Organisation.objects.count() == before


def test_dry_run_reports_refusals(run):
    _report, refusals = run(table(row(Beginn="bald")), "--dry-run")
    assert "Beginn" in refusals


def test_one_refused_row_keeps_all_rows_out(run):
    refusals_of(run, row("I-1"), row("I-2", Beginn="bald"))
    assert not Organisation.objects.filter(name="Verein Klang").exists()


def test_good_rows_are_imported_when_asked_for(run):
    report, refusals = run(table(row("I-1"), row("I-2", Beginn="bald")), "--skip-refused")
    assert imported("I-1")
    assert not Project.objects.filter(number="I-2").exists()
    assert "1 Zeile wurde abgelehnt." in report
    assert refusals.startswith("Zeile 3")


def test_organisation_of_a_refused_row_is_not_left_behind(run):
    shares = {"Gesamtkosten": "100", "Anteil Land": "1", "Anteil Stadt": "1"}
    bad = row("I-2", carrier="Nur hier", **shares, Eigenmittel="1", Dritte="1")
    run(table(row("I-1"), bad), "--skip-refused")
    assert not Organisation.objects.filter(name="Nur hier").exists()


def test_second_import_makes_no_doubles(run):
    run(table(row()))
    report, _refusals = run(table(row()))
    assert "Neu: 0, geändert: 0, schon vorhanden: 1" in report
    assert Project.objects.filter(number="I-1").count() == 1


def test_second_import_keeps_what_staff_entered(run):
    run(table(row()))
    text = german(imported())
    text.title = "Von Hand"
    text.save()
    run(table(row(title="Aus der Liste")))
    assert german(imported()).title == "Von Hand"


def test_update_overwrites_what_the_file_says(run):
    run(table(row(Ort="Saal")))
    report, _refusals = run(table(row(title="Neuer Titel", Ort="")), "--update")
    assert "geändert: 1" in report
    assert german(imported()).title == "Neuer Titel"
    assert imported().place == ""


def test_update_keeps_what_the_file_has_no_column_for(run):
    project = make_project(
        number="I-1",
        body="<p>Viel Text</p>",
        summary="Kurz",
        place="Saal",
        district="nordend",
        total_cost=Decimal(5),
        looks_for_help=True,
    )
    run(table(row(title="Neuer Titel")), "--update")
    project.refresh_from_db()
    text = german(imported())
    assert (text.title, text.body, text.summary) == ("Neuer Titel", "<p>Viel Text</p>", "Kurz")
    assert (project.place, project.district.slug, project.total_cost) == ("Saal", "nordend", 5)
    assert project.looks_for_help


def test_update_keeps_state_and_address(run):
    project = make_project(number="I-1")
    run(table(row(title="Neuer Titel")), "--update")
    assert (imported().state, imported().slug) == ("published", project.slug)


def test_update_keeps_translations_but_marks_them_outdated(run):
    make_project(number="I-1").create_translation("en", title="Choir", summary="We sing.")
    run(table(row(title="Neuer Titel")), "--update")
    assert imported().translation_state("en") == "outdated"


# --- Refusals ------------------------------------------------------------------------------------

SHARES = {"Anteil Land": "50", "Anteil Stadt": "25", "Eigenmittel": "20", "Dritte": "5"}


@pytest.mark.parametrize(
    ("fields", "column", "way_out"),
    [
        ({"Titel": ""}, "Titel", "Bitte füllen Sie sie aus"),
        ({"Projektnummer": "", "Titel": "X"}, "Projektnummer", "Bitte füllen Sie sie aus"),
        ({"Träger": "  "}, "Träger", "Bitte füllen Sie sie aus"),
        ({"Beginn": "bald"}, "Beginn", "31.12.2020"),
        ({"Beginn": "30.02.2020"}, "Beginn", "31.12.2020"),
        ({"Beginn": "01.01.0000"}, "Beginn", "31.12.2020"),
        ({"Ende": "99.99.9999"}, "Ende", "31.12.2020"),
        ({"Gesamtkosten": "viel"}, "Gesamtkosten", "10.000,00"),
        ({"Gesamtkosten": "1e308"}, "Gesamtkosten", "10.000,00"),
        ({"Gesamtkosten": "NaN"}, "Gesamtkosten", "10.000,00"),
        ({"Gesamtkosten": "inf"}, "Gesamtkosten", "10.000,00"),
        ({"Gesamtkosten": "-5"}, "Gesamtkosten", "10.000,00"),
        ({"Gesamtkosten": "9" * 400}, "Gesamtkosten", "10.000,00"),
        ({"Stadtteil": "Bürgell"}, "Stadtteil", "Meinten Sie Bürgel, "),
        ({"Stadtteil": "Atlantis"}, "Stadtteil", "lassen Sie die Zelle leer"),
        ({"Sprachen": "Xyz"}, "Sprachen", "lassen Sie die Zelle leer"),
        ({"Förderlinie": "=1+1"}, "Förderlinie", "lassen Sie die Zelle leer"),
        ({"Hilfe gesucht": "vielleicht"}, "Hilfe gesucht", "Bitte schreiben Sie „ja“"),
        ({"Beginn": "01.02.2020", "Ende": "01.01.2020"}, "Ende", "vor dem Anfang"),
        ({"Gesamtkosten": "100,01", **SHARES}, "Gesamtkosten", "nicht die Gesamtkosten"),
        ({"Titel": "x" * 161}, "Titel", "zu lang"),
        ({"Projektnummer": "x" * 41}, "Projektnummer", "40"),
        ({"Träger": "x" * 201}, "Träger", "200"),
        ({"Beschreibung": "x" * 50_001}, "Beschreibung", "zu lang"),
    ],
)
def test_refusal_names_row_column_value_and_way_out(run, fields, column, way_out):
    (line,) = refusals_of(run, row() | fields)
    value = str(fields[column]).strip()[:60]
    assert line.startswith(f"Zeile 2, Spalte „{column}“, Wert „{value}")
    assert way_out in line


def test_each_unknown_name_of_a_list_is_refused_by_itself(run):
    first, second = refusals_of(run, row(Sprachen="Deutsch, Xyz, Qqq"))
    assert "Wert „Xyz“" in first
    assert "Wert „Qqq“" in second


def test_overlong_place_is_refused(run):
    assert "200" in refusals_of(run, row(Ort="x" * 201))[0]


def test_all_reasons_of_a_row_are_told_at_once(run):
    lines = refusals_of(run, row(Beginn="bald", Gesamtkosten="viel", Stadtteil="Atlantis"))
    assert len(lines) == 3


def test_shares_that_add_up_to_the_cent_are_taken(run):
    run(
        table(
            row(
                Gesamtkosten="0,30",
                **dict.fromkeys(SHARES, "0,00") | {"Anteil Land": "0,10", "Anteil Stadt": "0,20"},
            )
        )
    )
    assert imported().money_is_known


def test_number_that_is_twice_in_the_file_is_refused_with_both_rows(run):
    (line,) = refusals_of(run, row("I-1"), row("I-2"), row("I-1"))
    assert line.startswith("Zeile 4")
    assert "Diese Nummer steht schon in Zeile 2" in line


def test_rows_are_counted_as_the_spreadsheet_counts_them(run):
    content = table(row("I-1", title="Zwei\nZeilen"), row("I-2", Beginn="bald"))
    lines = content.split("\r\n")
    with pytest.raises(CommandError):
        run("\r\n".join([*lines[:2], ";;;", *lines[2:]]))
    assert run.refusals.getvalue().startswith("Zeile 4")


@pytest.mark.parametrize("amount", [1e308, -0.01, 10_000_000_000])
def test_impossible_number_in_xlsx_is_refused(run, amount):
    content = workbook([*NEEDED, "Gesamtkosten"], ["I-1", "Chor", "Verein", amount])
    with pytest.raises(CommandError):
        run(content, name="liste.xlsx")
    assert "Gesamtkosten" in run.refusals.getvalue()


def test_refused_value_writes_no_lines_of_its_own(run):
    lines = refusals_of(run, row(Beginn="x\r\nZeile 9\x1b[2J\u202e"))
    assert len(lines) == 1
    assert "\x1b" not in lines[0]
    assert "\u202e" not in lines[0]


def test_row_with_far_too_many_cells_is_refused(run):
    with pytest.raises(CommandError):
        run("Projektnummer;Titel;Träger\nI-1;Chor;Verein" + ";x" * 500)
    assert run.refusals.getvalue().startswith("Zeile 2")


# --- Broken files --------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["", "\n\n", ";;;\r\n;;;\r\n", "\ufeff"])
def test_empty_file_says_so(run, content):
    with pytest.raises(CommandError, match="Die Datei ist leer"):
        run(content)


def test_file_with_headings_only_imports_nothing(run):
    report, _refusals = run(";".join(NEEDED))
    assert "Neu: 0" in report


def test_file_that_does_not_exist_says_so(db, tmp_path):
    with pytest.raises(CommandError, match="Es gibt keine Datei"):
        call_command("import_projects", tmp_path / "fehlt.csv")


def test_missing_headings_are_named(run):
    with pytest.raises(CommandError, match="Zeile: Projektnummer, Träger"):
        run("Titel;Ort\nChor;Saal")


def test_csv_cut_inside_quotation_marks_says_where(run):
    content = table(row("I-1"), row("I-2"))
    with pytest.raises(CommandError, match="bricht in Zeile 3 ab"):
        run(content[: content.rindex("Chor") + 2])
    assert not Project.objects.filter(number="I-1").exists()


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_cut_xlsx_says_so(run, share):
    content = workbook(NEEDED, ["I-1", "Chor", "Verein"])
    with pytest.raises(CommandError, match="beschädigt"):
        run(content[: int(len(content) * share)], name="liste.xlsx")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x00" * 500, b"Titel;Ort", b"%PDF-1.7"])
def test_something_else_named_xlsx_says_so(run, content):
    with pytest.raises(CommandError, match="beschädigt"):
        run(content, name="liste.xlsx")


def test_zip_that_is_no_workbook_says_so(run):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("readme.txt", "nichts")
    with pytest.raises(CommandError, match="beschädigt"):
        run(out.getvalue(), name="liste.xlsx")


def test_xlsx_that_unpacks_to_gigabytes_is_not_unpacked(run):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for n in range(11):
            package.writestr(f"xl/{n}.xml", b"\0" * (20 * 1024 * 1024))
    with pytest.raises(CommandError, match="entpackt zu groß"):
        run(out.getvalue(), name="liste.xlsx")


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 20, b"\xff\xfeP\x00r\x00", b'"' * 1001, b"\x00" * 5000]
)
def test_any_bytes_are_answered_with_a_message(run, content):
    with pytest.raises(CommandError):
        run(content)


# --- Hostile cells -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "-2+3", "+49 69", '=cmd|"/c calc"!A1'])
def test_formula_is_kept_as_plain_text(run, text):
    run(table(row(title=text)))
    assert german(imported()).title == text


def test_html_is_kept_as_plain_text(run, client):
    attack = "<script>alert(1)</script><b>Fett</b>"
    run(table(row(title=attack, Kurzbeschreibung=attack, Beschreibung=attack, Ergebnisse=attack)))
    Project.objects.filter(number="I-1").update(state="published")
    page = client.get(imported().get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "<b>Fett</b>" not in page
    assert page.count("&lt;b&gt;Fett&lt;/b&gt;") >= 4


def test_nul_and_control_characters_are_left_out(run):
    run(table(row(title="Ch\x00o\x0br", Kurzbeschreibung="a\x1b[2Jb")))
    assert german(imported()).title == "Chor"
    assert german(imported()).summary == "a[2Jb"


def test_line_breaks_in_short_texts_become_spaces(run):
    run(table(row(title="Ein\nChor", carrier="Verein\r\nKlang")))
    assert german(imported()).title == "Ein Chor"
    assert imported().organisation.name == "Verein Klang"
