"""A passage that was used may be of a text that was read anew; so may outdated wording."""

from django.db import migrations, models

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("impact", "0003_prompts_indexed_at_once")]
    operations = [
        migrations.CreateModel(
            name="RereadProcessing",
            fields=[
                ("processing_id", models.UUIDField(primary_key=True, serialize=False)),
                ("version_id", models.UUIDField()),
                ("reading", models.TextField()),
            ],
            options={
                "db_table": "impact_reread_processing",
                "indexes": [models.Index(fields=["version_id"], name="impact_reread_version")],
            },
        ),
        sql_beside(
            __file__,
            state_operations=[
                *(
                    migrations.AddField(
                        name, "reading", models.TextField(db_default="", default="")
                    )
                    for name in ("usedpassage", "outdatedpassage")
                ),
                migrations.AlterField(
                    "outdatedpassage",
                    "pk",
                    models.CompositePrimaryKey(
                        "version_id",
                        "reading",
                        "start",
                        "end",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
        ),
    ]
