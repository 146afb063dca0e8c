"""Notes when an output was erased."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recording", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="interactionoutput",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
    ]
