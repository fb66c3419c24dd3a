"""What tests of proposals share: accounts that look on, and forms sent back as a browser does."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from tests.factories import make_account, make_applicant, make_proposal


class _Form(HTMLParser):
    """Collects what a browser would send for the form that saves by itself, untouched."""

    def __init__(self):
        super().__init__()
        self.fields = {}
        self._inside = self._is_template = False
        self._select = self._area = None

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "form":
            self._inside = "data-saves-itself" in a
        if tag == "template":
            self._is_template = True
        if not self._inside or self._is_template:
            return
        if tag == "input" and a.get("name"):
            self._input(a)
        elif tag == "select":
            self._select = a["name"]
        elif tag == "option" and self._select and "selected" in a:
            self._add(self._select, a.get("value", ""))
        elif tag == "textarea":
            self._area = a["name"]
            self._add(self._area, "")

    def _input(self, a):
        is_choice = a.get("type") in ("checkbox", "radio")
        if not is_choice or "checked" in a:
            self._add(a["name"], a.get("value", "on" if is_choice else ""))

    def _add(self, name, value):
        self.fields.setdefault(name, []).append(value)

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "template":
            self._is_template = False
        elif tag == "form":
            self._inside = False

    def handle_data(self, text):
        if self._area and self._inside:
            self.fields[self._area][-1] += text


def fields_of(page):
    """What the writing form of that page sends when it is sent back unchanged."""
    form = _Form()
    form.feed(page.text)
    # The line break after <textarea> belongs to the page, not to the text.
    return {name: [v.removeprefix("\n") for v in values] for name, values in form.fields.items()}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(proposal, page=""):
    return f"/de/antraege/{proposal.key}/{page}"


class Writer:
    """Somebody at one page of a proposal, who has opened it and changes something."""

    def __init__(self, client, path):
        self.client, self.path = client, path
        page = client.get(path)
        assert page.status_code == 200, page.status_code
        self.fields = fields_of(page)

    def save(self, **changes):
        """With the fields as the page showed them, some of them changed."""
        return self.client.post(self.path, self.fields | changes)

    def save_by_itself(self, **changes):
        """As the script of the page does while somebody types."""
        sent = self.fields | changes
        return self.client.post(self.path, sent, headers={"X-Saves-Itself": "yes"})

    def save_again(self, page, **changes):
        """What the answer shows is sent, some of it changed."""
        self.fields = fields_of(page)
        return self.save(**changes)


@pytest.fixture
def owner(client, db):
    user = make_account("ada@example.org", name="Ada Beispiel")
    client.force_login(user)
    return user


@pytest.fixture
def applicant(owner):
    return make_applicant(owner)


@pytest.fixture
def proposal(applicant):
    """A draft of the signed-in owner, in which nothing was written."""
    return make_proposal(applicant)


@pytest.fixture
def coordinator(db):
    client = Client()
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    return client
