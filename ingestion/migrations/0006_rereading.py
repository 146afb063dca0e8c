"""A version may have further texts, read anew; a passage says which one it is of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ingestion", "0005_quarantine")]

    operations = [
        migrations.CreateModel(
            name="Rereading",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "version_id",
                        "reading",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("version_id", models.UUIDField()),
                ("reading", models.TextField()),
                ("processing_id", models.UUIDField()),
                (
                    "outcome",
                    models.TextField(
                        choices=[("changed", "Changed"), ("same", "Same"), ("failed", "Failed")]
                    ),
                ),
                ("extractor", models.TextField()),
                ("text", models.TextField(null=True)),
                ("pages", models.JSONField(null=True)),
                ("warnings", models.JSONField()),
                ("reason", models.TextField(null=True)),
                ("position", models.BigIntegerField()),
            ],
            options={
                "db_table": "ingestion_rereading",
                "indexes": [
                    models.Index(
                        fields=["reading", "outcome", "-position"],
                        name="ingestion_rereading_outcome",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="chunk",
            name="reading",
            field=models.TextField(db_default="", default=""),
        ),
    ]
