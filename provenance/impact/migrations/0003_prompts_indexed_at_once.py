"""The index of the retrievals of prompts is searched in every fold: nothing waits to enter it."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("impact", "0002_stale_answers"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="usingprompt",
            name="impact_prompt_retrievals",
        ),
        migrations.AddIndex(
            model_name="usingprompt",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["retrieval_ids"], name="impact_prompt_retrievals"
            ),
        ),
    ]
