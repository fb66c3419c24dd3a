"""Writes of passing worth: counters of limits and sessions, which a power cut may take.

Everything else is on the disk before anybody is told of it (decision 18).
"""

from contextlib import nullcontext

from django.db import connection


def passing():
    """Where single statements are written that need not wait for the disk.

    What is written afterwards takes them to the disk as well, so what is left after a power cut is
    always what was there at one moment. Inside a transaction this changes nothing.
    """
    if connection.in_atomic_block:
        return nullcontext()
    if connection.vendor == "sqlite":
        return connection.not_waiting_for_the_disk()
    return connection.execute_wrapper(_not_waiting)


def _not_waiting(execute, sql, params, many, context):
    # Sent in one piece they are one transaction, and the setting ends with it.
    return execute(f"SET LOCAL synchronous_commit TO OFF; {sql}", params, many, context)
