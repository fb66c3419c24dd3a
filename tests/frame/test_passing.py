"""What a power cut may take, and that it is nothing else."""

import pytest
from django.db import DatabaseError, connection, transaction

from offenbach_wir.passing import passing
from offenbach_wir.rate_limits import count
from offenbach_wir.session_store import SessionStore
from programs.models import OldAddress

pytestmark = pytest.mark.django_db(transaction=True)

IS_SQLITE = connection.vendor == "sqlite"
NOT_WAITING, WAITING = (1, 2) if IS_SQLITE else ("off", "on")
# PostgreSQL looks at the level where a transaction ends, so it is noted down inside.
NOTE = "SELECT set_config('portal.level', current_setting('synchronous_commit'), false); "


def ask(sql):
    """Past everything that looks at statements."""
    cursor = connection.connection.cursor()
    cursor.execute(sql)
    return cursor.fetchone()[0]


def level():
    """How far the connection waits for the disk from now on."""
    return ask("PRAGMA synchronous" if IS_SQLITE else "SHOW synchronous_commit")


def levels_of(work):
    """The level at each statement of the work."""
    found = []

    def look(execute, sql, *rest):
        if IS_SQLITE:
            found.append(level())
            return execute(sql, *rest)
        done = execute(NOTE + sql, *rest)
        found.append(ask("SELECT current_setting('portal.level')"))
        return done

    with connection.execute_wrapper(look):
        work()
    return found


def begin_session():
    store = SessionStore()
    store["answer"] = "Ada"
    store.save()
    return store


@pytest.mark.parametrize("write", [lambda: count("search", "192.0.2.1"), begin_session])
def test_a_counter_and_a_session_do_not_wait_for_the_disk(write):
    connection.ensure_connection()
    assert levels_of(write) == [NOT_WAITING]
    assert level() == WAITING


def test_a_session_that_is_ended_waits_for_the_disk():
    store = begin_session()
    assert set(levels_of(store.flush)) == {WAITING}


def test_everything_else_waits_for_the_disk():
    count("search", "192.0.2.1")
    assert set(levels_of(lambda: OldAddress.objects.create(path="/alt", target="/"))) == {WAITING}


def test_a_counter_inside_a_transaction_changes_nothing_of_it():
    with transaction.atomic():
        assert levels_of(lambda: count("search", "192.0.2.1")) == [WAITING]


def test_after_an_error_everything_waits_for_the_disk_again():
    with pytest.raises(DatabaseError), passing(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert level() == WAITING
