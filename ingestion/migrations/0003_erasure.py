"""Lets the vectors of erased documents go, and notes when a version was erased."""

from django.db import migrations, models

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("ingestion", "0002_vectors_append_only"),
        ("eventstore", "0002_erasure"),
        ("sealing", "0001_initial"),
    ]
    operations = [
        sql_beside(
            __file__,
            state_operations=[
                migrations.AddField(
                    model_name="catalogueversion",
                    name="erased_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddIndex(
                    model_name="vector",
                    index=models.Index(fields=["text_hash"], name="ingestion_vector_text"),
                ),
            ],
        )
    ]
