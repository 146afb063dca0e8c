"""Creates what search reads: generations, validity, vectors, terms and statistics."""

import django.contrib.postgres.fields
import pgvector.django.sparsevec
import pgvector.django.vector
from django.db import migrations, models

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    initial = True
    dependencies = [("eventstore", "0001_log")]
    operations = [
        sql_beside(
            __file__,
            state_operations=[
                migrations.CreateModel(
                    name="EmbeddedVersion",
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
                        "db_table": "retrieval_embedded_version",
                        "indexes": [
                            models.Index(fields=["model_digest"], name="retrieval_embedded_model")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Passage",
                    fields=[
                        ("chunk_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("version_id", models.UUIDField()),
                        ("char_start", models.IntegerField()),
                        ("char_end", models.IntegerField()),
                        ("page", models.IntegerField(null=True)),
                        ("text", models.TextField()),
                    ],
                    options={
                        "db_table": "retrieval_passage",
                        "indexes": [
                            models.Index(fields=["version_id"], name="retrieval_passage_version")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ChunkTerms",
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
                        "db_table": "retrieval_terms",
                    },
                ),
                migrations.CreateModel(
                    name="ChunkVector",
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
                        "db_table": "retrieval_vector",
                    },
                ),
                migrations.CreateModel(
                    name="DocumentWithdrawal",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "document_id",
                                "position",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("document_id", models.UUIDField()),
                        ("position", models.BigIntegerField()),
                        ("effective_from", models.DateTimeField(null=True)),
                    ],
                    options={
                        "db_table": "retrieval_withdrawal",
                    },
                ),
                migrations.CreateModel(
                    name="IndexGeneration",
                    fields=[
                        ("generation", models.IntegerField(primary_key=True, serialize=False)),
                        ("embedding_model", models.TextField()),
                        ("model_digest", models.TextField()),
                        ("dimensions", models.IntegerField()),
                        ("configuration", models.JSONField()),
                        ("started_position", models.BigIntegerField()),
                        ("activated_position", models.BigIntegerField(null=True)),
                    ],
                    options={
                        "db_table": "retrieval_generation",
                    },
                ),
                migrations.CreateModel(
                    name="TermStatistic",
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
                        "db_table": "retrieval_term_statistic",
                    },
                ),
                migrations.CreateModel(
                    name="KnowledgeState",
                    fields=[
                        (
                            "id",
                            models.SmallIntegerField(default=1, primary_key=True, serialize=False),
                        ),
                        ("generation", models.IntegerField(null=True)),
                        ("clock", models.DateTimeField(null=True)),
                        ("settled_from", models.DateTimeField(null=True)),
                        ("settled_until", models.DateTimeField(null=True)),
                    ],
                    options={
                        "db_table": "retrieval_state",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("id", 1)), name="retrieval_one_state"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VersionValidity",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "version_id",
                                "known_from",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("version_id", models.UUIDField()),
                        ("known_from", models.BigIntegerField()),
                        ("known_to", models.BigIntegerField(null=True)),
                        ("effective_from", models.DateTimeField(null=True)),
                        ("effective_to", models.DateTimeField(null=True)),
                        ("live", models.BooleanField()),
                        ("document_id", models.UUIDField()),
                        ("version_number", models.IntegerField()),
                        ("collection", models.TextField()),
                        ("chunks", models.IntegerField()),
                        ("title", models.TextField(null=True)),
                        ("source_uri", models.TextField(null=True)),
                        ("metadata", models.JSONField()),
                    ],
                    options={
                        "db_table": "retrieval_validity",
                        "indexes": [
                            models.Index(
                                fields=["document_id"], name="retrieval_validity_document"
                            ),
                            models.Index(
                                condition=models.Q(("live", True)),
                                fields=["collection"],
                                name="retrieval_validity_live",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("effective_from__isnull", False), ("known_to", None)
                                ),
                                fields=["effective_from"],
                                name="retrieval_validity_begins",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("effective_to__isnull", False), ("known_to", None)
                                ),
                                fields=["effective_to"],
                                name="retrieval_validity_ends",
                            ),
                        ],
                    },
                ),
            ],
        )
    ]
