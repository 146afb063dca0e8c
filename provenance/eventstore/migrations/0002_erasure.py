"""Lets the blobs of destroyed keys be erased, and nothing else."""

import django.db.models.functions
from django.db import migrations, models

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0001_log"), ("sealing", "0001_initial")]
    operations = [
        sql_beside(
            __file__,
            state_operations=[
                migrations.CreateModel(
                    name="ErasedBlob",
                    fields=[
                        ("digest", models.BinaryField(primary_key=True, serialize=False)),
                        ("kid", models.TextField()),
                        (
                            "erased_at",
                            models.DateTimeField(db_default=django.db.models.functions.Now()),
                        ),
                    ],
                    options={"db_table": "eventstore_erased_blob"},
                ),
            ],
        )
    ]
