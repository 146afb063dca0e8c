"""Creates the tables of signing keys, checkpoints and cosignatures."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from provenance.eventstore.sql_files import sql_beside

NOW = django.db.models.functions.datetime.Now()


class Migration(migrations.Migration):
    dependencies = [("integrity", "0001_tree")]
    operations = [
        sql_beside(
            __file__,
            state_operations=[
                migrations.CreateModel(
                    name="LogKey",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("origin", models.TextField()),
                        ("verifier_key", models.TextField(unique=True)),
                        ("since_size", models.BigIntegerField()),
                        ("added_at", models.DateTimeField(db_default=NOW)),
                    ],
                    options={"db_table": "integrity_log_key"},
                ),
                migrations.AddField(
                    model_name="tree",
                    name="sealing_problem",
                    field=models.TextField(blank=True, default=""),
                ),
                migrations.CreateModel(
                    name="SealedCheckpoint",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("origin", models.TextField()),
                        ("size", models.BigIntegerField()),
                        ("root", models.BinaryField()),
                        ("note", models.TextField()),
                        ("sealed_at", models.DateTimeField(db_default=NOW)),
                    ],
                    options={
                        "db_table": "integrity_checkpoint",
                        "indexes": [
                            models.Index(fields=["size"], name="integrity_checkpoint_size")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Cosignature",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "checkpoint_id",
                                "witness",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("witness", models.TextField()),
                        ("line", models.TextField()),
                        ("added_at", models.DateTimeField(db_default=NOW)),
                        (
                            "checkpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="cosignatures",
                                to="integrity.sealedcheckpoint",
                            ),
                        ),
                    ],
                    options={"db_table": "integrity_cosignature"},
                ),
            ],
        )
    ]
