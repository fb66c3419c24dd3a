"""Two persons take different steps of one case at once, against the real server with several
processes: one success, one explanation. The control takes the lock away.
"""

from collections import Counter
from functools import partial

import pytest
from django.db import connection

from tests.crowd import Visitor, at_once
from tests.server import Server, ask, copy_of_database

pytestmark = pytest.mark.django_db
PRESSES = 4
TITLES = ["Zugleich 0", "Zugleich 1", "Zugleich 2"]
# Cases in which the city's decision waits, made in one process because they are numbered there.
PREPARE = f"""
from tests.case_factories import make_case, make_handover
for title in {TITLES}:
    make_case("decided_by_city", title=title)
make_handover(make_case("reviewed", title="Ohne Schloss"))
"""
# Both have looked at the case before either goes on.
WITHOUT_LOCK = """
import threading
from django.db import connections
from django.db.models import QuerySet
from projects.proposals import steps
from projects.proposals.models import Proposal
from tests.case_factories import staff
QuerySet.select_for_update = lambda self, **options: self
proposal = Proposal.objects.get(title="Ohne Schloss")
both_have_looked = threading.Barrier(2, timeout=30)
def press(key, reason):
    try:
        steps.take(
            key,
            proposal,
            user=staff(),
            seen=proposal.step_number,
            reason=reason,
            work=lambda locked, now: both_have_looked.wait() and None,
        )
    finally:
        connections.close_all()
threads = [
    threading.Thread(target=press, args=each)
    for each in (("hand_over", ""), ("check_again", "Noch einmal."))
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


class Portal(Server):
    def ask(self, sql):
        return ask(self.environment["DATABASE_URL"], sql)

    def rows(self, columns, title):
        return self.ask(f"SELECT {columns} FROM proposals_proposal WHERE title = '{title}'")

    def steps_from(self, state, title):
        return self.ask(
            "SELECT e.detail FROM offenbach_wir_event e JOIN proposals_proposal p"
            " ON p.id = e.subject_id AND e.subject_type = 'proposals.proposal'"
            f" WHERE p.title = '{title}' AND e.kind = 'case_step'"
            f""" AND CAST(e.detail AS text) LIKE '%"old": "{state}"%'"""
        )


@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("step-races")
    with django_db_blocker.unblock(), copy_of_database(connection, folder) as database:
        server = Portal(folder, database, WEB_PROCESSES="3")
        server.manage("createcachetable")
        server.manage("collectstatic", "--no-input", "-v0")
        server.run(PREPARE)
        try:
            yield server.start()
        finally:
            server.stop()


def colleague(portal, role):
    visitor = Visitor(portal.port)
    assert visitor.post(f"/de/demo/{role}/einsteigen/", ok=1).status == 302
    return visitor


def pressing(visitor, key, step, **fields):
    path = f"/verwaltung/antraege/{key}/schritt/{step}/"
    return partial(visitor.in_another_window().post, path, **fields)


@pytest.mark.parametrize("title", TITLES[:3])
def test_two_different_steps_at_once_are_one_step_and_one_explanation(portal, title):
    key, seen = portal.rows("key, step_number", title)[0]
    office, second = colleague(portal, "coordinator"), colleague(portal, "approver")
    confirm = pressing(second, key, "confirm_approval", seen=seen)
    send_back = pressing(office, key, "send_back_decision", seen=seen, reason_text="Nein.")
    answers = at_once([confirm, send_back] * PRESSES)
    assert Counter(answer.status for answer in answers) == {302: PRESSES, 409: PRESSES}
    assert len(portal.steps_from("decided_by_city", title)) == 1
    state, number = portal.rows("state, step_number", title)[0]
    assert (number, state in ("approved", "reviewed")) == (seen + 1, True)
    money = portal.ask(
        "SELECT f.committed FROM proposals_cityfund f JOIN proposals_decision d ON d.fund_id = f.id"
        f" JOIN proposals_proposal p ON p.id = d.proposal_id WHERE p.title = '{title}'"
    )
    assert [int(row[0]) for row in money] == [500 if state == "approved" else 0]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one write at a time")
def test_control_without_the_lock_both_steps_are_taken(portal):
    portal.run(WITHOUT_LOCK)
    assert len(portal.steps_from("reviewed", "Ohne Schloss")) == 2
