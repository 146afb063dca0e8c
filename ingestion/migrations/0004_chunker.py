"""A passage says what cut it, where that was anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ingestion", "0003_erasure")]

    operations = [
        migrations.AddField(
            model_name="chunk",
            name="chunker",
            field=models.TextField(db_default="", default=""),
        ),
    ]
