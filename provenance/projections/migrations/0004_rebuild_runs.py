"""Rebuilds can be watched and stopped."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projections", "0003_running_lease"),
    ]

    operations = [
        migrations.CreateModel(
            name="RebuildRun",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("asked_by", models.TextField(blank=True, default="")),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("begun_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("to_be_stopped", models.BooleanField(default=False)),
                ("outcome", models.TextField(blank=True, default="")),
                ("problem", models.TextField(blank=True, default="")),
                ("written", models.BigIntegerField(default=0)),
                ("removed", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "projections_rebuild_run",
            },
        ),
    ]
