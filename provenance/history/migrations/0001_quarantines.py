"""When versions were put in quarantine, for the timeline of the time machine."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Quarantine",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("version_id", models.UUIDField()),
            ],
            options={
                "db_table": "history_quarantine",
            },
        ),
    ]
