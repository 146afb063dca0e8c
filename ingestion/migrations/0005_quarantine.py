"""A version may be in quarantine."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ingestion", "0004_chunker")]

    operations = [
        migrations.AddField(
            model_name="catalogueversion",
            name="quarantined",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
