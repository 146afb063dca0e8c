"""Keeps the views that people save."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("view_id", models.UUIDField(primary_key=True, serialize=False)),
                ("user_id", models.UUIDField()),
                ("listed", models.TextField()),
                ("name", models.TextField()),
                ("query", models.TextField()),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "db_table": "finding_saved_view",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user_id", "listed", "name"), name="finding_saved_view_name"
                    )
                ],
            },
        ),
    ]
