"""Creates the table of witnesses and anchors, and the index of checkpoints by time."""

import django.db.models.functions.datetime
from django.db import migrations, models

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("integrity", "0002_checkpoints")]
    operations = [
        sql_beside(
            __file__,
            state_operations=[
                migrations.CreateModel(
                    name="Attestor",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "kind",
                                "name",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("kind", models.TextField()),
                        ("name", models.TextField()),
                        ("size", models.BigIntegerField(default=0)),
                        ("checkpoint_id", models.BigIntegerField(default=0)),
                        ("reached_at", models.DateTimeField(null=True)),
                        (
                            "tried_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("problem", models.TextField(blank=True, default="")),
                    ],
                    options={"db_table": "integrity_attestor"},
                ),
                migrations.AddIndex(
                    model_name="sealedcheckpoint",
                    index=models.Index(fields=["sealed_at"], name="integrity_checkpoint_sealed_at"),
                ),
            ],
        )
    ]
