"""Django's SQLite with connections that outlive a request, and that notice when their file is gone.

A connection goes on in the file it opened, wherever that was moved and even when it was deleted:
what it wrote there would be lost. So each request first looks whether the file still lies in its
place (CONN_HEALTH_CHECKS), and otherwise opens what lies there now.
"""

import os
from contextlib import contextmanager

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        self._opened = self._file_in_place()
        return connection

    def is_usable(self):
        return self._opened == self._file_in_place()

    @contextmanager
    def not_waiting_for_the_disk(self):
        """Commits in here are taken by a power cut unless another commit has come after them."""
        self._set_synchronous("NORMAL")
        try:
            yield
        finally:
            self._set_synchronous("FULL")

    def _set_synchronous(self, level):
        self.ensure_connection()
        with self.wrap_database_errors:
            self.connection.execute(f"PRAGMA synchronous={level}")

    def _file_in_place(self):
        """(device, number) of the file; None where there is none, as in memory."""
        try:
            found = os.stat(self.settings_dict["NAME"])
        except OSError:
            return None
        return found.st_dev, found.st_ino
