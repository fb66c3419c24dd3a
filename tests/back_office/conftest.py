"""What tests of the back office share: a form as a browser would send it back."""

from html.parser import HTMLParser

import pytest


class _Form(HTMLParser):
    """Collects what a browser would send for the fields of the main form, untouched."""

    def __init__(self):
        super().__init__()
        self.fields = {}
        self._select = self._area = None
        self._inside = False

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "form":
            self._inside = a.get("id", "").endswith("_form")
        if not self._inside or "__prefix__" in (a.get("name") or ""):
            return
        if tag == "input" and a.get("name"):
            self._input(a)
        elif tag == "select":
            self._select = a["name"]
        elif tag == "option" and self._select and "selected" in a:
            self._add(self._select, a.get("value", ""))
        elif tag == "textarea":
            self._area = a["name"]
            self.fields[self._area] = [""]

    def _input(self, a):
        kind = a.get("type", "text")
        if kind in ("submit", "button", "file"):
            return
        if kind not in ("checkbox", "radio") or "checked" in a:
            self._add(a["name"], a.get("value", "on" if kind == "checkbox" else ""))

    def _add(self, name, value):
        self.fields.setdefault(name, []).append(value)

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "form":
            self._inside = False

    def handle_data(self, text):
        if self._area:
            self.fields[self._area][0] += text


@pytest.fixture
def fields_of():
    """fields_of(response) is what the form of that page sends when it is sent back unchanged."""

    def read(response):
        form = _Form()
        form.feed(response.text)
        return form.fields

    return read


@pytest.fixture
def save(fields_of):
    """save(client, path, **changes) opens the form there, changes fields and sends it."""

    def send(client, path, **changes):
        fields = fields_of(client.get(path))
        assert fields, path
        return client.post(path, fields | changes)

    return send
