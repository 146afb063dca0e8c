"""Creates the log, its positions and its blobs."""

import django.db.models.functions
from django.db import migrations, models

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        sql_beside(
            __file__,
            state_operations=[
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        ("event_id", models.UUIDField(unique=True)),
                        ("stream", models.TextField()),
                        ("stream_version", models.IntegerField()),
                        ("type", models.TextField()),
                        ("correlation_id", models.UUIDField(null=True)),
                        ("causation_id", models.UUIDField(null=True)),
                        ("recorded_at", models.DateTimeField()),
                        ("canonical", models.BinaryField()),
                        ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                    ],
                    options={
                        "db_table": "eventstore_event",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("stream", "stream_version"),
                                name="eventstore_event_stream_version",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Position",
                    fields=[
                        ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("seq", models.BigIntegerField(unique=True)),
                        ("leaf_hash", models.BinaryField()),
                        ("positioned_at", models.DateTimeField()),
                    ],
                    options={"db_table": "eventstore_position"},
                ),
                migrations.CreateModel(
                    name="Blob",
                    fields=[
                        ("digest", models.BinaryField(primary_key=True, serialize=False)),
                        ("data", models.BinaryField()),
                        (
                            "stored_at",
                            models.DateTimeField(db_default=django.db.models.functions.Now()),
                        ),
                    ],
                    options={"db_table": "eventstore_blob"},
                ),
            ],
        )
    ]
