"""The scanner for viruses, played by a small server that speaks clamd's protocol."""

import contextlib
import logging
import socket
import socketserver
import tempfile
import threading
import time

import pytest
from django.core.files import File

from offenbach_wir.scanner import State, scan
from tests.frame.files import upload

# The harmless test signature every scanner knows; in pieces, so that none objects to this file.
EICAR = b"".join(
    [
        *(rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-"),
        *(b"ANTIVIRUS-TEST-", b"FILE!$H+H*"),
    ]
)


class Clamd(socketserver.BaseRequestHandler):
    """Answers as clamd does, or as the test wants."""

    def handle(self):
        self.request.settimeout(5)
        with contextlib.suppress(OSError):  # the portal hung up, as some tests want it to
            self.server.play(self)

    def receive(self):
        stream = self.request.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(stream.read(4), "big"):
            content += stream.read(size)
        self.server.received.append(content)
        return content

    def answer(self, text):
        self.request.sendall(text)


def honest(clamd):
    infected = EICAR in clamd.receive()
    clamd.answer(b"stream: Eicar-Test-Signature FOUND\0" if infected else b"stream: OK\0")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


class UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@pytest.fixture(params=["tcp", "unix"])
def serve(request, settings, tmp_path_factory):
    """serve(play) starts a scanner that does that, and configures it."""
    servers = []

    def start(play):
        if request.param == "tcp":
            server = Server(("127.0.0.1", 0), Clamd)
            settings.CLAMAV_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        else:
            path = tmp_path_factory.mktemp("s") / "clamd"
            server = UnixServer(str(path), Clamd)
            settings.CLAMAV_ADDRESS = f"unix:{path}"
        settings.CLAMAV_TIMEOUT = 5
        server.play, server.received = play, []
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_without_an_address_nothing_is_scanned(settings):
    settings.CLAMAV_ADDRESS = ""
    verdict = scan(upload(EICAR))
    assert (verdict.state, verdict.may_be_passed_on) == (State.NOT_CONFIGURED, True)


def test_clean_file_is_clean_and_arrives_whole(serve):
    server, content = serve(honest), b"x" * 200_000
    verdict = scan(upload(content))
    assert (verdict.state, verdict.may_be_passed_on) == (State.CLEAN, True)
    assert server.received == [content]


def test_infected_file_is_named_and_not_passed_on(serve):
    serve(honest)
    verdict = scan(upload(b"x" * 100_000 + EICAR))
    assert (verdict.state, verdict.found) == (State.INFECTED, "Eicar-Test-Signature")
    assert not verdict.may_be_passed_on


def test_file_is_scanned_from_its_beginning_and_rewound(serve):
    serve(honest)
    file = upload(EICAR)
    file.seek(40)
    assert scan(file).state == State.INFECTED
    assert file.tell() == 0


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0",
        b"OK\0",
        b"stream: OK",
        b"stream: OK\n\0",
        b"stream: OK\0stream: OK\0",
        b"stream: clean OK\0",
        b"stream:  FOUND\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\xff\xfe\0",
        b"x" * 10_000,
    ],
)
def test_any_other_answer_is_a_failure_and_not_passed_on(serve, answer):
    def play(clamd):
        clamd.receive()
        clamd.answer(answer)

    serve(play)
    verdict = scan(upload(b"x"))
    assert (verdict.state, verdict.may_be_passed_on) == (State.FAILED, False)
    assert verdict.reason


def test_name_of_a_virus_cannot_break_the_log(serve, caplog):
    def play(clamd):
        clamd.receive()
        clamd.answer(b"stream: Bad\x1b[31m\x7fName FOUND\0")

    serve(play)
    assert scan(upload(b"x")).found == "Bad[31mName"
    assert "\x1b" not in caplog.text


def test_scanner_that_hangs_is_given_up(serve, settings):
    def play(clamd):
        clamd.receive()
        time.sleep(2)

    serve(play)
    settings.CLAMAV_TIMEOUT = 0.2
    assert scan(upload(b"x")).state == State.FAILED


def test_scanner_that_reads_nothing_is_given_up(serve, settings):
    serve(lambda clamd: time.sleep(2))
    settings.CLAMAV_TIMEOUT = 0.2
    assert scan(upload(b"x" * 8_000_000)).state == State.FAILED


def test_scanner_that_answers_in_a_trickle_is_given_up(serve, settings):
    def play(clamd):
        clamd.receive()
        for _second in range(20):
            clamd.answer(b"s")
            time.sleep(0.1)

    serve(play)
    settings.CLAMAV_TIMEOUT = 0.4
    started = time.monotonic()
    assert scan(upload(b"x")).reason.endswith(("out of time", "timed out"))
    assert time.monotonic() - started < 1.5


def test_scanner_that_hangs_up_in_the_middle_is_a_failure_with_its_words(serve):
    def play(clamd):
        clamd.request.recv(100)
        clamd.answer(b"INSTREAM size limit exceeded. ERROR\0")
        clamd.request.close()

    serve(play)
    assert scan(upload(b"x" * 8_000_000)).state == State.FAILED


def test_scanner_that_has_not_read_everything_cannot_call_it_clean(serve):
    def play(clamd):
        clamd.request.recv(100)
        clamd.answer(b"stream: OK\0")
        clamd.request.shutdown(socket.SHUT_RD)

    serve(play)
    assert scan(upload(b"x" * 8_000_000)).state == State.FAILED


def test_dead_scanner_is_a_failure(settings, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{probe.getsockname()[1]}"
    assert scan(upload(b"x")).state == State.FAILED
    settings.CLAMAV_ADDRESS = f"unix:{tmp_path}/nobody"
    assert scan(upload(b"x")).state == State.FAILED


def test_file_above_the_scanners_limit_is_not_sent(serve, settings):
    server = serve(honest)
    settings.CLAMAV_MOST_BYTES = 10
    assert scan(upload(b"x" * 11)).state == State.FAILED
    assert server.received == []


def test_failure_is_logged_for_operators(settings, tmp_path, caplog):
    settings.CLAMAV_ADDRESS = f"unix:{tmp_path}/nobody"
    with caplog.at_level(logging.ERROR):
        scan(upload(b"x", "Pass von Mina.pdf"))
    assert "could not decide" in caplog.text
    assert "Mina" not in caplog.text


def test_file_that_cannot_be_read_is_a_failure(serve):
    serve(honest)
    with tempfile.TemporaryFile() as on_disk:
        file = File(on_disk)
        file.size = 1
    assert scan(file).state == State.FAILED
