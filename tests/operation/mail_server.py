"""A mail server as seen by the portal: it takes mails, or has one of the troubles they have."""

import socketserver
import threading
from email import message_from_bytes, policy


class _Handler(socketserver.StreamRequestHandler):
    timeout = 30

    def handle(self):
        trouble = self.server.owner.trouble
        if trouble == "hangs up":
            return
        self._say("220 mail.example.org")
        while line := self.rfile.readline():
            word = line.split()[0].upper().decode() if line.split() else ""
            if word == "DATA":
                self._say("354 go ahead")
                self._take()
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 mail.example.org")

    def _take(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        owner = self.server.owner
        if owner.trouble == "falls silent":
            owner.silent.set()
            owner.released.wait(30)
            return
        owner.received.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self._say("250 taken")

    def _say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request, client_address):
        """The portal was killed in the middle, as some tests want it."""


class MailServer:
    """`trouble` is "", "hangs up" (at once) or "falls silent" (after the mail)."""

    def __init__(self):
        self.trouble, self.received, self.port = "", [], 0
        self.silent, self.released = threading.Event(), threading.Event()

    def open(self):
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.owner = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def close(self):
        """Nobody answers at the address any more."""
        self._server.shutdown()
        self._server.server_close()
