"""The database itself refuses to change why a step was taken; deleting is left to retention."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER step_reason_is_never_changed
BEFORE UPDATE ON proposals_stepreason
BEGIN SELECT RAISE(ABORT, 'The reason of a step is never changed.'); END
"""
POSTGRESQL = """
CREATE FUNCTION step_reason_is_never_changed() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'The reason of a step is never changed.'; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER step_reason_is_never_changed
BEFORE UPDATE ON proposals_stepreason
FOR EACH ROW EXECUTE FUNCTION step_reason_is_never_changed();
"""


def protect(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRESQL if is_postgresql else SQLITE)


def unprotect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION step_reason_is_never_changed() CASCADE")
    else:
        schema_editor.execute("DROP TRIGGER step_reason_is_never_changed")


class Migration(migrations.Migration):
    dependencies = [("proposals", "0003_city_side")]

    operations = [migrations.RunPython(protect, unprotect)]
