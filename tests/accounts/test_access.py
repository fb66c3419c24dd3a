"""The table of rights against every address of the portal, asked as everybody."""

import datetime

import pytest
from django.apps import apps
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern

from offenbach_wir import access, second_factor
from offenbach_wir.access import RecordRule, Who
from offenbach_wir.models import (
    Erasure,
    Event,
    FoundLink,
    Invitation,
    JobRun,
    LegalHold,
    MailText,
    QueuedMail,
    User,
)
from offenbach_wir.roles import ROLES
from offenbach_wir.sessions import is_personal
from programs.models import Office, Page
from projects.models import Organisation, Project
from tests.back_office.rows import MAKERS

from .conftest import make_user

NEXT_YEAR = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
OTHERS = {
    "offenbach_wir.invitation": lambda: Invitation.objects.create(
        email="x@example.org", name="X", secret_hash="x", expires_at=NEXT_YEAR
    ),
    "offenbach_wir.event": lambda: Event.objects.create(kind=Event.Kind.LOG_IN),
    "offenbach_wir.erasure": lambda: Erasure.objects.create(reference="L-AAAAAA", person="x"),
    "offenbach_wir.foundlink": lambda: FoundLink.objects.create(
        subject_type="programs.page", subject_id=1, url="https://example.org/"
    ),
    "offenbach_wir.jobrun": lambda: JobRun.objects.create(name="x", due_at=NEXT_YEAR),
    "offenbach_wir.legalhold": lambda: LegalHold.objects.create(
        subject_type="offenbach_wir.barrierreport", subject_id=1, reason="X"
    ),
    "offenbach_wir.mailtext": lambda: MailText.objects.create(
        template="barrier_report", language="de"
    ),
    "offenbach_wir.queuedmail": lambda: QueuedMail.objects.create(
        cause="x", template="barrier_report", language="de"
    ),
}


def _walk(resolver, namespaces=()):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield ":".join([*namespaces, str(entry.name)]), entry.pattern
        else:
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry, inner)


PATTERNS = dict(_walk(get_resolver()))
NAMES = sorted(PATTERNS)
ACCOUNT = {name for name in NAMES if name.startswith(("account", "mfa_", "invitation", "usersess"))}
PERSONAS = ("stranger", "applicant", "newcomer", *ROLES)
# Pages of a thing that is not among the examples: 404 for everybody alike.
ABOUT_A_THING = {
    *("demo:mail", "demo:mail_attachment", "media", "sitemap", "barrier_reported"),
    *("programs:focus_area", "programs:funding_line", "projects:date_calendar", "admin:waiting"),
    *("mfa_deactivate_totp", "mfa_edit_webauthn", "mfa_remove_webauthn"),
    *("mfa_view_recovery_codes", "mfa_download_recovery_codes"),
}
# What only some records have: a public page, a bin, a second language, an older version.
NOT_FOR_EACH = ("_preview", "_restore", "_delete_translation", "_restore_version")
# Closed for everybody by the records themselves, whatever the table allows.
NARROWED = {
    *("admin:offenbach_wir_user_add", "admin:offenbach_wir_invitation_change"),
    *("admin:programs_office_add", "admin:offenbach_wir_erasure_add", "account_delete"),
    # They only lead on.
    *("admin:login", "mfa_login_webauthn", "admin:autocomplete"),
}


@pytest.fixture
def row_of(db):
    """row_of(label) is one record of that kind; made where the examples have none."""

    def get(label):
        app, model = label.split(".")
        if label == "programs.office":
            return Office.objects.get()
        if label == "programs.page":
            return Page.objects.get(key="impressum")
        if label in MAKERS:
            return MAKERS[label](1)
        found = apps.get_model(app, model)._default_manager.first()
        return found or OTHERS[label]()

    return get


class Personas(dict):
    """Signs somebody in when she is first asked for."""

    def __missing__(self, persona):
        client = self[persona] = Client()
        if persona in ROLES:
            client.force_login(User.objects.get(email=ROLES[persona].demo_email))
            session = client.session
            session[second_factor.TAKEN_AS_GIVEN] = True
            session.save()
        elif persona == "applicant":
            client.force_login(make_user("verein@example.org"))
        elif persona == "newcomer":
            client.force_login(make_user("neu@example.org", "editor"))
        return client


@pytest.fixture
def personas(db):
    return Personas()


def reverse_of(name):
    """Where the address lies, as far as its area goes."""
    start = "/de/konto/" if name in ACCOUNT else "/verwaltung/" if name.startswith("admin:") else ""
    return start or "/de/"


def label_for(name):
    return access.label_of(name)


def path_for(name, rule, row_of):
    """An address of that name that leads to something there is."""
    values = {
        **{"app_label": "projects", "model_name": "project", "section": "seiten", "name": "x.png"},
        **{"secret": "x" * 43, "reference": "B-AAAAAA", "role": "editor", "url": "gibt-es-nicht/"},
        **{"language": "de", "template": "barrier_report", "key": "impressum", "attachment": 1},
        **{"step": "sitzungen-beenden", "pk": 1, "slug": "gibt-es-nicht", "source": "record"},
        **{"version": 1, "content_type_id": 1, "object_id": 1},
    }
    if isinstance(rule, RecordRule):
        row = row_of(label_for(name))
        values |= {"object_id": row.pk, "pk": row.pk, "key": "archive"}
    if name in ("projects:organisation", "projects:write_to", "projects:written_to"):
        values["slug"] = Organisation.objects.listed().exclude(email="").first().slug
    if name.startswith("projects:d"):
        values["slug"] = Project.objects.published().first().slug
    wanted = PATTERNS[name].regex.groupindex if hasattr(PATTERNS[name], "regex") else {}
    converters = getattr(PATTERNS[name], "converters", None) or wanted
    arguments = {key: values[key] for key in converters}
    if name.endswith("_delete_translation"):
        made = MAKERS.get(label_for(name))
        return reverse(name, args=[made(2).pk if made else values["object_id"], "en"])
    if name == "admin:None":
        return "/verwaltung/gibt-es-nicht/"
    return reverse(name, kwargs=arguments)


def ask(client, method, path):
    response = client.generic(method, path)
    # Not response.close(): that would also close the connection of the test's transaction.
    for close_file in response._resource_closers:
        close_file()
    return response


REFUSED = (403, 404, 405)
ELSEWHERE = ("/konto/anmelden/", "/konto/sicherheit/", "/verwaltung/login/")


NOTHING = ("/de/konto/", "/de/konto/adresse/", "/de/konto/einladung/", "/verwaltung/")


def is_led_away(response):
    """Led to signing in or to adding a second factor, with whatever comes behind the address."""
    return response.status_code == 302 and any(
        place in response["Location"].partition("?")[0] for place in ELSEWHERE
    )


def is_refused(response):
    return response.status_code in REFUSED or is_led_away(response)


def gets_nothing(response):
    """Refused, or led to the own account or the start page."""
    return is_refused(response) or response.get("Location", "") in NOTHING


def is_allowed(persona, name, rule):
    if isinstance(rule, RecordRule):
        if persona not in ROLES:
            return False
        return rule.action in ROLES[persona].permissions.get(label_for(name), ())
    if rule.who is Who.ANYONE:
        # Staff without a second factor is led to adding one from every page of a person.
        may_leave = name in second_factor.ENROLMENT
        return persona != "newcomer" or may_leave or not is_personal(reverse_of(name))
    if rule.who is Who.SIGNED_IN:
        enrolling = persona == "newcomer" and name in second_factor.ENROLMENT
        return persona == "applicant" or persona in ROLES or enrolling
    return rule.who is Who.STAFF and persona in ROLES


@pytest.mark.parametrize("name", NAMES)
def test_address_is_in_the_table(name):
    assert access.rule_for(name).methods


@pytest.mark.parametrize("name", NAMES)
def test_address_is_closed_to_all_whom_the_table_does_not_name(name, personas, row_of):
    rule = access.rule_for(name)
    path = path_for(name, rule, row_of)
    for persona in PERSONAS:
        if is_allowed(persona, name, rule):
            continue
        for method in rule.methods:
            response = ask(personas[persona], method, path)
            assert gets_nothing(response), (persona, method, path, response.status_code)


@pytest.mark.parametrize("name", NAMES)
def test_address_is_open_to_all_whom_the_table_names(name, personas, row_of):
    rule = access.rule_for(name)
    if "GET" not in rule.methods or name in NARROWED:
        return
    path = path_for(name, rule, row_of)
    open_to = [persona for persona in PERSONAS if is_allowed(persona, name, rule)]
    answers = {persona: ask(personas[persona], "GET", path) for persona in open_to}
    is_missing = {r.status_code for r in answers.values()} == {404}
    if is_missing and (name in ABOUT_A_THING or name.endswith(NOT_FOR_EACH)):
        return
    refused = [persona for persona, response in answers.items() if is_refused(response)]
    assert not refused, (path, {p: answers[p].status_code for p in refused})


@pytest.mark.parametrize("name", NAMES)
def test_address_takes_no_method_that_the_table_does_not_name(name, client, row_of):
    rule = access.rule_for(name)
    path = path_for(name, rule, row_of)
    for method in {"POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"} - set(rule.methods):
        response = ask(client, method, path)
        assert response.status_code == 405, method


def test_address_that_is_in_no_table_is_closed(client, db, monkeypatch):
    monkeypatch.delitem(access.ADDRESSES, "home")
    assert client.get("/de/").status_code == 404


def test_open_page_of_an_invitation_shows_nothing_without_the_link(client, db):
    Invitation.objects.all().delete()
    assert client.get("/de/konto/einladung/").status_code == 404


def test_draft_is_not_found_by_the_public(client, db):
    page = Page.objects.get(key="impressum")
    page.state = Page.State.DRAFT
    page.save()
    assert client.get("/de/impressum/").status_code == 404
