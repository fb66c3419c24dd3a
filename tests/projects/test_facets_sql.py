"""A facet as a condition: in SQL over the hits; no database needed."""

import pytest

from projects.facets import Facet, Option
from projects.models.project import keys


def facet(*chosen, is_list=True):
    options = [Option(value=f"v{pk}", label=f"V{pk}", pk=pk) for pk in (1, 2, 12)]
    for option in options:
        option.is_chosen = option.pk in chosen
    return Facet("name", "Title", "column_keys", options, is_list)


def test_facet_without_a_choice_has_no_condition():
    assert facet().condition is None


def test_keys_are_looked_for_with_their_commas():
    assert facet(1, 12).condition == (
        "(column_keys LIKE %s OR column_keys LIKE %s)",
        ["%,1,%", "%,12,%"],
    )


def test_single_value_is_one_of_the_chosen():
    assert facet(1, 2, is_list=False).condition == ("column_keys IN (%s, %s)", [1, 2])


def test_counts_of_joined_keys_are_added_up_for_each_key():
    made = facet()
    made.take_counts({",1,": 3, ",1,12,": 4, ",2,12,": 5, "": 7, None: 9})
    assert [option.count for option in made.options] == [7, 5, 9]


def test_counts_of_unknown_values_are_left_out():
    made = facet(is_list=False)
    made.take_counts({"1": 3, "99": 4, None: 5})
    assert [option.count for option in made.options] == [3, 0, 0]


@pytest.mark.parametrize(("ids", "joined"), [([], ""), ([7], ",7,"), ([12, 3], ",3,12,")])
def test_keys_are_sorted_between_commas(ids, joined):
    assert keys(ids) == joined
