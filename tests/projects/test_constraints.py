"""What the database itself keeps about projects, below every form."""

import datetime
import random
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.models import FundingLine
from projects.models import District, Project, ProjectDate, ProjectPicture
from tests.factories import make_organisation, make_picture, make_project

UTC = datetime.UTC
NOW = datetime.datetime(2026, 6, 15, 10, tzinfo=UTC)
DAY = datetime.date(2026, 6, 15)
SHARES = ("state_share", "city_share", "own_share", "third_party_share")


def is_taken(**fields):
    """Whether the database takes an update with these values."""
    project = make_project()
    try:
        with transaction.atomic():
            Project.objects.filter(pk=project.pk).update(**fields)
    except IntegrityError:
        return False
    return True


def sums(total, *shares):
    return {"total_cost": Decimal(total)} | {
        name: Decimal(share) for name, share in zip(SHARES, shares, strict=True)
    }


def test_project_cannot_end_before_it_starts(db):
    assert not is_taken(starts_on=DAY, ends_on=DAY - datetime.timedelta(days=1))


@pytest.mark.parametrize(
    ("starts_on", "ends_on"), [(DAY, DAY), (DAY, None), (None, DAY), (None, None)]
)
def test_project_may_last_a_day_or_have_open_ends(db, starts_on, ends_on):
    assert is_taken(starts_on=starts_on, ends_on=ends_on)


def test_publication_cannot_end_before_it_starts(db):
    assert not is_taken(published_from=NOW, published_until=NOW)


@pytest.mark.parametrize(
    ("state", "deleted_at"), [("deleted", None), ("draft", NOW), ("published", NOW)]
)
def test_state_and_day_in_the_bin_cannot_contradict(db, state, deleted_at):
    assert not is_taken(state=state, deleted_at=deleted_at)


@pytest.mark.parametrize("name", ["total_cost", *SHARES])
def test_money_cannot_be_negative(db, name):
    assert not is_taken(**{name: Decimal("-0.01")})


@pytest.mark.parametrize(
    "values",
    [
        ("0.30", "0.10", "0.20", "0", "0"),
        ("0.70", "0.10", "0.10", "0.20", "0.30"),
        ("1.10", "1.00", "0.10", "0", "0"),
        ("10000.00", "3333.33", "3333.33", "3333.34", "0"),
        ("9999999999.99", "3333333333.33", "3333333333.33", "3333333333.32", "0.01"),
        ("0", "0", "0", "0", "0"),
    ],
)
def test_shares_that_add_up_are_taken(db, values):
    assert is_taken(**sums(*values))


@pytest.mark.parametrize(
    "values",
    [
        ("0.31", "0.10", "0.20", "0", "0"),
        ("0.29", "0.10", "0.20", "0", "0"),
        ("100.00", "50", "25", "20", "4.99"),
        ("9999999999.99", "9999999999.98", "0", "0", "0"),
        ("0", "0.01", "0", "0", "0"),
    ],
)
def test_shares_that_miss_the_total_by_a_cent_are_not_taken(db, values):
    assert not is_taken(**sums(*values))


@pytest.mark.parametrize("unknown", ["total_cost", *SHARES])
def test_unknown_sum_leaves_the_others_free(db, unknown):
    assert is_taken(**(sums("100", "1", "1", "1", "1") | {unknown: None}))


cents = st.decimals(min_value=0, max_value=Decimal("1000000"), places=2)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.tuples(cents, cents, cents, cents))
def test_any_four_shares_make_their_sum(shares):
    project = Project(number="x", slug="x", **sums(sum(shares), *shares))
    assert sum(part["amount"] for part in project.money_parts) == project.total_cost
    assert all(0 <= float(part["width"]) <= 100 for part in project.money_parts)


@pytest.mark.parametrize("seed", range(20))
def test_database_takes_any_four_shares_with_their_sum(db, seed):
    chance = random.Random(seed)
    shares = [Decimal(chance.randrange(10 ** chance.randrange(1, 11))) / 100 for _name in SHARES]
    assert is_taken(**sums(sum(shares), *shares))


def test_form_explains_shares_that_do_not_add_up(db):
    project = make_project()
    for name, value in sums("100", "1", "1", "1", "1").items():
        setattr(project, name, value)
    with pytest.raises(ValidationError, match="Die vier Anteile"):
        project.full_clean()


@pytest.mark.parametrize("name", ["number", "slug"])
def test_number_and_address_belong_to_one_project(db, name):
    make_project(**{name: "einmal"})
    with pytest.raises(IntegrityError), transaction.atomic():
        make_project(**{name: "einmal"})


def test_address_belongs_to_one_organisation(db):
    make_organisation(slug="einmal")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_organisation(slug="einmal")


@pytest.mark.parametrize("name", ["name", "slug"])
def test_district_is_there_once(db, name):
    fields = (
        {"name": "Bürgel", "slug": "neu"} if name == "name" else {"name": "N", "slug": "bieber"}
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        District.objects.create(**fields)


def test_town_has_its_21_districts(db):
    assert District.objects.count() == 21


def test_project_has_one_text_in_a_language(db):
    project = make_project()
    with pytest.raises(IntegrityError), transaction.atomic():
        project.translations.model.objects.bulk_create(
            [project.translations.model(master=project, language_code="de", title="2", summary="")]
        )


def test_picture_is_in_a_project_once(db):
    project, picture = make_project(), make_picture()
    ProjectPicture.objects.create(project=project, picture=picture)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectPicture.objects.create(project=project, picture=picture)


@pytest.mark.parametrize("length", [0, -1])
def test_date_ends_after_it_starts(db, length):
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectDate.objects.create(
            project=make_project(), starts_at=NOW, ends_at=NOW + datetime.timedelta(seconds=length)
        )


@pytest.mark.parametrize("name", ["organisation", "district", "funding_line"])
def test_what_a_project_stands_on_cannot_be_deleted(db, name):
    project = make_project(
        district="bieber", funding_line=FundingLine.objects.get(slug="lotsen-schulung-2014")
    )
    with pytest.raises(ProtectedError):
        getattr(project, name).delete()


def test_picture_of_a_project_cannot_be_deleted(db):
    picture = make_picture()
    ProjectPicture.objects.create(project=make_project(), picture=picture)
    with pytest.raises(ProtectedError):
        picture.delete()
