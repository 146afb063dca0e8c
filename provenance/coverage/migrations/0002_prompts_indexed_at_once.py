"""The index of the retrievals of prompts is searched in every fold: nothing waits to enter it."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("coverage", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="coveredprompt",
            name="coverage_prompt_retrievals",
        ),
        migrations.AddIndex(
            model_name="coveredprompt",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["retrieval_ids"], name="coverage_prompt_retrievals"
            ),
        ),
    ]
