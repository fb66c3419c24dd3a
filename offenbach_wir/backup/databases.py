"""The module for the database that is configured, and what both have in common."""

import sqlite3

import psycopg2
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from . import postgresql, sqlite

# What goes wrong there is for the operator, not for the programmer.
Trouble = (sqlite3.Error, psycopg2.Error)


def ours():
    return {module.VENDOR: module for module in (postgresql, sqlite)}[connection.vendor]


def applied_migrations(snapshot):
    rows = snapshot.rows("SELECT app, name FROM django_migrations ORDER BY app, name")
    return [f"{app}.{name}" for app, name in rows]


def unknown_migrations(names):
    """Those of installed apps that this portal does not have: it is older than they are."""
    known = set(MigrationLoader(None).disk_migrations)
    apps = {app for app, _name in known}
    parted = [name.partition(".") for name in names]
    return [
        f"{app}.{name}" for app, _dot, name in parted if app in apps and (app, name) not in known
    ]
