"""Writes of passing worth: counters of limits and sessions, which a power cut may take.

Everything else is on the disk before anybody is told of it (decision 18).
"""

from contextlib import nullcontext

from django.db import connection


def passing():
    """Where single statements are written that need not wait for the disk, on SQLite.

    What is written afterwards takes them to the disk as well, so what is left after a power cut is
    always what was there at one moment. Inside a transaction this changes nothing.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return nullcontext()
    return connection.not_waiting_for_the_disk()
