"""Invented history on days that lie in the past, for the demo alone.

The audit trail takes no day from whoever writes it, and most rows note for themselves when they
came about. Rather than opening all of that to any day that is handed in, the one command that
invents history (load_demo) sets the clock of its own process back while a step is taken.
"""

from contextlib import contextmanager

from django.utils import timezone


@contextmanager
def at(moment):
    """Within it `timezone.now()` stands still at that moment, for the whole process."""
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real
