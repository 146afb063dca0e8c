"""A generation may hold texts that were read anew; versions are embedded for each such reading."""

from django.db import migrations, models

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("retrieval", "0003_chunkers"), ("ingestion", "0006_rereading")]
    operations = [
        sql_beside(
            __file__,
            state_operations=[
                *(
                    migrations.AddField(
                        name, "reading", models.TextField(db_default="", default="")
                    )
                    for name in (
                        "indexgeneration",
                        "wantinggeneration",
                        "owedembedding",
                        "embeddedversion",
                        "embeddedunder",
                        "passage",
                    )
                ),
                migrations.AddField("embeddedversion", "processing_id", models.UUIDField()),
                *(
                    migrations.AlterField(
                        name,
                        "pk",
                        models.CompositePrimaryKey(
                            "version_id",
                            "model_digest",
                            "chunker",
                            "reading",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    )
                    for name in ("embeddedversion", "embeddedunder")
                ),
            ],
        )
    ]
