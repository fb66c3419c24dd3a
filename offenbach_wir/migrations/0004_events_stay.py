"""The database itself refuses to change an event; deleting is left to the retention job."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON offenbach_wir_event
BEGIN SELECT RAISE(ABORT, 'An event is never changed.'); END
"""
POSTGRESQL = """
CREATE FUNCTION event_is_never_changed() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'An event is never changed.'; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON offenbach_wir_event
FOR EACH ROW EXECUTE FUNCTION event_is_never_changed();
"""


def protect(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRESQL if is_postgresql else SQLITE)


def unprotect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION event_is_never_changed() CASCADE")
    else:
        schema_editor.execute("DROP TRIGGER event_is_never_changed")


class Migration(migrations.Migration):
    dependencies = [("offenbach_wir", "0003_accounts_and_back_office")]

    operations = [migrations.RunPython(protect, unprotect)]
