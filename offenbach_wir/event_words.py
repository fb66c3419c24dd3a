"""What an event of the audit trail holds beside its kind, in the words of the reader."""

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from projects.proposals import case

from . import access, record_names
from .retention import After
from .roles import ROLES

WAYS = {
    "code": gettext_lazy("with a code by e-mail"),
    "factor": gettext_lazy("at the second factor"),
}
FORMATS = {"csv": "CSV", "xlsx": "Excel"}
SCOPES = {
    "barrier": gettext_lazy("barrier reports"),
    "organisation_message": gettext_lazy("messages to organisations"),
    "search": gettext_lazy("searches"),
    "sign_in": gettext_lazy("signing in"),
    "code_here": gettext_lazy("codes by e-mail"),
    "code_elsewhere": gettext_lazy("codes by e-mail"),
    "export": gettext_lazy("downloads"),
    "link_check": gettext_lazy("link checks"),
    "demo": gettext_lazy("demo"),
    "booking": gettext_lazy("bookings of talks"),
    "booking_contact": gettext_lazy("bookings with one address"),
    "booking_link": gettext_lazy("links of bookings"),
    "calendar_feed": gettext_lazy("calendar feeds"),
    "organisation": gettext_lazy("registering organisations"),
    "member_invitation": gettext_lazy("invitations of members"),
}
# What members of an organisation may do.
MEMBER_ROLES = {
    "editor": gettext_lazy("may write"),
    "reader": gettext_lazy("may read"),
}
# What was changed at a case beside its steps.
CHANGES = {
    "assigned": gettext_lazy("given to somebody"),
    "followed": gettext_lazy("followed"),
    "unfollowed": gettext_lazy("no longer followed"),
    "labels": gettext_lazy("labels"),
    "note": gettext_lazy("internal note"),
    "locked": gettext_lazy("locked"),
    "unlocked": gettext_lazy("unlocked"),
    "checklist": gettext_lazy("formal check"),
    "declared": gettext_lazy("declaration on conflicts of interest"),
    "scored": gettext_lazy("scores"),
    "statement": gettext_lazy("statement of the city"),
    "change_asked": gettext_lazy("notice of a change"),
    "change_agreed": gettext_lazy("agreed to a change"),
    "change_refused": gettext_lazy("change refused"),
    "interim_report": gettext_lazy("interim report handed in"),
    "money_asked_for": gettext_lazy("request for money"),
    "money_paid": gettext_lazy("payment noted"),
    "money_refused": gettext_lazy("request for money refused"),
    "case_file": gettext_lazy("file of the case downloaded"),
    "early_start": gettext_lazy("permission of an early start"),
    "amendment_prepared": gettext_lazy("amendment of the grant prepared"),
    "amendment": gettext_lazy("amendment of the grant in force"),
    "amendment_dropped": gettext_lazy("amendment of the grant taken back"),
    "project": gettext_lazy("public project"),
    "pictures": gettext_lazy("pictures for the public project"),
}
STEPS = {
    "booked": gettext_lazy("booked for a caller"),
    "confirmed": gettext_lazy("confirmed"),
    "moved": gettext_lazy("moved"),
    "cancelled": gettext_lazy("cancelled"),
    "address renewed": gettext_lazy("address renewed"),
    "address removed": gettext_lazy("address removed"),
}


def about(event):
    """The record of the event, as a link where it has a form."""
    if not event.subject_type:
        return "–"
    name = record_names.name_of(event.subject_type, event.subject_id)
    app, _dot, model = event.subject_type.partition(".")
    try:
        address = reverse(f"admin:{app}_{model}_change", args=[event.subject_id])
    except NoReverseMatch:
        return name
    return format_html('<a href="{}">{}</a>', address, name)


def details(event):
    """Everything of the detail as short sentences; what nobody has words for stays as it is."""
    detail = dict(event.detail)
    said = []
    if "record" in detail and "number" in detail:
        said.append(record_names.name_of(detail.pop("record"), detail.pop("number")))
    for key, value in detail.items():
        sentence = WORDS.get(key, _as_it_is)(key, value)
        if sentence:
            said.append(str(sentence))
    return "; ".join(said) or "–"


def _as_it_is(key, value):
    return f"{key}: {value}"


def _roles(keys):
    return ", ".join(str(ROLES[key].name) if key in ROLES else key for key in keys)


def _named_roles(sentence):
    def words(_key, value):
        return str(sentence) % {"roles": _roles(value)} if value else ""

    return words


def _number(_key, n):
    return ngettext("%(n)s device", "%(n)s devices", n) % {"n": n}


def _rows(_key, n):
    return ngettext("%(n)s entry", "%(n)s entries", n) % {"n": n}


def _counts(_key, counts):
    """{label: how many}, without what there was nothing of."""
    return ", ".join(
        f"{record_names.list_of(label)}: {n}" for label, n in counts.items() if n
    ) or _("nothing was kept")


def _what(_key, value):
    if value in After.values:
        return str(After(value).label)
    return _("data of one person") if value == "one person" else value


def _account(sentence):
    return lambda _key, number: str(sentence) % {"n": number} if number else ""


def _keys(sentence):
    return lambda _key, numbers: (
        str(sentence) % {"n": ", ".join(map(str, numbers))} if numbers else ""
    )


def _page(_key, name):
    """Which list a refused address belongs to; its name in code where it belongs to none."""
    try:
        label = access.label_of(name)
    except ValueError:
        label = name
    return _("Page: %(page)s") % {"page": record_names.list_of(label)} if name else ""


def _step(_key, value):
    """What was done: a step of a talk, of a calendar, or of a case."""
    if value in case.STEPS:
        return _("Step: %(step)s") % {"step": case.STEPS[value].words}
    return capfirst(str(STEPS.get(value, value)))


def _state(sentence):
    """The state of a case, or whatever else was there before and after."""

    def words(_key, value):
        if value in ("", None):
            return ""
        is_state = value in case.State.values
        return str(sentence) % {"value": case.State(value).label if is_state else value}

    return words


def _from(words):
    return lambda _key, value: capfirst(str(words.get(value, value)))


WORDS = {
    "roles": _named_roles(gettext_lazy("Roles: %(roles)s")),
    "added": _named_roles(gettext_lazy("Roles given: %(roles)s")),
    "removed": _named_roles(gettext_lazy("Roles taken away: %(roles)s")),
    "by": _from(WAYS),
    "n": _number,
    "rows": _rows,
    "counts": _counts,
    "again": lambda _key, value: _("again, after a backup was restored") if value else "",
    "record": lambda _key, value: record_names.list_of(value),
    "model": lambda _key, value: record_names.list_of(value),
    "format": _from(FORMATS),
    "scope": _from(SCOPES),
    "step": _step,
    "number": lambda _key, n: _("Number of the step: %(n)s") % {"n": n},
    "old": _state(gettext_lazy("before: %(value)s")),
    "new": _state(gettext_lazy("after: %(value)s")),
    "what": _what,
    "version": lambda _key, number: _("Version %(n)s") % {"n": number},
    "unsent": lambda _key, _value: _("changes not handed in were laid aside"),
    # It stands at the version itself.
    "checksum": lambda _key, _value: "",
    "member": lambda _key, number: _("Member: account %(n)s") % {"n": number},
    "role": _from(MEMBER_ROLES),
    "address": _page,
    "change": _from(CHANGES),
    "person": _account(gettext_lazy("To: account %(n)s")),
    "before": _account(gettext_lazy("Before: account %(n)s")),
    "labels_added": _keys(gettext_lazy("Labels added: %(n)s")),
    "labels_removed": _keys(gettext_lazy("Labels removed: %(n)s")),
    "note": lambda _key, number: record_names.name_of("proposals.note", number),
    "pictures": _keys(gettext_lazy("Pictures: %(n)s")),
    # Which ones, not how: results and points are read at the case alone.
    "points": _keys(gettext_lazy("Points of the check: %(n)s")),
    "scores": _keys(gettext_lazy("Criteria: %(n)s")),
}
