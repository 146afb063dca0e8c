"""Creates the tables of the Merkle tree."""

from django.db import migrations, models

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    initial = True
    dependencies = [("eventstore", "0001_log")]
    operations = [
        sql_beside(
            __file__,
            state_operations=[
                migrations.CreateModel(
                    name="TreeNode",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "level",
                                "index",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("level", models.SmallIntegerField()),
                        ("index", models.BigIntegerField()),
                        ("hash", models.BinaryField()),
                    ],
                    options={"db_table": "integrity_node"},
                ),
                migrations.CreateModel(
                    name="Tree",
                    fields=[
                        (
                            "id",
                            models.SmallIntegerField(default=1, primary_key=True, serialize=False),
                        ),
                        ("size", models.BigIntegerField(default=0)),
                        ("compact_range", models.BinaryField(default=b"")),
                        ("highest_seq", models.BigIntegerField(default=0)),
                        ("positioned_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "db_table": "integrity_tree",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("id", 1)), name="integrity_one_tree"
                            )
                        ],
                    },
                ),
            ],
        )
    ]
