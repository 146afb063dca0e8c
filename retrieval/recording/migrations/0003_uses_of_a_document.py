"""Finds the retrievals that returned a document or a version."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recording", "0002_erasure")]
    operations = [
        migrations.AddIndex(
            model_name="retrievalversion",
            index=models.Index(fields=["document_id"], name="recording_returned_document"),
        ),
        migrations.AddIndex(
            model_name="retrievalversion",
            index=models.Index(fields=["version_id"], name="recording_returned_version"),
        ),
    ]
