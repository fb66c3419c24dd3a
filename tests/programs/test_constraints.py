"""What must always be true is refused by the database itself, on both of them."""

import datetime

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from programs.models import (
    Document,
    FocusArea,
    FundingLine,
    FundingRate,
    FundingTerms,
    Notice,
    Office,
    OldAddress,
    Page,
    Partner,
    Picture,
    Program,
    ProgramPeriod,
)

EARLY, LATE = datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)
EARLIER = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
LATER = datetime.datetime(2021, 1, 1, tzinfo=datetime.UTC)


def change(model, **values):
    """A step that gives some row of the model these values, past every form."""
    return lambda: model.objects.filter(pk=model.objects.first().pk).update(**values)


def make_old_address(**values):
    return lambda: OldAddress.objects.create(**values)


def terms_from_the_same_day():
    first = FundingTerms.objects.first()
    FundingTerms.objects.create(
        line_id=first.line_id, valid_from=first.valid_from, as_of=first.as_of
    )


UNPUBLISHED = {"published_from": LATER, "published_until": EARLIER}
UNDATED = {"state": "deleted", "deleted_at": None}
BROKEN = {
    "programs_document_bin_has_its_day": change(Document, **UNDATED),
    "programs_focusarea_bin_has_its_day": change(FocusArea, **UNDATED),
    "programs_fundingline_bin_has_its_day": change(FundingLine, **UNDATED),
    "programs_page_bin_has_its_day": change(Page, **UNDATED),
    "programs_document_ends_after_start": change(Document, **UNPUBLISHED),
    "programs_focusarea_ends_after_start": change(FocusArea, **UNPUBLISHED),
    "programs_fundingline_ends_after_start": change(FundingLine, **UNPUBLISHED),
    "programs_page_ends_after_start": change(Page, **UNPUBLISHED),
    "program_ends_after_it_starts": change(Program, starts_on=LATE, ends_on=EARLY),
    "program_period_ends_after_it_starts": change(ProgramPeriod, starts_on=LATE, ends_on=EARLY),
    "one_office": lambda: Office.objects.create(pk=2),
    "notice_ends_after_it_starts": change(Notice, shown_from=LATER, shown_until=EARLIER),
    "old_address_leads_into_the_portal": make_old_address(path="/a", target="https://x.example"),
    "old_address_leads_elsewhere": make_old_address(path="/a", target="/a"),
    "picture_names_author_and_rights": change(Picture, author=""),
    "funding_terms_once_a_start": terms_from_the_same_day,
    "funding_terms_end_after_they_start": change(FundingTerms, valid_from=LATE, valid_to=EARLY),
    "funding_terms_deadline_has_its_day": change(
        FundingTerms, deadline_rule="day_of_year", deadline_month=None
    ),
    "funding_terms_deadline_day_exists": change(FundingTerms, deadline_month=2, deadline_day=30),
    "funding_terms_deadline_has_its_days": change(
        FundingTerms, deadline_rule="days_before_start", deadline_days_before_start=None
    ),
    "funding_terms_city_sets_its_own_day": change(
        FundingTerms, deadline_rule="yearly", city_deadline=LATE
    ),
    "funding_rate_share_has_percent": change(FundingRate, kind="share", percent=0, amount=None),
    "funding_rate_sum_has_amount": change(FundingRate, kind="fixed", amount=0),
}


def names_in_the_models():
    return {
        constraint.name
        for model in apps.get_app_config("programs").get_models()
        for constraint in model._meta.constraints
    }


def test_every_constraint_of_the_programme_is_tried_here():
    assert names_in_the_models() == set(BROKEN)


@pytest.mark.parametrize("name", BROKEN)
def test_database_refuses_what_breaks(db, name):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        BROKEN[name]()
    # SQLite names the columns of a broken uniqueness, not its constraint.
    assert name in str(refusal.value) or "UNIQUE constraint failed" in str(refusal.value)


@pytest.mark.parametrize(
    "step",
    [
        make_old_address(path="/b", target="//evil.example"),
        make_old_address(path="/b", target="foerderung/"),
        change(Picture, rights=""),
        change(FundingRate, kind="share", percent=101),
        change(FundingRate, kind="share", percent=None),
        change(FundingRate, kind="per_unit", amount=None),
        change(FundingTerms, deadline_month=4, deadline_day=31),
        change(FundingTerms, deadline_month=2, deadline_day=31),
        lambda: Partner.objects.create(slug=Partner.objects.first().slug),
        lambda: Page.objects.create(key="impressum"),
        lambda: OldAddress.objects.create(path="/wir", target="/x/"),
        lambda: Page.objects.get(key="impressum").translations.create(language_code="de"),
    ],
)
def test_database_refuses_further_cases(db, step):
    with pytest.raises(IntegrityError), transaction.atomic():
        step()


@pytest.mark.parametrize(
    "step",
    [
        change(FundingTerms, deadline_month=2, deadline_day=29),
        change(FundingTerms, deadline_month=12, deadline_day=31),
        change(FundingTerms, valid_from=EARLY, valid_to=EARLY),
        change(FundingTerms, valid_to=None),
        change(FundingTerms, deadline_rule="set_by_city", city_deadline=LATE),
        change(FundingTerms, deadline_rule="set_by_city", city_deadline=None),
        change(Program, starts_on=EARLY, ends_on=EARLY),
        change(Page, published_from=EARLIER, published_until=LATER),
        change(Page, published_from=None, published_until=EARLIER),
        change(FundingRate, kind="share", percent=100, amount=None),
        make_old_address(path="/c", target="/programm/"),
    ],
)
def test_database_takes_what_is_right(db, step):
    step()
