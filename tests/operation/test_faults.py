"""What the portal does while something it needs is dead: real processes, really killed.

The portal runs as in production, with a database, a mail server and a scanner for viruses that
belong to the tests and can be taken away.
"""

import io
import itertools
import json
import os
import secrets
import signal
import tempfile
import threading
import zipfile
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.db import connection
from PIL import Image

from tests.consultations.test_races import TIMES, book, mails_to, with_details
from tests.crowd import Visitor
from tests.frame.files import ODT, odf_content, package
from tests.frame.test_scanner import EICAR, Clamd, honest
from tests.frame.test_scanner import Server as ScannerServer
from tests.operation.mail_server import MailServer
from tests.operation.power import (
    Cluster,
    EmbeddedDatabase,
    background_worker,
    disk,
    full,
    kill_everything,
    until,
    web_processes,
)
from tests.server import Server, ask, copy_of_database

pytestmark = pytest.mark.django_db
NUMBERS = itertools.count(500)
LONG_AGO = "'2020-01-01 00:00:00'"
SENT, REQUEUED = 0, 3
NEEDS_ROOT = "only root can mount a small disk"
# A club's draft, and somebody signed in who writes it. Production serves nobody while the demo's
# accounts are there, which came with the examples.
PLANT = """
import json
from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client
from programs.models import EnclosureKind
from tests.factories import make_account, make_applicant, make_proposal, make_whole_proposal
from offenbach_wir.models import User
User.objects.update(email=Concat(Value("formerly-"), F("email")))
ada = make_account("ada@example.org", name="Ada Beispiel")
applicant, client = make_applicant(ada), Client()
proposal, whole = make_proposal(applicant), make_whole_proposal(applicant)
client.force_login(ada)
(settings.VAR_DIR / "planted.json").write_text(json.dumps({
    "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
    "page": f"/de/antraege/{proposal.key}/anlagen/",
    "whole": whole.key,
    "kind": EnclosureKind.objects.filter(belongs_to_organisation=False).first().pk,
}))
"""


class Portal(Server):
    """At work, with everything around it."""

    @property
    def database(self):
        return self.environment["DATABASE_URL"]

    @property
    def folder(self):
        return Path(self.environment["VAR_DIR"])

    @property
    def planted(self):
        return json.loads((self.folder / "planted.json").read_text())

    def visitor(self):
        return Visitor(self.port, next(NUMBERS))

    def club(self):
        """Somebody who is signed in and writes the drafts."""
        visitor = self.visitor()
        visitor.cookies["session"] = self.planted["session"]
        return visitor

    def ask(self, sql):
        return ask(self.database, sql)

    def is_up(self):
        try:
            return self.visitor().get("/healthz").status == 200
        except OSError:
            return False

    def report_barrier(self):
        """Sends the form that queues a mail to the office; returns (answer, what was written)."""
        words = f"Barriere {next(NUMBERS)}"
        fields = {"wish": "barrier", "description": words}
        return self.visitor().post("/de/barriere-melden/", **fields), words

    def reference(self, words):
        """The mail has no more of a report than its reference."""
        table = "offenbach_wir_barrierreport"
        ((found,),) = self.ask(f"SELECT reference FROM {table} WHERE description = '{words}'")
        return found

    def mail_about(self, words):
        """(id, state, number of tries) of the mail."""
        (row,) = self.ask(
            "SELECT id, status, number_of_retries FROM post_office_email"
            f" WHERE message LIKE '%{self.reference(words)}%'"
        )
        return row

    def state_of_mail(self, words):
        return self.mail_about(words)[1]

    def let_time_pass(self):
        """What waits for its next try, or for a claim to lapse, waits no longer."""
        self.ask(f"UPDATE post_office_email SET scheduled_time = {LONG_AGO} WHERE status IN (2, 3)")

    def run_job(self, name):
        self.ask(
            f"UPDATE offenbach_wir_jobrun SET due_at = {LONG_AGO}, claimed_until = NULL"
            f" WHERE name = '{name}'"
        )


@pytest.fixture(scope="module")
def mail_server():
    server = MailServer().open()
    yield server
    server.close()


@pytest.fixture(scope="module")
def scanner():
    server = ScannerServer(("127.0.0.1", 0), Clamd)
    server.play, server.received = honest, []
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def database_disk():
    """(folder, whether it is a disk of its own); short, because a socket lies in it."""
    with (
        tempfile.TemporaryDirectory(prefix="wir-database-") as folder,
        disk(folder, "400m") as is_own,
    ):
        yield folder, is_own


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, database_disk):
    """One that can be cut off, and whose disk can be full."""
    folder, _is_own = database_disk
    with django_db_blocker.unblock(), copy_of_database(connection, folder) as address:
        if address.startswith("sqlite"):
            yield EmbeddedDatabase(address.removeprefix("sqlite:///"))
        else:
            cluster = Cluster(address, folder)
            yield cluster
            cluster.remove()


@pytest.fixture(scope="module")
def running(database, mail_server, scanner, tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    for name in ("private", "uploads"):
        (folder / name).mkdir()
    server = Portal(
        folder,
        database.address,
        WIR_MODE="production",
        SECRET_KEY=secrets.token_urlsafe(64),
        ALLOWED_HOSTS="localhost,127.0.0.1",
        EMAIL_URL=f"smtp://127.0.0.1:{mail_server.port}",
        CLAMAV_ADDRESS=f"127.0.0.1:{scanner.server_address[1]}",
        CLAMAV_TIMEOUT="1",
        LIMIT_BOOKING="100000",
        TMPDIR=str(folder / "uploads"),
    )
    server.manage("createcachetable")
    server.manage("collectstatic", "--no-input", "-v0")
    server.run(PLANT)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def portal(running, mail_server, scanner):
    """With everything in order again."""
    mail_server.trouble, scanner.play = "", honest
    mail_server.silent.clear()
    mail_server.released.clear()
    mail_server.received.clear()
    return running


def about(reference, mails):
    return [mail for mail in mails if reference in mail.get_body(("plain",)).get_content()]


# --- Killed processes -------------------------------------------------------------------------
def test_killed_web_process_is_replaced_while_pages_go_on(portal):
    killed, other = web_processes(portal)
    os.kill(killed, signal.SIGKILL)
    assert {portal.visitor().get("/de/").status for _n in range(10)} == {200}
    alive = until(
        lambda: len(now := web_processes(portal)) == 2 and killed not in now and now,
        "a new web process",
    )
    assert other in alive


def test_what_was_told_is_there_after_everything_was_killed(portal, database):
    """A booking and a proposal; the power goes right after the answer."""
    time = portal.visitor().get(TIMES).times[0]
    visitor, email = with_details(portal, time)
    booked = book(visitor)
    key = portal.planted["whole"]
    handed_in = portal.club().post(f"/de/antraege/{key}/einreichen/", ok=1)
    kill_everything(portal)
    database.crash()
    database.restart()
    portal.start()
    assert booked.status == 302
    assert booked.location.endswith("/gebucht/")
    rows = portal.ask(f"SELECT status FROM consultations_booking WHERE email = '{email}'")
    assert [status for (status,) in rows] in (["requested"], ["confirmed"])
    assert len(mails_to(portal, email)) == 1
    assert handed_in.location == f"/de/antraege/{key}/quittung/"
    assert portal.club().get(handed_in.location).status == 200
    rows = portal.ask(f"SELECT state, reference FROM proposals_proposal WHERE key = '{key}'")
    assert rows[0][0] == "submitted"
    assert rows[0][1]


def test_worker_killed_while_it_sends_is_replaced_and_the_mail_goes_out(portal, mail_server):
    mail_server.trouble = "falls silent"
    _answer, words = portal.report_barrier()
    assert mail_server.silent.wait(40)
    killed = background_worker(portal)
    os.kill(killed, signal.SIGKILL)
    mail_server.trouble = ""
    mail_server.released.set()
    until(lambda: background_worker(portal) not in (None, killed), "a new worker")
    # Another worker leaves it alone for as long as the first one may still be at it.
    assert mail_server.received == []
    portal.let_time_pass()
    until(lambda: portal.state_of_mail(words) == SENT, "the mail")
    assert len(about(portal.reference(words), mail_server.received)) == 1


# --- Dead mail server -------------------------------------------------------------------------
def test_mail_waits_for_a_dead_server_and_goes_out_once(portal, mail_server):
    mail_server.close()
    try:
        answer, words = portal.report_barrier()
        assert answer.status == 302
        until(lambda: portal.state_of_mail(words) == REQUEUED, "the first try")
    finally:
        mail_server.open()
    mail_server.trouble = "hangs up"
    portal.let_time_pass()
    until(lambda: portal.mail_about(words)[2] == 2, "the second try")
    mail_server.trouble = ""
    portal.let_time_pass()
    until(lambda: portal.state_of_mail(words) == SENT, "the mail")
    assert len(about(portal.reference(words), mail_server.received)) == 1


# --- Cut database -----------------------------------------------------------------------------
ADDRESSES = [
    *("/", "/de/", "/de/projekte/", "/de/suche/?q=Garten", "/de/beratung/termine/", "/sitemap.xml"),
    *("/de/konto/", "/verwaltung/", "/de/antraege/", "/de/barriere-melden/", "/gibt/es/nicht"),
    *("/de/organisationen/", "/media/gibt-es-nicht.png", "/robots.txt", "/de/%00/"),
]


@contextmanager
def cut(database):
    database.cut()
    try:
        yield
    finally:
        database.mend()


def test_cut_database_gives_a_notice_no_false_success_and_heals(portal, database, mail_server):
    visitor, email = with_details(portal, portal.visitor().get(TIMES).times[0])
    before = portal.ask("SELECT count(*) FROM offenbach_wir_barrierreport")
    with cut(database):
        for language, direction in (("de", "ltr"), ("en", "ltr"), ("ar", "rtl")):
            page = portal.visitor().get(f"/{language}/projekte/?page=1&fresh={next(NUMBERS)}")
            assert page.status == 503
            assert f'<html lang="{language}" dir="{direction}">' in page.text
        assert portal.visitor().get("/healthz").status == 503
        # Pages that are kept, and those without data, may go on; nothing else fails in another way.
        found = {path: portal.visitor().get(path).status for path in ADDRESSES}
        assert {path: s for path, s in found.items() if s >= 500 and s != 503} == {}
        assert found["/de/suche/?q=Garten"] == 503
        assert portal.report_barrier()[0].status == 503
        assert book(visitor).status == 503
        worker = background_worker(portal)
    until(portal.is_up, "the portal")
    assert portal.visitor().get("/de/projekte/").status == 200
    assert portal.ask("SELECT count(*) FROM offenbach_wir_barrierreport") == before
    # Who had not been told “booked” presses once more.
    assert book(visitor).status == 302
    assert len(mails_to(portal, email)) == 1
    _answer, words = portal.report_barrier()
    until(lambda: portal.state_of_mail(words) == SENT, "the worker at work again")
    assert background_worker(portal) == worker or worker is None


# --- Full disk --------------------------------------------------------------------------------
def noise(size):
    """A picture that cannot be made smaller."""
    out = io.BytesIO()
    Image.frombytes("RGB", (size, size), os.urandom(size * size * 3)).save(out, "PNG")
    return out.getvalue()


def upload(portal, name, content):
    """(status, text of the page) of enclosing that file as the person who writes the draft."""
    planted = portal.planted
    token, edge = secrets.token_hex(16), secrets.token_hex(16)
    fields = {"kind": planted["kind"], "csrfmiddlewaretoken": token}
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'Content-Disposition: form-data; name="files"; filename="{name}"'
    parts += [f"--{edge}\r\n{head}\r\n\r\n".encode(), content, f"\r\n--{edge}--\r\n".encode()]
    headers = {
        "Content-Type": f"multipart/form-data; boundary={edge}",
        "Cookie": f"csrf={token}; session={planted['session']}",
        "X-Forwarded-For": "10.9.9.9",
    }
    with closing(HTTPConnection("127.0.0.1", portal.port, timeout=60)) as own:
        own.request("POST", planted["page"], b"".join(parts), headers)
        response = own.getresponse()
        return response.status, response.read().decode()


def enclosures(portal):
    return portal.ask("SELECT file, scan, key FROM proposals_enclosure ORDER BY id")


def stored(portal):
    return [path for path in (portal.folder / "private").rglob("*") if path.is_file()]


@contextmanager
def small_disk(folder):
    with disk(folder, "1m") as is_own:
        if not is_own:
            pytest.skip(NEEDS_ROOT)
        yield


def test_file_that_finds_no_room_is_refused_and_nothing_of_it_stays(portal):
    before = enclosures(portal)
    with small_disk(portal.folder / "private"):
        status, page = upload(portal, "plan.png", noise(700))
        assert status == 422
        assert "data-error-summary" in page
        assert stored(portal) == []
    assert enclosures(portal) == before
    assert upload(portal, "plan.png", noise(700))[0] == 302


def test_large_file_that_finds_no_room_on_its_way_is_refused(portal):
    """Above 2.5 MB it comes through a temporary file. It is still on its way when it is refused."""
    before = enclosures(portal)
    with small_disk(portal.folder / "uploads"):
        status, page = upload(portal, "plan.png", noise(2000))
        assert status in (422, 503)
        assert '<html lang="de" dir="ltr">' in page
    assert enclosures(portal) == before
    assert upload(portal, "plan.png", noise(2000))[0] == 302


def test_full_disk_under_the_database_gives_a_notice_no_false_success_and_heals(
    portal, database_disk
):
    folder, is_own = database_disk
    if not is_own:
        pytest.skip(NEEDS_ROOT)
    with full(folder):
        # There may be room for some in what the database holds already.
        told = []
        while len(told) < 200:
            answer, words = portal.report_barrier()
            if answer.status != 302:
                break
            told.append(words)
        assert answer.status == 503
        assert '<html lang="de" dir="ltr">' in answer.text
        assert portal.visitor().get("/de/projekte/").status == 200
        found = {path: portal.visitor().get(path).status for path in ADDRESSES}
        assert {path: s for path, s in found.items() if s >= 500 and s != 503} == {}
    until(portal.is_up, "the portal")
    written = portal.ask("SELECT description FROM offenbach_wir_barrierreport")
    assert {kept for (kept,) in written} >= set(told)
    assert (words,) not in written
    _answer, words = portal.report_barrier()
    until(lambda: portal.state_of_mail(words) == SENT, "the mail of afterwards")


# --- Dead scanner -----------------------------------------------------------------------------
def document(text):
    """An ODT that is not compressed, so that a scanner sees the text."""
    parts = {
        "mimetype": ODT,
        "content.xml": odf_content(text),
        "META-INF/manifest.xml": '<m:manifest xmlns:m="urn:m"/>',
    }
    return package(parts, zipfile.ZIP_STORED)


def test_infected_file_is_refused_in_words_and_its_bytes_are_gone(portal):
    files = stored(portal)
    status, page = upload(portal, "plan.odt", document(EICAR.decode()))
    assert status == 422
    assert "data-error-summary" in page
    assert stored(portal) == files
    assert enclosures(portal)[-1][:2] == ("", "infected")


def dies(clamd):
    clamd.request.recv(100)
    clamd.request.close()


def hangs(clamd):
    clamd.receive()
    threading.Event().wait(3)


def talks_rubbish(clamd):
    clamd.receive()
    clamd.answer(b"\xff\xfeHTTP/1.1 200 OK\0")


@pytest.mark.parametrize("trouble", [dies, hangs, talks_rubbish])
def test_file_is_kept_back_until_the_scanner_decides(portal, scanner, trouble):
    scanner.play = trouble
    status, _page = upload(portal, "plan.odt", document("Plan"))
    assert status == 302
    _file, scan, key = enclosures(portal)[-1]
    assert scan == "failed"
    assert download(portal, key) == 404
    scanner.play = honest
    portal.run_job("files_to_scan")
    until(lambda: enclosures(portal)[-1][1] == "clean", "the second scan")
    assert download(portal, key) == 200


def download(portal, key):
    """The status of the answer to who wrote the draft."""
    with closing(HTTPConnection("127.0.0.1", portal.port, timeout=60)) as own:
        cookie = {"Cookie": f"session={portal.planted['session']}"}
        own.request("GET", f"{portal.planted['page']}{key}/", headers=cookie)
        return own.getresponse().status
