"""What every answer of the portal keeps to, whatever the address and whoever asks."""

from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse

from offenbach_wir import errors
from offenbach_wir.access import Rule, Who
from offenbach_wir.sessions import is_personal

from . import addresses
from .addresses import AREAS, is_allowed, path_for, rules

ON_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
REFERRERS = {"same-origin", "no-referrer"}
ELSEWHERE = "https://evil.example.net/"
# Its buttons step in as somebody.
HAS_BUTTONS = "demo:index"
# For machines, which know the portal by its number in the network.
ASKED_BY_NUMBER = ("health", "metrics")
# Whoever may see most in a room.
INSIDERS = ("stranger", "applicant", "administrator", "coordinator", "editor")


@pytest.fixture
def ask_without_token(db, settings, monkeypatch):
    """As `ask`, but as a browser that another site sends to us; a refusal says its reason."""
    asked = addresses.asker(settings, monkeypatch, enforce_csrf_checks=True)
    monkeypatch.setattr(
        errors,
        "render",
        lambda _request, _page, context, status: HttpResponse(context["reason"], status=status),
    )
    return asked


def insiders(name, rule):
    return [persona for persona in INSIDERS if is_allowed(persona, name, rule)] or ["stranger"]


def policy_of(response):
    parts = response["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for part in parts if (words := part.split())}


def lacks(response):
    """The headers that are not as they have to be."""
    found = [name for name, value in ON_EVERY_ANSWER.items() if response.get(name) != value]
    policy = policy_of(response) if response.has_header("Content-Security-Policy") else {}
    if policy.get("default-src") != ["'none'"] or policy.get("frame-ancestors") != ["'none'"]:
        found.append("Content-Security-Policy")
    if response.get("Referrer-Policy") not in REFERRERS:
        found.append("Referrer-Policy")
    if "noindex" not in response.get("X-Robots-Tag", ""):  # this is the demo
        found.append("X-Robots-Tag")
    if not response.has_header("Permissions-Policy"):
        found.append("Permissions-Policy")
    return found


@pytest.mark.parametrize("area", AREAS)
def test_every_header_stands_on_every_answer(area, ask, row_of):
    wrong = []
    for name, rule in rules(area):
        path = path_for(name, rule, row_of)
        for persona in insiders(name, rule):
            for method in ("GET", "POST"):
                response = ask(persona, method, path)
                wrong += [(name, persona, method, header) for header in lacks(response)]
    assert wrong == []


@pytest.mark.parametrize("area", AREAS)
def test_what_belongs_to_a_person_is_kept_by_no_cache(area, ask, row_of):
    wrong = []
    for name, rule in rules(area):
        path = path_for(name, rule, row_of)
        if not is_personal(path):
            continue
        for persona in insiders(name, rule):
            kept = ask(persona, "GET", path).get("Cache-Control", "")
            if "no-store" not in kept or "public" in kept:
                wrong.append((name, persona, kept))
    assert wrong == []


@pytest.mark.parametrize("area", AREAS)
def test_pages_that_are_only_read_set_no_cookie(area, ask, row_of):
    wrong = []
    for name, rule in rules(area):
        if rule == Rule(Who.ANYONE) and name != HAS_BUTTONS:
            response = ask("stranger", "GET", path_for(name, rule, row_of))
            wrong += [(name, cookie) for cookie in response.cookies]
    assert wrong == []


@pytest.mark.parametrize("area", AREAS)
def test_no_address_leads_to_another_host(area, ask, row_of):
    wrong = []
    for name, rule in rules(area):
        path = path_for(name, rule, row_of)
        for persona in insiders(name, rule):
            asked = f"{path}?next={ELSEWHERE}&continue={ELSEWHERE}&url={ELSEWHERE}"
            location = ask(persona, "GET", asked).get("Location", "")
            if urlsplit(location).hostname not in (None, "testserver", "localhost"):
                wrong.append((name, persona, location))
    assert wrong == []


@pytest.mark.parametrize("area", AREAS)
def test_a_foreign_host_name_is_refused_and_never_repeated(area, ask, row_of):
    wrong = []
    for name, rule in rules(area):
        response = ask(
            "stranger", "GET", path_for(name, rule, row_of), HTTP_HOST="evil.example.net"
        )
        body = b"" if response.streaming else response.content
        if name not in ASKED_BY_NUMBER and response.status_code != 400:
            wrong.append((name, response.status_code))
        if b"evil.example.net" in body or "evil.example.net" in response.get("Location", ""):
            wrong.append((name, "repeats it"))
    assert wrong == []


@pytest.mark.parametrize("area", AREAS)
def test_nothing_is_changed_for_who_was_sent_by_another_site(area, ask_without_token, row_of):
    wrong = []
    for name, rule in rules(area):
        path = path_for(name, rule, row_of)
        for method in set(rule.methods) - {"GET"}:
            for persona in insiders(name, rule):
                response = ask_without_token(persona, method, path)
                if (response.status_code, response.content) != (403, b"csrf"):
                    wrong.append((name, persona, method, response.status_code))
    assert wrong == []
