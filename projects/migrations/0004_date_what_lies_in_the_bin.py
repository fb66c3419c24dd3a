"""What lies in the bin has the day it went there, and nothing else has one."""

from django.db import migrations
from django.utils import timezone

MODELS = ("Project",)


def date_the_bin(apps, schema_editor):
    for name in MODELS:
        rows = apps.get_model("projects", name).objects
        rows.filter(state="deleted", deleted_at=None).update(deleted_at=timezone.now())
        rows.exclude(state="deleted").exclude(deleted_at=None).update(deleted_at=None)


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_accounts_and_back_office")]

    operations = [migrations.RunPython(date_the_bin, migrations.RunPython.noop)]
