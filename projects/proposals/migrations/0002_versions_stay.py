"""The database itself refuses to change what was handed in; deleting is left to retention."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER version_is_never_changed
BEFORE UPDATE OF proposal_id, number, content, checksum, submitted_at ON proposals_version
BEGIN SELECT RAISE(ABORT, 'What was handed in is never changed.'); END
"""
POSTGRESQL = """
CREATE FUNCTION version_is_never_changed() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'What was handed in is never changed.'; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER version_is_never_changed
BEFORE UPDATE OF proposal_id, number, content, checksum, submitted_at ON proposals_version
FOR EACH ROW EXECUTE FUNCTION version_is_never_changed();
"""


def protect(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRESQL if is_postgresql else SQLITE)


def unprotect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION version_is_never_changed() CASCADE")
    else:
        schema_editor.execute("DROP TRIGGER version_is_never_changed")


class Migration(migrations.Migration):
    dependencies = [("proposals", "0001_initial")]

    operations = [migrations.RunPython(protect, unprotect)]
