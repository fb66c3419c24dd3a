"""Indexes that only PostgreSQL can have: parts of words, and the newest first.

SQLite reads the columns instead, which is quick enough for the sizes it serves.
"""

from django.db import migrations

INDEXES = {
    "projects_project_trigrams": "projects_project USING gin (search_text gin_trgm_ops)",
    "projects_organisation_trigrams": "projects_organisation USING gin (search_text gin_trgm_ops)",
    "projects_project_newest": "projects_project (starts_on DESC NULLS LAST, id DESC)",
}


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, columns in INDEXES.items():
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}")


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0001_initial"),
        ("offenbach_wir", "0002_words_by_trigrams"),
    ]
    operations = [migrations.RunPython(add, remove)]
