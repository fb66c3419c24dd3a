"""A picture of the first page beside each file; rows of an older version get the defaults."""

from django.db import migrations, models

import projects.proposals.models.files


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0004_step_reasons_stay"),
    ]

    operations = [
        migrations.AddField(
            model_name="enclosure",
            name="preview",
            field=models.FileField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=120,
                storage=projects.proposals.models.files.private_storage,
                upload_to="",
            ),
        ),
        migrations.AddField(
            model_name="enclosure",
            name="preview_tries",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="paper",
            name="preview",
            field=models.FileField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=120,
                storage=projects.proposals.models.files.private_storage,
                upload_to="",
            ),
        ),
        migrations.AddField(
            model_name="paper",
            name="preview_tries",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
