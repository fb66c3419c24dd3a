"""Two editors of one letter are told apart; an older version counts nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0008_real_units_of_a_report"),
    ]

    operations = [
        migrations.AddField(
            model_name="lettertemplate",
            name="version",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
