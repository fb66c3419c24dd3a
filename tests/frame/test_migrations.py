"""The version before goes on writing while a new one migrates, so new migrations only add.

RELEASED are the newest migrations of the version that towns may be running; raise them with each
release (docs/operation.md, "Update").
"""

import pytest
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

RELEASED = {"offenbach_wir": 4, "programs": 2, "projects": 3, "consultations": 2, "proposals": 0}
TAKES_AWAY = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)


def number_of(name):
    return int(name.partition("_")[0])


def loaded():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app in RELEASED:
            yield app, name, migration


def released_models():
    """Tables that the released version writes to."""
    return {
        (app, operation.name_lower)
        for app, name, migration in loaded()
        if number_of(name) <= RELEASED[app]
        for operation in migration.operations
        if isinstance(operation, migrations.CreateModel)
    }


NEW = [
    pytest.param(app, migration, id=f"{app}-{name}")
    for app, name, migration in loaded()
    if number_of(name) > RELEASED[app]
]


@pytest.mark.parametrize(("app", "migration"), NEW)
def test_nothing_is_taken_away_that_the_version_before_uses(app, migration):
    tables = released_models()
    for operation in migration.operations:
        if isinstance(operation, TAKES_AWAY):
            name = getattr(operation, "model_name_lower", "") or operation.name_lower
            assert (app, name) not in tables, operation.describe()


@pytest.mark.parametrize(("app", "migration"), NEW)
def test_new_column_can_be_left_out_by_the_version_before(app, migration):
    tables = released_models()
    for operation in migration.operations:
        if not isinstance(operation, migrations.AddField):
            continue
        field = operation.field
        is_needed = not field.many_to_many and not field.null
        if (app, operation.model_name_lower) in tables and is_needed:
            assert field.db_default is not NOT_PROVIDED, operation.describe()


def test_the_rule_is_asked_about_columns():
    """A control: without the exception for defaults of the database there would be some."""
    tables = released_models()
    added = [
        operation
        for app, name, migration in loaded()
        if number_of(name) > RELEASED[app]
        for operation in migration.operations
        if isinstance(operation, migrations.AddField)
        and (app, operation.model_name_lower) in tables
        and not operation.field.null
    ]
    assert len(added) >= 5
