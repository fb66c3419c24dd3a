"""Which picture was made of which enclosure; an older version knows nothing of the table."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0007_who_decides"),
        ("proposals", "0006_keep_unsent_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="TakenPicture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("taken_at", models.DateTimeField(auto_now_add=True)),
                (
                    "enclosure",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="taken",
                        to="proposals.enclosure",
                    ),
                ),
                (
                    "picture",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programs.picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture taken over from a proposal",
                "verbose_name_plural": "pictures taken over from proposals",
            },
        ),
    ]
