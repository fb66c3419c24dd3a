"""Measures, periods, rates and dates are counted with the record in whose form they stand."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from offenbach_wir.models import User
from offenbach_wir.roles import ROLES
from programs import waiting
from programs.models import FocusArea, FundingRate, FundingTerms, Measure, Program, ProgramPeriod
from projects.models import Project, ProjectDate
from tests.factories import make_line, make_project, make_terms

from .rows import DAY, focus_area

OTHERS = ("en", "ar")
TEXTS = {
    "projects.project": {"title": "T", "summary": "S"},
    "programs.focusarea": {"title": "T", "aim": "A", "summary": "S"},
    "programs.fundingterms": {"guideline": "G"},
    "programs.program": {"name": "N", "summary": "S"},
}


def in_german(row, **text):
    row.create_translation("de", **text)
    return row


def complete(row):
    for code in OTHERS:
        row.create_translation(code, **TEXTS[row._meta.label_lower])
    return row


def project_with_date(starts_at=None):
    project = make_project()
    starts_at = starts_at or timezone.now() + datetime.timedelta(days=9)
    date = ProjectDate.objects.create(
        project=project, starts_at=starts_at, ends_at=starts_at + datetime.timedelta(hours=2)
    )
    return complete(project), in_german(date, title="Sommerfest")


def area_with_measure():
    area = focus_area(1)
    FocusArea.objects.filter(pk=area.pk).update(state="published")
    return complete(area), in_german(
        Measure.objects.create(focus_area=area), title="Ziel", body="Text"
    )


def terms_with_rate():
    terms = make_terms(make_line(), DAY)
    rate = FundingRate.objects.create(terms=terms, kind="fixed", amount=100)
    return complete(terms), in_german(rate, name="Pauschale")


def program_with_period():
    program = in_german(Program.objects.create(slug="p", starts_on=DAY), name="N", summary="S")
    period = ProgramPeriod.objects.create(program=program, starts_on=DAY)
    return complete(program), in_german(period, name="Zeit", description="Text")


MAKERS = (project_with_date, area_with_measure, terms_with_rate, program_with_period)


def lacking(row):
    return type(row).objects.lacking_translations().filter(pk=row.pk).exists()


def translate(part):
    german = part.text_in("de")
    texts = {
        name: getattr(german, name) for name in part._parler_meta.root_model.get_translated_fields()
    }
    for code in OTHERS:
        part.create_translation(code, **texts)


def rename(part):
    german = part.translations.get(language_code="de")
    name = "title" if hasattr(german, "title") else "name"
    setattr(german, name, "Ganz anders")
    german.save()


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def change(row, language="en"):
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return reverse(name, args=[row.pk], query={"language": language})


@pytest.mark.parametrize("make", MAKERS)
def test_record_lacks_a_translation_while_one_of_its_rows_does(db, make):
    record, part = make()
    assert lacking(record)
    translate(part)
    assert not lacking(record)


@pytest.mark.parametrize("make", MAKERS)
def test_record_lacks_a_translation_while_one_of_its_rows_has_an_older_one(db, make):
    record, part = make()
    translate(part)
    rename(part)
    assert lacking(record)


@pytest.mark.parametrize("make", MAKERS)
def test_state_of_the_whole_names_the_rows(db, make):
    record, part = make()
    assert fresh(record).whole_translation_state("en") == "parts"
    translate(part)
    assert fresh(record).whole_translation_state("en") == "complete"


def test_state_of_the_own_text_comes_first(db):
    project, _date = project_with_date()
    project.translations.filter(language_code="en").delete()
    assert fresh(project).whole_translation_state("en") == "missing"


def test_date_that_is_over_waits_for_no_translation(db):
    project, _date = project_with_date(timezone.now() - datetime.timedelta(days=2))
    assert not lacking(project)
    assert fresh(project).whole_translation_state("en") == "complete"


def test_panel_counts_a_record_for_its_rows(db):
    user = User.objects.get(email=ROLES["editor"].demo_email)
    before = waiting.count(user, "uebersetzungen")
    project, date = project_with_date()
    for code in OTHERS:
        project.organisation.create_translation(code, summary="S")
    assert waiting.count(user, "uebersetzungen") == before + 1
    translate(date)
    assert waiting.count(user, "uebersetzungen") == before


def test_panel_counts_rows_in_one_query(db, django_assert_num_queries):
    user = User.objects.get(email=ROLES["administrator"].demo_email)
    user.get_all_permissions()
    for make in MAKERS:
        make()
    with django_assert_num_queries(1):
        waiting.count(user, "uebersetzungen")


def test_tab_of_the_language_says_that_rows_are_missing(editor):
    project, _date = project_with_date()
    states = editor.get(change(project)).context["translation_states"]
    assert states["en"] != states["de"]


def test_list_marks_records_whose_rows_are_missing(editor):
    project_with_date()
    assert "translation-parts" in editor.get("/verwaltung/projects/project/").text


def test_list_takes_the_same_queries_for_more_rows(editor, count_queries):
    for _n in range(2):
        project_with_date()
    before = count_queries("/verwaltung/projects/project/")
    for _n in range(6):
        project_with_date()
    assert count_queries("/verwaltung/projects/project/") == before


# --- Writing the texts of rows in the form of the record ----------------------------------------


def state(date):
    return ProjectDate.objects.get(pk=date.pk).translation_state("en")


def test_row_stays_missing_when_the_form_is_saved_without_looking_at_it(editor, save):
    project, date = project_with_date()
    assert save(editor, change(project), title="Changed").status_code == 302
    assert state(date) == "missing"


def test_german_text_is_not_stored_as_a_translation_with_another_field_of_the_row(editor, save):
    project, date = project_with_date()
    assert save(editor, change(project), **{"dates-0-place": "Im Hof"}).status_code == 302
    assert ProjectDate.objects.get(pk=date.pk).place == "Im Hof"
    assert state(date) == "missing"


def test_row_is_translated_by_changing_its_text(editor, save):
    project, date = project_with_date()
    save(editor, change(project), **{"dates-0-title": "Summer party"})
    assert state(date) == "complete"
    assert date.translations.get(language_code="en").title == "Summer party"


def test_row_that_is_right_as_it_stands_is_ticked(editor, save):
    project, date = project_with_date()
    save(editor, change(project), **{"dates-0-is_right": "on"})
    assert state(date) == "complete"
    assert date.translations.get(language_code="en").title == "Sommerfest"


def test_older_text_of_a_row_that_is_still_right_is_ticked(editor, save):
    project, date = project_with_date()
    translate(date)
    rename(date)
    assert state(date) == "outdated"
    save(editor, change(project), **{"dates-0-is_right": "on"})
    assert state(date) == "complete"
    assert date.translations.get(language_code="en").title == "Sommerfest"


def test_tick_is_set_and_closed_where_the_text_is_complete(editor):
    project, date = project_with_date()
    translate(date)
    form = editor.get(change(project)).context["inline_admin_formsets"]
    field = next(f for f in form if f.formset.prefix == "dates").formset.forms[0].fields["is_right"]
    assert (field.initial, field.disabled) == (True, True)


def test_german_form_asks_for_no_tick(editor):
    project, _date = project_with_date()
    assert "dates-0-is_right" not in editor.get(change(project, "de")).text


def test_reader_sees_no_tick(client, db):
    client.post("/de/demo/assessor/einsteigen/", {"ok": "1"})
    project, _date = project_with_date()
    page = client.get(change(project))
    assert page.status_code == 200
    assert "is_right" not in page.text


def test_row_added_in_a_translation_is_stored(editor, save):
    project, _date = project_with_date()
    new = {
        "dates-TOTAL_FORMS": "2",
        "dates-1-title": "Picnic",
        "dates-1-starts_at": "2098-05-01T10:00",
        "dates-1-ends_at": "2098-05-01T12:00",
    }
    assert save(editor, change(project), **new).status_code == 302
    assert Project.objects.get(pk=project.pk).dates.count() == 2


def test_terms_without_rates_lack_nothing(db):
    terms = complete(make_terms(make_line(), DAY))
    assert isinstance(terms, FundingTerms)
    assert not lacking(terms)
