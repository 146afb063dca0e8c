"""Notes when a prompt and an output were erased."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recording", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="interactionprompt",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="interactionoutput",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
    ]
