"""Many at once, against the real server with several processes, on a copy of the tests' database.

Whether a lock works shows only where it is needed; the control takes it away.
"""

import html
import re
from collections import Counter
from functools import partial

import pytest
from django.db import connection

from tests.crowd import Visitor, at_once
from tests.server import Server, ask, copy_of_database

pytestmark = pytest.mark.django_db
CROWD = 10
# The demo lets everybody step in as this member of a club.
BELONG = """
from offenbach_wir.demo import CLUB
from tests.factories import make_account, make_applicant, make_half_line
make_applicant(make_account(CLUB["club-owner"].demo_email))
make_half_line()
"""
WRITE = """
from offenbach_wir.demo import CLUB
from programs.models import FundingLine
from projects.proposals.models import Applicant
from tests.factories import make_whole_proposal
applicant = Applicant.objects.filter(owner__email=CLUB["club-owner"].demo_email).first()
line = FundingLine.objects.get(slug__startswith="halbe-linie")
for _n in range({n}):
    make_whole_proposal(applicant, title={title!r}, funding_line=line)
"""
# Both guards away: the row that is taken first, and the number that is there once.
WITHOUT_LOCK = """
import threading
from django.db import connection, connections
from django.db.models import QuerySet
from projects.proposals import submission
from projects.proposals.models import Proposal
QuerySet.select_for_update = lambda self, **options: self
with connection.cursor() as cursor:
    cursor.execute("ALTER TABLE proposals_version DROP CONSTRAINT version_number_once")
proposal = Proposal.objects.select_related("applicant__owner").get(title={title!r})
start = threading.Barrier({crowd})
def press():
    start.wait()
    try:
        submission.hand_in(proposal, user=proposal.applicant.owner)
    finally:
        connections.close_all()
threads = [threading.Thread(target=press) for _n in range({crowd})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


class Portal(Server):
    @property
    def database(self):
        return self.environment["DATABASE_URL"]

    def write(self, title, n=1):
        """Whole drafts of that title; returns their keys."""
        self.run(WRITE.format(title=title, n=n))
        return [row[0] for row in self.rows("key", title)]

    def rows(self, columns, title):
        sql = f"SELECT {columns} FROM proposals_proposal WHERE title = '{title}' ORDER BY id"
        return ask(self.database, sql)

    def versions(self, title):
        sql = (
            "SELECT v.number, v.checksum FROM proposals_version v"
            f" JOIN proposals_proposal p ON p.id = v.proposal_id WHERE p.title = '{title}'"
        )
        return ask(self.database, sql)


@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("races")
    with django_db_blocker.unblock(), copy_of_database(connection, folder) as database:
        server = Portal(folder, database, WEB_PROCESSES="3")
        server.manage("createcachetable")
        server.manage("collectstatic", "--no-input", "-v0")
        server.run(BELONG)
        try:
            yield server.start()
        finally:
            server.stop()


@pytest.fixture(scope="module")
def member(portal):
    visitor = Visitor(portal.port)
    assert visitor.post("/de/demo/club-owner/einsteigen/", ok=1).status == 302
    return visitor


def pressing(member, path, **fields):
    return partial(member.in_another_window().post, path, **fields)


def statuses(answers):
    return Counter(answer.status for answer in answers)


def test_pressing_ten_times_at_once_hands_in_once(portal, member):
    (key,) = portal.write("Zehnmal")
    path = f"/de/antraege/{key}/einreichen/"
    answers = at_once([pressing(member, path, ok=1) for _n in range(CROWD)])
    assert statuses(answers) == {302: CROWD}
    assert [number for number, _sum in portal.versions("Zehnmal")] == [1]
    mails = ask(
        portal.database,
        "SELECT count(*) FROM offenbach_wir_queuedmail q JOIN proposals_proposal p"
        " ON p.id = q.subject_id WHERE p.title = 'Zehnmal' AND template = 'proposal_to_office'",
    )
    assert mails == [(1,)]


def test_many_proposals_at_once_get_numbers_without_a_gap(portal, member):
    keys = portal.write("Viele", CROWD)
    answers = at_once([pressing(member, f"/de/antraege/{key}/einreichen/", ok=1) for key in keys])
    assert statuses(answers) == {302: CROWD}
    numbers = sorted(int(row[0][-4:]) for row in portal.rows("reference", "Viele"))
    assert numbers == list(range(numbers[0], numbers[0] + CROWD))


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one write at a time")
def test_control_without_the_lock_it_is_handed_in_more_than_once(portal):
    portal.write("Ohne Schloss")
    portal.run(WITHOUT_LOCK.format(title="Ohne Schloss", crowd=CROWD))
    assert len(portal.versions("Ohne Schloss")) > 1


@pytest.mark.parametrize("turn", range(3))
def test_deleting_and_handing_in_at_once_is_one_of_both(portal, member, turn):
    title = f"Löschen {turn}"
    (key,) = portal.write(title)
    page = f"/de/antraege/{key}/"
    answers = at_once(
        [
            pressing(member, f"{page}loeschen/", ok=1),
            pressing(member, f"{page}einreichen/", ok=1),
            pressing(member, f"{page}loeschen/", ok=1),
            pressing(member, f"{page}einreichen/", ok=1),
        ]
    )
    assert set(statuses(answers)) <= {302, 404}
    handed_in = portal.rows("state", title) == [("submitted",)]
    assert bool(portal.rows("id", title)) is handed_in
    assert len(portal.versions(title)) == int(handed_in)


def test_withdrawing_ten_times_at_once_withdraws_once(portal, member):
    (key,) = portal.write("Zurück")
    member.post(f"/de/antraege/{key}/einreichen/", ok=1)
    path = f"/de/antraege/{key}/zurueckziehen/"
    answers = at_once([pressing(member, path, sure="yes") for _n in range(CROWD)])
    assert statuses(answers) == {302: CROWD}
    assert portal.rows("state", "Zurück") == [("withdrawn",)]


def test_one_of_ten_who_write_one_answer_at_once_is_first(portal, member):
    (key,) = portal.write("Gemeinsam")
    path = f"/de/antraege/{key}/partner/"
    seen = html.unescape(re.search(r'name="seen" value="([^"]*)"', member.get(path).text)[1])
    texts = [f"Fassung {n}" for n in range(CROWD)]
    answers = at_once([pressing(member, path, partners=text, seen=seen) for text in texts])
    assert statuses(answers) == {302: 1, 409: CROWD - 1}
    winner = texts[[answer.status for answer in answers].index(302)]
    stored = ask(
        portal.database,
        "SELECT text FROM proposals_answer a JOIN proposals_proposal p ON p.id = a.proposal_id"
        " WHERE p.title = 'Gemeinsam' AND a.question = 'partners'",
    )
    assert stored == [(winner,)]


def test_one_form_sent_ten_times_at_once_begins_one_draft(portal, member):
    text = member.get("/de/antraege/neu/").text
    fields = {
        name: html.unescape(re.search(rf'name="{name}"[^>]*value="([^"]*)"', text)[1])
        for name in ("shown_at", "applicant")
    }
    language = re.search(r'<option value="(\d+)" selected', text)[1]
    sent = fields | {"language": language, "title": "Einmal", "another": "on"}
    answers = at_once([pressing(member, "/de/antraege/neu/", **sent) for _n in range(CROWD)])
    assert statuses(answers) == {302: CROWD}
    assert len(portal.rows("id", "Einmal")) == 1


def test_rows_saved_and_handed_in_at_once_are_one_plan(portal, member):
    """Whatever was saved before handing in is in the version, nothing after it is kept."""
    (key,) = portal.write("Plan")
    page = f"/de/antraege/{key}/"
    texts = [f"Fassung {n}" for n in range(4)]
    at_once(
        [
            *(pressing(member, f"{page}partner/", partners=text, seen="{}") for text in texts),
            pressing(member, f"{page}einreichen/", ok=1),
        ]
    )
    content, text = ask(
        portal.database,
        "SELECT v.content, a.text FROM proposals_version v"
        " JOIN proposals_proposal p ON p.id = v.proposal_id"
        " JOIN proposals_answer a ON a.proposal_id = p.id"
        " WHERE p.title = 'Plan' AND a.question = 'partners'",
    )[0]
    assert f'"{text}"' in content
