"""The module for the database that is configured: snapshot, restore, holds_tables, make_empty."""

from django.db import connection

from . import postgresql, sqlite


def ours():
    return {module.VENDOR: module for module in (postgresql, sqlite)}[connection.vendor]


def applied_migrations(snapshot):
    rows = snapshot.rows("SELECT app, name FROM django_migrations ORDER BY app, name")
    return [f"{app}.{name}" for app, name in rows]
