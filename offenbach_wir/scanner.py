"""The scanner for viruses: ClamAV's clamd, spoken to over a socket, when one is configured.

`scan` never raises. What it cannot say for certain is "failed", and a file with that verdict is not
passed on (hardening.md 15 and 18): ask again later, clamd may just be loading its signatures.
"""

import logging
import re
import socket
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

CHUNK = 64 * 1024
LONGEST_ANSWER = 4096
PING_SECONDS = 3
FOUND = re.compile(r"stream: (.{1,200}) FOUND")


class State(models.TextChoices):
    NOT_CONFIGURED = "not_configured", _("not checked for viruses")
    CLEAN = "clean", _("checked for viruses, none found")
    INFECTED = "infected", _("virus found")
    FAILED = "failed", _("could not be checked for viruses yet")


@dataclass(frozen=True)
class Verdict:
    """`found` names the virus, `reason` says in English for log and operators what went wrong."""

    state: State
    found: str = ""
    reason: str = ""

    @property
    def may_be_passed_on(self):
        return self.state in (State.CLEAN, State.NOT_CONFIGURED)


class ScanFailedError(Exception):
    pass


def is_configured():
    return bool(settings.CLAMAV_ADDRESS)


def scan(file):
    """The Verdict on an open file, which is read from its beginning and rewound."""
    if not is_configured():
        return Verdict(State.NOT_CONFIGURED)
    try:
        if file.size > settings.CLAMAV_MOST_BYTES:
            raise ScanFailedError(f"larger than {settings.CLAMAV_MOST_BYTES} bytes")
        file.seek(0)
        verdict = _verdict(*_ask(file))
        file.seek(0)
    except (OSError, ValueError, ScanFailedError) as error:
        reason = f"{type(error).__name__}: {error}"
        logger.error("The scanner for viruses could not decide: %s", reason)
        return Verdict(State.FAILED, reason=reason[:200])
    if verdict.state == State.INFECTED:
        logger.warning("The scanner for viruses found %s", verdict.found)
    return verdict


def answers():
    """Whether clamd is there now, for the health report. Never raises, takes seconds at most."""
    seconds = min(PING_SECONDS, settings.CLAMAV_TIMEOUT)
    ends_at = time.monotonic() + seconds
    try:
        with _connection(seconds) as connection:
            connection.sendall(b"zPING\0")
            return _answer(connection, ends_at) == "PONG"
    except (OSError, ValueError, ScanFailedError):
        return False


def _verdict(answer, has_all):
    if answer == "stream: OK" and has_all:
        return Verdict(State.CLEAN)
    if found := FOUND.fullmatch(answer):
        return Verdict(State.INFECTED, found="".join(filter(str.isprintable, found[1])))
    raise ScanFailedError(f"unknown answer {answer[:100]!r}")


def _ask(file):
    """What the scanner says, and whether it took the whole file before saying it."""
    has_all, ends_at = True, time.monotonic() + settings.CLAMAV_TIMEOUT
    with _connection(settings.CLAMAV_TIMEOUT) as connection:
        try:
            connection.sendall(b"zINSTREAM\0")
            while chunk := file.read(CHUNK):
                _wait_until(connection, ends_at)
                connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
            connection.sendall(bytes(4))
        except (BrokenPipeError, ConnectionResetError):
            # clamd hangs up in the middle of a file that is too large, but says so first.
            has_all = False
        return _answer(connection, ends_at), has_all


def _connection(seconds):
    """unix:/path or host:port, as settings.py has checked."""
    address = settings.CLAMAV_ADDRESS
    if not address.startswith("unix:"):
        host, _colon, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), seconds)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect(address.removeprefix("unix:"))
    except OSError:
        connection.close()
        raise
    return connection


def _wait_until(connection, ends_at):
    """The next step may take what is left of the time; a slow trickle does not start it anew."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise ScanFailedError("out of time")
    connection.settimeout(left)


def _answer(connection, ends_at):
    answer = b""
    while not answer.endswith(b"\0"):
        _wait_until(connection, ends_at)
        received = connection.recv(LONGEST_ANSWER)
        if not received:
            raise ScanFailedError(f"hung up after {answer[:100]!r}")
        answer += received
        if len(answer) > LONGEST_ANSWER:
            raise ScanFailedError("answer too long")
    return answer[:-1].decode("utf-8", "replace")
