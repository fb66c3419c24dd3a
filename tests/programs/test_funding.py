"""Funding lines with dated terms: what is valid today, what was valid before, what is paid."""

import datetime
from decimal import Decimal

import pytest
import time_machine

from programs.models import ApplicantKind, EnclosureKind, FundingLine, FundingRate, FundingTerms
from tests.factories import in_state, make_line, make_terms

HALF = ("willkommenskultur-2014", "interkulturelle-oeffnung-2014", "innovative-projekte-2014")
WHOLE = ("lotsen-schulung-2014", "lotsen-einsatz-2014", "deutschkenntnisse-2014")
LATER = ("modellprojekte", "integrationslotsen", "laiendolmetschen", "wir-vielfaltszentrum")


def on(day):
    return time_machine.travel(f"{day}T12:00:00+01:00", tick=False)


def lists(client, language="de"):
    """(valid today, valid before) as parts of the page."""
    page = client.get(f"/{language}/foerderung/").text
    valid, _mark, former = page.partition('id="former"')
    return valid.partition('id="valid"')[2], former


@pytest.mark.parametrize("slug", HALF + WHOLE)
def test_line_of_2014_was_valid_then(client, db, slug):
    with on("2016-06-01"):
        valid, former = lists(client)
    assert f"/de/foerderung/{slug}/" in valid
    assert f"/de/foerderung/{slug}/" not in former


@pytest.mark.parametrize("slug", HALF + WHOLE)
def test_line_of_2014_stands_under_valid_before_today(client, db, slug):
    with on("2026-11-22"):
        valid, former = lists(client)
    assert f"/de/foerderung/{slug}/" not in valid
    assert f"/de/foerderung/{slug}/" in former


@pytest.mark.parametrize("slug", LATER)
def test_later_line_is_valid_today_and_stands_once(client, db, slug):
    with on("2026-11-22"):
        valid, former = lists(client)
    assert f"/de/foerderung/{slug}/" in valid
    assert f"/de/foerderung/{slug}/" not in former


@pytest.mark.parametrize(
    ("day", "is_valid"),
    [
        ("2013-12-31", False),
        ("2014-01-01", True),
        ("2020-12-31", True),
        ("2021-01-01", False),
    ],
)
def test_terms_begin_and_end_with_their_day(client, db, day, is_valid):
    with on(day):
        valid, _former = lists(client)
    assert ("/de/foerderung/willkommenskultur-2014/" in valid) is is_valid


def test_new_terms_take_over_at_midnight_in_offenbach(client, db):
    line = make_line()
    make_terms(line, datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
    make_terms(line, datetime.date(2026, 1, 1))
    with time_machine.travel("2025-12-31T22:59:59+00:00", tick=False):
        assert client.get("/de/foerderung/testlinie/").context["valid"][0].valid_from.year == 2025
    with time_machine.travel("2025-12-31T23:00:00+00:00", tick=False):
        assert client.get("/de/foerderung/testlinie/").context["valid"][0].valid_from.year == 2026


@pytest.mark.parametrize("slug", HALF)
def test_line_of_2014_paid_half(client, db, slug):
    assert "bis zu 50 %" in client.get(f"/de/foerderung/{slug}/").text.replace("\u00a0", " ")


@pytest.mark.parametrize("slug", WHOLE)
def test_line_of_2014_paid_everything_under_conditions(client, db, slug):
    page = client.get(f"/de/foerderung/{slug}/").text.replace("\u00a0", " ")
    assert "bis zu 100 %" in page
    assert "Bedingungen" in page


def test_sums_and_their_limits_are_shown(client, db):
    page = client.get("/de/foerderung/integrationslotsen/").text.replace("\u00a0", " ")
    assert "12,50 €" in page
    assert "pro Unterrichtseinheit" in page or "je Unterrichtseinheit" in page
    assert "36" in page


def test_cap_is_shown(client, db):
    terms = make_terms(make_line(), datetime.date(2020, 1, 1))
    rate = FundingRate.objects.create(
        terms=terms, kind="share", percent=Decimal("80.00"), cap=Decimal("10000.00")
    )
    rate.create_translation("de", name="Personalkosten", unit="")
    page = client.get("/de/foerderung/testlinie/").text.replace("\u00a0", " ")
    assert "bis zu 80 %" in page
    assert "10.000 €" in page
    assert "Personalkosten" in page


@pytest.mark.parametrize("path", ["/de/foerderung/", "/de/foerderung/testlinie/"])
def test_unconfirmed_figures_are_not_shown(client, db, path):
    terms = make_terms(make_line(), datetime.date(2020, 1, 1), figures_confirmed=False)
    rate = FundingRate.objects.create(terms=terms, kind="fixed", amount=Decimal("4711.00"))
    rate.create_translation("de", name="Unbestätigt", unit="")
    page = client.get(path).text
    assert "4.711" not in page
    assert "noch nicht bestätigt" in page


def test_source_and_day_are_shown(client, db):
    make_terms(
        make_line(), datetime.date(2020, 1, 1), source_url="https://example.org/richtlinie.pdf"
    )
    page = client.get("/de/foerderung/testlinie/").text
    assert 'href="https://example.org/richtlinie.pdf"' in page
    assert "1. November 2026" in page


def test_line_without_valid_terms_says_that_it_is_closed(client, db):
    make_terms(make_line(), datetime.date(2010, 1, 1), datetime.date(2011, 1, 1))
    response = client.get("/de/foerderung/testlinie/")
    assert response.context["valid"] == []
    assert "2010–2011" in response.text


@pytest.mark.parametrize("state", ["draft", "review", "archived", "deleted"])
def test_line_that_is_not_published_is_nowhere(client, db, state):
    line = make_line()
    make_terms(line, datetime.date(2020, 1, 1))
    FundingLine.objects.filter(pk=line.pk).update(**in_state(state))
    assert client.get("/de/foerderung/testlinie/").status_code == 404
    assert "testlinie" not in client.get("/de/foerderung/").text


def test_funding_page_takes_as_many_queries_for_more_lines(db, count_queries):
    for n in range(10):
        make_terms(make_line(f"linie-{n}"), datetime.date(2020, 1, 1))
    for_ten = count_queries("/de/foerderung/")
    for n in range(10, 20):
        make_terms(make_line(f"linie-{n}"), datetime.date(2020, 1, 1))
    assert count_queries("/de/foerderung/") == for_ten


def deadline(rule, starts_on, **fields):
    return FundingTerms(deadline_rule=rule, **fields).deadline_for(starts_on)


@pytest.mark.parametrize(
    ("starts_on", "last_day"),
    [
        (datetime.date(2027, 3, 1), datetime.date(2026, 12, 31)),
        (datetime.date(2027, 12, 31), datetime.date(2026, 12, 31)),
        (datetime.date(2028, 1, 1), datetime.date(2027, 12, 31)),
    ],
)
def test_deadline_lies_in_the_year_before_the_start(starts_on, last_day):
    fields = {"deadline_month": 12, "deadline_day": 31, "deadline_in_year_before": True}
    assert deadline("day_of_year", starts_on, **fields) == last_day


@pytest.mark.parametrize(
    ("starts_on", "last_day"),
    [
        (datetime.date(2027, 3, 1), datetime.date(2027, 2, 1)),
        (datetime.date(2028, 3, 28), datetime.date(2028, 2, 29)),
        (datetime.date(2027, 1, 10), datetime.date(2026, 12, 13)),
    ],
)
def test_deadline_lies_days_before_the_start(starts_on, last_day):
    assert deadline("days_before_start", starts_on, deadline_days_before_start=28) == last_day


@pytest.mark.parametrize(("year", "day"), [(2027, 28), (2028, 29), (2100, 28)])
def test_deadline_on_29_february_is_the_28th_in_a_common_year(year, day):
    last_day = deadline("day_of_year", datetime.date(year, 6, 1), deadline_month=2, deadline_day=29)
    assert last_day == datetime.date(year, 2, day)


@pytest.mark.parametrize("rule", ["yearly", "set_by_city"])
def test_deadline_without_a_rule_is_unknown(rule):
    assert deadline(rule, datetime.date(2027, 3, 1)) is None


def test_deadline_set_by_the_city_is_its_day_whatever_the_start():
    day = datetime.date(2027, 2, 15)
    for starts_on in (datetime.date(2027, 3, 1), datetime.date(2028, 1, 1)):
        assert deadline("set_by_city", starts_on, city_deadline=day) == day


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (
            {"deadline_rule": "set_by_city", "city_deadline": datetime.date(2027, 2, 15)},
            "15. Februar 2027, von der Stadt festgelegt",
        ),
        ({"deadline_rule": "set_by_city"}, "bitte fragen Sie uns"),
        (
            {"deadline_rule": "days_before_start", "deadline_days_before_start": 28},
            "28 Tage vor dem Beginn",
        ),
        (
            {"deadline_rule": "day_of_year", "deadline_month": 2, "deadline_day": 29},
            "29. Februar",
        ),
    ],
)
def test_deadline_is_said_in_words(client, db, fields, shown):
    make_terms(make_line(), datetime.date(2020, 1, 1), **fields)
    assert shown in client.get("/de/foerderung/testlinie/").text


# --- What proposals need --------------------------------------------------------------------------
DAY = datetime.date(2026, 11, 22)


def open_terms(kind="charitable", **fields):
    terms = make_terms(make_line(), datetime.date(2026, 1, 1), **fields)
    terms.applicant_kinds.add(ApplicantKind.objects.get(slug=kind))
    return terms


def is_open(terms):
    """By the list and by the single row, which must agree."""
    with on(DAY):
        listed = FundingTerms.objects.open_for_proposals(DAY).filter(pk=terms.pk).exists()
        assert FundingTerms.objects.get(pk=terms.pk).takes_proposals is listed
    return listed


def test_terms_take_proposals_while_they_are_valid(db):
    assert is_open(open_terms())


@pytest.mark.parametrize("kind", ["private-person", "group-without-legal-form"])
def test_terms_for_nobody_who_may_apply_take_no_proposals(db, kind):
    assert not is_open(open_terms(kind))


def test_terms_without_applicants_take_no_proposals(db):
    assert not is_open(make_terms(make_line(), datetime.date(2026, 1, 1)))


def test_terms_for_several_kinds_are_listed_once(db):
    terms = open_terms()
    terms.applicant_kinds.set(ApplicantKind.objects.all())
    assert list(FundingTerms.objects.open_for_proposals(DAY).filter(line=terms.line)) == [terms]


@pytest.mark.parametrize(
    "change",
    [
        {"in_portal": False},
        {"valid_to": datetime.date(2026, 11, 21)},
        {"valid_from": datetime.date(2026, 11, 23)},
    ],
)
def test_terms_are_closed_outside_their_days_and_the_portal(db, change):
    terms = open_terms()
    FundingTerms.objects.filter(pk=terms.pk).update(**change)
    assert not is_open(terms)


@pytest.mark.parametrize("state", ["draft", "review", "archived", "deleted"])
def test_terms_of_a_line_nobody_sees_take_no_proposals(db, state):
    terms = open_terms()
    FundingLine.objects.filter(pk=terms.line_id).update(**in_state(state))
    assert not is_open(terms)


@pytest.mark.parametrize("part", ["terms", "kind"])
def test_what_lies_in_the_bin_takes_no_proposals(db, part):
    terms = open_terms()
    row = terms if part == "terms" else terms.applicant_kinds.get()
    row.move_to_bin(by=None)
    assert not is_open(terms)


def test_lines_of_today_take_proposals_but_the_one_for_cities(db):
    slugs = {terms.line.slug for terms in FundingTerms.objects.open_for_proposals(DAY)}
    assert slugs == {*LATER, "migrantenorganisationen", "mikroprojekte"} - {"wir-vielfaltszentrum"}


def asked_for(paper):
    """The lines that ask for that paper today."""
    terms = FundingTerms.objects.valid_on(DAY).filter(required_enclosures__slug=paper)
    return set(terms.values_list("line__slug", flat=True))


def test_list_of_participants_is_asked_for_training_only(db):
    assert asked_for("participant-list") == {"integrationslotsen", "laiendolmetschen"}


def test_letter_of_the_office_is_asked_of_migrant_organisations_only(db):
    assert asked_for("office-letter") == {"migrantenorganisationen"}


def test_papers_of_the_club_belong_to_it(db):
    kinds = EnclosureKind.objects.filter(belongs_to_organisation=True)
    assert {kind.slug for kind in kinds} == {"statutes", "register-extract", "tax-exemption"}


def test_kinds_of_enclosures_stand_in_three_languages(db):
    for kind in EnclosureKind.objects.with_texts():
        assert {text.language_code for text in kind.translations.all()} == {"de", "en", "ar"}


def test_unconfirmed_terms_state_no_kind_of_financing(db):
    stating = FundingTerms.objects.exclude(financing_type="")
    assert stating.exists()
    assert not stating.filter(figures_confirmed=False).exists()


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"financing_type": "pro_rata"}, "Anteilfinanzierung"),
        ({"financing_type": "shortfall"}, "Fehlbedarfsfinanzierung"),
        ({"financing_type": "fixed_amount"}, "Festbetragsfinanzierung"),
        ({"financing_type": "full"}, "Vollfinanzierung"),
        ({"in_kind_counts": True}, "Ehrenamt"),
        ({"overhead_allowed": True}, "Verwaltungspauschale"),
        ({"in_portal": False}, "Projektskizze"),
    ],
)
def test_page_says_what_the_plan_must_keep(client, db, fields, shown):
    terms = make_terms(make_line(), datetime.date(2020, 1, 1))
    assert shown not in client.get("/de/foerderung/testlinie/").text
    FundingTerms.objects.filter(pk=terms.pk).update(**fields)
    assert shown in client.get("/de/foerderung/testlinie/").text


def test_page_names_the_papers(client, db):
    assert "Freistellungsbescheid" in client.get("/de/foerderung/modellprojekte/").text
    assert "قرار الإعفاء الضريبي" in client.get("/ar/foerderung/modellprojekte/").text
