"""What was written for a supplement and not handed in; an older version leaves it empty."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0005_previews_of_pdf_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="supplementrequest",
            name="unsent",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
    ]
