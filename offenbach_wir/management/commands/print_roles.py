"""Prints the handbook's page on roles from the table in roles.py:

WIR_MODE=demo python manage.py print_roles > docs/handbook/rollen.md
"""

from django.apps import apps
from django.core.management.base import BaseCommand
from django.template import Context, Engine
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext

from offenbach_wir.models import QueuedMail
from offenbach_wir.roles import ALL, AREAS, GROUPS, ROLES

# The handbook is German, and so are the words of this page.
PAGE = """\
# Wer darf was: die Rollen

[Zum Inhalt des Handbuchs](README.md)

Eine Person kann mehrere Rollen haben. Sie darf dann alles, was eine davon erlaubt. Wie Sie Rollen
geben, steht unter [Kolleginnen und Kollegen einladen](kolleginnen-einladen.md).

## Die Rollen
{% for role in roles %}
- **{{ role.name }}:** {{ role.does }}\
{% endfor %}

## Was jede Rolle darf

Die Überschriften und Listen heißen so wie auf der Startseite der Verwaltung. „Alles“ heißt:
ansehen, hinzufügen, ändern und löschen. „–“ heißt: Die Rolle sieht davon nichts.
{% for group in groups %}
### {{ group.name }}

| Liste |{% for role in roles %} {{ role.name }} |{% endfor %}
| --- |{% for role in roles %} --- |{% endfor %}
{% for area in group.areas %}\
| {{ area.records|join:", " }} |{% for cell in area.cells %} {{ cell }} |{% endfor %}
{% endfor %}{% endfor %}
### Veröffentlichen und E-Mails lesen

| |{% for role in roles %} {{ role.name }} |{% endfor %}
| --- |{% for role in roles %} --- |{% endfor %}
| Im Portal veröffentlichen |{% for role in roles %} \
{% if role.publishes %}ja{% else %}–{% endif %} |{% endfor %}
| E-Mails lesen aus |{% for cell in mails %} {{ cell }} |{% endfor %}

„Ändern“ bedeutet beim Postausgang: noch einmal verschicken oder als erledigt melden. Bei den Links:
noch einmal prüfen. Konten entstehen nur durch eine Einladung.

## Wenn etwas nicht stimmt

- **„Sie dürfen diese Seite nicht sehen“:** Ihre Rolle erlaubt das nicht. Bitten Sie die
  Administration um die Rolle, die Sie brauchen. Sie gilt ab dem nächsten Klick.
- **Etwas fehlt auf der Startseite:** Das hat denselben Grund.
"""


class Command(BaseCommand):
    help = "Prints the handbook's page on roles (Markdown, German)."

    def handle(self, *args, **options):
        with translation.override("de"):
            self.stdout.write(page(), ending="")


def page():
    template = Engine(autoescape=False).from_string(PAGE.replace("\\\n", ""))
    roles = ROLES.values()
    return template.render(
        Context(
            {
                "roles": roles,
                "groups": [
                    {"name": name, "areas": _areas_of(group)} for group, name in GROUPS.items()
                ],
                "mails": [_mail_areas(role) for role in roles],
            },
            autoescape=False,
        )
    )


def _areas_of(group):
    return [
        {
            "cells": [_actions(role.areas.get(key, ()), area) for role in ROLES.values()],
            "records": [_records(label) for label in area.models],
        }
        for key, area in AREAS.items()
        if area.group == group
    ]


def _actions(actions, area):
    allowed = [action for action in ALL if action in actions and action in area.limits]
    if len(allowed) == len(ALL):
        return "alles"
    # Django's own words for its four actions.
    return ", ".join(gettext(action.capitalize()).lower() for action in allowed) or "–"


def _records(label):
    # A string: of lazy words the filter join makes a Python list.
    return str(capfirst(apps.get_model(label)._meta.verbose_name_plural))


def _mail_areas(role):
    labels = dict(QueuedMail.Area.choices)
    return ", ".join(str(labels[area]) for area in role.mail_areas) or "–"
