"""The health report for operators and their monitoring: ends with 0, 1 (needs a look) or 2."""

import json
import sys

from django.core.management.base import BaseCommand
from django.utils import translation

from offenbach_wir import health


class Command(BaseCommand):
    help = "Says how the portal is; ends with 0 in order, 1 needs a look, 2 does not work."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="one JSON object, for machines")

    def handle(self, *args, **options):
        with translation.override("en"):
            entries = health.report()
            lines = [_as_json(entries)] if options["json"] else list(_as_text(entries))
        self.stdout.write("\n".join(lines))
        sys.exit(health.ORDER.index(health.worst(entries)))


def _as_text(entries):
    for entry in entries:
        finding = entry.finding
        yield f"{finding.state.value:8} {entry.probe.title}: {finding.sentence}"
        if finding.advice:
            yield f"{'':8} → {finding.advice}"


def _as_json(entries):
    return json.dumps(
        {
            "state": health.worst(entries).value,
            "probes": {
                entry.probe.name: {
                    "state": entry.finding.state.value,
                    "found": str(entry.finding.sentence),
                    "advice": str(entry.finding.advice),
                    **entry.finding.figures,
                }
                for entry in entries
            },
        }
    )
