"""The security headers stand on every kind of answer."""

import pytest
from django.conf import settings as django_settings

from programs.models import Document

KINDS = ("page", "redirect", "not_found", "refused", "admin", "media", "static", "old", "data")


@pytest.fixture
def answer(client, db, settings):
    """answer(kind) is the portal's answer of that kind."""
    settings.WHITENOISE_USE_FINDERS = True

    def ask(kind):
        if kind == "admin":
            client.post("/de/demo/administrator/einsteigen/", {"ok": "1"})
        document = Document.objects.exclude(file="").first()
        paths = {
            "page": ("/de/", 200),
            "redirect": ("/", 302),
            "not_found": ("/de/gibt-es-nicht/", 404),
            "refused": ("/de/%00/", 400),
            "admin": ("/verwaltung/", 200),
            "media": (document.file.url, 200),
            "static": ("/static/js/portal.js", 200),
            "old": ("/wir", 301),
            "data": ("/daten/projekte.json", 200),
        }
        path, status = paths[kind]
        response = client.get(path)
        assert response.status_code == status
        response.getvalue()  # reads a file to its end, which closes it
        return response

    return ask


def directives(response):
    policy = response["Content-Security-Policy"]
    return {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}


@pytest.mark.parametrize("kind", KINDS)
def test_policy_starts_from_nothing(answer, kind):
    policy = directives(answer(kind))
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]


@pytest.mark.parametrize("kind", KINDS)
def test_policy_allows_nothing_inline_and_no_other_host(answer, kind):
    allowed = " ".join(word for words in directives(answer(kind)).values() for word in words)
    assert "unsafe" not in allowed
    assert "http" not in allowed
    assert "*" not in allowed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Embedder-Policy", "require-corp"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
    ],
)
def test_answer_carries_the_header(answer, kind, name, value):
    assert answer(kind)[name] == value


@pytest.mark.parametrize("kind", KINDS)
def test_features_of_the_browser_are_switched_off(answer, kind):
    policy = answer(kind)["Permissions-Policy"]
    for feature in ("camera", "microphone", "geolocation", "payment"):
        assert f"{feature}=()" in policy


@pytest.mark.parametrize("kind", KINDS)
def test_no_other_origin_may_read_an_answer(answer, kind):
    assert "Access-Control-Allow-Origin" not in answer(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_demo_asks_search_engines_to_stay_away(answer, kind):
    assert answer(kind)["X-Robots-Tag"] == "noindex, nofollow"


def test_pages_hold_no_inline_script_or_style(answer):
    page = answer("page").text
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
    assert " onclick=" not in page


def test_form_token_cookie_is_out_of_reach_for_scripts(client, db):
    response = client.get("/de/barriere-melden/")
    cookie = response.cookies[django_settings.CSRF_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_session_cookie_is_out_of_reach_for_scripts(client, db):
    response = client.post("/de/demo/editor/einsteigen/", {"ok": "1"})
    cookie = response.cookies[django_settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
