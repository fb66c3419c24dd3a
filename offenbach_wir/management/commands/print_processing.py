"""Prints the list of processing activities (Art. 30 GDPR) from the registries:

WIR_MODE=demo python manage.py print_processing > docs/officers/verarbeitungen.md
"""

from django.core.management.base import BaseCommand
from django.db.models import DateField
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext

from offenbach_wir import jobs, retention
from offenbach_wir.backup.rotation import Plan
from offenbach_wir.erasure import period_of
from offenbach_wir.processing import ACTIVITIES, UNNAMED
from offenbach_wir.retention import After
from offenbach_wir.roles import ROLES

# What a job of its own deletes before the nightly one comes.
SOONER = {
    "lapsed_bookings": "Reservierungen, aus denen keine Buchung wurde",
    "expired_sessions": "beendete Sitzungen",
    "rate_limit_windows": "gezählte Anfragen",
}


class Command(BaseCommand):
    help = "Prints the list of processing activities (Markdown, German)."

    def handle(self, *args, **options):
        with translation.override("de"):
            self.stdout.write(page(), ending="")


def page():
    kept = retention.registry()
    return render_to_string(
        "officers/processing.md",
        {
            "job": jobs.title_of("retention"),
            "when": f"täglich {_time_of('retention')} Uhr",
            "sooner": [(jobs.title_of(name), what) for name, what in SOONER.items()],
            "versions": f"{retention.VERSIONS_KEPT.days // 365} Jahren",
            "backups": Plan(),
            "activities": [_activity(activity, kept) for activity in ACTIVITIES],
        },
    )


def _time_of(name):
    return jobs.registered()[name].schedule.time.strftime("%H:%M")


def _activity(activity, kept):
    records = [kept[label] for label in activity.records]
    return {
        "title": activity.title,
        "people": activity.people,
        "recipients": activity.recipients,
        "sensitive": activity.sensitive,
        "purposes": _once(str(record.purpose) for record in records),
        "bases": _once(str(record.basis) for record in records),
        "roles": [
            str(role.name)
            for role in ROLES.values()
            if any("view" in role.permissions.get(label, ()) for label in activity.records)
        ],
        "records": _lines(records),
    }


def _once(texts):
    return list(dict.fromkeys(texts))


def _lines(records):
    """A line for each record; those that say the same (content that names nobody) share one."""
    lines = []
    for record in records:
        line = {
            "title": str(capfirst(str(record.title))),
            "fields": _fields(record),
            "periods": _periods(record),
            "on_request": _on_request(record),
        }
        if line not in lines:
            lines.append(line)
    return lines


def _fields(record):
    """Names as the forms say them; keys and hashes under one name."""
    shown = record.personal - record.unshown
    names = [_name_of(field) for field in record.model._meta.concrete_fields if field.name in shown]
    return _once(names) + (["interne Kennungen"] if record.unshown else [])


def _name_of(field):
    """Fields that no form shows have no name but the one they have in code."""
    name = gettext(str(field.verbose_name))
    if name != field.name.replace("_", " "):
        return name
    if field.is_relation:
        return "wer gehandelt hat"
    return "Zeitpunkte" if isinstance(field, DateField) else UNNAMED[field.name]


def _periods(record):
    usual = [str(record.no_period_because).rstrip(".")] if record.no_period_because else []
    return usual + [period_of(rule) for rule in record.rules]


def _on_request(record):
    if record.on_erasure == After.DELETE:
        return str(After.DELETE.label)
    if isinstance(record.on_erasure, dict):
        return "Angaben zur Person entfernt"
    return str(record.stays_because).rstrip(".") or "–"
