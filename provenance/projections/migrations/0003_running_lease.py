"""A lease says whether somebody is at work under it, so that a lost worker shows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projections", "0002_cause_of_lease"),
    ]

    operations = [
        migrations.AddField(
            model_name="worklease",
            name="running",
            field=models.BooleanField(default=False),
        ),
    ]
