"""Every address of the portal, asked as everybody.

One test asks all addresses of one area as everybody, because signing in and making records takes
longer than asking; what an answer changed is undone before the next question. Fixtures `row_of` and
`ask` are handed on by conftest.py.
"""

import datetime
import time
from http.cookies import SimpleCookie

from django.apps import apps
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern

from consultations.models import AdviceCount, CalendarFeed, Coordinator, OpenedHoliday
from offenbach_wir import access, errors, second_factor
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
from offenbach_wir.sessions import BEGAN, SEEN, is_personal
from programs.models import Office, Page
from projects.models import Organisation, Project
from projects.proposals.models import CaseCount
from tests.back_office.rows import MAKERS
from tests.factories import make_submitted_proposal, make_talk, make_waiting_entry

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
    "consultations.booking": lambda: make_talk(),
    "consultations.waitingentry": lambda: make_waiting_entry(),
    "consultations.openedholiday": lambda: OpenedHoliday.objects.create(date=NEXT_YEAR),
    "consultations.calendarfeed": lambda: CalendarFeed.objects.create(
        coordinator=Coordinator.objects.first()
    ),
    "proposals.proposal": lambda: make_submitted_proposal(),
    "consultations.advicecount": lambda: AdviceCount.objects.create(
        month=NEXT_YEAR, concern="x", language="de", channel="phone", outcome="attended"
    ),
    "proposals.casecount": lambda: CaseCount.objects.create(year=2099, line="x", state="closed"),
}


def _walk(resolver, namespaces=(), above=()):
    """(full name, names of the values its address is made of), those of includes too."""
    for entry in resolver.url_patterns:
        values = (*above, *_values_in(entry.pattern))
        if isinstance(entry, URLPattern):
            yield ":".join([*namespaces, str(entry.name)]), values
        else:
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry, inner, values)


def _values_in(pattern):
    named = pattern.regex.groupindex if hasattr(pattern, "regex") else {}
    return getattr(pattern, "converters", None) or named


PATTERNS = dict(_walk(get_resolver()))
NAMES = sorted(PATTERNS)
ACCOUNT = {name for name in NAMES if name.startswith(("account", "mfa_", "invitation", "usersess"))}
PERSONAS = ("stranger", "applicant", "newcomer", *ROLES)
METHODS = {"POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"}


def area_of(name):
    space, _colon, rest = name.rpartition(":")
    if space == "admin":
        app = rest.partition("_")[0]
        return f"admin:{app}" if app in {"programs", "projects", "consultations"} else "admin"
    return "account" if name in ACCOUNT else space or "portal"


def _is_about_an_own_thing(name):
    """Nobody here belongs to an organisation; tests/proposals asks who may do what in one."""
    return name.startswith("proposals:") and "key" in PATTERNS[name]


AREAS = {area: [name for name in NAMES if area_of(name) == area] for area in map(area_of, NAMES)}
# Pages of a thing that is not among the examples: 404 for everybody alike.
ABOUT_A_THING = {
    *("demo:mail", "demo:mail_attachment", "media", "sitemap", "barrier_reported"),
    *("programs:focus_area", "programs:funding_line", "projects:date_calendar", "admin:waiting"),
    *("mfa_deactivate_totp", "mfa_edit_webauthn", "mfa_remove_webauthn"),
    *("mfa_view_recovery_codes", "mfa_download_recovery_codes"),
    *filter(_is_about_an_own_thing, NAMES),
    *("admin:proposal_file", "admin:proposal_version_differences", "admin:proposal_version_pdf"),
    *("admin:proposal_decision_letter", "admin:proposal_amendment", "admin:handover"),
    *("admin:handover_preview_letter", "admin:handover_zip", "admin:handover_letter"),
    *("admin:proposal_change", "admin:proposal_change_agree", "admin:proposal_change_refuse"),
    *("admin:proposal_step", "admin:proposal_pictures"),
    *("admin:proposal_report", "admin:proposal_pay", "admin:proposal_refuse_payment"),
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


def rows():
    """rows()(label) is one record of that kind; made where the examples have none."""
    made = {}

    def get(label):
        if label not in made:
            made[label] = make_row(label)
        return made[label]

    return get


def make_row(label):
    app, model = label.split(".")
    if label == "programs.office":
        return Office.objects.get()
    if label == "programs.page":
        return Page.objects.get(key="impressum")
    if label in MAKERS:
        return MAKERS[label](1)
    found = apps.get_model(app, model)._default_manager.first()
    return found or OTHERS[label]()


def signed_in(persona, **client_options):
    client = Client(**client_options)
    if persona == "stranger":
        return client
    users = {
        "applicant": lambda: make_user("verein@example.org"),
        "newcomer": lambda: make_user("neu@example.org", "editor"),
    }
    find = users.get(persona) or (lambda: User.objects.get(email=ROLES[persona].demo_email))
    client.force_login(find())
    session = client.session
    session[BEGAN] = session[SEEN] = int(time.time())
    if persona in ROLES:
        session[second_factor.TAKEN_AS_GIVEN] = True
    session.save()
    return client


def asker(settings, monkeypatch, **client_options):
    """asker(…)(persona, method, path, data) is the answer; what it changed is undone, as are its
    cookies.
    """
    # A refusal is asked for thousands of times; what its page looks like is tested elsewhere.
    monkeypatch.setattr(errors, "render", lambda *args, status: HttpResponse(status=status))
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *args, **kwargs: None)
    # How often a page asks the database is asked elsewhere.
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "zeal" not in name]
    clients = {persona: signed_in(persona, **client_options) for persona in PERSONAS}
    cookies = {
        persona: {name: cookie.value for name, cookie in client.cookies.items()}
        for persona, client in clients.items()
    }

    def answer(persona, method, path, **headers):
        client = clients[persona]
        before = transaction.savepoint()
        response = client.generic(method, path, **headers)
        # Not response.close(): that would also close the connection of the test's transaction.
        for close_file in response._resource_closers:
            close_file()
        transaction.savepoint_rollback(before)
        client.cookies = SimpleCookie(cookies[persona])
        return response

    return answer


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
        **{"old": 1, "new": 2, "number": 1, "kind": "proof"},
        **{"version": 1, "content_type_id": 1, "object_id": 1, "day": "2099-01-01"},
    }
    if isinstance(rule, RecordRule):
        # What is given at a case (scores, declarations) has the address of the case.
        is_case = name.startswith("admin:proposal_")
        row = row_of("proposals.proposal" if is_case else label_for(name))
        values |= {"object_id": row.pk, "pk": row.pk, "key": "archive"}
        if row._meta.label_lower == "proposals.proposal":
            values |= {"key": row.key, "file": "a" * 26, "decision": "a" * 26}
    if name in ("projects:organisation", "projects:write_to", "projects:written_to"):
        values["slug"] = Organisation.objects.listed().exclude(email="").first().slug
    if name.startswith("proposals:"):
        values |= dict.fromkeys(("key", "file", "filekey", "decision"), "a" * 26)
        values |= {"section": "idee", "format_name": "csv"}
    if name.startswith("consultations:"):
        values |= {"reference": "T-AAAAAAA", "token": "x" * 40}
    if name.startswith("projects:d"):
        values["slug"] = Project.objects.published().first().slug
    arguments = {key: values[key] for key in PATTERNS[name]}
    if name.endswith("_delete_translation"):
        made = MAKERS.get(label_for(name))
        return reverse(name, args=[made(2).pk if made else values["object_id"], "en"])
    if name == "admin:None":
        return "/verwaltung/gibt-es-nicht/"
    return reverse(name, kwargs=arguments)


REFUSED = (403, 404, 405, 410)
ELSEWHERE = ("/konto/anmelden/", "/konto/sicherheit/", "/verwaltung/login/")


NOTHING = (
    *("/de/konto/", "/de/konto/adresse/", "/de/konto/einladung/", "/verwaltung/"),
    "/de/antraege/einladung/",
    # Buttons of an entry of the waiting list lead on, whether there is one or not.
    *("/de/beratung/warteliste/eintrag/", "/de/beratung/warteliste/verlassen/fertig/"),
)


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


def rules(area):
    return [(name, access.rule_for(name)) for name in AREAS[area]]
