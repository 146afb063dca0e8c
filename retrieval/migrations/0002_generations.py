"""Lets more than one index generation stand: states, rows being loaded, what is waited for."""

import django.contrib.postgres.fields
import pgvector.django.sparsevec
import pgvector.django.vector
from django.db import migrations, models

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("retrieval", "0001_index")]
    operations = [
        sql_beside(
            __file__,
            state_operations=[
                migrations.CreateModel(
                    name="EmbeddedUnder",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "version_id",
                                "model_digest",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("version_id", models.UUIDField()),
                        ("model_digest", models.TextField()),
                    ],
                    options={
                        "db_table": "retrieval_embedded_under",
                    },
                ),
                migrations.CreateModel(
                    name="LoadingProgress",
                    fields=[
                        ("generation", models.IntegerField(primary_key=True, serialize=False)),
                        ("phase", models.TextField()),
                        ("done", models.BigIntegerField()),
                        ("total", models.BigIntegerField()),
                        ("updated_at", models.DateTimeField()),
                        ("since_at", models.DateTimeField()),
                        ("since_done", models.BigIntegerField()),
                        ("next_at", models.DateTimeField()),
                        ("next_done", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "retrieval_loading_progress",
                    },
                ),
                migrations.CreateModel(
                    name="LoadingStatistic",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "generation",
                                "term",
                                "collection",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("generation", models.IntegerField()),
                        ("term", models.IntegerField()),
                        ("collection", models.TextField()),
                        ("chunks", models.IntegerField()),
                    ],
                    options={
                        "db_table": "retrieval_loading_statistic",
                    },
                ),
                migrations.CreateModel(
                    name="LoadingTerms",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "generation",
                                "chunk_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("generation", models.IntegerField()),
                        ("chunk_id", models.UUIDField()),
                        ("version_id", models.UUIDField()),
                        ("collection", models.TextField()),
                        ("live", models.BooleanField()),
                        (
                            "terms",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.IntegerField(), size=None
                            ),
                        ),
                        ("weights", pgvector.django.sparsevec.SparseVectorField()),
                    ],
                    options={
                        "db_table": "retrieval_loading_terms",
                    },
                ),
                migrations.CreateModel(
                    name="LoadingVector",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "generation",
                                "chunk_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("generation", models.IntegerField()),
                        ("chunk_id", models.UUIDField()),
                        ("version_id", models.UUIDField()),
                        ("collection", models.TextField()),
                        ("live", models.BooleanField()),
                        ("embedding", pgvector.django.vector.VectorField()),
                    ],
                    options={
                        "db_table": "retrieval_loading_vector",
                    },
                ),
                migrations.CreateModel(
                    name="WantingGeneration",
                    fields=[
                        ("generation", models.IntegerField(primary_key=True, serialize=False)),
                        ("embedding_model", models.TextField()),
                        ("model_digest", models.TextField()),
                        ("building", models.BooleanField()),
                        ("paused", models.BooleanField()),
                        ("activated", models.BooleanField()),
                    ],
                    options={
                        "db_table": "retrieval_wanting_generation",
                    },
                ),
                migrations.AddField(
                    model_name="indexgeneration",
                    name="activate_when_verified",
                    field=models.BooleanField(default=False),
                ),
                migrations.AddField(
                    model_name="indexgeneration",
                    name="activation_requested_by",
                    field=models.TextField(default=""),
                ),
                migrations.AddField(
                    model_name="indexgeneration",
                    name="built_position",
                    field=models.BigIntegerField(null=True),
                ),
                migrations.AddField(
                    model_name="indexgeneration",
                    name="chunks",
                    field=models.IntegerField(null=True),
                ),
                migrations.AddField(
                    model_name="indexgeneration",
                    name="paused",
                    field=models.BooleanField(default=False),
                ),
                migrations.AddField(
                    model_name="indexgeneration",
                    name="problem",
                    field=models.TextField(default=""),
                ),
                migrations.AddField(
                    model_name="indexgeneration",
                    name="root",
                    field=models.TextField(default=""),
                ),
                migrations.AddField(
                    model_name="indexgeneration",
                    name="state",
                    field=models.TextField(
                        choices=[
                            ("building", "Building"),
                            ("built", "Built"),
                            ("verified", "Verified"),
                            ("active", "Active"),
                            ("retired", "Retired"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                            ("dropped", "Dropped"),
                        ],
                        default=None,
                    ),
                    preserve_default=False,
                ),
                migrations.AddField(
                    model_name="indexgeneration",
                    name="verified_position",
                    field=models.BigIntegerField(null=True),
                ),
                migrations.AddField(
                    model_name="indexgeneration",
                    name="versions",
                    field=models.IntegerField(null=True),
                ),
                migrations.CreateModel(
                    name="IndexedVersion",
                    fields=[
                        ("version_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("document_id", models.UUIDField()),
                        ("processed_event_id", models.UUIDField()),
                        ("position", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "retrieval_indexed_version",
                        "indexes": [
                            models.Index(fields=["document_id"], name="retrieval_indexed_document")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OwedEmbedding",
                    fields=[
                        ("subject_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("version_id", models.UUIDField()),
                        ("model_digest", models.TextField()),
                    ],
                    options={
                        "db_table": "retrieval_owed_embedding",
                        "indexes": [
                            models.Index(
                                fields=["model_digest", "version_id"], name="retrieval_owed_model"
                            )
                        ],
                    },
                ),
            ],
        )
    ]
