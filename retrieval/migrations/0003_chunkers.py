"""A generation may hold passages that were cut anew; versions are embedded for each such cut."""

from django.db import migrations, models

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("retrieval", "0002_generations"), ("ingestion", "0004_chunker")]
    operations = [
        sql_beside(
            __file__,
            state_operations=[
                *(
                    migrations.AddField(
                        name, "chunker", models.TextField(db_default="", default="")
                    )
                    for name in (
                        "indexgeneration",
                        "wantinggeneration",
                        "owedembedding",
                        "embeddedversion",
                        "embeddedunder",
                    )
                ),
                *(
                    migrations.AlterField(
                        name,
                        "pk",
                        models.CompositePrimaryKey(
                            "version_id",
                            "model_digest",
                            "chunker",
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
