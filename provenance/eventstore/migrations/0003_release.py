"""Lets the bytes of old interactions leave for an archive and come back, and nothing else."""

from django.db import migrations, models

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0002_erasure")]
    operations = [
        sql_beside(
            __file__,
            state_operations=[
                migrations.CreateModel(
                    name="ReleasedRun",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "first",
                                "event_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("event_id", models.UUIDField()),
                        ("first", models.BigIntegerField()),
                        ("until", models.BigIntegerField()),
                        ("archive_sha256", models.TextField()),
                        ("released_at", models.DateTimeField()),
                    ],
                    options={"db_table": "eventstore_released_run"},
                ),
                migrations.CreateModel(
                    name="ReleasedBlob",
                    fields=[
                        ("digest", models.BinaryField(primary_key=True, serialize=False)),
                        ("position", models.BigIntegerField()),
                    ],
                    options={"db_table": "eventstore_released_blob"},
                ),
            ],
        )
    ]
