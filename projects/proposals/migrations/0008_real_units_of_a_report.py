"""How many units there really were; older reports have none and count as approved."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0007_where_pictures_came_from"),
    ]

    operations = [
        migrations.CreateModel(
            name="ActualUnits",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "units",
                    models.DecimalField(decimal_places=2, max_digits=9, verbose_name="units"),
                ),
                ("people", models.PositiveIntegerField(default=1, verbose_name="people")),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="units",
                        to="proposals.report",
                    ),
                ),
            ],
            options={
                "verbose_name": "real units",
                "verbose_name_plural": "real units",
                "ordering": ["place", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "place"), name="real_units_once_a_rate"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("people__gt", 0), ("units__gte", 0)),
                        name="real_units_are_not_negative",
                    ),
                ],
            },
        ),
    ]
