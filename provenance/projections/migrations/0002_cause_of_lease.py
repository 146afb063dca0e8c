"""A lease is for one cause; those that were given before are for none, and end by that."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projections", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="worklease",
            name="cause_event_id",
            field=models.UUIDField(default=uuid.uuid4),
            preserve_default=False,
        ),
    ]
