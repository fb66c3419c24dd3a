"""Prints the handbook's page on the states of a case, and its picture, from the table in case.py:

WIR_MODE=demo python manage.py print_steps > docs/handbook/stand-eines-vorgangs.md
WIR_MODE=demo python manage.py print_steps --picture > docs/handbook/bilder/stand-eines-vorgangs.svg
"""

from django.core.management.base import BaseCommand
from django.template import Context, Engine
from django.utils import translation

from projects.proposals import case, step_picture, timeline

# The handbook is German, and so are the words of this page.
PAGE = """\
# Stand eines Vorgangs: welcher Schritt worauf folgt

[Zum Inhalt des Handbuchs](README.md)

Vom Einreichen bis zum Abschluss hat jeder Vorgang einen Stand. Nur die Schritte, die hier stehen,
führen von einem Stand zum nächsten. Das Portal bietet Ihnen immer genau die Schritte an, die jetzt
möglich sind und für die Sie zuständig sind.

![{{ alternative }}](bilder/stand-eines-vorgangs.svg)

Die Zahlen an den Pfeilen sind die Nummern der Schritte in der Tabelle. Eine Zahl in einem Kasten
heißt: Dieser Schritt ist hier ebenfalls möglich und führt zu „{{ marked }}“. Kästen mit dickem
Rand sind das Ende eines Vorgangs.

## Die Schritte

| Nr. | Schritt | von | nach | wer | was da sein muss | wer eine E-Mail bekommt |
| --- | --- | --- | --- | --- | --- | --- |
{% for step in steps %}\
| {{ step.number }} | {{ step.words }} | {{ step.origins|join:"; " }} | {{ step.target }} |\
 {{ step.actor }} | {{ step.needs|join:"; "|default:"–" }} |\
 {{ step.informs|join:"; "|default:"–" }} |
{% endfor %}
## Was in jedem Stand als Nächstes geschieht

Das liest die Organisation auf der Seite ihrer Projektskizze.

| Stand | Was als Nächstes geschieht |
| --- | --- |
{% for state in states %}\
| {{ state.name }} | {{ state.next }} |
{% endfor %}
## Wenn etwas nicht stimmt

- **„Der Vorgang ist inzwischen weitergegangen“:** Jemand war schneller. Die Seite nennt den Schritt
  und den Tag. Öffnen Sie den Vorgang neu, bevor Sie weitermachen.
- **Ein Schritt fehlt:** Er passt nicht zum Stand, oder eine andere Rolle ist zuständig. Über Geld
  der Stadt entscheiden immer zwei Personen: Wer eine Entscheidung vorbereitet, bestätigt sie nicht.
- **Es fehlt noch etwas:** Die Seite des Schritts nennt, was. Ihre Eingaben bleiben stehen.
- **Der Vorgang ist gesperrt:** Die Seite sagt, warum. Bis die Sperre aufgehoben ist, kann die
  Organisation nur zurückziehen.
"""
TITLE = "Die Stände eines Vorgangs und die Schritte dazwischen"
ALTERNATIVE = f"{TITLE}. Dieselben Angaben stehen in der Tabelle darunter."


class Command(BaseCommand):
    help = "Prints the handbook's page on the states of a case, or its picture (German)."

    def add_arguments(self, parser):
        parser.add_argument("--picture", action="store_true", help="the picture (SVG) instead")

    def handle(self, *args, picture=False, **options):
        with translation.override("de"):
            text = step_picture.draw(TITLE, ALTERNATIVE) if picture else page()
        self.stdout.write(text, ending="")


def page():
    template = Engine(autoescape=False).from_string(PAGE.replace("\\\n", ""))
    numbers = step_picture.numbers()
    return template.render(
        Context(
            {
                "alternative": ALTERNATIVE,
                "marked": case.State.WITHDRAWN.label,
                "steps": [_row(step, numbers[step.key]) for step in case.STEPS.values()],
                "states": [
                    {"name": state.label, "next": timeline.NEXT[state][0]}
                    for state in case.State
                    if state in timeline.NEXT
                ],
            },
            autoescape=False,
        )
    )


def _row(step, number):
    return {
        "number": number,
        "words": step.words,
        # The filter join wants strings; of anything lazy it shows the list instead.
        "origins": [str(origin.label) for origin in step.origins],
        "target": step.target.label,
        "actor": step.actor.label,
        "needs": [str(need.label) for need in step.needs],
        "informs": [str(audience.label) for audience in step.informs],
    }
