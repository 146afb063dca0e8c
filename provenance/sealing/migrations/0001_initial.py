"""Creates the table of wrapped data keys."""

import django.db.models.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="SealingKey",
            fields=[
                ("kid", models.TextField(primary_key=True, serialize=False)),
                ("wrapped_dek", models.BinaryField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.Now()),
                ),
                ("destroyed_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "sealing_key"},
        ),
    ]
