"""What a power cut may take on SQLite, and that it is nothing else."""

import pytest
from django.db import DatabaseError, connection, transaction

from offenbach_wir.passing import passing
from offenbach_wir.rate_limits import count
from offenbach_wir.session_store import SessionStore
from programs.models import OldAddress

NORMAL, FULL = 1, 2

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="PostgreSQL waits for the disk at each commit"
    ),
]


def level():
    """How far the connection waits for the disk."""
    return connection.connection.execute("PRAGMA synchronous").fetchone()[0]


def levels_of(work):
    """The level at each statement of the work."""
    found = []

    def look(execute, *statement):
        found.append(level())
        return execute(*statement)

    with connection.execute_wrapper(look):
        work()
    return found


def begin_session():
    store = SessionStore()
    store["answer"] = "Ada"
    store.save()


@pytest.mark.parametrize("write", [lambda: count("search", "192.0.2.1"), begin_session])
def test_a_counter_and_a_session_do_not_wait_for_the_disk(write):
    connection.ensure_connection()
    assert levels_of(write) == [NORMAL]
    assert level() == FULL


def test_everything_else_waits_for_the_disk():
    count("search", "192.0.2.1")
    assert set(levels_of(lambda: OldAddress.objects.create(path="/alt", target="/"))) == {FULL}


def test_a_counter_inside_a_transaction_changes_nothing_of_it():
    with transaction.atomic():
        assert levels_of(lambda: count("search", "192.0.2.1")) == [FULL]


def test_after_an_error_everything_waits_for_the_disk_again():
    with pytest.raises(DatabaseError), passing(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert level() == FULL
