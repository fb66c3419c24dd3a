"""Visitors without a browser: many at once, each with cookies and an address of its own."""

import copy
import gzip
import http.client
import re
import secrets
import threading
from contextlib import closing
from dataclasses import dataclass, field
from email.message import Message
from html import unescape
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str
    headers: Message = field(default_factory=Message, compare=False)

    @property
    def times(self):
        """The times on the page that can be chosen, as its buttons say them."""
        return [unescape(t) for t in re.findall(r'name="time" value="([^"]+)"', self.text)]

    @property
    def alternatives(self):
        """Those of them that a page of refusal offers first."""
        _before, _mark, problem = self.text.partition("data-error-summary>")
        return Answer(self.status, "", problem.partition("</div>")[0]).times


class Visitor:
    """Behind the portal's one trusted proxy, so that the address is what this visitor says."""

    csrf_cookie = "csrf"

    def __init__(self, port, number=0):
        self._port = port
        self.address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        # A key of one's own choice in cookie and form is what the check of forms asks for; signing
        # in gives another one.
        self.cookies = {self.csrf_cookie: secrets.token_hex(16)}

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, **fields):
        body = urlencode(
            fields | {"csrfmiddlewaretoken": self.cookies[self.csrf_cookie]}, doseq=True
        )
        return self._ask("POST", path, body)

    def in_another_window(self):
        """The same visitor once more: the same address, the cookies of now."""
        return copy.copy(self)

    def _connect(self):
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)

    def _headers(self):
        return {
            "Accept-Encoding": "gzip",
            "X-Forwarded-For": self.address,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }

    def _ask(self, method, path, body=None):
        headers = self._headers()
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(self._connect()) as connection:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        if response.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        set_now = [line.partition(";")[0] for line in response.headers.get_all("Set-Cookie", [])]
        self.cookies = self.cookies | dict(pair.split("=", 1) for pair in set_now)
        location = response.headers.get("Location", "")
        return Answer(response.status, location, content.decode(), response.headers)


def at_once(works):
    """What each of the works returned, in their order; all of them begin together.

    An error in one is raised here.
    """
    start = threading.Barrier(len(works))
    results = [None] * len(works)

    def run(n, work):
        start.wait()
        try:
            results[n] = work()
        except Exception as error:
            results[n] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results
