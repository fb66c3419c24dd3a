"""Databases that a test may take away and give back, and processes it may kill."""

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from offenbach_wir.backup.postgresql import program


def until(found, what, seconds=40):
    """What `found()` gives once it is something; a test that waits in vain says for what."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := found():
            return result
        time.sleep(0.05)
    pytest.fail(f"waited {seconds} s in vain: {what}")


@contextmanager
def disk(folder, size):
    """Puts a disk of that size there for a while; False where only root could, and this is not."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=777", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def full(folder):
    """Takes all the room that is left there, to the last byte."""
    ballast = Path(folder) / "ballast"
    try:
        with open(ballast, "wb", buffering=0) as file:
            for size in (1024 * 1024, 4096):
                with suppress(OSError):
                    while file.write(bytes(size)) == size:
                        pass
        yield
    finally:
        ballast.unlink()


class EmbeddedDatabase:
    """Another thing lies where the file should be."""

    def __init__(self, path):
        self.path, self.address = Path(path), f"sqlite:///{path}"
        self._away = self.path.with_name("away")

    def cut(self):
        self.path.rename(self._away)
        self.path.mkdir()

    def mend(self):
        self.path.rmdir()
        self._away.rename(self.path)

    crash = restart = remove = lambda self: None


class Cluster:
    """A PostgreSQL server of the test's own, with a copy of that database."""

    def __init__(self, copied, folder):
        self._folder = Path(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        self._do("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-N")
        self.mend()
        # The database every new cluster has.
        self.address = f"postgres://postgres@127.0.0.1:{self._port}/postgres"
        try:
            self._copy(copied)
        except BaseException:
            self.remove()
            raise

    def _copy(self, copied):
        restore = [program("pg_restore", 0), "--no-owner", f"--dbname={self.address}"]
        with subprocess.Popen(
            [program("pg_dump", 0), "-Fc", "-Z0", f"--dbname={copied}"], stdout=subprocess.PIPE
        ) as dump:
            subprocess.run(restore, stdin=dump.stdout, check=True)
        assert dump.returncode == 0

    @property
    def _data(self):
        return self._folder / "data"

    def _do(self, name, *arguments):
        command = [str(Path(program("pg_ctl", 0)).with_name(name)), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(
            command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def cut(self):
        self._do("pg_ctl", "-D", self._data, "-m", "fast", "-w", "stop")

    def crash(self):
        """All its processes die at once, as in a power cut."""
        self._do("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def mend(self):
        where = (
            f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1"
            " -c min_wal_size=32MB -c max_wal_size=64MB"
        )
        self._do(
            *("pg_ctl", "-D", self._data, "-w", "-l", self._folder / "log", "-o", where, "start")
        )

    restart = mend

    def remove(self):
        with suppress(subprocess.CalledProcessError):
            self.crash()


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def children(pid):
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def web_server(server):
    return next(pid for pid in children(server.process.pid) if "gunicorn" in command_of(pid))


def web_processes(server):
    return children(web_server(server))


def background_worker(server):
    """Its number, or None while there is none."""
    for pid in children(server.process.pid):
        if "manage.py worker" in command_of(pid):
            return pid
    return None


def kill_everything(server):
    """kill -9 for the server and all it started."""
    pids = [server.process.pid, *children(server.process.pid), *web_processes(server)]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    server.process.wait(timeout=20)
    server.log.close()
