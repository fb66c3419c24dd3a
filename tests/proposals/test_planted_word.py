"""What colleagues write for each other never reaches those who applied, by any channel.

Words that stand nowhere else are planted in everything internal (planted_case.py). Then every
page, file and search that members of the organisation can reach is read, and every mail to them,
in each part of the life of a case. A word that may be read is found the same way.
"""

import contextlib
import io
import zipfile
from urllib.parse import parse_qs, urlsplit

import pypdf
import pytest
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern
from post_office.models import Email

from offenbach_wir import access
from projects.proposals import case
from projects.proposals.case import State
from projects.proposals.models.reports import Report
from projects.proposals.questions import SectionKey

from .conftest import signed_in
from .planted_case import ALLOWED, PLANTED, STAGES

# What editors and readers can open is less; two parts of a life are enough for them.
LOOKS = [
    *((stage, "owner") for stage in STAGES),
    *((stage, who) for stage in ("to be supplied", "approved") for who in ("editor", "reader")),
]


@pytest.fixture
def planted(request, db):
    return STAGES[request.param]()


# --- Everything members can reach ---------------------------------------------------------------
def patterns(resolver=None, namespaces=(), above="", converters=()):
    """(full name, pattern of the address, names of its values) of every page."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = above + str(entry.pattern)
        values = (*converters, *getattr(entry.pattern, "converters", ()))
        if isinstance(entry, URLPattern):
            yield ":".join([*namespaces, str(entry.name)]), address, values
        else:
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from patterns(entry, inner, address, values)


def addresses(planted):
    """Every address of proposals and of the account that GET opens, filled for this case.

    A page with a value that is not known here fails: say which values there are.
    """
    proposal = planted.proposal
    decisions = [row.key for row in proposal.decisions.all()]
    writers_steps = [step.key for step in case.STEPS.values() if step.actor == case.Actor.WRITERS]
    values = {
        "section": [key for key in SectionKey if key not in ("kosten", "anlagen")],
        "step": writers_steps,
        "format_name": ["csv", "xlsx"],
        "file": [planted.file.key],
        "decision": decisions or ["a" * 26],
        **{name: [1] for name in ("number", "old", "pk")},
        "new": [2],
        "kind": list(Report.Kind),
    }
    for name, pattern, names in patterns():
        is_ours = name.startswith(("proposals:", "account"))
        if not is_ours or not may_be_opened(name):
            continue
        # Secret links and papers of the organisation: nothing of a case lies there.
        if {"secret", "filekey"} & {*names}:
            continue
        of_organisation = "organisation/" in pattern
        key = proposal.applicant.key if of_organisation else proposal.key
        yield from filled(name, names, {**values, "key": [key]}, {})


def may_be_opened(name):
    try:
        return "GET" in access.rule_for(name).methods
    except KeyError:  # what no table names is closed
        return False


def filled(name, names, values, chosen):
    if not names:
        yield reverse(name, kwargs=chosen)
        return
    for value in values[names[0]]:
        yield from filled(name, names[1:], values, {**chosen, names[0]: value})


def texts_of(response):
    """Everything readable in an answer: page, file, files in files, and where it leads."""
    yield response.get("Location", "")
    yield from texts_in(b"".join(response) if response.streaming else response.content)


def texts_in(body):
    yield body.decode("utf-8", "replace")
    if body.startswith(b"PK"):
        with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield name
                yield from texts_in(archive.read(name))
    if body.startswith(b"%PDF"):
        for page in pypdf.PdfReader(io.BytesIO(body)).pages:
            yield page.extract_text()


def everything_for(planted, member):
    """(where, text) of all that this member can open."""
    client = signed_in(planted.people[member])
    searches = [f"/de/suche/?q={word}" for word in PLANTED.values()]
    for address in [*addresses(planted), *searches]:
        response = client.get(address)
        assert response.status_code < 500, address
        asked = parse_qs(urlsplit(address).query).get("q", [""])[0]
        for text in texts_of(response):
            # A search repeats what was asked.
            yield address, text.replace(asked, "") if asked else text


def mails_to(people):
    """(subject, all text) of every mail to one of them."""
    theirs = {person.email for person in people}
    for mail in Email.objects.prefetch_related("attachments"):
        if theirs & set(mail.to):
            texts = [mail.subject, mail.message, mail.html_message, str(mail.context or "")]
            for attachment in mail.attachments.all():
                texts += texts_in(attachment.file.read())
            yield mail.subject, " ".join(texts)


def planted_in(readings):
    return {
        (word, where)
        for where, text in readings
        for word in PLANTED.values()
        if word.casefold() in text.casefold()
    }


# --- The promise --------------------------------------------------------------------------------
@pytest.mark.parametrize(("planted", "member"), LOOKS, indirect=["planted"])
def test_no_page_and_no_file_says_a_planted_word(planted, member):
    assert planted_in(everything_for(planted, member)) == set()


@pytest.mark.parametrize("planted", STAGES, indirect=True)
def test_no_mail_says_a_planted_word(planted):
    mails = list(mails_to(planted.people.values()))
    assert mails
    assert planted_in(mails) == set()


@pytest.mark.parametrize("planted", ["approved"], indirect=True)
def test_reason_of_the_lock_is_not_told_to_those_who_try_a_step(planted):
    planted.lock()
    address = reverse("proposals:step", args=[planted.proposal.key, "accept_grant"])
    sent = {
        "seen": planted.now.step_number,
        "account_holder": "Verein Zusammen e. V.",
        "iban": "DE02120300000000202051",
    }
    page = signed_in(planted.people["owner"]).post(address, sent)
    assert planted.now.state == State.APPROVED
    assert planted_in([(address, page.text)]) == set()


# --- The controls: what is there is found -------------------------------------------------------
@pytest.mark.parametrize("planted", ["reviewed"], indirect=True)
def test_word_that_may_be_read_is_found(planted):
    assert any(ALLOWED in text for _address, text in everything_for(planted, "reader"))


@pytest.mark.parametrize("planted", ["reviewed"], indirect=True)
def test_colleague_reads_the_planted_words(coordinator, planted):
    key = [planted.proposal.key]
    page = coordinator.get(reverse("admin:proposal_case", args=key)).text
    history = coordinator.get(reverse("admin:proposal_history", args=key)).text
    on_the_page = {word for word, _where in planted_in([("", page)])}
    in_the_history = {word for word, _where in planted_in([("", history)])}
    internal = ("note", "check", "conflict", "score", "statement", "label", "lock")
    assert on_the_page >= {PLANTED[name] for name in internal}
    assert in_the_history >= {PLANTED["again"], PLANTED["lock"]}


def test_word_in_a_file_inside_a_file_is_found():
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("plan.txt", ALLOWED)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("plan.xlsx", inner.getvalue())
    assert any(ALLOWED in text for text in texts_in(outer.getvalue()))
