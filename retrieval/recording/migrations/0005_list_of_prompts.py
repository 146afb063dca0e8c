"""Prompts are listed newest first, of one application, and by words of their question."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recording", "0004_found_by_words"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="interactionprompt",
            index=models.Index(fields=["-position"], name="recording_prompt_newest"),
        ),
        migrations.AddIndex(
            model_name="interactionprompt",
            index=models.Index(fields=["application", "-position"], name="recording_prompt_app"),
        ),
        migrations.AddIndex(
            model_name="interactionprompt",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("question", config="english"),
                name="recording_prompt_words",
            ),
        ),
    ]
