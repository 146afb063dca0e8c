"""Creates the catalogue of documents, and the store of vectors."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Vector",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "model_digest",
                        "text_hash",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("model_digest", models.TextField()),
                ("text_hash", models.TextField()),
                ("vector", models.BinaryField()),
            ],
            options={
                "db_table": "ingestion_vector",
            },
        ),
        migrations.CreateModel(
            name="VersionText",
            fields=[
                ("version_id", models.UUIDField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("pages", models.JSONField()),
            ],
            options={
                "db_table": "ingestion_text",
            },
        ),
        migrations.CreateModel(
            name="CatalogueDocument",
            fields=[
                ("document_id", models.UUIDField(primary_key=True, serialize=False)),
                ("collection", models.TextField()),
                ("external_id", models.TextField(null=True)),
                ("title", models.TextField()),
                ("submitted_at", models.DateTimeField()),
                ("submitted_position", models.BigIntegerField()),
                ("versions", models.IntegerField()),
            ],
            options={
                "db_table": "ingestion_document",
                "indexes": [
                    models.Index(
                        fields=["-submitted_position", "document_id"],
                        name="ingestion_document_newest",
                    ),
                    models.Index(
                        fields=["collection", "external_id"], name="ingestion_document_external"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CatalogueVersion",
            fields=[
                ("version_id", models.UUIDField(primary_key=True, serialize=False)),
                ("document_id", models.UUIDField()),
                ("version_number", models.IntegerField()),
                ("collection", models.TextField()),
                (
                    "stage",
                    models.TextField(
                        choices=[
                            ("submitted", "Submitted"),
                            ("processed", "Processed"),
                            ("indexed", "Indexed"),
                            ("failed", "Failed"),
                            ("quarantined", "Quarantined"),
                            ("erased", "Erased"),
                        ]
                    ),
                ),
                ("title", models.TextField()),
                ("stated_title", models.TextField(null=True)),
                ("found_title", models.TextField(null=True)),
                ("external_id", models.TextField(null=True)),
                ("source_uri", models.TextField(null=True)),
                ("source_version", models.TextField(null=True)),
                ("source_versions", models.JSONField()),
                ("file_name", models.TextField(null=True)),
                ("media_type", models.TextField()),
                ("language", models.TextField(null=True)),
                ("content_sha256", models.TextField()),
                ("bytes", models.BigIntegerField()),
                ("metadata", models.JSONField()),
                ("submitted_event_id", models.UUIDField()),
                ("submitted_at", models.DateTimeField()),
                ("submitted_by", models.TextField()),
                ("submitted_position", models.BigIntegerField()),
                ("indexed_position", models.BigIntegerField(null=True)),
                ("processing_id", models.UUIDField(null=True)),
                ("extractor", models.TextField(null=True)),
                ("chunks", models.IntegerField(null=True)),
                ("effective_from", models.DateTimeField(null=True)),
                ("effective_until", models.DateTimeField(null=True)),
                ("superseded_from", models.DateTimeField(null=True)),
                ("withdrawn", models.BooleanField(default=False)),
                ("withdrawn_from", models.DateTimeField(null=True)),
                ("reason", models.TextField(null=True)),
                ("warnings", models.JSONField()),
            ],
            options={
                "db_table": "ingestion_version",
                "indexes": [
                    models.Index(fields=["content_sha256"], name="ingestion_version_content"),
                    models.Index(
                        condition=models.Q(("stage__in", ("submitted", "processed", "failed"))),
                        fields=["stage"],
                        name="ingestion_version_unfinished",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document_id", "version_number"), name="ingestion_version_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                ("chunk_id", models.UUIDField(primary_key=True, serialize=False)),
                ("version_id", models.UUIDField()),
                ("processing_id", models.UUIDField()),
                ("ordinal", models.IntegerField()),
                ("start", models.IntegerField(db_column="char_start")),
                ("end", models.IntegerField(db_column="char_end")),
                ("page", models.IntegerField(null=True)),
                ("text_hash", models.TextField()),
            ],
            options={
                "db_table": "ingestion_chunk",
                "indexes": [
                    models.Index(fields=["version_id", "ordinal"], name="ingestion_chunk_version"),
                    models.Index(fields=["text_hash"], name="ingestion_chunk_text"),
                ],
            },
        ),
    ]
