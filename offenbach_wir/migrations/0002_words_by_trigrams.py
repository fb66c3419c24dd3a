"""PostgreSQL finds the nearest word from a trigram index; SQLite mends no typing errors."""

from django.db import migrations

INDEX = "offenbach_wir_searchword_trigrams"


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(
            f"CREATE INDEX IF NOT EXISTS {INDEX} ON offenbach_wir_searchword"
            " USING gin (word gin_trgm_ops)"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("offenbach_wir", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
