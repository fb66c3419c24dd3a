"""Sessions are written by one statement, as safely as Django does."""

import datetime

import pytest
import time_machine
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.utils import OperationalError
from django.utils import timezone

from offenbach_wir.session_store import SessionStore


def kept():
    store = SessionStore()
    store["answer"] = "Ada"
    store.save()
    return store


def refuse_sessions(execute, sql, params, many, context):
    if sql.startswith('UPDATE "django_session"'):
        raise OperationalError("the database is away")
    return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_key", [True, False], ids=["kept before", "new"])
def test_a_session_takes_one_statement(django_assert_num_queries, has_key):
    store = kept() if has_key else SessionStore()
    store["answer"] = "Grace"
    with django_assert_num_queries(1):
        store.save()
    assert SessionStore(store.session_key)["answer"] == "Grace"


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_there_is_not_taken_over():
    """Should two random keys ever be the same, the second visitor gets another one."""
    first = kept()
    second = SessionStore()
    keys = iter([first.session_key, "another0another0another0another0"])
    second._get_new_session_key = lambda: next(keys)
    second.create()
    assert second.session_key != first.session_key
    assert SessionStore(first.session_key)["answer"] == "Ada"


@pytest.mark.django_db
def test_a_session_that_was_ended_meanwhile_does_not_come_back():
    store = kept()
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_a_database_that_is_away_is_not_taken_for_an_ended_session(administrator):
    administrator.raise_request_exception = False
    later = time_machine.travel(timezone.now() + datetime.timedelta(minutes=5))
    with later, connection.execute_wrapper(refuse_sessions):
        assert administrator.get("/verwaltung/").status_code == 503
