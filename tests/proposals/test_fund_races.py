"""Two decisions on the same money at once, against the real server with several processes.

That the database holds the budget shows only where it is needed; the control takes its rule away.
"""

import itertools
import re
from collections import Counter
from functools import partial

import pytest
from django.db import connection

from tests.crowd import Visitor, at_once
from tests.server import Server, ask, copy_of_database

pytestmark = pytest.mark.django_db
CROWD = 10
# Each process that makes rows counts on where the others will not come.
STARTS = itertools.count(1000, 1000)
# 500 euros each; the fund holds four of them.
WAITING = """
import itertools
from projects.proposals.case import State
from tests import factories
from tests.case_factories import make_case, make_fund
factories._numbers = itertools.count({start})
fund = make_fund(2000, name={name!r})
for _n in range({n}):
    make_case(State.DECIDED_BY_CITY, fund=fund, title={name!r})
"""
# SQLite copies the table by the rules that the model still has.
WITHOUT_RULE = """
from django.db import connection
from projects.proposals.models import CityFund
rule = next(c for c in CityFund._meta.constraints if c.name == "fund_is_never_overcommitted")
CityFund._meta.constraints.remove(rule)
with connection.schema_editor() as editor:
    editor.remove_constraint(CityFund, rule)
"""


@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("funds")
    with django_db_blocker.unblock(), copy_of_database(connection, folder) as database:
        server = Server(folder, database, WEB_PROCESSES="3")
        server.manage("createcachetable")
        server.manage("collectstatic", "--no-input", "-v0")
        try:
            yield server.start()
        finally:
            server.stop()


@pytest.fixture(scope="module")
def approver(portal):
    visitor = Visitor(portal.port)
    assert visitor.post("/de/demo/approver/einsteigen/", ok=1).status == 302
    return visitor


def waiting(portal, name):
    """The keys and step numbers of ten decisions on one fund of that name."""
    portal.run(WAITING.format(name=name, n=CROWD, start=next(STARTS)))
    return rows(portal, f"SELECT key, step_number FROM proposals_proposal WHERE title = '{name}'")


def rows(portal, sql):
    return ask(portal.environment["DATABASE_URL"], sql)


def committed(portal, name):
    sql = f"SELECT committed FROM proposals_cityfund WHERE name = '{name}'"
    return float(rows(portal, sql)[0][0])


def approved(portal, name):
    sql = f"SELECT count(*) FROM proposals_proposal WHERE title = '{name}' AND state = 'approved'"
    return rows(portal, sql)[0][0]


def confirming(approver, key, seen):
    path = f"/verwaltung/antraege/{key}/schritt/confirm_approval/"
    return partial(approver.in_another_window().post, path, seen=seen)


def test_ten_decisions_at_once_take_what_there_is_and_no_more(portal, approver):
    found = waiting(portal, "Topf")
    answers = at_once([confirming(approver, key, seen) for key, seen in found])
    assert Counter(answer.status for answer in answers) == {302: 4, 422: CROWD - 4}
    assert (committed(portal, "Topf"), approved(portal, "Topf")) == (2000, 4)
    refused = next(answer for answer in answers if answer.status == 422)
    assert re.search(r"data-error-summary", refused.text)


def test_one_decision_confirmed_ten_times_at_once_commits_once(portal, approver):
    (key, seen), *_others = waiting(portal, "Einmal")
    answers = at_once([confirming(approver, key, seen) for _n in range(CROWD)])
    assert {answer.status for answer in answers} == {302}
    assert (committed(portal, "Einmal"), approved(portal, "Einmal")) == (500, 1)


def test_control_without_the_rule_the_fund_is_overcommitted(portal, approver):
    """The last test here: the rule does not come back."""
    found = waiting(portal, "Ohne Regel")
    portal.run(WITHOUT_RULE)
    at_once([confirming(approver, key, seen) for key, seen in found])
    assert committed(portal, "Ohne Regel") > 2000
