"""What tests of the frame share: a database that is away, a clock that stands still."""

import time

import pytest
import time_machine
from django.db import connection
from django.db.utils import OperationalError

from tests.factories import shown_at as form_shown_at


def _refuse(execute, sql, params, many, context):
    raise OperationalError("the database is away")


@pytest.fixture
def database_away(db):
    """Every statement fails, as when the database cannot be reached."""
    with connection.execute_wrapper(_refuse):
        yield


@pytest.fixture
def still_clock():
    with time_machine.travel("2026-11-20T11:00:00+00:00", tick=False) as clock:
        yield clock


@pytest.fixture
def barrier_report():
    """What a person sends who has taken a minute to fill in the form."""
    return {
        "wish": "barrier",
        "page_address": "/de/projekte/",
        "description": "Die Filter sind mit der Tastatur nicht zu erreichen.",
        "name": "Ada Beispiel",
        "contact": "ada@example.org",
        "website": "",
        "shown_at": form_shown_at(int(time.time()) - 60),
    }
