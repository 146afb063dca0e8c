"""Notes which ids a kept answer names, so that it goes with what it told of."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]
    operations = [
        # Answers kept before cannot be found by what they name: they are forgotten altogether.
        migrations.RunSQL("DELETE FROM api_kept_answer", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="keptanswer",
            name="names",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), default=list, size=None
            ),
        ),
    ]
