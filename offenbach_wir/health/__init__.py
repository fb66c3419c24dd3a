"""How the portal is, for operators: one registry of probes. Each app registers its own in its
module `probes.py`:

    @probe("fonts", title=_("Fonts for PDF files"))
    def fonts(now):
        return ok(_("All fonts are there."))

The same findings make the page of the back office, `manage.py health` and the metrics. A probe that
breaks is a finding of its own; nothing here raises.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

logger = logging.getLogger(__name__)


class State(models.TextChoices):
    OK = "ok", gettext_lazy("in order")
    WARNING = "warning", gettext_lazy("needs a look")
    FAILING = "failing", gettext_lazy("does not work")


ORDER = (State.OK, State.WARNING, State.FAILING)


@dataclass(frozen=True)
class Finding:
    """A plain sentence, what to do about it, and numbers for the metrics (no names, no texts)."""

    state: State
    sentence: str
    advice: str = ""
    figures: dict = field(default_factory=dict)


def ok(sentence, **figures):
    return Finding(State.OK, sentence, figures=figures)


def warning(sentence, advice, **figures):
    return Finding(State.WARNING, sentence, advice, figures)


def failing(sentence, advice, **figures):
    return Finding(State.FAILING, sentence, advice, figures)


@dataclass(frozen=True)
class Probe:
    name: str
    title: str
    look: Callable


@dataclass(frozen=True)
class Entry:
    probe: Probe
    finding: Finding


_probes = {}


def probe(name, *, title):
    """Registers a function of the moment (`now`) that returns a Finding."""

    def register(function):
        if name in _probes:
            raise ValueError(f"Probe {name} is registered twice.")
        _probes[name] = Probe(name, title, function)
        return function

    return register


def report(now=None):
    """An Entry for each probe, in the order they were registered."""
    now = now or timezone.now()
    return [Entry(probe, _looked(probe, now)) for probe in _probes.values()]


def worst(entries):
    return max((entry.finding.state for entry in entries), key=ORDER.index, default=State.OK)


def _looked(probe, now):
    try:
        # A statement that fails must not spoil the transaction a test or a caller has open.
        if connection.in_atomic_block:
            with transaction.atomic():
                return probe.look(now)
        return probe.look(now)
    except Exception as error:
        logger.warning("Probe %s failed: %s", probe.name, type(error).__name__)
        return failing(
            _("This could not be looked up: %(error)s.") % {"error": type(error).__name__},
            _("If the database is away, begin there; else see the log."),
        )
