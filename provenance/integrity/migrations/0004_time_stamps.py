"""Creates the table of time stamps."""

import django.db.models.deletion
from django.db import migrations, models

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("integrity", "0003_attestors")]
    operations = [
        sql_beside(
            __file__,
            state_operations=[
                migrations.CreateModel(
                    name="TimeStamp",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "checkpoint_id",
                                "authority",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "checkpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="time_stamps",
                                to="integrity.sealedcheckpoint",
                            ),
                        ),
                        ("authority", models.TextField()),
                        ("response", models.BinaryField()),
                        ("stamped_at", models.DateTimeField()),
                    ],
                    options={"db_table": "integrity_time_stamp"},
                ),
            ],
        )
    ]
