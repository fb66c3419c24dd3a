"""Near projects are found from an index on SQLite too, not by reading all projects.

PostgreSQL has its own for this (0002). There the order names where empty days stand; SQLite puts them
last by itself and refuses the words in an index, so it cannot be one index in the model for both.
Whoever changes the table in a later migration makes these anew: SQLite builds the table again then,
with the indexes of the model only. tests/projects/test_detail.py says when they are missing.
"""

from django.db import migrations

INDEXES = {
    "projects_project_newest": "starts_on DESC, id DESC",
    "projects_project_newest_of_one": "organisation_id, starts_on DESC, id DESC",
    "projects_project_newest_close_by": "district_id, starts_on DESC, id DESC",
}


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    for name, columns in INDEXES.items():
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON projects_project ({columns})")


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_bin_for_all_content")]
    operations = [migrations.RunPython(add, remove)]
