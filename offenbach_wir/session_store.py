"""Django's sessions in the database, written by one statement where Django takes four."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, UpdateError
from django.db import IntegrityError, connection
from django.utils.crypto import get_random_string

from .passing import passing


class SessionStore(db.SessionStore):
    """One statement is done whole or not at all and needs no transaction of its own.

    A database that is away is trouble of its own kind here; Django takes it for a session that was
    ended meanwhile.
    """

    def save(self, must_create=False):
        if self.session_key is None:
            return self.create()
        if must_create and connection.in_atomic_block:
            return super().save(must_create)  # with a savepoint, should the key be there
        row = self.create_model_instance(self._get_session(no_load=must_create))
        with passing():
            if must_create:
                self._insert(row)
            else:
                self._update(row)

    def _insert(self, row):
        try:
            row.save(force_insert=True)
        except IntegrityError:
            raise CreateError from None

    def _update(self, row):
        kept = self.model.objects.filter(pk=row.pk)
        if not kept.update(session_data=row.session_data, expire_date=row.expire_date):
            raise UpdateError

    def _get_new_session_key(self):
        """Not looked up first: it is random, and the table refuses one that is there."""
        return get_random_string(32, VALID_KEY_CHARS)
